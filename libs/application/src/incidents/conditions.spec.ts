import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '#domain';
import { ForgedEvent, StoreFailed } from '#event-store';
import type { DueCohort } from '#read-models';
import { VaultUnavailable } from '#vault';
import { FollowerDiverged } from '../followers/follower.js';
import type { RunReport } from '../retention/retention-run.js';
import { genuine, InMemoryMarks } from '../testing/alarm-scene.js';
import { MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { conditionsOf, ErasureSigns, forgedMarks, onlyWhile } from './conditions.js';
import { Troubles } from './troubles.js';
import type { Condition } from './watch.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What each condition says now. */
const looks = async (conditions: readonly Condition[]): Promise<Partial<Record<FaultKind, unknown>>> =>
  Object.fromEntries(
    await Promise.all(conditions.map(async ({ kind, holds }) => [kind, await holds()] as const)),
  );
/** The kinds of those that hold. */
const holding = async (conditions: readonly Condition[]): Promise<readonly string[]> =>
  Object.entries(await looks(conditions)).flatMap(([kind, holds]) => (holds === true ? [kind] : []));

describe('the conditions of log, keys and store', () => {
  let clock: MovedClock;
  let troubles: Troubles;
  /** NaN: the log cannot be read. */
  let lagMs: number;
  const readable = <T>(what: T): T => {
    if (Number.isNaN(lagMs)) throw new StoreFailed('unreadable');
    return what;
  };
  let roots: readonly number[] | Error;
  let objecting: readonly string[];
  let parted: boolean | null;
  let provable: boolean;
  let conditions: readonly Condition[];

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    troubles = new Troubles(clock);
    [lagMs, parted, roots, objecting, provable] = [800, false, [3], [], true];
    conditions = conditionsOf({
      troubles,
      logHealth: {
        lagMs: async () => readable(lagMs),
        parted: async () => readable(parted),
        provable: async () => provable,
      },
      lateMs: 5 * MINUTE_MS,
      vault: {
        epochs: async () => {
          if (roots instanceof Error) throw roots;
          return { current: 3, roots };
        },
      },
      witnessReplies: { objecting: () => objecting },
    });
  });

  it('do not hold while all is well', async () => {
    expect(new Set(Object.values(await looks(conditions)))).toEqual(new Set([false]));
  });

  it('see a late log before it stops the inquiries', async () => {
    lagMs = 5 * MINUTE_MS;
    expect(await holding(conditions)).toEqual([]);
    lagMs += 1;
    expect(await holding(conditions)).toEqual([]);
    expect(await holding(conditions)).toEqual(['log-late']);
    lagMs = 0;
    expect(await looks(conditions)).toMatchObject({ 'log-late': false });
  });

  it('see that inquiries are refused because they could not be proven, and that they are not any more', async () => {
    provable = false;
    expect(await holding(conditions)).toEqual([]);
    expect(await holding(conditions)).toEqual(['counter-closed']);
    provable = true;
    expect(await looks(conditions)).toMatchObject({ 'counter-closed': false });
  });

  it('see a log that the store does not hold, which is not a late one', async () => {
    [lagMs, parted] = [Infinity, true];
    expect(await looks(conditions)).toMatchObject({ 'log-not-verifying': true, 'log-late': null });
  });

  it('leave a log whose events nobody has counted to the closed counter, and do not say that it does not verify', async () => {
    [lagMs, parted, provable] = [Infinity, null, false];
    await looks(conditions);
    expect(await looks(conditions)).toMatchObject({ 'log-not-verifying': null, 'log-late': null });
    expect(await holding(conditions)).toEqual(['counter-closed']);
  });

  it('call it by one name where a task has said more precisely what it is', async () => {
    [lagMs, parted] = [Infinity, true];
    troubles.failed('log', new FollowerDiverged('log', '7'));
    expect(await holding(conditions)).toEqual(['follower-diverged']);
  });

  it('see that a witness objects, also where no task of this process has asked it', async () => {
    objecting = ['w/1'];
    expect(await holding(conditions)).toEqual(['log-forked']);
    objecting = [];
    expect(await looks(conditions)).toMatchObject({ 'log-forked': false });
  });

  it('see a root key that is gone although no key was needed yet', async () => {
    roots = [2];
    await looks(conditions);
    expect(await holding(conditions)).toEqual(['key-trouble']);
  });

  it('see keys that cannot be read at all', async () => {
    roots = new VaultUnavailable('the root key directory cannot be read');
    await looks(conditions);
    expect(await holding(conditions)).toEqual(['key-trouble']);
  });

  it('see what is proven although something else cannot be looked at', async () => {
    lagMs = Number.NaN;
    const verifying = conditions.filter(({ kind }) => kind === 'log-not-verifying');
    await expect(looks(verifying)).rejects.toThrow(StoreFailed);
    troubles.failed('log', Object.assign(new Error('x'), { code: 'log-inconsistent' }));
    expect(await holding(verifying)).toEqual(['log-not-verifying']);
  });

  it('see what a task runs into', async () => {
    troubles.failed('log', new ForgedEvent('s', 0, '1'));
    expect(await holding(conditions)).toEqual(['forged-event']);
  });

  it('see nothing in what is over at the next look', async () => {
    [lagMs, roots] = [HOUR_MS, [2]];
    expect(await holding(conditions)).toEqual([]);
    [lagMs, roots] = [0, [3]];
    expect(new Set(Object.values(await looks(conditions)))).toEqual(new Set([false]));
    [lagMs, roots] = [HOUR_MS, [2]];
    expect(await holding(conditions)).toEqual([]);
  });

  it('are left alone by a process that is not to judge them', async () => {
    lagMs = 6 * MINUTE_MS;
    let ours = false;
    const judged = onlyWhile(() => ours, conditions);
    for (const _look of [1, 2]) expect(new Set(Object.values(await looks(judged)))).toEqual(new Set([null]));
    ours = true;
    await looks(judged);
    expect(await holding(judged)).toEqual(['log-late']);
  });
});

describe('the condition of the marks', () => {
  it('holds while one is forged, and names each in the log once, and again when it was told and is forged again', async () => {
    const table = new InMemoryMarks();
    const marks = genuine(table);
    const said: (readonly string[])[] = [];
    const condition = forgedMarks(marks, (names) => said.push(names));
    expect([await condition.holds(), said]).toEqual([false, []]);
    for (const name of ['retention-hold', 'log-distrusted']) {
      table.write(name, { run: 'x' });
      marks.read(name);
    }
    for (const _look of [1, 2]) expect(await condition.holds()).toBe(true);
    expect(said).toEqual([['retention-hold', 'log-distrusted']]);
    condition.told?.(condition.untold?.() ?? []);
    expect([await condition.holds(), said.length]).toEqual([true, 1]);
    marks.write('retention-hold', null);
    marks.write('log-distrusted', null);
    for (const name of ['retention-hold', 'log-distrusted']) marks.read(name);
    expect(await condition.holds()).toBe(false);
    table.write('retention-hold', { run: 'x' });
    marks.read('retention-hold');
    expect([await condition.holds(), said.slice(1)]).toEqual([true, [['retention-hold']]]);
  });

  it('keeps what there is to tell when another process may have to judge it', () => {
    const untold = (): readonly string[] => ['a'];
    const [condition] = onlyWhile(
      () => true,
      [{ kind: 'mark-forged', holds: async () => true, untold, told: () => undefined }],
    );
    expect(condition?.untold?.()).toEqual(['a']);
  });
});

describe('the conditions of the erasures', () => {
  let clock: MovedClock;
  let troubles: Troubles;
  let due: readonly DueCohort[];
  let signs: ErasureSigns;
  const cohort = (usableThrough: string): DueCohort => ({
    cohort: 'c-1',
    agreement: 'a',
    purpose: 'rtva-59-1:examination',
    usableThrough,
    inquiries: 1,
  });
  const done = (report: Partial<Extract<RunReport, { state: 'done' }>> = {}): RunReport => ({
    state: 'done',
    erased: [],
    failed: [],
    verified: [],
    unverified: [],
    ...report,
  });

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    troubles = new Troubles(clock, { retention: 'erasure-failed' });
    due = [];
    const queries = { cohortsDue: async (day: string) => due.filter((one) => one.usableThrough < day) };
    signs = new ErasureSigns(queries, clock, troubles, 24 * HOUR_MS);
  });

  it('are not judged before a run came to its end', async () => {
    due = [cohort('2026-01-01')];
    expect(new Set(Object.values(await looks(signs.conditions())))).toEqual(new Set([null]));
  });

  it('do not hold after a run that did all it had to', async () => {
    signs.ran(done({ erased: ['c-1'], verified: ['c-1'] }));
    expect(new Set(Object.values(await looks(signs.conditions())))).toEqual(new Set([false]));
  });

  it('take what is overdue for a failure only when the runs stand still, and not for a moment', async () => {
    due = [cohort('2026-04-04')];
    signs.stood();
    expect(await holding(signs.conditions())).toEqual([]);
    clock.advance(2 * MINUTE_MS);
    // Due since Sunday at midnight: at ten on Monday not yet a day.
    due = [cohort('2026-04-05')];
    expect(await holding(signs.conditions())).toEqual([]);
    due = [cohort('2026-04-04')];
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
    signs.ran(done({ erased: ['c-1'] }));
    expect(await holding(signs.conditions())).toEqual([]);
  });

  it('leave a long run under way to its end, also after the runs stood still', async () => {
    due = [cohort('2026-01-01')];
    signs.stood();
    clock.advance(2 * MINUTE_MS);
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
    signs.began();
    clock.advance(HOUR_MS);
    expect(await holding(signs.conditions())).toEqual([]);
    signs.stood();
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
  });

  it('take a run that never comes to its end for one that stands still', async () => {
    due = [cohort('2026-01-01')];
    signs.ran(done());
    signs.began();
    clock.advance(24 * HOUR_MS);
    expect(await holding(signs.conditions())).toEqual([]);
    clock.advance(1);
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
  });

  it('count waiting for the read models as standing still', async () => {
    due = [cohort('2026-01-01')];
    signs.ran({ state: 'waiting', for: 'read-models' });
    clock.advance(MINUTE_MS + 1);
    signs.ran({ state: 'waiting', for: 'read-models' });
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
  });

  it('take an erasure that nobody can certify for a day for overdue', async () => {
    signs.ran(done({ unverified: ['c-1'] }));
    clock.advance(24 * HOUR_MS);
    signs.ran(done({ unverified: ['c-1'] }));
    expect(await holding(signs.conditions())).toEqual([]);
    clock.advance(1);
    expect(await holding(signs.conditions())).toEqual(['erasure-overdue']);
    signs.ran(done({ verified: ['c-1'] }));
    expect(await holding(signs.conditions())).toEqual([]);
  });

  it('see a cohort that could not be erased, and a run that fails again and again', async () => {
    signs.ran(done({ failed: [{ cohort: 'c-1', codes: ['erasure-running'] }] }));
    expect(await holding(signs.conditions())).toEqual(['erasure-failed']);
    signs.ran(done());
    expect(await holding(signs.conditions())).toEqual([]);
    for (let time = 0; time < 3; time += 1) {
      troubles.failed('retention', new Error('still there'));
      clock.advance(3_000);
    }
    expect(await holding(signs.conditions())).toEqual(['erasure-failed']);
  });

  it('leave a run that fails for another reason to whoever watches that', async () => {
    for (let time = 0; time < 3; time += 1) {
      troubles.failed('retention', new StoreFailed('full'));
      clock.advance(3_000);
    }
    expect(await looks(signs.conditions())).toMatchObject({ 'erasure-failed': null });
  });

  it('see that two people have to look at the clock, until the run went on', async () => {
    due = [cohort('2026-01-01')];
    signs.ran({ state: 'held', run: 'run-1' });
    expect(await holding(signs.conditions())).toEqual(['clock-wrong']);
    signs.stood();
    clock.advance(HOUR_MS);
    expect(await holding(signs.conditions())).toEqual(['clock-wrong']);
    signs.ran(done());
    expect(await looks(signs.conditions())).toMatchObject({ 'clock-wrong': false });
  });
});
