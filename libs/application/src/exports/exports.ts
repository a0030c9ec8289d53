import { randomBytes } from 'node:crypto';
import {
  decideApproveExport,
  decideCompleteExport,
  decideFetchExport,
  decideRefuseExport,
  decideRequestExport,
  decideViewExport,
  type Entry,
  exportFaults,
  exportFolding,
  type ExportFormat,
  type ExportState,
  exportStream,
  type ExportTerms,
  readQuery,
} from '#domain';
import type { EventStore } from '#event-store';
import { type Queries, type ReadPosition, trailCursor, type TrailRow } from '#read-models';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import { looksForText, type QueriedFilter, TextSearch } from '../trail/text-search.js';
import type { Trail } from '../trail/trail.js';
import type { ExportEvidence } from './export-evidence.js';
import { exportLines } from './export-file.js';
import { type ExportStatement, SALT_BYTES, STATEMENT, statementHash } from './export-format.js';
import { caughtUp, pagesOf } from './whole-trail.js';

/** An export as it is listed: nothing of it is sealed. */
export interface ListedExport {
  readonly export: string;
  readonly state: 'waiting' | 'refused' | 'ready' | 'fetched' | 'completed';
  readonly format: ExportFormat;
  readonly rows: number;
  readonly position: string | null;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  readonly refusedBy: string | null;
}

/** An export as its people see it. What is sealed is null once the trail of its year has ended. */
export interface ExportReport extends ListedExport {
  readonly query: string | null;
  readonly reason: string | null;
  /** Why the second person said no; null where nobody did. */
  readonly refusal: string | null;
}

/** One page of the list of exports. */
export interface ExportPage {
  /** Those asked for last first. */
  readonly exports: readonly ListedExport[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  /** How far the read models had read when the page was made: of what was asked for later they do not know. */
  readonly readUpTo: ReadPosition | null;
}

export interface RequestedExport {
  readonly export: string;
  readonly rows: number;
  /** Whether a second person has to approve before the file may be fetched. */
  readonly needsApproval: boolean;
}

export interface ExportFile {
  readonly export: string;
  readonly format: ExportFormat;
  /** Read once, to the end; an error in between means that the file is not whole. */
  readonly lines: AsyncIterable<string>;
}

/** Rows that an export was asked for are not all there any more. The file breaks off: never is it cut silently. */
export class ExportIncomplete extends Error {
  constructor() {
    super('the rows of an export are not those that were counted');
    this.name = 'ExportIncomplete';
  }
}

type Existing = Exclude<ExportState, { state: 'none' }>;

/**
 * Exports (書き出し) of the trail. What is in one is fixed when it is asked for, by query and position, so that whoever
 * approves approves of exactly what leaves. That the file is begun is on record before its first byte, and that all rows
 * have left before the statement at its end: after a crash between the two it has to be asked for anew.
 */
export class Exports {
  private readonly text: TextSearch;

  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'readEvent' | 'lastPosition'>,
    private readonly queries: Pick<Queries, 'searchTrail' | 'countTrail'>,
    private readonly opener: Opener,
    private readonly trail: Pick<Trail, 'waitFor'>,
    private readonly evidence: Pick<ExportEvidence, 'covering'>,
    /** Above so many rows a second person approves. */
    private readonly approvalAbove: number,
  ) {
    this.text = new TextSearch(store, opener, queries);
  }

  /** Refuses with `trail-behind` while the read models have not read all that is on record. */
  async request(terms: ExportTerms, context: CommandContext): Promise<RequestedExport> {
    const by = personOf(context);
    const against = exportFaults(terms);
    if (against.length) throw new Refused(against);
    await caughtUp(this.store, this.trail);
    const counted = await this.counted(filterOf(terms.query));
    const id = this.journal.newId();
    const { approvalAbove } = this;
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideRequestExport(state, { ...terms, ...counted, export: id, by, approvalAbove }),
    );
    return { export: id, rows: counted.rows, needsApproval: counted.rows > approvalAbove };
  }

  /** The exports of an agreement. `limit` 1 to 500; throws `BadCursor` for a cursor that no page gave out. */
  async list(
    agreement: string,
    { limit, cursor }: { limit: number; cursor: string | null },
  ): Promise<ExportPage> {
    const { rows, next, readUpTo } = await this.queries.searchTrail(
      { type: 'ExportRequested', query: { kind: 'is', field: 'agreement', value: agreement } },
      { limit, ...(cursor === null ? {} : { cursor }) },
    );
    const loaded = await this.journal.loadAll(rows.map(({ stream }) => stream));
    return { exports: loaded.map((stream) => listed(existing(stream))), next, readUpTo };
  }

  /**
   * With query and reason: that this person sees them is on record first, once. Refuses with `export-missing` for one
   * that nobody asked for.
   */
  async show(id: string, context: CommandContext): Promise<ExportReport> {
    const by = personOf(context);
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideViewExport(state, { by }),
    );
    const found = await this.find(id);
    return {
      ...listed(found),
      query: await this.opened(found.requested, 'query'),
      reason: await this.opened(found.requested, 'reason'),
      refusal: found.refused && (await this.opened(found.refused, 'reason')),
    };
  }

  async approve(id: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideApproveExport(state, { by }),
    );
  }

  /** The second person says no. */
  async refuse(id: string, reason: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideRefuseExport(state, { by, reason }),
    );
  }

  /**
   * Begins the file, for its requester and once. Before that, and so that nothing is lost by asking again: refuses with
   * `trail-behind` or `log-behind` while read models or log have not read what the file needs.
   */
  async fetch(id: string, context: CommandContext): Promise<ExportFile> {
    const by = personOf(context);
    const { state, requested, records } = await this.find(id);
    const decision = decideFetchExport(state, { by });
    if (!decision.accepted) throw new Refused(decision.refusals);
    const query = await this.opened(requested, 'query');
    if (query === null) throw missing();
    await caughtUp(this.store, this.trail);
    const evidence = await this.evidence.covering(records);
    await this.journal.decide(exportStream(id), exportFolding, context, (current) =>
      decideFetchExport(current, { by }),
    );
    const { format, position, requester } = state;
    const rows = this.rows(filterOf(query), position);
    const lines = exportLines(format, rows, evidence, async ({ rows: count, sha256 }) => {
      if (count !== state.rows) throw new ExportIncomplete();
      const statement: ExportStatement = {
        statement: STATEMENT,
        export: id,
        agreement: requested.agreement,
        format,
        query,
        rows: count,
        position,
        requestedAt: requested.at,
        requestedBy: requester,
        approvedBy: 'approver' in state ? state.approver : null,
        sha256,
        salt: randomBytes(SALT_BYTES).toString('hex'),
      };
      const statementSha256 = statementHash(format, statement);
      await this.journal.decide(exportStream(id), exportFolding, context, (current) =>
        decideCompleteExport(current, { sha256, statementSha256 }),
      );
      return statement;
    });
    return { export: id, format, lines };
  }

  private async counted(filter: QueriedFilter): Promise<{ rows: number; position: string | null }> {
    if (!looksForText(filter)) {
      const { count, readUpTo } = await this.queries.countTrail(filter, null);
      return { rows: count, position: readUpTo?.position ?? null };
    }
    const position = (await this.text.requireBounded(filter))?.position ?? null;
    let rows = 0;
    for await (const _row of this.rows(filter, position)) rows += 1;
    return { rows, position };
  }

  /** The rows up to a position, newest first. */
  private async *rows(filter: QueriedFilter, position: string | null): AsyncGenerator<TrailRow> {
    if (position === null) return;
    // A cursor passes over its own row: one behind the next position begins with this one.
    const from = trailCursor(filter, String(BigInt(position) + 1n));
    if (looksForText(filter)) yield* this.text.matching(filter, from);
    else for await (const page of pagesOf(this.queries, filter, from)) yield* page;
  }

  private async find(id: string): Promise<FoundExport> {
    return existing(await this.journal.load(exportStream(id)));
  }

  private async opened(entry: Entry, field: string): Promise<string | null> {
    const opened = await this.opener.open<string>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}

interface FoundExport {
  readonly state: Existing;
  readonly requested: Entry;
  readonly refused: Entry | null;
  /** Ids of the events that say who asked and who approved: the file brings them with it. */
  readonly records: readonly string[];
}

function existing(loaded: LoadedStream): FoundExport {
  const state = foldLoaded(loaded, exportFolding);
  const [requested, ...others] = loaded.entries;
  if (state.state === 'none' || !requested) throw missing();
  const of = (type: string): Entry | null => others.find((entry) => entry.type === type) ?? null;
  const records = [requested, of('ExportApproved')].flatMap((entry) => entry?.id ?? []);
  return { state, requested, refused: of('ExportRefused'), records };
}

const listed = ({ state, requested }: FoundExport): ListedExport => ({
  export: state.export,
  state: state.state,
  format: state.format,
  rows: state.rows,
  position: state.position,
  requestedAt: requested.at,
  requestedBy: state.requester,
  approvedBy: 'approver' in state ? state.approver : null,
  refusedBy: 'refuser' in state ? state.refuser : null,
});

const missing = (): Refused => new Refused([{ code: 'export-missing', field: 'export' }]);

/** The filter of a query that was read before. */
function filterOf(text: string): QueriedFilter {
  const read = readQuery(text);
  if ('refusals' in read) throw new Refused(read.refusals);
  return { query: read.query };
}
