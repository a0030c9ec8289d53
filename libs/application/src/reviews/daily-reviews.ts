import {
  addDays,
  agreementFolding,
  agreementStream,
  type ClosedDays,
  dailyReviewDutyFolding,
  dailyReviewDutyStream,
  dailyReviewFolding,
  dailyReviewStream,
  decideBeginDailyReviews,
  decideSignDay,
  isTokyoDay,
  provisionFolding,
  provisionStream,
  refuse,
  tokyoDay,
  type TokyoDay,
  type UnsignedDay,
  unsignedDays,
} from '#domain';
import type { EventStore } from '#event-store';
import type { Queries, ReadPosition, ReviewDay } from '#read-models';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { readAll } from '../trail/read-all.js';
import type { Trail } from '../trail/trail.js';
import { closedDaysOf } from './closed-days.js';
import { HOLIDAYS_KNOWN_THROUGH } from './public-holidays.js';

/** What there was on a day. */
export type DayCounts = Pick<ReviewDay, 'inquiries' | 'refused' | 'reviewsOpened'>;

/** A day that somebody still has to sign off, and what there was on it. */
export type DayToSign = UnsignedDay & DayCounts;

export interface DaysReport {
  /** Today, in Tokyo; it is not over. */
  readonly today: TokyoDay;
  /** The oldest first. */
  readonly unsigned: readonly DayToSign[];
  /** Those signed of the last 31 days, the oldest first. */
  readonly signed: readonly ReviewDay[];
  /** The last day of which it is known whether it is a public holiday: after it, holidays count as open days. */
  readonly holidaysKnownThrough: TokyoDay;
  readonly readUpTo: ReadPosition | null;
}

export interface SignedDay {
  readonly day: string;
  /** As they were shown to the signer. */
  readonly shown: DayCounts;
  readonly remark: string | null;
}

const SHOWN_SIGNED_DAYS = 31;
const nothing: DayCounts = { inquiries: 0, refused: 0, reviewsOpened: 0 };

/** The daily look at the operations (日次点検, annex 2, 2(4)): the terminal manager signs each day off. */
export class DailyReviews {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'lastPosition'>,
    private readonly queries: Pick<Queries, 'reviewDays' | 'inquiredOn'>,
    private readonly trail: Pick<Trail, 'waitFor'>,
    /** How many open days after the day there are for it. */
    private readonly openDays: number,
  ) {}

  /**
   * Puts on record that days are signed off from today on, where nothing says so yet: at installation, and for one that was
   * made before Kiroku knew of it. Again: nothing.
   */
  async begin(context: CommandContext): Promise<void> {
    const stream = dailyReviewDutyStream(context.agreement);
    await this.journal.decide(stream, dailyReviewDutyFolding, context, (state, now) =>
      decideBeginDailyReviews(state, { today: tokyoDay(now) }),
    );
  }

  /** The days that are not signed off, and those signed lately. */
  async days(agreement: string): Promise<DaysReport> {
    const view = await this.view(agreement);
    const today = tokyoDay(this.journal.clock.now());
    const holidaysKnownThrough = HOLIDAYS_KNOWN_THROUGH;
    if (!view) return { today, unsigned: [], signed: [], holidaysKnownThrough, readUpTo: null };
    const { known, unsigned, readUpTo } = view;
    const byDay = new Map(known.map((row) => [row.day, row]));
    const shownFrom = addDays(today, -SHOWN_SIGNED_DAYS);
    return {
      today,
      unsigned: unsigned.map((missing) => ({ ...missing, ...countsOf(byDay.get(missing.day)) })),
      signed: known.filter(({ day, signedAt }) => signedAt !== null && day >= shownFrom),
      holidaysKnownThrough,
      readUpTo,
    };
  }

  /**
   * Signs a day off with the counts that were shown. Refused when they are no longer those of the day (the signer looks
   * again), or while the read models cannot tell.
   */
  async sign({ day, shown, remark }: SignedDay, context: CommandContext): Promise<void> {
    const by = personOf(context);
    const { agreement } = context;
    if (!isTokyoDay(day)) throw new Refused([{ code: 'review-day-malformed', field: 'day' }]);
    const through = await this.caughtUp();
    const firstDay = await this.firstDay(agreement);
    const inquired = await this.queries.inquiredOn(agreement, by, day);
    const { days } = await this.queries.reviewDays(agreement, day);
    const counts = countsOf(days.find((row) => row.day === day));
    await this.journal.decide(
      dailyReviewStream(agreement, day),
      dailyReviewFolding,
      context,
      (state, now) => {
        const facts = { today: tokyoDay(now), firstDay: firstDay ?? tokyoDay(now), inquired };
        const decision = decideSignDay(state, { day, ...counts, through, remark }, facts);
        if (!decision.accepted || areSame(counts, shown)) return decision;
        return refuse({ code: 'review-day-changed', field: 'day' });
      },
    );
  }

  /**
   * Whether a day should have been signed off and was not; null while nobody can tell. Asked of the days' own streams,
   * so that read models that are being built again raise no alarm.
   */
  async anyOverdue(agreement: string): Promise<boolean | null> {
    const view = await this.view(agreement);
    if (!view?.readUpTo) return null;
    for (const { day, overdue } of view.unsigned) {
      if (overdue && !(await this.isSigned(agreement, day))) return true;
    }
    return false;
  }

  private async isSigned(agreement: string, day: TokyoDay): Promise<boolean> {
    const loaded = await this.journal.load(dailyReviewStream(agreement, day));
    return foldLoaded(loaded, dailyReviewFolding).state === 'signed';
  }

  /** What is known of the days since the duty began, and which of them are unsigned; null before it. */
  private async view(agreement: string) {
    const first = await this.dutyFrom(agreement);
    if (first === null) return null;
    const today = tokyoDay(this.journal.clock.now());
    const end = await this.endOf(agreement);
    const { days: known, readUpTo } = await this.queries.reviewDays(agreement, first);
    const signed = new Set(known.flatMap(({ day, signedAt }) => (signedAt === null ? [] : [day])));
    const busy = new Set(known.flatMap((row) => (row.inquiries + row.refused > 0 ? [row.day] : [])));
    const closed = await this.closedDays(agreement, first, today);
    const missing = unsignedDays({ first, today, closed, busy, signed, openDays: this.openDays });
    return { known, unsigned: missing.filter(({ day }) => end === null || day <= end), readUpTo };
  }

  private async closedDays(agreement: string, first: TokyoDay, today: TokyoDay): Promise<ClosedDays> {
    const provision = foldLoaded(await this.journal.load(provisionStream(agreement)), provisionFolding);
    const [from, through] = [yearOf(first), yearOf(today) + 1];
    return closedDaysOf(
      provision,
      Array.from({ length: through - from + 1 }, (_, ahead) => from + ahead),
    );
  }

  /** The first day that has to be signed off: of the agreement, and of the duty (`begin`). */
  private async dutyFrom(agreement: string): Promise<TokyoDay | null> {
    const concluded = await this.firstDay(agreement);
    const duty = foldLoaded(
      await this.journal.load(dailyReviewDutyStream(agreement)),
      dailyReviewDutyFolding,
    );
    if (concluded === null || duty === null) return null;
    return concluded > duty ? concluded : duty;
  }

  /** The day on which the agreement was concluded. */
  private async firstDay(agreement: string): Promise<TokyoDay | null> {
    const { recorded } = await this.journal.load(agreementStream(agreement));
    return recorded[0] ? tokyoDay(recorded[0].at) : null;
  }

  /** The last day on which somebody could inquire, where the agreement has ended; null while it has not. */
  private async endOf(agreement: string): Promise<TokyoDay | null> {
    const loaded = await this.journal.load(agreementStream(agreement));
    const last = loaded.recorded.at(-1);
    return foldLoaded(loaded, agreementFolding).state === 'terminated' && last ? tokyoDay(last.at) : null;
  }

  /** Position through which the read models have read, all there was when asked; refused while they are behind. */
  private async caughtUp(): Promise<string> {
    const read = await readAll(this.store, this.trail);
    if (read === null || read === 'behind') throw new Refused([{ code: 'busy' }]);
    return read.position;
  }
}

const yearOf = (day: TokyoDay): number => Number(day.slice(0, 4));

const countsOf = (row: DayCounts | undefined): DayCounts => {
  const { inquiries, refused, reviewsOpened } = row ?? nothing;
  return { inquiries, refused, reviewsOpened };
};

const areSame = (one: DayCounts, other: DayCounts): boolean =>
  one.inquiries === other.inquiries &&
  one.refused === other.refused &&
  one.reviewsOpened === other.reviewsOpened;
