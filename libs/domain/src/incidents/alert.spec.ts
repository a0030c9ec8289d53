import { describe, expect, it } from '@jest/globals';
import {
  decideAcknowledge,
  decideRaiseAlert,
  initialAlert,
  isReached,
  lastSentAt,
  messageIdOf,
  recordFailed,
  recordSent,
} from './alert.js';
import { acknowledged, alertAfter, failed, raised, RAISED_AT, sent } from './alert.specification.js';

const [, raisedEvent] = raised;
const [, sentEvent] = sent(0);
const [, failedEvent] = failed(0);
const nothing = { accepted: true, events: [] };

const first = { channel: 0, kind: 'smtp', round: 0, message: 'i-1-c-1.0.0' } as const;

describe('an alert is raised', () => {
  it('for one incident and one contact', () => {
    const decision = decideRaiseAlert(initialAlert, {
      alert: 'i-1-c-1',
      incident: 'i-1',
      contact: 'c-1',
      party: 'recipient',
    });
    expect(decision).toEqual({ accepted: true, events: [raisedEvent] });
  });

  it('once', () => {
    const command = { alert: 'i-1-c-1', incident: 'i-1', contact: 'c-1', party: 'recipient' } as const;
    expect(decideRaiseAlert(alertAfter(raised), command)).toEqual(nothing);
    expect(decideRaiseAlert(alertAfter(raised, acknowledged(1)), command)).toEqual(nothing);
  });
});

describe('an attempt is recorded', () => {
  it('that brought the alert', () => {
    expect(messageIdOf('i-1-c-1', 0, 0)).toBe(first.message);
    expect(recordSent(alertAfter(raised), { ...first, lifeboat: null }).events).toEqual([sentEvent]);
  });

  it('that failed, every time', () => {
    const failure = { ...first, why: 'connection', permanent: false } as const;
    expect(recordFailed(alertAfter(raised), failure).events).toEqual([failedEvent]);
    expect(recordFailed(alertAfter(raised, failed(1)), failure).events).toEqual([failedEvent]);
  });

  it('once for each message that was taken, whoever sent it', () => {
    const state = alertAfter(raised, sent(1));
    expect(recordSent(state, { ...first, lifeboat: '2026-04-01T00:00:00.000Z' })).toEqual(nothing);
    expect(recordFailed(state, { ...first, why: 'timeout', permanent: false })).toEqual(nothing);
    const second = { ...first, round: 1, message: 'i-1-c-1.0.1' };
    expect(recordSent(state, { ...second, lifeboat: null }).events).toHaveLength(1);
  });

  it('after the acknowledgement too, because it happened', () => {
    const state = alertAfter(raised, acknowledged(1));
    expect(recordSent(state, { ...first, lifeboat: null }).events).toEqual([sentEvent]);
  });

  it('not of an alert that was never raised', () => {
    expect(recordSent(initialAlert, { ...first, lifeboat: null })).toMatchObject({
      refusals: [{ code: 'alert-missing' }],
    });
    expect(recordFailed(initialAlert, { ...first, why: 'tls', permanent: false })).toMatchObject({
      refusals: [{ code: 'alert-missing' }],
    });
  });
});

describe('an alert is acknowledged', () => {
  it('by whoever holds the link', () => {
    expect(decideAcknowledge(alertAfter(raised), { by: 'link' }).events).toEqual([acknowledged(0)[1]]);
  });

  it('by a person of the party that was called, sent or not', () => {
    const decision = decideAcknowledge(alertAfter(raised), { by: 'person', side: 'recipient' });
    expect(decision.events).toMatchObject([{ type: 'AlertAcknowledged', data: { by: 'person' } }]);
  });

  it('not by the other party', () => {
    const decision = decideAcknowledge(alertAfter(raised), { by: 'person', side: 'provider' });
    expect(decision).toMatchObject({ accepted: false, refusals: [{ code: 'alert-of-other-party' }] });
  });

  it('once: again is nothing, but the other party still may not', () => {
    const state = alertAfter(raised, acknowledged(1));
    expect(decideAcknowledge(state, { by: 'link' })).toEqual(nothing);
    expect(decideAcknowledge(state, { by: 'person', side: 'recipient' })).toEqual(nothing);
    expect(decideAcknowledge(state, { by: 'person', side: 'provider' }).accepted).toBe(false);
  });

  it('if there is one', () => {
    expect(decideAcknowledge(initialAlert, { by: 'link' })).toMatchObject({
      refusals: [{ code: 'alert-missing' }],
    });
  });
});

describe('a contact is reached', () => {
  it('when a channel took the alert or somebody acknowledged it', () => {
    expect(isReached(initialAlert)).toBe(false);
    expect(isReached(alertAfter(raised))).toBe(false);
    expect(isReached(alertAfter(raised, failed(1)))).toBe(false);
    expect(isReached(alertAfter(raised, sent(1), failed(2, 1)))).toBe(true);
    expect(isReached(alertAfter(raised, acknowledged(1)))).toBe(true);
  });
});

describe('the state of an alert', () => {
  it('takes its times from the ids, which are real time', () => {
    const state = alertAfter(raised, failed(1_000), sent(2_000), acknowledged(3_000));
    expect(state).toMatchObject({
      state: 'acknowledged',
      by: 'link',
      raisedAt: RAISED_AT,
      acknowledgedAt: RAISED_AT + 3_000,
      attempts: [
        { at: RAISED_AT + 1_000, channel: 0, failure: { why: 'connection', permanent: false } },
        { at: RAISED_AT + 2_000, channel: 0, failure: null },
      ],
    });
    expect(lastSentAt(state)).toBe(RAISED_AT + 2_000);
  });

  it('believes the lifeboat when it sent, not when that was put on record', () => {
    const before = new Date(RAISED_AT - 60_000).toISOString();
    expect(lastSentAt(alertAfter(raised, sent(5_000, 0, 0, before)))).toBe(RAISED_AT - 60_000);
  });

  it('keeps the first acknowledgement', () => {
    const state = alertAfter(raised, acknowledged(1_000), acknowledged(9_000));
    expect(state).toMatchObject({ acknowledgedAt: RAISED_AT + 1_000 });
  });
});
