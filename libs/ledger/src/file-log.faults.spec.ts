import { afterEach, describe, expect, it } from '@jest/globals';
import { NOW, signerOf } from '../test/sample-log.js';
import {
  clearMachines,
  events,
  expectRecovery,
  follow,
  Machine,
  machineWith,
  stepsOf,
} from '../test/machine.js';
import { DiskFault, MachineStopped, type Step } from '../test/simulated-disk.js';
import { SequencerSuperseded, type Log } from './port.js';

afterEach(clearMachines);

/** What goes wrong at one step: an error that the program is told, or its death. */
interface Fault {
  readonly operation: Step['operation'];
  readonly what: 'EIO' | 'ENOSPC' | 'SIGKILL';
  /** How much of the operation was done all the same. */
  readonly done: 'nothing' | 'half' | 'all';
}

/** What happens next. */
type Then = 'it tries again' | 'it is started again' | 'the power fails, and it is started again';

const faults: readonly Fault[] = [
  { operation: 'make-directory', what: 'EIO', done: 'nothing' },
  { operation: 'make-directory', what: 'ENOSPC', done: 'nothing' },
  { operation: 'make-directory', what: 'EIO', done: 'all' },
  { operation: 'make-directory', what: 'SIGKILL', done: 'all' },
  { operation: 'write', what: 'EIO', done: 'nothing' },
  { operation: 'write', what: 'ENOSPC', done: 'nothing' },
  { operation: 'write', what: 'ENOSPC', done: 'half' },
  { operation: 'write', what: 'EIO', done: 'all' },
  { operation: 'write', what: 'SIGKILL', done: 'nothing' },
  { operation: 'write', what: 'SIGKILL', done: 'all' },
  { operation: 'sync', what: 'EIO', done: 'nothing' },
  { operation: 'sync', what: 'ENOSPC', done: 'nothing' },
  { operation: 'sync', what: 'EIO', done: 'all' },
  { operation: 'sync', what: 'SIGKILL', done: 'nothing' },
  { operation: 'sync', what: 'SIGKILL', done: 'all' },
  { operation: 'rename', what: 'EIO', done: 'nothing' },
  { operation: 'rename', what: 'ENOSPC', done: 'nothing' },
  { operation: 'rename', what: 'EIO', done: 'all' },
  { operation: 'rename', what: 'SIGKILL', done: 'nothing' },
  { operation: 'rename', what: 'SIGKILL', done: 'all' },
  { operation: 'sync-directory', what: 'EIO', done: 'nothing' },
  { operation: 'sync-directory', what: 'EIO', done: 'all' },
  { operation: 'sync-directory', what: 'SIGKILL', done: 'nothing' },
  { operation: 'sync-directory', what: 'SIGKILL', done: 'all' },
  { operation: 'commit', what: 'EIO', done: 'nothing' },
  { operation: 'commit', what: 'ENOSPC', done: 'nothing' },
  { operation: 'commit', what: 'EIO', done: 'all' },
  { operation: 'commit', what: 'SIGKILL', done: 'nothing' },
  { operation: 'commit', what: 'SIGKILL', done: 'all' },
  { operation: 'remove-directory', what: 'EIO', done: 'nothing' },
  { operation: 'remove-directory', what: 'EIO', done: 'all' },
  { operation: 'remove-directory', what: 'SIGKILL', done: 'all' },
];

/** An append that lengthens tiles, fills one, begins the next, and removes outgrown ones: every operation there is. */
const [FROM, UNTIL] = [254, 258];

const errorOf = ({ what, done }: Fault): Error =>
  what === 'SIGKILL' ? new MachineStopped(what) : new DiskFault(what, done === 'half');

/** Lets the machine work with a fault at its step number `at`; the error that the program was told, if any. */
async function workWith(machine: Machine, at: number, fault: Fault, then: Then): Promise<void> {
  let count = -1;
  const interrupt = (_: Step, moment: 'before' | 'after'): void => {
    if (moment === 'before') count += 1;
    if (count === at && moment === (fault.done === 'all' ? 'after' : 'before')) throw errorOf(fault);
  };
  const work = async (log: Log): Promise<void> => {
    await follow(UNTIL)(log).catch(unlessDisk);
    if (then === 'it tries again') await follow(UNTIL)(log);
  };
  await machine.run(work, interrupt).catch(unlessDisk);
  if (then === 'the power fails, and it is started again') machine.disk.losePower();
  machine.look();
}

/** The program is told of a fault of the disk as such, and of nothing else. */
function unlessDisk(error: unknown): void {
  if (!(error instanceof DiskFault)) throw error;
}

const thens = ({ what }: Fault): Then[] => [
  ...(what === 'SIGKILL' ? [] : (['it tries again'] as const)),
  'it is started again',
  'the power fails, and it is started again',
];

describe('a sequencer whose disk fails, or that is killed,', () => {
  it('does everything that the table names', async () => {
    const operations = new Set(
      (await stepsOf(await machineWith(FROM), follow(UNTIL))).map(({ operation }) => operation),
    );
    expect([...operations].sort()).toEqual([...new Set(faults.map(({ operation }) => operation))].sort());
  });

  it.each(faults.map((fault) => [fault.operation, fault.what, fault.done, fault] as const))(
    'at any %s, by %s with %s of it done, loses nothing, repeats nothing, contradicts nothing',
    async (operation, what, done, fault) => {
      const base = await machineWith(FROM);
      const steps = await stepsOf(base, follow(UNTIL));
      const places = steps.flatMap((step, at) =>
        step.operation === operation ? [{ at, path: step.path }] : [],
      );
      expect(places).not.toEqual([]);
      for (const { at, path } of places) {
        for (const then of thens(fault)) {
          const machine = Machine.like(base);
          await workWith(machine, at, fault, then);
          await expectRecovery(
            machine,
            UNTIL,
            `${what} at ${operation} ${path} (step ${at}), ${done} done, ${then}`,
          );
        }
      }
    },
  );

  it('publishes no checkpoint before its row is committed, and commits no row before its tiles last', async () => {
    const base = await machineWith(FROM);
    const steps = await stepsOf(base, follow(UNTIL));
    const opening = (await stepsOf(base, async () => undefined)).length;
    const append = steps.slice(opening);
    const commit = append.findIndex(({ operation }) => operation === 'commit');
    const [before, after] = [append.slice(0, commit), append.slice(commit + 1)];
    expect(before.filter(({ path }) => path.startsWith('checkpoint'))).toEqual([]);
    const written = before.filter(({ operation }) => operation === 'write').map(({ path }) => path);
    const synced = before.filter(({ operation }) => operation === 'sync').map(({ path }) => path);
    expect(synced).toEqual(written);
    expect(before.at(-1)?.operation).toBe('sync-directory');
    expect(after.find(({ operation }) => operation === 'rename')?.path).toBe('checkpoint');
  });
});

describe('a sequencer that takes on a second key,', () => {
  const both = [signerOf(8), signerOf(7)];

  it('killed at any step, with or without losing power, is taken on again with either set of keys', async () => {
    const base = await machineWith(3);
    const steps: Step[] = [];
    const idle = async (): Promise<void> => undefined;
    await Machine.like(base).run(
      idle,
      (step, moment) => void (moment === 'before' && steps.push(step)),
      both,
    );
    expect(steps).toContainEqual({ operation: 'rename', path: 'checkpoint' });
    for (const [at, step] of steps.entries()) {
      for (const lost of [true, false]) {
        for (const signers of [both, [signerOf(7)]]) {
          const machine = Machine.like(base);
          let count = -1;
          const kill = (_: Step, moment: 'before' | 'after'): void => {
            if (moment === 'before') count += 1;
            if (count === at && moment === 'after') throw new MachineStopped('SIGKILL');
          };
          await machine.run(idle, kill, both);
          if (lost) machine.disk.losePower();
          await machine.run(follow(5), undefined, signers);
          await expectRecovery(machine, 6, `${step.operation} ${step.path}, power ${lost ? 'lost' : 'kept'}`);
        }
      }
    }
  });
});

describe('a sequencer that publishes a cosigned checkpoint,', () => {
  it('killed at any step, with or without losing power, has the old one or the new one whole', async () => {
    const base = await machineWith(3);
    const notes: string[] = [];
    await base.run(async (log) => {
      notes.push((await log.state()).note);
      await log.publishCosigned(notes[0] ?? '');
      await follow(5)(log);
      notes.push((await log.state()).note);
    });
    const work = (log: Log): Promise<boolean> => log.publishCosigned(notes[1] ?? '');
    const steps = await stepsOf(base, work);
    expect(steps).toContainEqual({ operation: 'rename', path: 'checkpoint.cosigned' });
    for (const [at, step] of steps.entries()) {
      for (const lost of [true, false]) {
        const machine = Machine.like(base);
        let count = -1;
        await machine.run(work, (_, moment) => {
          if (moment === 'before') count += 1;
          if (count === at && moment === 'after') throw new MachineStopped('SIGKILL');
        });
        if (lost) machine.disk.losePower();
        const found = machine.disk.read('checkpoint.cosigned')?.toString();
        const context = `${step.operation} ${step.path}, power ${lost ? 'lost' : 'kept'}`;
        expect([context, notes.includes(found ?? '')]).toEqual([context, true]);
        await expectRecovery(machine, 6, context);
      }
    }
  });
});

describe('two sequencers at once', () => {
  /** Two that have opened the same log; both know what to append next. */
  async function pair(): Promise<{ machine: Machine; one: Log; two: Log; close: () => void }> {
    const machine = await machineWith(FROM);
    const databases = [machine.openDatabase(), machine.openDatabase()] as const;
    const [one, two] = [machine.openSequencer(databases[0]), machine.openSequencer(databases[1])];
    return { machine, one, two, close: () => databases.forEach((database) => database.close()) };
  }
  const portion = { fence: 1, now: NOW, size: FROM };
  const superseded = (error: unknown): 'superseded' => {
    if (!(error instanceof SequencerSuperseded)) throw error;
    return 'superseded';
  };

  it('one wins and the other steps back, at whatever step of the first the second one comes', async () => {
    const steps = await stepsOf(await machineWith(FROM), follow(UNTIL));
    const opening = (await stepsOf(await machineWith(FROM), async () => undefined)).length;
    for (const [at, step] of steps.slice(opening).entries()) {
      for (const moment of ['before', 'after'] as const) {
        const { machine, one, two, close } = await pair();
        let count = -1;
        let rival: Promise<unknown> = Promise.resolve('it did not come');
        machine.disk.interrupt = (_, now) => {
          if (now === 'before') count += 1;
          if (count !== at || now !== moment) return;
          machine.disk.interrupt = () => undefined;
          rival = two.append(events.slice(FROM, UNTIL), portion).then(() => 'won', superseded);
        };
        await one.append(events.slice(FROM, UNTIL), portion);
        const context = `${moment} ${step.operation} ${step.path}`;
        expect([context, await rival]).toEqual([context, 'superseded']);
        machine.disk.interrupt = () => undefined;
        await follow(UNTIL + 1)(two);
        await one.append(events.slice(FROM, UNTIL), portion).then(() => 'won', superseded);
        close();
        await expectRecovery(machine, UNTIL + 1, context);
      }
    }
  });

  it('the other takes over, at whatever step the first one fails', async () => {
    const steps = await stepsOf(await machineWith(FROM), follow(UNTIL));
    const opening = (await stepsOf(await machineWith(FROM), async () => undefined)).length;
    for (const [at, step] of steps.slice(opening).entries()) {
      for (const moment of ['before', 'after'] as const) {
        const { machine, one, two, close } = await pair();
        let count = -1;
        machine.disk.interrupt = (_, now) => {
          if (now === 'before') count += 1;
          if (count === at && now === moment) throw new DiskFault('EIO');
        };
        await one.append(events.slice(FROM, UNTIL), portion).catch(unlessDisk);
        machine.disk.interrupt = () => undefined;
        await follow(UNTIL + 2)(two);
        const late = await one.append(events.slice(FROM, UNTIL), portion).then(() => 'won', superseded);
        const context = `${moment} ${step.operation} ${step.path}`;
        expect([context, late]).toEqual([context, 'superseded']);
        close();
        await expectRecovery(machine, UNTIL + 2, context);
      }
    }
  });
});
