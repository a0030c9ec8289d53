import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifeboat } from '../port.js';
import type { Files } from './files.js';
import { LifeboatUnwritable } from './files.js';
import { openLifeboat } from './lifeboat.js';
import { withSpare } from './spare.js';
import { alarmOf, key, provisionsOf } from './specimens.contract.js';

describe('a lifeboat with a spare', () => {
  let directory: string;
  let readOnly: readonly string[];
  const place = (name: string): string => join(directory, name);
  /** Places that are mounted for reading only say so whenever somebody opens a file for more. */
  const files: Files = {
    ...fs,
    openSync: ((path: string, flags: string, mode: number) => {
      if (flags !== 'r' && readOnly.some((name) => path.startsWith(place(name))))
        throw Object.assign(new Error('EROFS: of a test'), { code: 'EROFS' });
      return fs.openSync(path, flags, mode);
    }) as typeof fs.openSync,
  };
  const at = (name: string): Lifeboat => openLifeboat({ directory: place(name), process: 'api', key, files });
  /** A process that starts now. */
  const open = (): Lifeboat =>
    withSpare(at('main'), (make) => (make || fs.existsSync(place('spare')) ? at('spare') : null));

  beforeEach(() => {
    directory = fs.mkdtempSync(join(tmpdir(), 'kiroku-spare-'));
    readOnly = [];
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  it('notes in its own place while it can, and makes no other', () => {
    open().note(alarmOf(1));
    expect(open().alarms()).toEqual([alarmOf(1)]);
    expect(fs.existsSync(place('spare'))).toBe(false);
  });

  it('notes in the other place what its own does not take, for the processes to come', () => {
    open().stock(provisionsOf());
    readOnly = ['main'];
    open().note(alarmOf(1));
    expect(open().alarms()).toEqual([alarmOf(1)]);
    expect(open().provisions()).toEqual(provisionsOf());
  });

  it('says so when neither takes it', () => {
    readOnly = ['main', 'spare'];
    expect(() => open().note(alarmOf(1))).toThrow(LifeboatUnwritable);
  });

  it('forgets in both places', () => {
    readOnly = ['main'];
    open().note(alarmOf(1));
    readOnly = [];
    const next = open();
    next.note(alarmOf(1));
    next.forget(alarmOf(1).incident);
    expect(open().alarms()).toEqual([]);
  });
});
