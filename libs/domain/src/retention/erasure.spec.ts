import { describe, expect, it } from '@jest/globals';
import type { AnyEvent } from '../kernel/event.js';
import { specify } from '../kernel/specification.js';
import {
  approveRelease,
  type Erasure,
  type ErasureHold,
  evolveErasure,
  evolveErasureHold,
  holdRun,
  IDS_PER_EVENT,
  initialErasure,
  initialErasureHold,
  recordErased,
  type RunFacts,
  runObstacle,
  startErasure,
  verifyErasure,
} from './erasure.js';
import {
  cohortId,
  erasureEvents,
  erasureHoldEvents,
  parseCohortId,
  type RecordedErasureEvent,
  type RecordedErasureHoldEvent,
} from './retention.events.js';

const DAY = 86_400_000;
const COHORT = 'agreement-1/rtva-59-1:examination/2026-07-09';
const RUN = 'run-1';

const erasures = specify<Erasure, RecordedErasureEvent>(erasureEvents, evolveErasure, initialErasure);
const holds = specify<ErasureHold, RecordedErasureHoldEvent>(
  erasureHoldEvents,
  evolveErasureHold,
  initialErasureHold,
);

/** `count` ids in ascending order, from the `from`th. */
const ids = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `inquiry-${String(from + index).padStart(6, '0')}`);

const start = { cohort: COHORT, run: RUN, inquiries: 3, root: 'ab'.repeat(32), today: '2026-07-10' };
const started = (inquiries: number) => ({
  type: 'ErasureStarted',
  at: '2026-07-09T15:00:00.000Z',
  data: { cohort: COHORT, run: RUN, inquiries, root: 'ab'.repeat(32) },
});
const erased = (part: number, inquiries: readonly string[]) => ({
  type: 'IdentityDataErased',
  at: '2026-07-09T15:00:01.000Z',
  data: { cohort: COHORT, run: RUN, part, inquiries },
});
const verified = {
  type: 'ErasureVerified',
  at: '2026-07-09T15:00:02.000Z',
  data: { cohort: COHORT, run: RUN, epoch: 7, generation: 12 },
};
type Facts = readonly (AnyEvent & { readonly at?: string })[];

const name = (facts: Facts, inquiries: readonly string[]) =>
  erasures.given(...facts).when((state) => recordErased(state, RUN, inquiries));
/** Part and size of each event. */
const partsOf = (outcome: ReturnType<typeof name>) =>
  outcome.events.map(({ data }) => ('part' in data ? `${data.part}: ${data.inquiries.length}` : null));

describe('the erasure of a cohort begins', () => {
  const begin = (changes: Partial<typeof start>, ...facts: Facts) =>
    erasures.given(...facts).when((state) => startErasure(state, { ...start, ...changes }));

  it('on the day after its last usable day, recorded before anything is destroyed', () => {
    expect(begin({}).events).toEqual([
      {
        type: 'ErasureStarted',
        data: { cohort: COHORT, run: RUN, inquiries: 3, root: 'ab'.repeat(32) },
      },
    ]);
  });

  it.each(['2026-07-09', '2026-07-08', '2025-12-31', '', 'tomorrow', '9999-99-99'])(
    'but not on %j: nothing after this point can be undone',
    (today) => {
      const outcome = begin({ today });
      expect(outcome.refusals).toEqual(['cohort-not-due']);
      expect(outcome.events).toEqual([]);
    },
  );

  it('but not where the cohort names no day yet, or is no cohort', () => {
    const open = begin({ cohort: 'agreement-1/rtva-59-1:examination/open' });
    expect(open.refusals).toEqual(['cohort-not-due']);
    expect(() => begin({ cohort: 'agreement-1' })).toThrow(RangeError);
  });

  it('once: a repeated step changes nothing, in whatever state', () => {
    for (const facts of [
      [started(2)],
      [started(1), erased(1, ids(1))],
      [started(1), erased(1, ids(1)), verified],
    ]) {
      expect(begin({}, ...facts).decision).toEqual({ accepted: true, events: [] });
    }
  });
});

describe('the inquiries whose data is gone are named', () => {
  it.each<[number, readonly string[]]>([
    [1, ['1: 1']],
    [1_000, ['1: 1000']],
    [1_001, ['1: 1000', '2: 1']],
    [2_000, ['1: 1000', '2: 1000']],
    [2_500, ['1: 1000', '2: 1000', '3: 500']],
  ])('%i of them in parts of at most a thousand', (count, parts) => {
    expect(partsOf(name([started(count)], ids(count)))).toEqual(parts);
  });

  it('each exactly once, in order', () => {
    const { events } = name([started(2_500)], ids(2_500));
    expect(events.flatMap(({ data }) => ('part' in data ? data.inquiries : []))).toEqual(ids(2_500));
  });

  it('part after part, where they are handed over so', () => {
    const facts = [started(1_500), erased(1, ids(IDS_PER_EVENT))];
    expect(erasures.given(...facts).state).toMatchObject({ state: 'started', erased: 1_000, parts: 1 });
    expect(partsOf(name(facts, ids(500, 1_000)))).toEqual(['2: 500']);
  });

  it('and a run that crashed may begin again from the first', () => {
    const facts = [started(1_500), erased(1, ids(IDS_PER_EVENT))];
    expect(partsOf(name(facts, ids(1_500)))).toEqual(['2: 500']);
    expect(name(facts, ids(IDS_PER_EVENT)).decision).toEqual({ accepted: true, events: [] });
  });

  it('and repeated after the last part, they change nothing', () => {
    const complete = [started(2), erased(1, ids(2))];
    for (const facts of [complete, [...complete, verified]]) {
      for (const repeated of [ids(2), ids(1), []]) {
        expect(name(facts, repeated).decision).toEqual({ accepted: true, events: [] });
      }
    }
  });

  it('but not before the erasure is on record', () => {
    const outcome = name([], ids(1));
    expect(outcome.refusals).toEqual(['erasure-not-started']);
    expect(outcome.events).toEqual([]);
  });

  it.each<[string, Facts, readonly string[]]>([
    ['more than were announced', [started(2)], ids(3)],
    ['one more after the last', [started(2), erased(1, ids(2))], ids(3)],
    ['one more after verification', [started(2), erased(1, ids(2)), verified], ids(1, 2)],
    ['none although some are missing', [started(2), erased(1, ids(1))], []],
  ])('but not %s: the count on record was wrong, and that is not smoothed over', (_, facts, inquiries) => {
    const outcome = name(facts, inquiries);
    expect(outcome.refusals).toEqual(['erasure-count-differs']);
    expect(outcome.events).toEqual([]);
  });

  it.each([
    ['out of order', [...ids(1, 1), ...ids(1)]],
    ['twice', [...ids(1), ...ids(1)]],
  ])('but not %s', (_, inquiries) => {
    expect(() => name([started(2)], inquiries)).toThrow(RangeError);
  });

  it('even where there are none: an empty cohort is completed by an empty part', () => {
    const outcome = name([started(0)], []);
    expect(partsOf(outcome)).toEqual(['1: 0']);
    expect(erasures.given(started(0), ...outcome.events).state).toMatchObject({
      state: 'erased',
      inquiries: 0,
    });
  });
});

describe('an erasure is verified', () => {
  const verify = (...facts: Facts) =>
    erasures.given(...facts).when((state) => verifyErasure(state, { run: RUN, epoch: 7, generation: 12 }));

  it('once every inquiry is named', () => {
    expect(verify(started(2), erased(1, ids(2))).events).toEqual([
      { type: 'ErasureVerified', data: { cohort: COHORT, run: RUN, epoch: 7, generation: 12 } },
    ]);
  });

  it.each<[string, Facts]>([
    ['nothing has begun', []],
    ['it has only begun', [started(2)]],
    ['an inquiry is missing', [started(2), erased(1, ids(1))]],
  ])('but not while %s', (_, facts) => {
    const outcome = verify(...facts);
    expect(outcome.refusals).toEqual(['erasure-not-complete']);
    expect(outcome.events).toEqual([]);
  });

  it('once', () => {
    expect(verify(started(1), erased(1, ids(1)), verified).decision).toEqual({ accepted: true, events: [] });
  });

  it('and keeps when each step was, and nobody\u2019s data', () => {
    expect(erasures.given(started(1), erased(1, ids(1)), verified).state).toEqual({
      state: 'verified',
      cohort: COHORT,
      inquiries: 1,
      last: 'inquiry-000000',
      startedAt: '2026-07-09T15:00:00.000Z',
      erasedAt: '2026-07-09T15:00:01.000Z',
      verifiedAt: '2026-07-09T15:00:02.000Z',
    });
  });

  it('never by an event out of turn', () => {
    expect(erasures.given(verified).state).toEqual({ state: 'none' });
    expect(erasures.given(erased(1, ids(1))).state).toEqual({ state: 'none' });
    expect(erasures.given(started(1), verified).state).toMatchObject({ state: 'started' });
  });
});

describe('a wrong clock destroys nothing:', () => {
  const nowMs = Date.parse('2026-07-10T00:00:00.000Z');
  const facts: RunFacts = { today: '2026-07-10', nowMs, oldestDue: '2026-07-09', lastRun: null };
  const ranAgo = (businessMs: number, elapsedMs: number): Partial<RunFacts> => ({
    lastRun: { nowMs: nowMs - businessMs, elapsedMs },
  });

  it.each<[string, Partial<RunFacts>, ReturnType<typeof runObstacle>]>([
    ['nothing is due', { oldestDue: null }, null],
    [
      'nothing is due yet, but the clock has jumped',
      { oldestDue: null, ...ranAgo(400 * DAY, DAY) },
      { why: 'clock-ahead', days: 399 },
    ],
    ['due today', {}, null],
    ['three days behind, the most that goes on alone', { oldestDue: '2026-07-07' }, null],
    ['four days behind', { oldestDue: '2026-07-06' }, { why: 'backlog', days: 4 }],
    ['a year behind', { oldestDue: '2025-07-09' }, { why: 'backlog', days: 366 }],
    ['over a month end', { today: '2026-03-03', oldestDue: '2026-02-27' }, { why: 'backlog', days: 4 }],
    ['over the end of a leap February', { today: '2028-03-02', oldestDue: '2028-02-28' }, null],
    ['the last run as long ago as the clock says', ranAgo(DAY, DAY), null],
    ['a day ahead to the millisecond', ranAgo(2 * DAY, DAY), null],
    ['a day and a millisecond ahead', ranAgo(2 * DAY + 1, DAY), { why: 'clock-ahead', days: 2 }],
    ['ten years ahead', ranAgo(3_650 * DAY, 60_000), { why: 'clock-ahead', days: 3_650 }],
    ['behind the last run: late is not early', ranAgo(-5 * DAY, DAY), null],
    ['somebody took away when it ran last', { lastRun: 'forgotten' }, { why: 'clock-forgotten', days: 0 }],
    [
      'somebody took away when it ran last, and nothing is due',
      { lastRun: 'forgotten', oldestDue: null },
      { why: 'clock-forgotten', days: 0 },
    ],
    ['no time has passed by its own count', ranAgo(2 * DAY, 0), { why: 'clock-ahead', days: 2 }],
    [
      'both: the clock is the first suspect',
      { ...ranAgo(30 * DAY, DAY), oldestDue: '2026-06-12' },
      { why: 'clock-ahead', days: 29 },
    ],
  ])('%s', (_, changes, obstacle) => {
    expect(runObstacle({ ...facts, ...changes })).toEqual(obstacle);
  });

  it('stops what it cannot measure, instead of letting it pass', () => {
    expect(() => runObstacle({ ...facts, ...ranAgo(DAY, DAY), nowMs: Number.NaN })).toThrow(RangeError);
    expect(() => runObstacle({ ...facts, lastRun: { nowMs: Number.NaN, elapsedMs: 0 } })).toThrow(RangeError);
    expect(() => runObstacle({ ...facts, lastRun: { nowMs, elapsedMs: Number.NaN } })).toThrow(RangeError);
    expect(() => runObstacle({ ...facts, today: 'today' })).toThrow(RangeError);
    expect(() => runObstacle({ ...facts, oldestDue: 'open' })).toThrow(RangeError);
  });

  it('the limits can be set, to be stricter or wider', () => {
    const limits = { backlogDays: 1, clockAheadMs: 0 };
    expect(runObstacle({ ...facts, oldestDue: '2026-07-08' }, limits)).toEqual({ why: 'backlog', days: 2 });
    expect(runObstacle({ ...facts, ...ranAgo(1, 0) }, limits)).toEqual({ why: 'clock-ahead', days: 1 });
    expect(
      runObstacle({ ...facts, oldestDue: '2026-07-03' }, { backlogDays: 7, clockAheadMs: DAY }),
    ).toBeNull();
  });
});

describe('a run that was stopped', () => {
  const held = {
    type: 'ErasureHeld',
    data: { run: RUN, why: 'backlog', days: 4, through: '2026-07-10' },
  } as const;
  const approved = (approver: string) => ({ type: 'ErasureReleaseApproved', data: { run: RUN, approver } });
  const approve = (approver: string, ...facts: Facts) =>
    holds.given(...facts).when((state) => approveRelease(state, RUN, approver));

  it('is recorded once, with what waits and why', () => {
    expect(holds.given().when((state) => holdRun(state, held.data)).events).toEqual([held]);
    for (const facts of [[held], [held, approved('a'), approved('b')]]) {
      const again = holds.given(...facts).when((state) => holdRun(state, held.data));
      expect(again.decision).toEqual({ accepted: true, events: [] });
    }
  });

  it('waits after the first approval', () => {
    expect(approve('officer-1', held).events).toEqual([approved('officer-1')]);
    expect(holds.given(held, approved('officer-1')).state).toEqual({
      state: 'held',
      why: 'backlog',
      days: 4,
      through: '2026-07-10',
      approvers: ['officer-1'],
    });
  });

  it('is not released by one person approving twice', () => {
    const outcome = approve('officer-1', held, approved('officer-1'));
    expect(outcome.refusals).toEqual(['approver-not-different']);
    expect(outcome.events).toEqual([]);
  });

  it('is released by two different people, through the day that was held and no further', () => {
    expect(approve('officer-2', held, approved('officer-1')).events).toEqual([approved('officer-2')]);
    expect(holds.given(held, approved('officer-1'), approved('officer-2')).state).toEqual({
      state: 'released',
      through: '2026-07-10',
      approvers: ['officer-1', 'officer-2'],
    });
  });

  it('is not released twice', () => {
    const released = [held, approved('officer-1'), approved('officer-2')];
    expect(approve('officer-3', ...released).refusals).toEqual(['erasure-hold-released']);
    expect(approve('officer-2', ...released).refusals).toEqual([
      'erasure-hold-released',
      'approver-not-different',
    ]);
    expect(holds.given(...released, approved('officer-3')).state).toMatchObject({
      approvers: ['officer-1', 'officer-2'],
    });
  });

  it('is not one that nobody stopped', () => {
    expect(approve('officer-1').refusals).toEqual(['erasure-hold-not-found']);
    expect(holds.given(approved('officer-1')).state).toEqual({ state: 'none' });
  });
});

describe('the id of a cohort', () => {
  it('says agreement, purpose and last usable day, and can be read back', () => {
    const cohort = {
      agreement: 'agreement-1',
      purpose: 'rtva-59-1:examination',
      usableThrough: '2026-07-09',
    };
    expect(cohortId(cohort)).toBe(COHORT);
    expect(parseCohortId(COHORT)).toEqual(cohort);
  });

  it.each(['', 'agreement-1', 'agreement-1/rtva-59-1:examination', '//', 'a//2026-07-09'])(
    'is not %j',
    (id) => {
      expect(() => parseCohortId(id)).toThrow(RangeError);
    },
  );
});
