import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlarmFile, SLOT_BYTES } from './alarm-file.js';
import { type Files, LifeboatUnwritable, machineFiles } from './files.js';
import { failingAt, key } from './specimens.contract.js';

const FILE_BYTES = 2 * SLOT_BYTES;
/** A file system that reads from memory: for the many images of a torn file. */
const holding = (image: Buffer): Files => ({
  ...machineFiles,
  readFileSync: (() => image) as unknown as typeof fs.readFileSync,
});

describe('the file of the alarms', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(join(tmpdir(), 'kiroku-alarm-file-'));
    path = join(directory, 'api.alarms');
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  const open = (files: Files = machineFiles, binding = 'api'): AlarmFile =>
    new AlarmFile(path, binding, createSecretKey(key), files);
  const image = (): Buffer => fs.readFileSync(path);

  it('has all its blocks before anything is written', () => {
    const file = open();
    file.prepare();
    expect(file.read()).toBeNull();
    const { size, blocks, mode } = fs.statSync(path);
    expect(size).toBe(FILE_BYTES);
    expect(blocks * 512).toBeGreaterThanOrEqual(FILE_BYTES);
    expect(mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(directory)).toEqual(['api.alarms']);
  });

  it('holds what was written last, and never grows', () => {
    const file = open();
    const { ino } = (file.prepare(), fs.statSync(path));
    for (let turn = 0; turn < 20; turn += 1) {
      file.write(`note ${turn}`);
      expect(open().read()).toBe(`note ${turn}`);
    }
    expect(fs.statSync(path)).toMatchObject({ ino, size: FILE_BYTES });
  });

  it('goes on where another process of the name ended', () => {
    for (let turn = 0; turn < 5; turn += 1) {
      open().write(`note ${turn}`);
      expect(open().read()).toBe(`note ${turn}`);
    }
  });

  it('torn at any byte of a write holds the note before', () => {
    const file = open();
    for (let turn = 0; turn < 4; turn += 1) {
      file.write(`old ${turn} ${'x'.repeat(200)}`);
      const before = image();
      file.write(`new ${turn}`);
      const after = image();
      const torn = Buffer.from(before);
      const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
      expect(changed.length).toBeGreaterThan(30);
      // Every byte that differs is put there in turn: only the last one makes it the new note.
      for (const at of changed.slice(0, -1)) {
        torn[at] = after[at] as number;
        expect(open(holding(torn)).read()).toBe(`old ${turn} ${'x'.repeat(200)}`);
      }
      expect(open(holding(after)).read()).toBe(`new ${turn}`);
    }
  });

  it('torn from behind, or in the order in which a disk likes it, holds the note before', () => {
    const file = open();
    file.write(`old ${'x'.repeat(200)}`);
    const before = image();
    const text = Array.from({ length: 3_000 }, (_, index) => `${index * 7_919}`).join();
    file.write(text);
    const after = image();
    const sectors = [...Array(FILE_BYTES / 512).keys()].filter(
      (sector) =>
        !after
          .subarray(sector * 512)
          .subarray(0, 512)
          .equals(before.subarray(sector * 512).subarray(0, 512)),
    );
    expect(sectors.length).toBeGreaterThan(10);
    const orders = [sectors.toReversed(), [...sectors].sort((a, b) => ((a * 37) % 101) - ((b * 37) % 101))];
    for (const order of orders) {
      const torn = Buffer.from(before);
      for (const [place, sector] of order.entries()) {
        after.copy(torn, sector * 512, sector * 512, (sector + 1) * 512);
        const whole = place === order.length - 1;
        expect(open(holding(torn)).read()).toBe(whole ? text : `old ${'x'.repeat(200)}`);
      }
    }
  });

  it('with any byte of the newest note changed holds the one before', () => {
    const file = open();
    file.write('before');
    const before = image();
    file.write('newest');
    const bytes = image();
    const changed = [...bytes.keys()].filter((at) => bytes[at] !== before[at]);
    for (const at of changed) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(open(holding(damaged)).read()).toBe('before');
    }
  });

  it.each([0, 1, 3, 4, 31, 32, 100, SLOT_BYTES - 1, SLOT_BYTES, SLOT_BYTES + 1, FILE_BYTES - 1])(
    'of %i bytes holds what is whole in them, and is made whole again',
    (size) => {
      open().write('first slot');
      fs.truncateSync(path, size);
      const text = size >= 100 ? 'first slot' : null;
      expect(open().read()).toBe(text);
      open().prepare();
      expect(fs.statSync(path).size).toBe(FILE_BYTES);
      expect(open().read()).toBe(text);
    },
  );

  it('of noise, of zeros, or of something longer holds nothing, and is written over', () => {
    for (const bytes of [
      Buffer.alloc(FILE_BYTES, 0xff),
      Buffer.alloc(FILE_BYTES),
      Buffer.alloc(FILE_BYTES * 2, 7),
    ]) {
      fs.writeFileSync(path, bytes);
      expect(open().read()).toBeNull();
      open().write('anew');
      expect(open().read()).toBe('anew');
    }
  });

  it('opens under its own name only', () => {
    open().write('of the api');
    expect(open(machineFiles, 'worker').read()).toBeNull();
  });

  it('after any failing call of a write holds this note or the one before, and takes the next one', () => {
    let calls = Infinity;
    for (let nth = 0; nth < calls; nth += 1) {
      fs.rmSync(path, { force: true });
      open().write('older');
      open().write('before');
      const disk = failingAt(nth);
      const file = open(disk.files);
      let failure: unknown = null;
      try {
        file.write('this');
        calls = disk.calls();
      } catch (error) {
        failure = error;
      }
      if (nth < calls) expect(failure).toBeInstanceOf(LifeboatUnwritable);
      expect(['before', 'this']).toContain(open().read());
      open().write('next');
      expect(open().read()).toBe('next');
    }
    expect(calls).toBeGreaterThan(3);
  });

  it('writes again the slot of which it is not known whether it is down', () => {
    let failing = true;
    const files: Files = {
      ...machineFiles,
      fsyncSync: (file) => {
        // The first sync makes sure of what was there; the second one is of the write itself.
        syncs += 1;
        if (failing && syncs === 2) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        machineFiles.fsyncSync(file);
      },
    };
    let syncs = 0;
    open().write('sure');
    const sure = image();
    const file = open(files);
    expect(() => file.write('unsure')).toThrow(LifeboatUnwritable);
    failing = false;
    file.write('later');
    // Whatever the disk made of 'unsure', the slot of 'sure' has not been touched meanwhile.
    expect(image().subarray(0, SLOT_BYTES)).toEqual(sure.subarray(0, SLOT_BYTES));
    expect(open().read()).toBe('later');
  });

  it('refuses what has no room, and keeps what it has', () => {
    const file = open();
    file.write('kept');
    const noise = Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 0).join();
    expect(() => file.write(noise)).toThrow('full');
    expect(open().read()).toBe('kept');
    file.write('smaller');
    expect(open().read()).toBe('smaller');
  });
});
