import { byResidentCode, type Entry, parseEntry, searchStream, searchTrail } from '#domain';
import { comparePositions, type EventStore, type StoredEvent } from '#event-store';
import type { LogReader } from '#ledger';
import type { Queries, ReadPosition, TrailFilter, TrailPage } from '#read-models';
import type { SubjectTokens } from '#vault';
import type { CommandContext, Journal } from '../journal.js';
import { NotFound, Refused } from '../refused.js';

export interface SearchCommand {
  readonly operator: string;
  /** All filters but the resident. */
  readonly filter: Omit<TrailFilter, 'subjectTokens'>;
  readonly residentCode: string | null;
  readonly reason: string;
  readonly limit: number;
  readonly cursor: string | null;
  /** Wait (2 s at most) until the read models have read this position. */
  readonly waitFor: string | null;
}

/** One event as the trail shows it: the entry as stored, sealed parts included, and its receipt. */
export interface ViewedEvent {
  readonly stored: StoredEvent;
  readonly entry: Entry;
  /** Its number in the log, or null while it is not sequenced. */
  readonly leafIndex: number | null;
}

const MAX_WAIT_MS = 2_000;
const POLL_MS = 20;

/** What security officers ask (annex 2, 2(4): 操作履歴). Every look is itself on record before it is answered. */
export class Trail {
  constructor(
    private readonly journal: Journal,
    private readonly store: EventStore,
    private readonly queries: Queries,
    private readonly tokens: SubjectTokens,
    private readonly log: Pick<LogReader, 'leafOf'>,
  ) {}

  async search(command: SearchCommand, context: CommandContext): Promise<TrailPage> {
    const search = this.journal.newId();
    const { from = null, until = null } = command.filter;
    const decision = searchTrail({ ...command, search, filters: filtersOf(command), from, until });
    if (!decision.accepted) throw new Refused(decision.refusals);
    await this.journal.append(await this.journal.load(searchStream(search)), decision.events, context);
    if (command.waitFor !== null) await this.waitFor(command.waitFor);
    const subjectTokens =
      command.residentCode === null
        ? {}
        : {
            subjectTokens: await this.tokens.tokensFor(
              context.agreement,
              byResidentCode(command.residentCode),
            ),
          };
    const page = { limit: command.limit, ...(command.cursor === null ? {} : { cursor: command.cursor }) };
    return this.queries.searchTrail({ ...command.filter, ...subjectTokens }, page);
  }

  async view(id: string, operator: string, context: CommandContext): Promise<ViewedEvent> {
    const stored = await this.store.readEvent(id);
    if (!stored) throw new NotFound('event');
    const search = this.journal.newId();
    await this.journal.append(
      await this.journal.load(searchStream(search)),
      [{ type: 'EventViewed', data: { search, operator, event: id } }],
      context,
    );
    return { stored, entry: parseEntry(stored.entry), leafIndex: await this.log.leafOf(id) };
  }

  /** Waits until the read models have read `position`, 2 s at most (decision 6); says how far they have. */
  async waitFor(position: string): Promise<ReadPosition | null> {
    const deadline = this.journal.clock.monotonic().ms + MAX_WAIT_MS;
    for (;;) {
      const read = await this.queries.readUpTo();
      if (read && comparePositions(read.position, position) >= 0) return read;
      if (this.journal.clock.monotonic().ms >= deadline) return read;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

/** The filters as the record keeps them: clear ones by value, the resident only as a flag (the token is sealed). */
const filtersOf = ({
  filter,
  residentCode,
  limit,
}: SearchCommand): { [name: string]: string | number | boolean | null } => ({
  ...(filter as { [name: string]: string }),
  ...(residentCode === null ? {} : { byResident: true }),
  limit,
});
