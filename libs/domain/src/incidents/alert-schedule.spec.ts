import { describe, expect, it } from '@jest/globals';
import { type AlertState, initialAlert } from './alert.js';
import type { DeliveryFault } from './incident.events.js';
import { alertStanding, nextDelivery, type ScheduleFacts, strictAlertBounds } from './alert-schedule.js';
import {
  acknowledged,
  alertAfter,
  failed,
  gone,
  raised,
  RAISED_AT,
  sent,
  type Timed,
} from './alert.specification.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

interface Looked {
  readonly channels?: number;
  /** Milliseconds after the alert was raised. */
  readonly now?: number;
  readonly since?: number;
}
const factsOf = ({ channels = 2, now = 24 * HOUR, since }: Looked): ScheduleFacts => ({
  channels,
  realNow: RAISED_AT + now,
  bounds: strictAlertBounds,
  ...(since === undefined ? {} : { since: RAISED_AT + since }),
});

/** What comes next, in milliseconds after the alert was raised. */
function next(facts: readonly Timed[], looked: Looked = {}) {
  const found = nextDelivery(alertAfter(raised, ...facts), factsOf(looked));
  return found && { ...found, at: found.at - RAISED_AT };
}

describe('an alert is brought', () => {
  it('by the first channel, at once', () => {
    expect(next([])).toEqual({ at: 0, channel: 0, round: 0 });
  });

  it('to nobody without a channel', () => {
    expect(next([], { channels: 0 })).toBeNull();
  });

  it('not before it was raised', () => {
    expect(nextDelivery(initialAlert, factsOf({}))).toBeNull();
  });

  it.each<[string, readonly Timed[]]>([
    ['raised', []],
    ['failing', [failed(SECOND)]],
    ['delivered', [sent(SECOND)]],
  ])('no more once it was acknowledged, %s as it was', (_, facts) => {
    expect(next([...facts, acknowledged(HOUR)])).toBeNull();
  });
});

describe('a channel that fails', () => {
  it('is tried again with a pause that doubles, up to half an hour', () => {
    const pauses: number[] = [];
    let facts: readonly Timed[] = [];
    for (let at = 0; pauses.length < 12; ) {
      facts = [...facts, failed(at)];
      const retry = next(facts, { channels: 1 });
      expect(retry).toMatchObject({ channel: 0, round: 0 });
      pauses.push(((retry?.at ?? 0) - at) / SECOND);
      at = retry?.at ?? 0;
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_800, 1_800, 1_800]);
  });

  it('is joined by the next after two minutes, and goes on beside it', () => {
    const facts = [failed(0), failed(5 * SECOND), failed(15 * SECOND), failed(35 * SECOND)];
    expect(next(facts)).toEqual({ at: 75 * SECOND, channel: 0, round: 0 });
    const fifth = [...facts, failed(75 * SECOND)];
    expect(next(fifth)).toEqual({ at: 2 * MINUTE, channel: 1, round: 0 });
    expect(next([...fifth, failed(2 * MINUTE, 1)])).toEqual({
      at: 2 * MINUTE + 5 * SECOND,
      channel: 1,
      round: 0,
    });
    expect(next([...fifth, sent(2 * MINUTE, 1)])).toEqual({ at: 155 * SECOND, channel: 0, round: 0 });
  });

  it('is joined by one after the other, each two minutes after the last began to fail', () => {
    const facts = [failed(0), failed(119 * SECOND), failed(130 * SECOND, 1), failed(249 * SECOND, 1)];
    expect(next(facts, { channels: 3 })).toEqual({ at: 129 * SECOND, channel: 0, round: 0 });
    const later = [...facts, failed(249 * SECOND), failed(249.5 * SECOND)];
    expect(next(later, { channels: 3 })).toEqual({ at: 250 * SECOND, channel: 2, round: 0 });
  });

  it('for good makes room for the next at once, and is not tried again', () => {
    expect(next([gone(SECOND)])).toEqual({ at: 0, channel: 1, round: 0 });
    expect(next([gone(SECOND), sent(2 * SECOND, 1)])).toEqual({
      at: 2 * SECOND + 15 * MINUTE,
      channel: 1,
      round: 1,
    });
  });

  it.each<DeliveryFault>(['not-configured', 'sealed', 'target-forbidden'])(
    'because of this side (%s) makes room at once too, and is tried again',
    (why) => {
      const facts = [failed(SECOND, 0, { why })];
      expect(next(facts)).toEqual({ at: SECOND, channel: 1, round: 0 });
      expect(next([...facts, sent(2 * SECOND, 1)])).toEqual({ at: 6 * SECOND, channel: 0, round: 0 });
    },
  );

  it('leaves nothing to send when all are gone for good', () => {
    expect(next([gone(SECOND), gone(2 * SECOND, 1)])).toBeNull();
  });

  it('begins its pauses anew after it has delivered', () => {
    const facts = [failed(0), failed(5 * SECOND), sent(15 * SECOND), failed(16 * MINUTE, 0, { round: 1 })];
    expect(next(facts, { channels: 1 })).toEqual({ at: 16 * MINUTE + 5 * SECOND, channel: 0, round: 1 });
  });
});

describe('an alert that nobody acknowledges', () => {
  it('is repeated by the next channel in the circle, three times by each, and then no more', () => {
    const order: string[] = [];
    let facts: readonly Timed[] = [];
    for (let due = next(facts); due !== null && order.length < 10; due = next(facts)) {
      order.push(`${due.at / MINUTE} min: ${due.channel}.${due.round}`);
      facts = [...facts, sent(due.at, due.channel, due.round)];
    }
    expect(order).toEqual([
      '0 min: 0.0',
      '15 min: 1.0',
      '30 min: 0.1',
      '45 min: 1.1',
      '60 min: 0.2',
      '75 min: 1.2',
    ]);
  });

  it('is repeated by the same channel where there is one only', () => {
    expect(next([sent(SECOND)], { channels: 1 })).toEqual({
      at: SECOND + 15 * MINUTE,
      channel: 0,
      round: 1,
    });
  });

  it('passes over channels that are gone', () => {
    expect(next([sent(0), gone(15 * MINUTE, 1)], { channels: 3 })).toEqual({
      at: 15 * MINUTE,
      channel: 2,
      round: 0,
    });
  });

  it('is repeated from the lifeboat’s delivery on, when that came first', () => {
    const lifeboat = new Date(RAISED_AT - 5 * MINUTE).toISOString();
    expect(next([sent(SECOND, 0, 0, lifeboat)])).toEqual({ at: 10 * MINUTE, channel: 1, round: 0 });
    const sentBoth = [sent(SECOND, 1), sent(2 * SECOND, 0, 0, lifeboat)];
    expect(next(sentBoth)).toEqual({ at: 15 * MINUTE + SECOND, channel: 0, round: 1 });
  });
});

describe('a contact that was changed while the alert is on its way', () => {
  it('is told at its new addresses at once, under a message id of its own', () => {
    expect(next([sent(0)], { since: MINUTE })).toEqual({ at: 0, channel: 0, round: 1 });
  });

  it('is not held to what failed at the old ones', () => {
    expect(next([gone(0), gone(SECOND, 1)], { since: MINUTE })).toEqual({ at: 0, channel: 0, round: 0 });
    expect(next([failed(0), failed(5 * SECOND)], { since: MINUTE })).toEqual({ at: 0, channel: 0, round: 0 });
  });

  it('may have fewer channels than before', () => {
    expect(next([sent(0, 1)], { channels: 1 })).toEqual({ at: 15 * MINUTE, channel: 0, round: 0 });
  });
});

describe('a clock that was put back', () => {
  it('does not make an alert wait until the time comes round again', () => {
    const yesterday = { channels: 1, now: -24 * HOUR };
    for (const facts of [[], [failed(0)], [sent(0)]]) {
      const due = next(facts, yesterday);
      expect(due?.at).toBeLessThan(yesterday.now);
    }
  });

  it('shows an alert of which nobody knows since when it waits as overdue', () => {
    expect(alertStanding(alertAfter(raised), factsOf({ now: -24 * HOUR }))).toMatchObject({ overdue: true });
  });

  it('is not seen in a few milliseconds between two processes', () => {
    expect(next([failed(0)], { channels: 1, now: -5 })).toEqual({ at: 5 * SECOND, channel: 0, round: 0 });
  });
});

describe('the standing of an alert', () => {
  const standing = (now: number, ...facts: readonly Timed[]) =>
    alertStanding(alertAfter(raised, ...facts), factsOf({ now }));

  it.each<[string, readonly Timed[], string]>([
    ['pending', [], 'pending'],
    ['failing', [failed(0)], 'failing'],
    ['delivered', [failed(0), sent(SECOND, 1)], 'delivered'],
    ['acknowledged', [sent(0), acknowledged(SECOND)], 'acknowledged'],
  ])('is %s', (_, facts, state) => {
    expect(standing(MINUTE, ...facts)).toMatchObject({ state, overdue: false });
  });

  it('is overdue after a quarter of an hour without an answer, sent or not', () => {
    expect(standing(15 * MINUTE - 1)).toMatchObject({ state: 'pending', overdue: false });
    expect(standing(15 * MINUTE)).toMatchObject({ state: 'pending', overdue: true });
    expect(standing(15 * MINUTE, sent(SECOND))).toMatchObject({ state: 'delivered', overdue: true });
  });

  it('stays overdue when it is repeated, until somebody acknowledges it', () => {
    const facts = [sent(0), sent(15 * MINUTE, 1)];
    expect(standing(16 * MINUTE, ...facts)).toMatchObject({ overdue: true });
    expect(standing(16 * MINUTE, ...facts, acknowledged(16 * MINUTE))).toMatchObject({ overdue: false });
  });

  it('says when it is tried next', () => {
    expect(standing(MINUTE, sent(0)).nextAt).toBe(RAISED_AT + 15 * MINUTE);
    expect(standing(MINUTE, gone(0), gone(1, 1)).nextAt).toBeNull();
    expect(standing(MINUTE, acknowledged(1)).nextAt).toBeNull();
    const none: AlertState = initialAlert;
    expect(alertStanding(none, factsOf({}))).toEqual({ state: 'pending', overdue: false, nextAt: null });
  });
});
