import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FileRootKeys } from './file/root-keys.js';
import { type Held, KeyRing, makeKeys } from './key-ring.js';
import type { RootKeys } from './root-keys.js';
import { rotateRoot, rotationSteps, type StepHook } from './rotation.js';
import { Place, everything, inquiry, sealOne } from './specimens.contract.js';
import { KeyTable } from './sqlite/key-table.js';
import { storeKeys, type StoreKey } from './store-key.js';

const SURVIVORS = storeKeys('cohort', ['a', 'b', 'c']);
const DEAD: StoreKey = { kind: 'cohort', id: 'dead' };

/** A crash leaves the files as they are; what was not committed is not there. */
class Crash extends Error {}

/** What one process has: files that outlive it, and memory that does not. */
interface Process {
  readonly table: KeyTable;
  readonly roots: RootKeys;
  readonly ring: KeyRing;
}

let place: Place;
let started: KeyTable[] = [];
beforeEach(() => {
  place = new Place();
  mkdirSync(place.directory);
});
afterEach(async () => {
  for (const table of started) table.close();
  started = [];
  await place.remove();
});

async function start(roots: RootKeys = new FileRootKeys(place.rootDirectory)): Promise<Process> {
  const table = await KeyTable.open(place.directory);
  started.push(table);
  return { table, roots, ring: new KeyRing(table, roots) };
}

async function firstStart(): Promise<Process> {
  const process = await start();
  await process.table.transaction(() => {
    process.roots.prepare();
    process.roots.make(1);
    process.table.beginEpoch(1);
  });
  return process;
}

const destroy = ({ table }: Process, key: StoreKey): Promise<void> =>
  table.transaction(() => table.bury([key]));

/** The bytes of a key that is held. */
function bytesOf(held: Held): Buffer {
  if (typeof held === 'string') throw new Error(`the key is ${held}`);
  return held.export();
}

/** The bytes of the survivors, as a process without any cache reads them. */
function survivorsOf({ table, roots }: Process): string[] {
  const ring = new KeyRing(table, roots);
  return SURVIVORS.map((key) => {
    const held = ring.held(key);
    return typeof held === 'string' ? held : held.export().toString('hex');
  });
}

describe('A rotation that is cut short', () => {
  const faults = rotationSteps.flatMap((step) =>
    (['before', 'after'] as const)
      // `commit` ends the transaction, and what comes before it is not persisted.
      .map((moment) => ({ step, moment, epochAfter: committed(step, moment) ? 2 : 1 })),
  );

  function committed(step: (typeof rotationSteps)[number], moment: 'before' | 'after'): boolean {
    const at = rotationSteps.indexOf(step) * 2 + (moment === 'after' ? 1 : 0);
    return at >= rotationSteps.indexOf('commit') * 2 + 1;
  }

  it.each(faults)('$moment $step leaves epoch $epochAfter, and the next run ends it', async (fault) => {
    const first = await firstStart();
    await makeKeys(first.table, first.roots, [...SURVIVORS, DEAD]);
    const keys = survivorsOf(first);
    await destroy(first, DEAD);
    const crash: StepHook = (step, moment) => {
      if (step === fault.step && moment === fault.moment) throw new Crash();
    };

    await expect(rotateRoot(first.table, first.roots, 1, crash)).rejects.toBeInstanceOf(Crash);
    first.table.close();
    const second = await start();

    expect(second.table.state().epoch).toBe(fault.epochAfter);
    expect(survivorsOf(second)).toEqual(keys);

    const { epoch } = await rotateRoot(second.table, second.roots, 1);

    expect(survivorsOf(second)).toEqual(keys);
    expect(second.ring.held(DEAD)).toBe('destroyed');
    expect(second.roots.list()).toEqual([epoch]);
    expect(second.table.epochsInUse()).toEqual([epoch]);
  });

  it('is only ended, when nothing was destroyed since: no further epoch begins', async () => {
    const first = await firstStart();
    await makeKeys(first.table, first.roots, SURVIVORS);
    const crash: StepHook = (step, moment) => {
      if (step === 'destroy-old-roots' && moment === 'before') throw new Crash();
    };
    await expect(rotateRoot(first.table, first.roots, 1, crash)).rejects.toBeInstanceOf(Crash);

    expect(await rotateRoot(first.table, first.roots, 1)).toEqual({ epoch: 2, destroyedEpoch: 1 });
  });

  it('begins another epoch when a key was destroyed since: copies under the new root hold it', async () => {
    const first = await firstStart();
    await makeKeys(first.table, first.roots, [...SURVIVORS, DEAD]);
    const crash: StepHook = (step, moment) => {
      if (step === 'destroy-old-roots' && moment === 'before') throw new Crash();
    };
    await expect(rotateRoot(first.table, first.roots, 1, crash)).rejects.toBeInstanceOf(Crash);
    await destroy(first, DEAD);

    expect(await rotateRoot(first.table, first.roots, 1)).toEqual({ epoch: 3, destroyedEpoch: 2 });
    expect(first.roots.list()).toEqual([3]);
  });
});

describe('A root provider that fails', () => {
  /** The file provider, with one step of it going wrong once. */
  const failing = (
    step: 'make' | 'destroy',
    fault: (roots: FileRootKeys, epoch: number) => void,
  ): RootKeys => {
    const roots = new FileRootKeys(place.rootDirectory);
    const real = roots[step].bind(roots);
    let failed = false;
    roots[step] = (epoch: number) => {
      if (failed) return real(epoch);
      failed = true;
      fault(roots, epoch);
      throw new Crash();
    };
    return roots;
  };
  const faults = [
    ['before it made the root', 'make', () => undefined],
    [
      'with a draft of the root',
      'make',
      (roots: FileRootKeys, epoch: number) =>
        writeFileSync(`${roots.nameOf(epoch)}.0123456789abcdef.draft`, 'half'),
    ],
    [
      'after it made the root',
      'make',
      (roots: FileRootKeys, epoch: number) => FileRootKeys.prototype.make.call(roots, epoch),
    ],
    ['before it destroyed the root', 'destroy', () => undefined],
    [
      'after it overwrote the root',
      'destroy',
      (roots: FileRootKeys, epoch: number) => writeFileSync(roots.nameOf(epoch), Buffer.alloc(64, 0xa5)),
    ],
    [
      'after it destroyed the root',
      'destroy',
      (roots: FileRootKeys, epoch: number) => FileRootKeys.prototype.destroy.call(roots, epoch),
    ],
  ] as const;

  it.each(faults)('%s is asked again, and no survivor is lost', async (_when, step, fault) => {
    const first = await firstStart();
    await makeKeys(first.table, first.roots, [...SURVIVORS, DEAD]);
    const keys = survivorsOf(first);
    await destroy(first, DEAD);

    const roots = failing(step, fault);
    await expect(rotateRoot(first.table, roots, 1)).rejects.toBeInstanceOf(Crash);
    expect(survivorsOf(first)).toEqual(keys);
    const { epoch } = await rotateRoot(first.table, roots, 1);

    expect(survivorsOf(first)).toEqual(keys);
    expect(first.ring.held(DEAD)).toBe('destroyed');
    expect(place.bytes(place.rootDirectory).length).toBe(64);
    expect(roots.list()).toEqual([epoch]);
  });
});

describe('During a rotation', () => {
  it('a process that read a row under the old root reads it once more', async () => {
    const worker = await firstStart();
    await makeKeys(worker.table, worker.roots, SURVIVORS);
    const [key] = SURVIVORS as [StoreKey];
    const api = await start();
    const stale = api.table.find(key);
    await rotateRoot(worker.table, worker.roots, 1);

    // The row as it was read just before the rotation ended; every later read is true.
    const find = api.table.find.bind(api.table);
    let reads = 0;
    api.table.find = (asked) => {
      reads += 1;
      return reads === 1 ? stale : find(asked);
    };

    expect(bytesOf(api.ring.held(key))).toEqual(bytesOf(worker.ring.held(key)));
    expect(reads).toBe(2);
  });

  it('other processes seal and open as before', async () => {
    const worker = await place.open({ process: 'worker' });
    const api = await place.open({ process: 'api' });
    const before = await sealOne(api, everything());
    const rotations = (async () => {
      for (let round = 0; round < 5; round += 1) await worker.rotateRoot(1);
    })();
    for (let round = 0; round < 20; round += 1) {
      const entry = await sealOne(api, inquiry(`i-${round}`, `2026-08-${10 + round}`, round));
      expect(await worker.open(entry, 'secret')).toEqual({ state: 'open', value: round });
    }
    await rotations;

    expect((await api.open(before, 'secret')).state).toBe('open');
    expect(await api.epochs()).toEqual({ current: 6, roots: [6] });
  });

  it('two at once both succeed, and one root is left', async () => {
    const one = await place.open();
    const two = await place.open();
    const entry = await sealOne(one, everything());
    await Promise.all([one.rotateRoot(1), two.rotateRoot(1)]);

    const { current, roots } = await one.epochs();
    expect(roots).toEqual([current]);
    expect((await (await place.open()).open(entry, 'secret')).state).toBe('open');
  });
});

describe('What is on disk', () => {
  it('holds no raw key, neither before nor after a rotation', async () => {
    const process = await firstStart();
    await makeKeys(process.table, process.roots, SURVIVORS);
    const raw = SURVIVORS.map((key) => bytesOf(process.ring.held(key)));
    const places = (): Buffer => Buffer.concat([place.bytes(), place.bytes(place.rootDirectory)]);
    const seen = (bytes: Buffer): boolean =>
      raw.some((key) => bytes.includes(key) || bytes.includes(key.toString('hex')));

    expect(raw.every((key) => key.length === 32)).toBe(true);
    expect(seen(places())).toBe(false);
    await rotateRoot(process.table, process.roots, 1);
    expect(seen(places())).toBe(false);
  });

  it('holds no wrap of an earlier epoch after a rotation', async () => {
    const process = await firstStart();
    await makeKeys(process.table, process.roots, SURVIVORS);
    const wraps = process.table.survivors().map(({ wrap }) => wrap);
    expect(wraps.every((wrap) => place.bytes().includes(wrap))).toBe(true);
    await rotateRoot(process.table, process.roots, 1);

    expect(wraps.some((wrap) => place.bytes().includes(wrap))).toBe(false);
  });

  it('holds no wrap of a destroyed key', async () => {
    const process = await firstStart();
    await makeKeys(process.table, process.roots, [...SURVIVORS, DEAD]);
    const row = process.table.find(DEAD);
    await destroy(process, DEAD);
    await process.table.truncateJournal();

    expect(typeof row).toBe('object');
    expect(typeof row === 'object' && place.bytes().includes(row.wrap)).toBe(false);
  });
});

describe('A key in memory', () => {
  it('is forgotten when the generation moves', async () => {
    const process = await firstStart();
    await makeKeys(process.table, process.roots, SURVIVORS);
    process.ring.catchUp();
    for (const key of SURVIVORS) process.ring.held(key);
    expect(SURVIVORS.every((key) => process.ring.holds(key))).toBe(true);
    await destroy(await start(), DEAD);
    process.ring.catchUp();

    expect(SURVIVORS.some((key) => process.ring.holds(key))).toBe(false);
  });
});
