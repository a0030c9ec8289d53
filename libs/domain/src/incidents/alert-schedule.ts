import { type AlertAttempt, type AlertState, isReached, lastSent } from './alert.js';
import type { DeliveryFault } from './incident.events.js';

/** How long to wait for what, milliseconds of real time. */
export interface AlertBounds {
  /** How long an alert may go unacknowledged until it is shown as overdue, and repeated by the next channel. */
  readonly repeatMs: number;
  /** How long a channel may fail until the next one is tried beside it. */
  readonly failoverMs: number;
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** How often one channel brings the same alert. */
  readonly roundsPerChannel: number;
}

export const strictAlertBounds: AlertBounds = {
  repeatMs: 15 * 60_000,
  failoverMs: 2 * 60_000,
  firstBackoffMs: 5_000,
  longestBackoffMs: 30 * 60_000,
  roundsPerChannel: 3,
};

/** What the schedule of an alert depends on besides its own stream. */
export interface ScheduleFacts {
  /** How many channels the contact has now. */
  readonly channels: number;
  /** Milliseconds. */
  readonly realNow: number;
  readonly bounds: AlertBounds;
  /**
   * Since when the contact is as it is now, real milliseconds: what was tried before was tried at other addresses,
   * and neither a failure there nor a delivery says anything of these. Without it, everything counts.
   */
  readonly since?: number;
}

/** One attempt to make: `at` is real time in milliseconds, and what is not after now is due now. */
export interface NextDelivery {
  readonly at: number;
  readonly channel: number;
  readonly round: number;
}

/**
 * The next attempt, or null when nothing more is to be sent: acknowledged, no channel left, or each has done its
 * rounds.
 *
 * - The channels are tried in their order. One that fails is tried again with a growing pause, until it has brought
 *   the message; it may have been cut off when it had brought it, and only a second time is certain.
 * - When it has failed for `failoverMs`, or for good, or nothing could even be sent, the next one begins beside it.
 * - When the alert was taken and nobody acknowledges it for `repeatMs`, the next in the circle begins a round.
 */
export function nextDelivery(state: AlertState, facts: ScheduleFacts): NextDelivery | null {
  if (state.state !== 'pending') return null;
  const attempts = countingAttempts(state.attempts, facts);
  const ways = Array.from({ length: facts.channels }, (_, channel) => wayOf(channel, attempts, facts.bounds));
  const due = ways.flatMap(({ channel, retryAt }) => (retryAt === null ? [] : [{ channel, at: retryAt }]));
  const opening = nextToOpen(ways, attempts, state.raisedAt, facts);
  const [first] = [...due, ...(opening ? [opening] : [])].sort(
    (a, b) => a.at - b.at || a.channel - b.channel,
  );
  if (!first) return null;
  // Counted over all versions of the contact: a message's id is used for one message only.
  const round = state.attempts.filter(({ channel, failure }) => channel === first.channel && !failure).length;
  return { at: first.at, channel: first.channel, round };
}

/** Clocks of two processes, and the ids that one of them makes, may differ by this much without being wrong. */
const CLOCK_SLACK_MS = 60_000;

/**
 * A recorded time that has not come yet was written under a clock that was put back since. It is taken for long past,
 * so that an alert does not wait until that time comes round again.
 */
const believable = (at: number, realNow: number): number => (at > realNow + CLOCK_SLACK_MS ? 0 : at);

/** The attempts made at the present addresses. */
function countingAttempts(
  attempts: readonly AlertAttempt[],
  { since = 0, realNow }: ScheduleFacts,
): readonly AlertAttempt[] {
  const from = believable(since, realNow);
  return attempts
    .filter(({ at }) => at >= from)
    .map((attempt) => ({ ...attempt, at: believable(attempt.at, realNow) }));
}

/** How far one channel is. */
interface Way {
  readonly channel: number;
  /** Nothing more to be begun here: failed for good, or all rounds done. */
  readonly over: boolean;
  /** When the next channel begins beside this one; null while this one does not fail. */
  readonly nextBesideAt: number | null;
  /** When to try it again; null when it does not fail, or for good. */
  readonly retryAt: number | null;
}

/** Failures of this side: nothing left the house, and the other side's coming back would not change it. */
const unsent: readonly DeliveryFault[] = ['not-configured', 'sealed', 'target-forbidden'];

function wayOf(channel: number, attempts: readonly AlertAttempt[], bounds: AlertBounds): Way {
  const own = attempts.filter((attempt) => attempt.channel === channel);
  const failures = own.slice(own.findLastIndex(({ failure }) => failure === null) + 1);
  const sent = own.filter(({ failure }) => failure === null).length;
  const dead = failures.some(({ failure }) => failure?.permanent);
  const over = dead || sent >= bounds.roundsPerChannel;
  const [first, last] = [failures[0], failures.at(-1)];
  if (!first || !last) return { channel, over, nextBesideAt: null, retryAt: null };
  const retryAt = over ? null : last.at + backoff(failures.length, bounds);
  const hopeless = last.failure !== null && unsent.includes(last.failure.why);
  const nextBesideAt = hopeless ? last.at : first.at + bounds.failoverMs;
  return { channel, over, nextBesideAt, retryAt };
}

const backoff = (failures: number, { firstBackoffMs, longestBackoffMs }: AlertBounds): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** (failures - 1));

/** The channel that is to begin next, beside those that fail, and when. */
function nextToOpen(
  ways: readonly Way[],
  attempts: readonly AlertAttempt[],
  raisedAt: number,
  { bounds, realNow }: ScheduleFacts,
): { readonly channel: number; readonly at: number } | null {
  const last = lastSent(attempts);
  const start = last ? last.channel + 1 : 0;
  let at = last ? last.at + bounds.repeatMs : believable(raisedAt, realNow);
  for (const way of [...ways.slice(start), ...ways.slice(0, start)]) {
    if (way.over) continue;
    if (way.nextBesideAt === null) return { channel: way.channel, at };
    at = Math.max(at, way.nextBesideAt);
  }
  return null;
}

/** How an alert stands, for people to see. */
export interface AlertStanding {
  readonly state: 'pending' | 'failing' | 'delivered' | 'acknowledged';
  /** Nobody has acknowledged it within the bound. */
  readonly overdue: boolean;
  /** When the next attempt is to be made, real milliseconds; null when nothing more is sent. */
  readonly nextAt: number | null;
}

/**
 * Overdue from `repeatMs` after it was raised (or sent from the lifeboat before that) until somebody acknowledges it,
 * however often it is repeated meanwhile: a repetition is no answer.
 */
export function alertStanding(state: AlertState, facts: ScheduleFacts): AlertStanding {
  if (state.state === 'none') return { state: 'pending', overdue: false, nextAt: null };
  if (state.state === 'acknowledged') return { state: 'acknowledged', overdue: false, nextAt: null };
  const { realNow, bounds } = facts;
  const begun = Math.min(
    ...[state.raisedAt, ...state.attempts.map(({ at }) => at)].map((at) => believable(at, realNow)),
  );
  return {
    state: isReached(state) ? 'delivered' : state.attempts.length > 0 ? 'failing' : 'pending',
    overdue: realNow - begun >= bounds.repeatMs,
    nextAt: nextDelivery(state, facts)?.at ?? null,
  };
}
