import { Buffer } from 'node:buffer';
import { cpSync } from 'node:fs';
import { dirname } from 'node:path';
import { mkdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventsIn, NOW, ORIGIN, Places, signerOf } from '../test/sample-log.js';
import { MachineStopped, SimulatedDisk, type Step } from '../test/simulated-disk.js';
import { parseCheckpoint, type Checkpoint } from './core/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from './core/frontier.js';
import { parseNote } from './core/note.js';
import { parseVerifierKey } from './core/verifier-key.js';
import { LogDatabase } from './file/log-database.js';
import { Sequencer } from './file/sequencer.js';
import type { Log } from './port.js';
import { verifyFiles } from './verify.js';

/**
 * The machine stops at every step of an append, before it and after it, with and without losing what was not synced.
 * Whatever the step: the log opens again, goes on by itself, holds every entry once, and contradicts no checkpoint
 * that anybody may have seen.
 */
const places = new Places();
afterEach(() => places.clear());

const signer = signerOf();
const verifier = parseVerifierKey(signer.verifierKey);
const TOTAL = 270;
const events = eventsIn(0, TOTAL);
const roots = Array.from({ length: TOTAL + 1 }, (_, size) => size).map((size) =>
  frontierRoot(
    extendFrontier(
      EMPTY_FRONTIER,
      events.slice(0, size).map(({ leafHash }) => Buffer.from(leafHash, 'hex')),
    ),
  ).toString('hex'),
);

/** A machine: its disk, its database file, and every checkpoint that was ever readable on it. */
class Machine {
  readonly seen: Checkpoint[] = [];
  readonly disk = new SimulatedDisk();
  readonly file = places.make().database;
  private running: LogDatabase | null = null;

  /** Another machine in the same state. */
  static like(other: Machine): Machine {
    const copy = new Machine();
    copy.disk.copyFrom(other.disk);
    mkdirSync(dirname(copy.file), { recursive: true });
    cpSync(other.file, copy.file);
    return copy;
  }

  /** Runs the worker until it is done, or the machine stops. */
  async run(work: (log: Log) => Promise<unknown>, interrupt: SimulatedDisk['interrupt'] = () => undefined) {
    this.disk.interrupt = (step, moment) => {
      this.look();
      interrupt(step, moment);
    };
    const stepAround = (commit: () => void): void => {
      this.disk.interrupt({ operation: 'commit', path: '' }, 'before');
      commit();
      this.disk.interrupt({ operation: 'commit', path: '' }, 'after');
    };
    this.running = LogDatabase.open(this.file, stepAround);
    try {
      const parts = { disk: this.disk, database: this.running, origin: ORIGIN, signers: [signer], now: NOW };
      await work(Sequencer.open(parts));
    } catch (error) {
      if ((error as { code?: string }).code !== 'machine-stopped') throw error;
    } finally {
      this.running.close();
      this.look();
    }
  }

  /** What a stranger who polls the checkpoint sees at this moment. */
  look(): void {
    const bytes = this.disk.read('checkpoint');
    if (bytes !== null) this.seen.push(parseCheckpoint(parseNote(bytes.toString()).text));
  }
}

/** Reads the state and appends what follows it, as the follower does. */
const follow = (until: number) => async (log: Log) => {
  const { size } = await log.state();
  await log.append(events.slice(size, until), { fence: 1, now: NOW, size });
};

interface Fault {
  readonly step: number;
  readonly moment: 'before' | 'after';
  readonly power: 'kept' | 'lost';
}

/** The steps of some work, from a run that nothing interrupts. */
async function stepsOf(base: Machine, work: (log: Log) => Promise<unknown>): Promise<Step[]> {
  const steps: Step[] = [];
  await Machine.like(base).run(work, (step, moment) => void (moment === 'before' && steps.push(step)));
  return steps;
}

async function runWithFault(
  machine: Machine,
  work: (log: Log) => Promise<unknown>,
  { step, moment, power }: Fault,
) {
  let count = -1;
  await machine.run(work, (_, now) => {
    if (now === 'before') count += 1;
    if (count === step && now === moment) throw new MachineStopped(`${moment} step ${step}`);
  });
  if (power === 'lost') machine.disk.losePower();
  machine.disk.interrupt = () => undefined;
  machine.look();
}

/** Every fault worth its own run: a stop before a step that keeps everything is a stop after the step before. */
const faultsIn = (steps: readonly Step[]): Fault[] =>
  steps.flatMap((_, step) => [
    { step, moment: 'before', power: 'lost' } as const,
    { step, moment: 'after', power: 'lost' } as const,
    { step, moment: 'after', power: 'kept' } as const,
  ]);

async function expectRecovery(machine: Machine, until: number, context: string): Promise<void> {
  await machine.run(follow(until));
  await machine.run(follow(until + 1));
  const verification = await verifyFiles(machine.disk, verifier);
  expect({ context, ...verification }).toMatchObject({
    context,
    faults: [],
    size: until + 1,
    // Every entry, in order, once: no other list of entries has this root.
    root: roots[until + 1],
  });
  for (const { size, root } of machine.seen) {
    expect(`${context}, seen ${size}: ${root.toString('hex')}`).toBe(
      `${context}, seen ${size}: ${roots[size]}`,
    );
  }
}

async function machineWith(size: number): Promise<Machine> {
  const machine = new Machine();
  mkdirSync(dirname(machine.file), { recursive: true });
  await machine.run(follow(size));
  return machine;
}

const described = (steps: readonly Step[], { step, moment, power }: Fault): string =>
  `${moment} step ${step} (${steps[step]?.operation} ${steps[step]?.path}), what was not synced is ${power}`;

describe('a machine that stops', () => {
  it.each([
    ['while it makes the first tiles', 0, 3],
    ['while it lengthens partial tiles', 3, 5],
    ['while a tile becomes full', 254, 259],
    ['while the log ends with a full tile', 250, 256],
  ])('%s, at any step, loses and repeats nothing', async (_, from, until) => {
    const base = await machineWith(from);
    const steps = await stepsOf(base, follow(until));
    expect(steps.map(({ operation }) => operation)).toEqual(
      expect.arrayContaining(['write', 'sync', 'rename', 'sync-directory', 'commit']),
    );
    for (const fault of faultsIn(steps)) {
      const machine = Machine.like(base);
      await runWithFault(machine, follow(until), fault);
      await expectRecovery(machine, until, described(steps, fault));
    }
  });

  it('while it makes the log, at any step, begins again', async () => {
    const nothing = new Machine();
    mkdirSync(dirname(nothing.file), { recursive: true });
    LogDatabase.open(nothing.file).close();
    const steps = await stepsOf(nothing, async () => undefined);
    for (const fault of faultsIn(steps)) {
      const machine = Machine.like(nothing);
      await runWithFault(machine, async () => undefined, fault);
      await expectRecovery(machine, 2, described(steps, fault));
    }
  });

  it('while it recovers from a stop, at any step, recovers again', async () => {
    const base = await machineWith(254);
    const steps = await stepsOf(base, follow(259));
    const commits = steps.flatMap(({ operation }, at) => (operation === 'commit' ? [at] : []));
    // The commit of the append: the row is ahead of the file, and outgrown partial tiles are still there.
    const stop: Fault = { step: commits.at(-2) as number, moment: 'after', power: 'kept' };
    const stopped = Machine.like(base);
    await runWithFault(stopped, follow(259), stop);
    const recovery = await stepsOf(stopped, async () => undefined);
    expect(recovery).toContainEqual({ operation: 'rename', path: 'checkpoint' });
    for (const fault of faultsIn(recovery)) {
      const machine = Machine.like(stopped);
      await runWithFault(machine, async () => undefined, fault);
      await expectRecovery(machine, 259, described(recovery, fault));
    }
  });

  it('and was told that its commit failed, though it did not, appends nothing twice', async () => {
    const machine = await machineWith(2);
    let commits = 0;
    await machine.run(follow(5), ({ operation }, moment) => {
      if (operation === 'commit' && moment === 'after' && ++commits === 3)
        throw new MachineStopped('after commit');
    });
    await expectRecovery(machine, 5, 'an uncertain commit');
  });
});
