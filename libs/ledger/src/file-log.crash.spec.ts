import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { clearMachines, expectRecovery, follow, Machine, machineWith, stepsOf } from '../test/machine.js';
import { MachineStopped, type Step } from '../test/simulated-disk.js';
import { LogDatabase } from './file/log-database.js';
import type { Log } from './port.js';

/**
 * The machine stops at every step of an append, before it and after it, with and without losing what was not synced.
 * Whatever the step: the log opens again, goes on by itself, holds every entry once, and contradicts no checkpoint
 * that anybody may have seen.
 */
afterEach(clearMachines);

interface Fault {
  readonly step: number;
  readonly moment: 'before' | 'after';
  readonly power: 'kept' | 'lost';
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
