import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { faultKinds } from '#domain';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifeboat } from '../port.js';
import { type Files, LifeboatUnwritable } from './files.js';
import { keptProvisions, type LifeboatOptions, openLifeboat } from './lifeboat.js';
import { alarmOf, failingAt, fullDisk, idOf, key, provisionsOf } from './specimens.contract.js';

describe('a lifeboat', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(fs.mkdtempSync(join(tmpdir(), 'kiroku-lifeboat-')), 'lifeboat');
  });
  afterEach(() => fs.rmSync(join(directory, '..'), { recursive: true }));

  const open = (changes: Partial<LifeboatOptions> = {}): Lifeboat =>
    openLifeboat({ directory, process: 'api', key, ...changes });
  const pathOf = (file: string): string => join(directory, file);

  describe('its provisions', () => {
    it('are none at first', () => {
      expect(open().provisions()).toBeNull();
    });

    it('are what was stocked last, for this process and the next one of its name', () => {
      const lifeboat = open();
      lifeboat.stock(provisionsOf('first@agency.example'));
      lifeboat.stock(provisionsOf('second@agency.example'));
      expect(lifeboat.provisions()).toEqual(provisionsOf('second@agency.example'));
      expect(open().provisions()).toEqual(provisionsOf('second@agency.example'));
    });

    it('are written only when they change', () => {
      open().stock(provisionsOf());
      const { ino, mtimeNs } = fs.statSync(pathOf('api.provisions'), { bigint: true });
      open().stock(provisionsOf());
      expect(fs.statSync(pathOf('api.provisions'), { bigint: true })).toMatchObject({ ino, mtimeNs });
    });

    it('are written again when the file is gone', () => {
      const lifeboat = open();
      lifeboat.stock(provisionsOf());
      fs.rmSync(pathOf('api.provisions'));
      lifeboat.stock(provisionsOf());
      expect(open().provisions()).toEqual(provisionsOf());
    });

    it('are a sibling’s where this process has none: of the one that stocked last', () => {
      open({ process: 'worker' }).stock(provisionsOf('worker@agency.example'));
      open({ process: 'cli' }).stock(provisionsOf('cli@agency.example'));
      fs.utimesSync(pathOf('worker.provisions'), 2, 2);
      fs.utimesSync(pathOf('cli.provisions'), 1, 1);
      expect(open().provisions()).toEqual(provisionsOf('worker@agency.example'));
      fs.writeFileSync(pathOf('worker.provisions'), 'damaged');
      expect(open().provisions()).toEqual(provisionsOf('cli@agency.example'));
      open().stock(provisionsOf());
      expect(open().provisions()).toEqual(provisionsOf());
    });

    it('are everybody’s for a check, which makes no file and leaves out what it cannot read', () => {
      expect(keptProvisions(directory, key)).toEqual([]);
      expect(fs.existsSync(directory)).toBe(false);
      const worker = provisionsOf('worker@agency.example');
      open().stock(provisionsOf());
      open({ process: 'worker' }).stock(worker);
      const before = fs.readdirSync(directory);
      expect(keptProvisions(directory, key)).toEqual(
        expect.arrayContaining([
          { process: 'api', provisions: provisionsOf() },
          { process: 'worker', provisions: worker },
        ]),
      );
      expect(fs.readdirSync(directory)).toEqual(before);
      fs.writeFileSync(pathOf('api.provisions'), 'damaged');
      expect(keptProvisions(directory, key)).toEqual([{ process: 'worker', provisions: worker }]);
      expect(keptProvisions(directory, Buffer.alloc(32))).toEqual([]);
    });

    it('stay known while the process lives, when the disk is gone', () => {
      open().stock(provisionsOf());
      const lifeboat = open();
      fs.rmSync(directory, { recursive: true });
      expect(lifeboat.provisions()).toEqual(provisionsOf());
    });

    it.each([
      ['is empty', ''],
      ['is too short', 'short'],
      ['is noise', 'noise'.repeat(100)],
    ])('are none where the file %s', (_case, text) => {
      open();
      fs.writeFileSync(pathOf('api.provisions'), text);
      expect(open().provisions()).toBeNull();
    });

    it('are none where any byte of the file was changed or lost', () => {
      open().stock(provisionsOf());
      const bytes = fs.readFileSync(pathOf('api.provisions'));
      for (const at of bytes.keys()) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] as number) ^ 0x80;
        fs.writeFileSync(pathOf('api.provisions'), damaged);
        expect(open().provisions()).toBeNull();
        fs.writeFileSync(pathOf('api.provisions'), bytes.subarray(0, at));
        expect(open().provisions()).toBeNull();
      }
    });

    it('cannot be handed from one process to another by renaming the file', () => {
      open({ process: 'worker' }).stock(provisionsOf());
      fs.renameSync(pathOf('worker.provisions'), pathOf('api.provisions'));
      expect(open().provisions()).toBeNull();
    });

    it('after any failing call of a change are the old ones or the new ones', () => {
      let calls = Infinity;
      for (let nth = 0; nth < calls; nth += 1) {
        open().stock(provisionsOf('old@agency.example'));
        const disk = failingAt(nth);
        const lifeboat = open({ files: disk.files });
        try {
          lifeboat.stock(provisionsOf('new@agency.example'));
          calls = disk.calls();
        } catch (error) {
          expect(error).toBeInstanceOf(LifeboatUnwritable);
        }
        // This process knows the new ones, whatever became of the file.
        expect(lifeboat.provisions()).toEqual(provisionsOf('new@agency.example'));
        expect(['old@agency.example', 'new@agency.example']).toContain(
          open().provisions()?.contacts[0]?.channels[0]?.address,
        );
      }
      expect(calls).toBeGreaterThan(5);
      expect(fs.readdirSync(directory).filter((file) => file.endsWith('.draft'))).toEqual([]);
    });
  });

  describe('its alarms', () => {
    it('are none at first', () => {
      expect(open().alarms()).toEqual([]);
    });

    it('are noted, one for an incident, and forgotten', () => {
      const lifeboat = open();
      lifeboat.note(alarmOf(1));
      lifeboat.note(alarmOf(2));
      lifeboat.note(alarmOf(1, 3));
      expect(lifeboat.alarms()).toEqual([alarmOf(1, 3), alarmOf(2)]);
      expect(open().alarms()).toEqual([alarmOf(1, 3), alarmOf(2)]);
      lifeboat.forget(alarmOf(1).incident);
      lifeboat.forget(alarmOf(7).incident);
      expect(lifeboat.alarms()).toEqual([alarmOf(2)]);
      expect(open().alarms()).toEqual([alarmOf(2)]);
    });

    it('are the siblings’ too, which only they forget', () => {
      const [api, worker] = [open(), open({ process: 'worker' })];
      worker.note(alarmOf(1));
      api.note(alarmOf(2));
      worker.note(alarmOf(3));
      expect(api.alarms()).toEqual([alarmOf(2), alarmOf(1), alarmOf(3)]);
      expect(worker.alarms()).toEqual([alarmOf(1), alarmOf(3), alarmOf(2)]);
      api.forget(alarmOf(1).incident);
      expect(api.alarms()).toEqual([alarmOf(2), alarmOf(1), alarmOf(3)]);
      worker.forget(alarmOf(1).incident);
      expect(api.alarms()).toEqual([alarmOf(2), alarmOf(3)]);
    });

    it('of one incident may be in both', () => {
      const [api, worker] = [open(), open({ process: 'worker' })];
      api.note(alarmOf(1));
      worker.note(alarmOf(1, 2));
      expect(api.alarms()).toEqual([alarmOf(1), alarmOf(1, 2)]);
    });

    it('have room for two attempts at each contact of both parties, for every kind of fault', () => {
      const lifeboat = open();
      const alarms = faultKinds.map((kind, number) => ({ ...alarmOf(number, 80), kind }));
      for (const alarm of alarms) lifeboat.note(alarm);
      expect(open().alarms()).toEqual(alarms);
    });

    it('that have no room are remembered, and written when there is room again', () => {
      const lifeboat = open();
      lifeboat.note(alarmOf(1));
      expect(() => lifeboat.note(alarmOf(2, 20_000))).toThrow(LifeboatUnwritable);
      expect(open().alarms()).toEqual([alarmOf(1)]);
      expect(lifeboat.alarms()).toHaveLength(2);
      lifeboat.forget(alarmOf(2).incident);
      lifeboat.note(alarmOf(3));
      expect(open().alarms()).toEqual([alarmOf(1), alarmOf(3)]);
    });
  });

  describe('with a full disk', () => {
    let full: boolean;
    let files: Files;
    beforeEach(() => {
      full = false;
      files = fullDisk(() => full);
    });

    it('takes notes as before', () => {
      const lifeboat = open({ files });
      full = true;
      for (let number = 0; number < 10; number += 1) lifeboat.note(alarmOf(number, 40));
      lifeboat.forget(alarmOf(0).incident);
      expect(open().alarms()).toHaveLength(9);
    });

    it('takes notes also when it is opened then', () => {
      open({ files }).note(alarmOf(1));
      full = true;
      const lifeboat = open({ files });
      lifeboat.note(alarmOf(2));
      expect(open().alarms()).toEqual([alarmOf(1), alarmOf(2)]);
    });

    it('keeps the provisions that it has, knows the new ones, and says that they are not written', () => {
      const lifeboat = open({ files });
      lifeboat.stock(provisionsOf('old@agency.example'));
      full = true;
      expect(() => lifeboat.stock(provisionsOf('new@agency.example'))).toThrow(LifeboatUnwritable);
      expect(lifeboat.provisions()).toEqual(provisionsOf('new@agency.example'));
      expect(open().provisions()).toEqual(provisionsOf('old@agency.example'));
      full = false;
      lifeboat.stock(provisionsOf('new@agency.example'));
      expect(open().provisions()).toEqual(provisionsOf('new@agency.example'));
      expect(fs.readdirSync(directory).sort()).toEqual(['api.alarms', 'api.provisions']);
    });

    it('that was full from the first start on opens, remembers, and writes it when it can', () => {
      full = true;
      const lifeboat = open({ files });
      expect(() => lifeboat.note(alarmOf(1))).toThrow(LifeboatUnwritable);
      expect(lifeboat.alarms()).toEqual([alarmOf(1)]);
      expect(open({ process: 'worker' }).alarms()).toEqual([]);
      full = false;
      lifeboat.note(alarmOf(2));
      expect(open({ process: 'worker' }).alarms()).toEqual([alarmOf(1), alarmOf(2)]);
    });
  });

  it('opens, remembers and says so where its directory cannot be', () => {
    fs.writeFileSync(directory, 'a file');
    const lifeboat = open();
    expect(() => lifeboat.note(alarmOf(1))).toThrow(LifeboatUnwritable);
    expect(() => lifeboat.stock(provisionsOf())).toThrow(LifeboatUnwritable);
    expect([lifeboat.provisions(), lifeboat.alarms()]).toEqual([provisionsOf(), [alarmOf(1)]]);
    fs.rmSync(directory);
    lifeboat.note(alarmOf(1));
    lifeboat.stock(provisionsOf());
    expect([open().provisions(), open().alarms()]).toEqual([provisionsOf(), [alarmOf(1)]]);
  });

  it('is nobody’s but its owner’s, and says nothing without the key', () => {
    const lifeboat = open();
    lifeboat.stock(provisionsOf());
    lifeboat.note(alarmOf(1));
    const modes = ['', 'api.alarms', 'api.provisions'].map((file) => fs.statSync(pathOf(file)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    const bytes = Buffer.concat(
      ['api.alarms', 'api.provisions'].map((file) => fs.readFileSync(pathOf(file))),
    );
    for (const word of ['oncall', '当直', 'agency.example', idOf(1), alarmOf(1).incident]) {
      expect(bytes.includes(word)).toBe(false);
    }
    const stranger = open({ key: Buffer.alloc(32, 0x4d) });
    expect([stranger.provisions(), stranger.alarms()]).toEqual([null, []]);
  });

  it('takes over from another one of its name that wrote after it was opened, as a second worker does', () => {
    const [active, waiting] = [open(), open()];
    for (let number = 1; number <= 3; number += 1) active.note(alarmOf(number));
    expect(waiting.alarms()).toEqual([1, 2, 3].map((number) => alarmOf(number)));
    waiting.forget(alarmOf(2).incident);
    waiting.note(alarmOf(4));
    expect(open().alarms()).toEqual([1, 3, 4].map((number) => alarmOf(number)));
    active.note(alarmOf(5));
    expect(waiting.alarms()).toEqual([1, 3, 4, 5].map((number) => alarmOf(number)));
  });

  it('leaves other files in its directory alone', () => {
    open({ process: 'worker' }).note(alarmOf(1));
    for (const file of ['.alarms', 'Worker.alarms', 'a b.alarms', '..alarms']) {
      fs.copyFileSync(pathOf('worker.alarms'), pathOf(file));
    }
    fs.mkdirSync(pathOf('cli.alarms'));
    fs.mkdirSync(pathOf('cli.provisions'));
    const lifeboat = open();
    expect(lifeboat.alarms()).toEqual([alarmOf(1)]);
    expect(lifeboat.provisions()).toBeNull();
  });

  it.each(['', 'API', 'a/b', '../a', 'a.b', '-a', 'a'.repeat(64), 'a\n'])(
    'has no process called %j',
    (process) => {
      expect(() => open({ process })).toThrow(RangeError);
      expect(fs.existsSync(directory)).toBe(false);
    },
  );

  it.each([0, 16, 31, 33])('has no key of %i bytes', (length) => {
    expect(() => open({ key: Buffer.alloc(length) })).toThrow(RangeError);
  });
});
