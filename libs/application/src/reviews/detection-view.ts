import {
  byResidentCode,
  catalogue,
  type Entry,
  type IdentityRecord,
  inquiryStream,
  isWatchedOn,
  type NameMatch,
  nameMatch,
  type Observation,
  observationOf,
  type OwnNames,
  parseEntry,
  personBehind,
  provisionFolding,
  provisionStream,
  type Question,
  recordedEvent,
  type RecordedInquiryEvent,
  tokyoDay,
  upcasters,
  watchStream,
  type LookoutStanding,
} from '#domain';
import type { StoredEvent } from '#event-store';
import type { Queries } from '#read-models';
import type { Opener, SubjectTokens } from '#vault';
import { ownNamesOf } from '../access/households.js';
import { foldLoaded, type Journal } from '../journal.js';
import { closedDaysOf } from './closed-days.js';

/** The events that say something to a detector. All others are not even parsed. */
const observedTypes: ReadonlySet<string> = new Set<RecordedInquiryEvent['type']>([
  'InquiryReceived',
  'InquiryRefused',
  'InformationProvided',
  'NothingProvided',
  'RecordProvided',
]);

export const isObserved = ({ type }: StoredEvent): boolean => observedTypes.has(type);

/** The inquiry whose stream this is. */
const inquiryOf = ({ stream }: StoredEvent): string => stream.slice(inquiryStream('').length);

/** An event as the detectors see it. */
export interface Observed {
  readonly event: RecordedInquiryEvent;
  readonly observation: Observation;
}

/** Somebody on the watch list: the tokens under every living fiscal year, and the last day that counts. */
interface Watched {
  readonly until: string | null;
  readonly tokens: readonly string[];
}

/**
 * What the detectors have to know of a batch of events: opened for it, and forgotten with it. Tokens and answers to
 * questions come out, names and codes stay in here (docs/adr/0002).
 */
export class DetectionView {
  private readonly names = new Map<string, OwnNames | null>();
  private readonly standings = new Map<string, LookoutStanding>();
  private watched: readonly Watched[] | null = null;
  private cases: ReadonlyMap<string, boolean> = new Map();

  constructor(
    private readonly journal: Journal,
    private readonly vault: Opener & SubjectTokens,
    private readonly queries: Pick<Queries, 'watchList' | 'casesOfInquiries'>,
    private readonly agreement: string,
  ) {}

  /**
   * Asks which inquiries of a page had a case. The read models judged each by what the register held when it was received,
   * and are ahead of the detectors: the answer is there, and it is the same after a restart.
   */
  async lookUpCases(page: readonly StoredEvent[]): Promise<void> {
    const received = page.filter(({ type }) => type === 'InquiryReceived').map(inquiryOf);
    this.cases = received.length ? await this.queries.casesOfInquiries(received) : new Map();
  }

  /**
   * The event as the detectors see it; null where it says nothing to them. `withNames`: whether to compare the name asked
   * for or supplied with the operator's own; not needed of what is only to be remembered.
   */
  async observe(stored: StoredEvent, withNames: boolean): Promise<Observed | null> {
    const entry = parseEntry(stored.entry);
    const event = recordedEvent(entry, catalogue, upcasters) as unknown as RecordedInquiryEvent;
    const observation = observationOf(event, {
      tokens: entry.sealed?.['subjects'] ? await this.vault.openTokens(entry) : [],
      nameMatch: withNames ? await this.nameMatch(entry, event) : null,
      caseMatches: this.cases.get(event.data.inquiry) ?? null,
    });
    return observation && { event, observation };
  }

  /** What holds on the day of an event. */
  async standing(at: string): Promise<LookoutStanding> {
    const day = tokyoDay(at);
    const known = this.standings.get(day);
    if (known) return known;
    const provision = foldLoaded(await this.journal.load(provisionStream(this.agreement)), provisionFolding);
    this.watched ??= await this.openWatchList();
    const counted = this.watched.filter(({ until }) => isWatchedOn(until, day));
    const standing = {
      closed: closedDaysOf(provision, [Number(day.slice(0, 4))]),
      watched: new Set(counted.flatMap(({ tokens }) => tokens)),
    };
    this.standings.set(day, standing);
    return standing;
  }

  /** Tokens change with the fiscal year, so they are made anew from the code. An entry whose key is gone watches nobody. */
  private async openWatchList(): Promise<readonly Watched[]> {
    const rows = await this.queries.watchList(this.agreement);
    const loaded = await this.journal.loadAll(rows.map(({ entry }) => watchStream(entry)));
    return Promise.all(
      rows.map(async ({ until }, at) => {
        const code = await this.opened<string>(loaded[at]?.entries[0], 'residentCode');
        const found = code === null ? [] : await this.vault.tokensFor(this.agreement, byResidentCode(code));
        return { until, tokens: found.map(({ token }) => token) };
      }),
    );
  }

  /** How the name asked for or supplied meets those of whoever asks; null where there is none, or it is gone. */
  private async nameMatch(entry: Entry, event: RecordedInquiryEvent): Promise<NameMatch | null> {
    const operator = personBehind(event);
    if (operator === null) return null;
    const resident = await this.nameIn(entry);
    if (resident === null) return null;
    const own = await this.namesOf(operator);
    return own && nameMatch(own, resident);
  }

  /** The name that was asked for or supplied. */
  private async nameIn(entry: Entry): Promise<string | null> {
    switch (entry.type) {
      case 'InquiryReceived': {
        const question = await this.opened<Question>(entry, 'question');
        return question && 'name' in question ? question.name : null;
      }
      case 'RecordProvided':
        return (await this.opened<IdentityRecord>(entry, 'record'))?.name ?? null;
      default:
        return null;
    }
  }

  private async namesOf(operator: string): Promise<OwnNames | null> {
    const known = this.names.get(operator);
    if (known !== undefined) return known;
    const own = await ownNamesOf(this.journal, this.vault, operator);
    this.names.set(operator, own);
    return own;
  }

  /** Null for what is not there, and for what is erased. */
  private async opened<T>(entry: Entry | undefined, field: string): Promise<T | null> {
    if (!entry?.sealed || !Object.hasOwn(entry.sealed, field)) return null;
    const opened = await this.vault.open<T>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}
