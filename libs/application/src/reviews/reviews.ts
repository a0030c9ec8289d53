import {
  decideCloseReview,
  decideNoteReview,
  decideOpenReview,
  type Decision,
  detectorTable,
  type Entry,
  type Evidence,
  incidentFolding,
  incidentStream,
  type NoteReview,
  type OpenReview,
  personBehind,
  type RecordedReviewEvent,
  type ReviewConclusion,
  type ReviewConcern,
  type ReviewEvent,
  reviewFolding,
  type ReviewState,
  reviewStream,
  unjudgedSearch,
} from '#domain';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import type { SearchConcern } from './search-concern.js';
import { recordViewing } from './viewing.js';

/** What was found, as an officer sees it: ids only. The subject tokens stay where they are (decision 14). */
export interface EvidenceReport extends Omit<Evidence, 'tokens' | 'version' | 'operators' | 'moreOperators'> {
  /** Null of a detector's finding; so are the next two. Which version of the saved search was judged. */
  readonly version: number | null;
  /** Operators whose events the saved search found: none of them adds to the review or closes it. */
  readonly operators: readonly string[] | null;
  /** Whether it may have found events of others, or may still. */
  readonly moreOperators: boolean | null;
  /** The rule in words; null for a saved search. */
  readonly title: { readonly ja: string; readonly en: string } | null;
  readonly reason: { readonly ja: string; readonly en: string } | null;
}

/** A review with everything that belongs to it. Times are business time, UTC. */
export interface ReviewReport {
  readonly review: string;
  readonly state: 'open' | 'closed';
  readonly concern: ReviewConcern;
  readonly operator: string | null;
  readonly savedSearch: string | null;
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly conclusion: ReviewConclusion | null;
  readonly incident: string | null;
  /** Null once the trail of its year has ended; so are `finding` and `note`. */
  readonly evidence: EvidenceReport | null;
  readonly finding: string | null;
  readonly notes: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
}

export interface ReviewFinding {
  readonly conclusion: string;
  readonly finding: string;
  /** Id of the incident that was declared for it, or null. */
  readonly incident: string | null;
}

/** The reviews (点検): opened by the detectors or a saved search, noted, closed with a finding (annex 2, 2(4)). */
export class Reviews {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly concern: Pick<SearchConcern, 'ofReview'>,
  ) {}

  /** Opens a review under the id that its cause gave it; again: nothing. Returns whether it was opened now. */
  async openFor(command: OpenReview, context: CommandContext): Promise<boolean> {
    const { receipts } = await this.decide(command.review, context, (state) =>
      decideOpenReview(state, command),
    );
    return receipts.length > 0;
  }

  /** `review-missing` for an unknown one; so do `close` and `show`. The person concerned cannot. */
  async note(review: string, note: string, context: CommandContext): Promise<void> {
    const officer = await this.officer(review, context);
    await this.decide(review, context, (state) => decideNoteReview(state, { note, ...officer }));
  }

  /** Closes a review with a finding; improper use only with an incident of this agreement. The person concerned cannot. */
  async close(
    review: string,
    { conclusion, finding, incident }: ReviewFinding,
    context: CommandContext,
  ): Promise<void> {
    const officer = await this.officer(review, context);
    if (incident !== null && !(await this.isDeclared(incident, context.agreement)))
      throw new Refused([{ code: 'review-incident-missing', field: 'incident' }]);
    await this.decide(review, context, (state) =>
      decideCloseReview(state, { conclusion, finding, incident, ...officer }),
    );
  }

  /** Everything about one review. That somebody looked is on record before it is opened. */
  async show(review: string, context: CommandContext): Promise<ReviewReport> {
    const { loaded, state } = await this.find(review, context.agreement);
    const [opened] = ofType(loaded, 'ReviewOpened');
    if (!opened) throw missing();
    await recordViewing(this.journal, opened.id, context);
    const { savedSearch } = opened.data as { readonly savedSearch: string | null };
    const closed = state.state === 'closed' ? state : null;
    return {
      review,
      state: state.state,
      concern: state.concern,
      operator: state.operator,
      savedSearch,
      openedAt: state.openedAt,
      closedAt: closed?.closedAt ?? null,
      conclusion: closed?.conclusion ?? null,
      incident: closed?.incident ?? null,
      evidence: reported(await this.opened<Evidence>(opened, 'evidence')),
      finding: await this.opened(ofType(loaded, 'ReviewClosed')[0], 'finding'),
      notes: await Promise.all(
        ofType(loaded, 'ReviewNoted').map(async (entry) => ({
          at: entry.at,
          by: personBehind(entry),
          note: await this.opened<string>(entry, 'note'),
        })),
      ),
    };
  }

  private async find(
    review: string,
    agreement: string,
  ): Promise<{
    readonly loaded: LoadedStream;
    readonly state: Exclude<ReviewState, { readonly state: 'none' }>;
  }> {
    const loaded = await this.journal.load(reviewStream(review));
    const state = foldLoaded(loaded, reviewFolding);
    if (state.state === 'none' || loaded.recorded[0]?.agreement !== agreement) throw missing();
    return { loaded, state };
  }

  /** Who looks at a review, and whether the saved search that opened it found events of theirs. */
  private async officer(review: string, context: CommandContext): Promise<Pick<NoteReview, 'by' | 'found'>> {
    const by = personOf(context);
    const { loaded } = await this.find(review, context.agreement);
    const [opened] = ofType(loaded, 'ReviewOpened');
    if (!opened) throw missing();
    const { savedSearch } = opened.data as { readonly savedSearch: string | null };
    if (savedSearch === null) return { by, found: false };
    const evidence = await this.opened<Evidence>(opened, 'evidence');
    return { by, found: await this.concern.ofReview(savedSearch, evidence, by) };
  }

  private async isDeclared(incident: string, agreement: string): Promise<boolean> {
    const loaded = await this.journal.load(incidentStream(incident));
    const { state } = foldLoaded(loaded, incidentFolding);
    return state !== 'none' && loaded.recorded[0]?.agreement === agreement;
  }

  private decide(
    review: string,
    context: CommandContext,
    decider: (state: ReviewState) => Decision<ReviewEvent>,
  ) {
    return this.journal.decide(reviewStream(review), reviewFolding, context, decider);
  }

  private async opened<T>(entry: Entry | undefined, field: string): Promise<T | null> {
    if (!entry) return null;
    const opened = await this.opener.open<T>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}

const missing = (): Refused => new Refused([{ code: 'review-missing', field: 'review' }]);

const ofType = (review: LoadedStream, type: RecordedReviewEvent['type']): readonly Entry[] =>
  review.entries.filter((entry) => entry.type === type);

function reported(evidence: Evidence | null): EvidenceReport | null {
  if (!evidence) return null;
  const { tokens: _tokens, version = null, operators = null, moreOperators = null, ...shown } = evidence;
  const { title, reason } = wordsOf(shown.detector);
  return { ...shown, version, operators, moreOperators, title, reason };
}

function wordsOf(detector: Evidence['detector']): Pick<EvidenceReport, 'title' | 'reason'> {
  switch (detector) {
    case 'saved-search':
      return { title: null, reason: null };
    case 'saved-search-unjudged':
      return unjudgedSearch;
    default:
      return detectorTable[detector];
  }
}
