import { Buffer } from 'node:buffer';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from '@jest/globals';
import { parseCheckpoint, type Checkpoint } from '../src/core/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from '../src/core/frontier.js';
import { parseNote, type NoteSigner } from '../src/core/note.js';
import { parseVerifierKey } from '../src/core/verifier-key.js';
import { LogDatabase } from '../src/file/log-database.js';
import { rangeRoot, subtreesFromTiles } from '../src/core/subtrees.js';
import { tileReader } from '../src/file/tile-store.js';
import { Sequencer } from '../src/file/sequencer.js';
import type { Log } from '../src/port.js';
import { verifyFiles } from '../src/verify.js';
import { eventsIn, NOW, ORIGIN, Places, signerOf } from './sample-log.js';
import { MachineStopped, SimulatedDisk, type Step } from './simulated-disk.js';

/** Where memory is a file system, databases lie there: that SQLite's own commits last is not what is tested here. */
const places = new Places(existsSync('/dev/shm') ? '/dev/shm' : undefined);

/** Removes what the machines left. */
export const clearMachines = (): void => places.clear();

const signer = signerOf();
const verifier = parseVerifierKey(signer.verifierKey);
const TOTAL = 270;
export const events = eventsIn(0, TOTAL);
/** The root at each size, from the leaf hashes alone. */
const roots = Array.from({ length: TOTAL + 1 }, (_, size) => size).map((size) =>
  frontierRoot(
    extendFrontier(
      EMPTY_FRONTIER,
      events.slice(0, size).map(({ leafHash }) => Buffer.from(leafHash, 'hex')),
    ),
  ).toString('hex'),
);

const VISIBLE: ReadonlySet<Step['operation']> = new Set(['rename', 'remove-directory']);

/** A machine: its disk, its database file, and every checkpoint that was ever readable on it. */
export class Machine {
  readonly seen: Checkpoint[] = [];
  readonly disk = new SimulatedDisk();
  readonly file = places.make().database;

  /** Another machine in the same state. */
  static like(other: Machine): Machine {
    const copy = new Machine();
    copy.disk.copyFrom(other.disk);
    mkdirSync(dirname(copy.file), { recursive: true });
    cpSync(other.file, copy.file);
    return copy;
  }

  /** Runs the worker until it is done or the machine stops. Other errors of opening or working are thrown. */
  async run(
    work: (log: Log) => Promise<unknown>,
    interrupt: SimulatedDisk['interrupt'] = () => undefined,
    signers: readonly NoteSigner[] = [signer],
  ) {
    this.disk.interrupt = (step, moment) => {
      // Nothing else changes what others see.
      if (moment === 'after' && VISIBLE.has(step.operation)) this.look();
      interrupt(step, moment);
    };
    const database = this.openDatabase();
    try {
      await work(this.openSequencer(database, signers));
    } catch (error) {
      if (!(error instanceof MachineStopped)) throw error;
    } finally {
      database.close();
      this.disk.interrupt = () => undefined;
      this.look();
    }
  }

  /** The database, with its commits as steps. */
  openDatabase(): LogDatabase {
    return LogDatabase.open(this.file, (commit) => {
      this.disk.interrupt({ operation: 'commit', path: '' }, 'before');
      commit();
      this.disk.interrupt({ operation: 'commit', path: '' }, 'after');
    });
  }

  openSequencer(database: LogDatabase, signers: readonly NoteSigner[] = [signer]): Sequencer {
    return Sequencer.open({ disk: this.disk, database, origin: ORIGIN, signers, now: NOW });
  }

  /** What a stranger who polls the checkpoint sees at this moment, and finds behind it: its tiles, with its root. */
  look(): void {
    const bytes = this.disk.read('checkpoint');
    if (bytes === null) return;
    const seen = parseCheckpoint(parseNote(bytes.toString()).text);
    const root = rangeRoot(0, seen.size, subtreesFromTiles(seen.size, tileReader(this.disk)));
    if (!root.equals(seen.root)) throw new Error(`the tiles are not those of the checkpoint of ${seen.size}`);
    this.seen.push(seen);
  }
}

/** Reads the state and appends what follows it, as the follower does. */
export const follow = (until: number) => async (log: Log) => {
  const { size } = await log.state();
  await log.append(events.slice(size, until), { fence: 1, now: NOW, size });
};

/** A machine with a log of so many entries. */
export async function machineWith(size: number): Promise<Machine> {
  const machine = new Machine();
  mkdirSync(dirname(machine.file), { recursive: true });
  await machine.run(follow(size));
  return machine;
}

/** The steps of some work, from a run that nothing interrupts. */
export async function stepsOf(base: Machine, work: (log: Log) => Promise<unknown>): Promise<Step[]> {
  const steps: Step[] = [];
  await Machine.like(base).run(work, (step, moment) => void (moment === 'before' && steps.push(step)));
  return steps;
}

/** The log goes on by itself, holds every entry once, in order, and contradicts nothing that anybody has seen. */
export async function expectRecovery(machine: Machine, until: number, context: string): Promise<void> {
  await machine.run(follow(until));
  await machine.run(follow(until + 1));
  const verification = await verifyFiles(machine.disk, { log: [verifier], witnesses: [] });
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
