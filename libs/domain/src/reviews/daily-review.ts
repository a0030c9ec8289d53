import { accept, assertNever, type Decision, reasons, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import { isPlainText, LONGEST_REASON } from '../kernel/text.js';
import { addDays, isTokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import { type ClosedDays, isClosedDay, nextOpenDay } from './closed-days.js';
import { because } from './refusals.js';
import type { DailyReviewEvent, RecordedDailyReviewEvent } from './review.events.js';

// ---- commands ----

/** A terminal manager signs a day off, with the counts that were shown of it. */
export interface SignDay {
  readonly day: TokyoDay;
  readonly inquiries: number;
  readonly refused: number;
  readonly reviewsOpened: number;
  /** Position through which the trail had been read for these counts. */
  readonly through: string;
  /** At most 1,000 code points, not blank; sealed; null for none. */
  readonly remark: string | null;
}

/** What else must be known. */
export interface SignDayFacts {
  /** Today, in Tokyo, by business time. */
  readonly today: TokyoDay;
  /** The day on which the agreement was concluded. */
  readonly firstDay: TokyoDay;
  /** Whether the signer made inquiries on that day: roles change, and nobody signs off their own. */
  readonly inquired: boolean;
}

// ---- state: of one day under one agreement ----

export type DailyReviewState =
  | { readonly state: 'unsigned' }
  | {
      readonly state: 'signed';
      readonly day: TokyoDay;
      /** Operator id of the terminal manager. */
      readonly by: string | null;
      /** Business time. */
      readonly at: string;
    };

export const initialDailyReview: DailyReviewState = { state: 'unsigned' };

// ---- decide ----

/** Signs a day off, once. A day that is not over could still hold something that nobody has seen. */
export function decideSignDay(
  state: DailyReviewState,
  command: SignDay,
  { today, firstDay, inquired }: SignDayFacts,
): Decision<DailyReviewEvent> {
  const { day, inquiries, refused, reviewsOpened, through, remark } = command;
  if (!isTokyoDay(day)) return refuse(because('review-day-malformed', 'day'));
  if (state.state === 'signed') return refuse(because('review-day-signed', 'day'));
  const faults = reasons(
    day >= today && because('review-day-not-over', 'day'),
    day < firstDay && because('review-day-before-agreement', 'day'),
    inquired && because('reviewer-is-person-concerned'),
    remark !== null && !isPlainText(remark, LONGEST_REASON) && because('review-remark-malformed', 'remark'),
  );
  if (faults.length) return refuse(...faults);
  return accept<DailyReviewEvent>({
    type: 'DayReviewed',
    data: { day, inquiries, refused, reviewsOpened, through, remark },
  });
}

// ---- evolve ----

export function evolveDailyReview(
  state: DailyReviewState,
  event: RecordedDailyReviewEvent,
): DailyReviewState {
  if (state.state === 'signed') return state;
  switch (event.type) {
    case 'DayReviewed':
      return { state: 'signed', day: event.data.day, by: personBehind(event), at: event.at };
    default:
      return assertNever(event.type);
  }
}

export const dailyReviewFolding = { initial: initialDailyReview, evolve: evolveDailyReview };

// ---- which days are missing ----

export interface DaysInView {
  /** The first day that has to be signed: that of the agreement, or of the beginning of this duty. */
  readonly first: TokyoDay;
  /** Today, in Tokyo; it is not over. */
  readonly today: TokyoDay;
  readonly closed: ClosedDays;
  /** Days on which somebody inquired. A closed day needs a look only if it is among them. */
  readonly busy: ReadonlySet<TokyoDay>;
  readonly signed: ReadonlySet<TokyoDay>;
  /** How many open days after the day the manager has for it; 1 unless configured. */
  readonly openDays?: number;
}

export interface UnsignedDay {
  readonly day: TokyoDay;
  /** The last day on which signing it is in time. */
  readonly due: TokyoDay;
  /** An alarm: it should have been signed. */
  readonly overdue: boolean;
}

/** Days that somebody still has to sign off, the oldest first. */
export function unsignedDays({
  first,
  today,
  closed,
  busy,
  signed,
  openDays = 1,
}: DaysInView): readonly UnsignedDay[] {
  const missing: UnsignedDay[] = [];
  for (let day = first; day < today; day = addDays(day, 1)) {
    if (signed.has(day) || (isClosedDay(day, closed) && !busy.has(day))) continue;
    let due = day;
    for (let open = 0; open < openDays; open++) due = nextOpenDay(due, closed);
    missing.push({ day, due, overdue: today > due });
  }
  return missing;
}
