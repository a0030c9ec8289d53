import { v5 as uuidv5 } from 'uuid';
import {
  addDays,
  daysToRemember,
  type DetectorSettings,
  type Finding,
  Lookout,
  parseEntry,
  reviewOf,
  tokyoDay,
} from '#domain';
import { comparePositions, type EventStore, type Position, type StoredEvent } from '#event-store';
import type { GenuineMarks } from '#operations';
import type { Queries } from '#read-models';
import type { Opener, SubjectTokens } from '#vault';
import { LostMark } from '../followers/lost-mark.js';
import { PolicyMark, type PolicyPosition } from '../followers/policy-mark.js';
import { Faults } from '../incidents/faults.js';
import type { CommandContext, Journal } from '../journal.js';
import { DetectionView, isObserved, type Observed } from './detection-view.js';
import type { ReviewIds } from './review-ids.js';
import type { Reviews } from './reviews.js';

/** Mark of the detectors: how far they have read. */
export const DETECTORS = 'detectors';

/** Namespace of the correlation ids (RFC 9562, 5.5): UUIDv5 of the event in which something was found. */
const COMMANDS = 'b7d2f0c6-4f5e-5c7b-8a54-0f7c9d1e6a33';

const BATCH = 500;

/** The rooms that the detectors need. */
export interface DetectionRooms {
  readonly journal: Journal;
  readonly store: Pick<EventStore, 'readAll' | 'readEvent'>;
  readonly vault: Opener & SubjectTokens;
  readonly queries: Pick<Queries, 'readUpTo' | 'watchList' | 'inquiriesSince' | 'casesOfInquiries'>;
  readonly marks: GenuineMarks;
}

/** What was seen up to a position; rebuilt from the events after a start, never on a disk. */
interface Memory {
  readonly lookout: Lookout;
  through: Position | null;
  /** Whether everything up to the mark was remembered. */
  whole: boolean;
}

/**
 * The peeking detectors, as a policy (event → command): the fourth follower of the global order. It opens tokens and
 * names in memory (docs/adr/0002) and keeps nothing but how far it has read.
 *
 * At least once: the mark is written after the reviews, and after a crash in between the same causes are found again,
 * whose reviews are there already. After a start the events of the last `daysToRemember` before the mark are looked at
 * again, to remember and not to find. Where there is no mark, or one of another history, it begins where the read models
 * are: whoever rebuilds does not open reviews of the past. That a mark is gone, or was forged, is a fault (`LostMark`).
 *
 * It stays behind the read models, which hold the watch list and know which inquiries had a case.
 */
export class Detection {
  private readonly mark: PolicyMark<PolicyPosition>;
  private readonly lost: LostMark;
  private memory: Memory | null = null;

  constructor(
    private readonly rooms: DetectionRooms,
    private readonly reviews: Pick<Reviews, 'openFor'>,
    private readonly ids: ReviewIds,
    private readonly settings: DetectorSettings,
  ) {
    const { marks, store, journal } = rooms;
    this.mark = new PolicyMark(DETECTORS, marks, store, journal.clock);
    this.lost = new LostMark(journal, new Faults(journal));
  }

  /** At installation: what happens from here on is looked at, also before the first worker runs. */
  begin(): void {
    if (!this.mark.latest()) this.mark.keep({ position: null, eventId: null });
  }

  /**
   * Reads on as far as the read models have, and opens the reviews that follow; returns how many were opened. One call at
   * a time in a process. Two processes at once open the same reviews, which is once.
   */
  async catchUp(context: CommandContext, signal?: AbortSignal): Promise<number> {
    const end = (await this.rooms.queries.readUpTo())?.position ?? null;
    if (end === null) return 0;
    await this.takeUp(context);
    // Read models that are being built again do not know the watch list yet, nor where the days begin.
    const mark = this.mark.current;
    if (!mark || isBefore(end, mark.position)) return 0;
    try {
      await this.remember(context.agreement, signal);
      return await this.readOn(end, context, signal);
    } catch (error) {
      // What was seen of an unfinished batch would be counted a second time.
      this.memory = null;
      throw error;
    }
  }

  /** Goes on from the kept mark, whoever wrote it, or makes one. */
  private async takeUp(context: CommandContext): Promise<void> {
    const taken = await this.mark.takeUp();
    if (taken === 'own') return;
    await this.lost.tell(taken, context);
    if (taken === 'lost') return this.mark.restore();
    this.memory = null;
    if (taken === 'taken') return;
    const readUpTo = await this.rooms.queries.readUpTo();
    if (readUpTo) this.mark.keep({ position: readUpTo.position, eventId: readUpTo.eventId });
    else this.mark.moveTo(null);
  }

  /** Looks at what lies before the mark again, as far back as it matters. What it finds was found before. */
  private async remember(agreement: string, signal?: AbortSignal): Promise<void> {
    if (this.memory?.whole) return;
    this.memory ??= await this.emptyMemory(agreement);
    const { memory } = this;
    const end = this.mark.current?.position ?? null;
    if (end !== null && !memory.whole) {
      for (let page = await this.page(memory.through, end); page.length; ) {
        if (signal?.aborted) return;
        await this.find(page, agreement, 'remember');
        memory.through = page.at(-1)?.position ?? end;
        page = await this.page(memory.through, end);
      }
    }
    memory.whole = true;
  }

  /** Nothing is remembered yet; `through` is where remembering begins. */
  private async emptyMemory(agreement: string): Promise<Memory> {
    const beginning = await this.beginning(agreement);
    const lookout = new Lookout(this.settings);
    return { lookout, through: beginning?.after ?? null, whole: beginning === null };
  }

  /** Where remembering begins; null where there is nothing to remember. */
  private async beginning(agreement: string): Promise<{ readonly after: Position | null } | null> {
    const eventId = this.mark.current?.eventId ?? null;
    const stored = eventId === null ? null : await this.rooms.store.readEvent(eventId);
    if (!stored) return null;
    const from = addDays(tokyoDay(parseEntry(stored.entry).at), -daysToRemember(this.settings));
    return this.rooms.queries.inquiriesSince(agreement, from);
  }

  private async readOn(end: Position, context: CommandContext, signal?: AbortSignal): Promise<number> {
    let opened = 0;
    for (;;) {
      if (!this.memory?.whole || signal?.aborted) break;
      const page = await this.page(this.mark.current?.position ?? null, end);
      const last = page.at(-1);
      if (!last) break;
      const found = await this.find(page, context.agreement, 'find');
      for (const each of found) opened += await this.open(each, context);
      // A crash here: the same is found again, and its reviews are there already.
      const mark = { position: last.position, eventId: last.id };
      if (found.length) this.mark.keep(mark);
      else this.mark.moveTo(mark);
    }
    this.mark.keepNowAndThen();
    return opened;
  }

  /** What comes after a position, up to another one and with it. */
  private async page(after: Position | null, through: Position): Promise<readonly StoredEvent[]> {
    const page = await this.rooms.store.readAll(after, BATCH);
    return page.filter(({ position }) => comparePositions(position, through) <= 0);
  }

  /** Shows the lookout a page of events. Only what is to be found needs names. */
  private async find(
    page: readonly StoredEvent[],
    agreement: string,
    mode: 'remember' | 'find',
  ): Promise<readonly (Observed & { readonly finding: Finding })[]> {
    const { journal, vault, queries } = this.rooms;
    const view = new DetectionView(journal, vault, queries, agreement);
    await view.lookUpCases(page);
    const withNames = mode === 'find' && this.settings.ownName !== null;
    const found: (Observed & { readonly finding: Finding })[] = [];
    for (const stored of page.filter(isObserved)) {
      const observed = await view.observe(stored, withNames);
      if (!observed) continue;
      const standing = await view.standing(observed.observation.at);
      const findings = this.memory?.lookout.observe(observed.observation, standing) ?? [];
      found.push(...findings.map((finding) => ({ ...observed, finding })));
    }
    return found;
  }

  private async open(
    { event, finding }: Observed & { readonly finding: Finding },
    { actor }: CommandContext,
  ): Promise<number> {
    const { agreement } = event;
    const review = this.ids.of(agreement, finding.cause);
    const context = { actor, agreement, correlation: uuidv5(event.id, COMMANDS) };
    return (await this.reviews.openFor(reviewOf(review, finding), context)) ? 1 : 0;
  }
}

/** Whether a position lies before another one; nothing lies before the beginning. */
const isBefore = (position: Position, other: Position | null): boolean =>
  other !== null && comparePositions(position, other) < 0;
