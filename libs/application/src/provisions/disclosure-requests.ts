import {
  addDays,
  type AnswerDisclosureRequest,
  daysLeft,
  decideAnswerDisclosureRequest,
  decideExtendDisclosureRequest,
  decideReceiveDisclosureRequest,
  decideViewDisclosureRequest,
  disclosureRequestFolding,
  type DisclosureRequestState,
  disclosureRequestStream,
  type Entry,
  type ExtendDisclosureRequest,
  initialDisclosureRequest,
  type ReceiveDisclosureRequest,
  tokyoDay,
} from '#domain';
import type { EventReads } from '#event-store';
import type { DisclosureRequestRow, Queries, ReadPosition } from '#read-models';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import { readAll } from '../trail/read-all.js';
import type { Trail } from '../trail/trail.js';

/** What somebody says of a request; who and when is known. */
export type ReceivedRequest = Omit<ReceiveDisclosureRequest, 'by' | 'now'>;
export type RequestExtension = Omit<ExtendDisclosureRequest, 'by' | 'now'>;
export type RequestAnswer = Omit<AnswerDisclosureRequest, 'by' | 'now'>;

/** A request as it is listed: nothing of it is sealed. */
export interface ListedDisclosureRequest extends DisclosureRequestRow {
  /** Days left for the answer: 0 on the last one, negative after it; null once it was answered. */
  readonly daysLeft: number | null;
}

/** A request as its people see it. What is sealed is null once the trail of its year has ended, or where there is none. */
export interface DisclosureRequestReport extends ListedDisclosureRequest {
  readonly reference: string | null;
  /** Operator id of whoever registered it. */
  readonly receivedBy: string;
  /** Why there are more days for the answer. */
  readonly extensionReason: string | null;
  readonly remark: string | null;
}

/** One page of the register. */
export interface ListedDisclosureRequests {
  /** Open ones first, the one that is due first first. */
  readonly disclosureRequests: readonly ListedDisclosureRequest[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  readonly readUpTo: ReadPosition | null;
}

/** So many requests are asked one by one whether they are still open, at each look of the watch. */
const MOST_LOOKED_AT = 100;

/**
 * The register of requests for disclosure (開示請求の受付と期限): each has thirty days, which may be extended once, and ends with
 * an answer. Days are Tokyo's, of business time.
 */
export class DisclosureRequests {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventReads, 'lastPosition'>,
    private readonly queries: Pick<Queries, 'disclosureRequests' | 'disclosureRequestsDue'>,
    private readonly opener: Opener,
    private readonly trail: Pick<Trail, 'waitFor'>,
    /** With fewer days left than this, an open request is alarmed. */
    private readonly warningDays: number,
  ) {}

  /** Registers a request under the caller's id. Sent again by the same person with the same content it is registered once. */
  async receive(command: ReceivedRequest, context: CommandContext): Promise<ListedDisclosureRequest> {
    const by = personOf(context);
    const stream = disclosureRequestStream(command.disclosureRequest);
    await this.journal.decide(stream, disclosureRequestFolding, context, async (state, now, loaded) => {
      const [received] = loaded.entries;
      const own = received?.agreement === context.agreement;
      const known = own ? await this.opened(received, 'reference') : null;
      return decideReceiveDisclosureRequest(state, { ...command, by, now }, known);
    });
    return this.listed(existing(await this.journal.load(stream), context));
  }

  /** The register of an agreement. `limit` 1 to 500; throws `BadCursor` for a cursor that no page gave out. */
  async list(
    agreement: string,
    { limit, cursor }: { limit: number; cursor: string | null },
  ): Promise<ListedDisclosureRequests> {
    const asked = { limit, ...(cursor === null ? {} : { cursor }) };
    const { rows, next, readUpTo } = await this.queries.disclosureRequests(agreement, asked);
    return { disclosureRequests: rows.map((row) => this.withDaysLeft(row)), next, readUpTo };
  }

  /**
   * With the number and what was written: that this person sees them is on record first, once. Refuses with
   * `disclosure-request-missing` for one that nobody registered.
   */
  async show(id: string, context: CommandContext): Promise<DisclosureRequestReport> {
    await this.decide(id, context, (state, { by }) => decideViewDisclosureRequest(state, { by }));
    const found = existing(await this.journal.load(disclosureRequestStream(id)), context);
    const sealedIn = (type: string, field: string): Promise<string | null> =>
      this.opened(
        found.entries.find((entry) => entry.type === type),
        field,
      );
    return {
      ...this.listed(found),
      reference: await sealedIn('DisclosureRequestReceived', 'reference'),
      receivedBy: found.state.operator,
      extensionReason: await sealedIn('DisclosureRequestExtended', 'reason'),
      remark: await sealedIn('DisclosureRequestAnswered', 'remark'),
    };
  }

  async extend(id: string, extension: RequestExtension, context: CommandContext): Promise<void> {
    await this.decide(id, context, (state, who) =>
      decideExtendDisclosureRequest(state, { ...extension, ...who }),
    );
  }

  async answer(id: string, answer: RequestAnswer, context: CommandContext): Promise<void> {
    await this.decide(id, context, (state, who) =>
      decideAnswerDisclosureRequest(state, { ...answer, ...who }),
    );
  }

  /**
   * Whether an open request has fewer days left than it should; null while nobody can tell. Candidates are read
   * from the read models and confirmed by their own streams; where the read models have not read all there is, those that
   * they do not know may be due, so that nothing is said to be well.
   */
  async anyDue(agreement: string): Promise<boolean | null> {
    const isBehind = (await readAll(this.store, this.trail)) === 'behind';
    const now = this.journal.clock.now();
    const before = addDays(tokyoDay(now), this.warningDays);
    const candidates = await this.queries.disclosureRequestsDue(agreement, before, MOST_LOOKED_AT);
    const loaded = await this.journal.loadAll(candidates.map(disclosureRequestStream));
    const due = loaded.some((stream) => {
      const state = foldLoaded(stream, disclosureRequestFolding);
      return state.state === 'open' && daysLeft(state.dueOn, now) < this.warningDays;
    });
    if (due) return true;
    return !isBehind && candidates.length < MOST_LOOKED_AT ? false : null;
  }

  private async decide(
    id: string,
    context: CommandContext,
    decider: (
      state: DisclosureRequestState,
      who: { readonly by: string; readonly now: string },
    ) => ReturnType<typeof decideViewDisclosureRequest>,
  ): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(
      disclosureRequestStream(id),
      disclosureRequestFolding,
      context,
      (_state, now, loaded) => decider(requestIn(loaded, context), { by, now }),
    );
  }

  private withDaysLeft(row: DisclosureRequestRow): ListedDisclosureRequest {
    return { ...row, daysLeft: row.state === 'open' ? daysLeft(row.dueOn, this.journal.clock.now()) : null };
  }

  private listed({ state }: FoundRequest): ListedDisclosureRequest {
    const { disclosureRequest, receivedOn, dueOn, extendedOn, looks } = state;
    const answered =
      state.state === 'answered'
        ? { answer: state.answer, answeredOn: state.answeredOn }
        : { answer: null, answeredOn: null };
    return this.withDaysLeft({
      disclosureRequest,
      state: state.state,
      receivedOn,
      dueOn,
      extended: extendedOn !== null,
      looks,
      ...answered,
    });
  }

  private async opened(entry: Entry | undefined, field: string): Promise<string | null> {
    if (!entry) return null;
    const opened = await this.opener.open<string | null>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}

interface FoundRequest {
  readonly state: Exclude<DisclosureRequestState, { state: 'none' }>;
  readonly entries: readonly Entry[];
}

/** The request in a stream; that of another agreement is none. */
export function requestIn(loaded: LoadedStream, { agreement }: CommandContext): DisclosureRequestState {
  const own = loaded.entries[0]?.agreement === agreement;
  return own ? foldLoaded(loaded, disclosureRequestFolding) : initialDisclosureRequest;
}

function existing(loaded: LoadedStream, context: CommandContext): FoundRequest {
  const state = requestIn(loaded, context);
  if (state.state === 'none')
    throw new Refused([{ code: 'disclosure-request-missing', field: 'disclosureRequest' }]);
  return { state, entries: loaded.entries };
}
