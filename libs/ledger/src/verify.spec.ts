import { Buffer } from 'node:buffer';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventAt, eventsIn, NOW, ORIGIN, Places, sequenced, signerOf } from '../test/sample-log.js';
import { decodeBundle, encodeBundle } from './core/bundle.js';
import { parseCheckpoint } from './core/checkpoint.js';
import { EMPTY_ROOT, leafHash } from './core/hashing.js';
import { parseNote, signNote } from './core/note.js';
import { openLog } from './file-log.js';
import type { SequencedEvent } from './port.js';
import { verifyLog, type Fault } from './verify.js';
import { SeenIds } from './verify/event-ids.js';

const places = new Places();
afterAll(() => places.clear());

const { verifierKey } = signerOf();
/** Three full level-0 tiles and a partial one of 232; a partial level-1 tile of 3. */
const SIZE = 1_000;
let sound: string;
/** 257 full level-0 tiles and a partial one of 208, a full level-1 tile and a partial one of 1, a level-2 tile of 1. */
const TALL_SIZE = 66_000;
let tall: string;

async function logOf(events: readonly SequencedEvent[]): Promise<string> {
  const files = places.make();
  const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
  await log.append(events, { fence: 1, now: NOW });
  await log.close();
  return files.directory;
}

beforeAll(async () => {
  sound = await logOf(eventsIn(0, SIZE));
  tall = await logOf(eventsIn(0, TALL_SIZE));
});

/** A copy of a sound log, damaged. */
function damaged(damage: (directory: string) => void, log = sound): string {
  const { directory } = places.make();
  cpSync(log, directory, { recursive: true });
  damage(directory);
  return directory;
}

const change = (path: string, edit: (bytes: Buffer) => Buffer) => (directory: string) =>
  writeFileSync(join(directory, path), edit(readFileSync(join(directory, path))));
const flip = (at: number) => (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const remove = (path: string) => (directory: string) => rmSync(join(directory, path));
const swap = (one: string, other: string) => (directory: string) => {
  const at = (path: string) => join(directory, path);
  renameSync(at(one), at('swapped'));
  renameSync(at(other), at(one));
  renameSync(at('swapped'), at(other));
};
/** Replaces an entry, and its leaf hash in the level-0 tile as well. */
const replaceConsistently = (index: number, entry: Buffer) => (directory: string) => {
  const tile = String(Math.floor(index / 256)).padStart(3, '0');
  change(`tile/entries/${tile}`, (bytes) =>
    encodeBundle(decodeBundle(bytes, 256).entries.map((old, at) => (at === index % 256 ? entry : old))),
  )(directory);
  change(`tile/0/${tile}`, (bytes) => {
    const copy = Buffer.from(bytes);
    leafHash(entry).copy(copy, 32 * (index % 256));
    return copy;
  })(directory);
};
const republish = (edit: (text: string) => string, seed?: number) =>
  change('checkpoint', (bytes) => {
    const { text } = parseNote(bytes.toString());
    return Buffer.from(
      seed === undefined
        ? bytes.toString().replace(text, edit(text))
        : signNote(edit(text), [signerOf(seed)]),
    );
  });

describe('a full check of a sound log', () => {
  it('finds nothing, and has read every entry', async () => {
    const progress: number[] = [];
    const onProgress = (entries: number) => progress.push(entries);
    const result = await verifyLog({ directory: sound, verifierKey, onProgress });
    const checkpoint = parseCheckpoint(parseNote(readFileSync(join(sound, 'checkpoint'), 'utf8')).text);
    expect(result).toEqual({
      ok: true,
      selfConsistentOnly: false,
      origin: ORIGIN,
      size: SIZE,
      root: checkpoint.root.toString('hex'),
      entries: SIZE,
      witnessed: [],
      earlier: 0,
      faults: [],
      stopped: false,
    });
    expect(progress.at(-1)).toBe(SIZE);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('says without a key that the files only agree with each other', async () => {
    expect(await verifyLog({ directory: sound })).toMatchObject({ ok: true, selfConsistentOnly: true });
  });

  it('passes the empty log, and what a crash left beyond the checkpoint', async () => {
    const empty = await logOf([]);
    expect(await verifyLog({ directory: empty, verifierKey })).toMatchObject({
      ok: true,
      size: 0,
      entries: 0,
    });
    mkdirSync(join(empty, 'tile/entries'), { recursive: true });
    writeFileSync(join(empty, 'tile/entries/000'), 'beyond');
    expect(await verifyLog({ directory: empty, verifierKey })).toMatchObject({ ok: true });
  });

  it('reads a full tile where the partial one of an older checkpoint is gone', async () => {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const { note } = await log.append(eventsIn(0, 200), { fence: 1, now: NOW });
    await log.append(eventsIn(200, 300), { fence: 1, now: NOW });
    await log.close();
    writeFileSync(join(files.directory, 'checkpoint'), note);
    expect(await verifyLog({ directory: files.directory, verifierKey })).toMatchObject({
      ok: true,
      size: 200,
    });
  });
});

describe('a full check finds', () => {
  const cases: [string, (directory: string) => void, Partial<Fault>[]][] = [
    [
      'a flipped bit in an entry',
      change('tile/entries/001', (bytes) => flip(decodeBundle(bytes, 17).bytes + 60)(bytes)),
      [{ kind: 'entry-hash', path: 'tile/entries/001', entry: 273 }],
    ],
    [
      'a flipped bit in an entry of the last, partial bundle',
      change('tile/entries/003.p/232', (bytes) => flip(60)(bytes)),
      [{ kind: 'entry-hash', path: 'tile/entries/003.p/232', entry: 768 }],
    ],
    [
      'a flipped bit in a level-0 tile',
      change('tile/0/001', flip(70)),
      [{ kind: 'tile-hash', path: 'tile/0/001' }],
    ],
    [
      'a flipped bit in the partial level-0 tile',
      change('tile/0/003.p/232', flip(0)),
      [{ kind: 'tile-hash', path: 'tile/0/003.p/232' }],
    ],
    [
      'a flipped bit in the partial level-1 tile',
      change('tile/1/000.p/3', flip(31)),
      [{ kind: 'tile-hash', path: 'tile/1/000.p/3' }],
    ],
    [
      'an entry replaced together with its leaf hash',
      replaceConsistently(300, Buffer.from(eventAt(300, 'forged').entry)),
      [{ kind: 'tile-hash', path: 'tile/0/001' }],
    ],
    [
      'a bundle that is cut off',
      change('tile/entries/002', (bytes) => bytes.subarray(0, -1)),
      [{ kind: 'bundle-malformed', path: 'tile/entries/002', entry: 767 }],
    ],
    [
      'bytes after a bundle',
      change('tile/entries/002', (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
      [{ kind: 'bundle-malformed', path: 'tile/entries/002' }],
    ],
    [
      'a tile that is cut off',
      change('tile/0/002', (bytes) => bytes.subarray(0, -1)),
      [{ kind: 'tile-malformed', path: 'tile/0/002', expected: '8192 bytes', found: '8191 bytes' }],
    ],
    [
      'bytes after a tile',
      change('tile/0/002', (bytes) => Buffer.concat([bytes, Buffer.of(0)])),
      [{ kind: 'tile-malformed', path: 'tile/0/002', found: '8193 bytes' }],
    ],
    ['a missing bundle', remove('tile/entries/002'), [{ kind: 'bundle-missing', path: 'tile/entries/002' }]],
    ['a missing level-0 tile', remove('tile/0/002'), [{ kind: 'tile-missing', path: 'tile/0/002' }]],
    [
      'a missing partial bundle',
      remove('tile/entries/003.p/232'),
      [{ kind: 'bundle-missing', path: 'tile/entries/003.p/232' }],
    ],
    [
      'two swapped tiles',
      swap('tile/0/002', 'tile/0/000'),
      [
        { kind: 'tile-hash', path: 'tile/0/000' },
        { kind: 'tile-hash', path: 'tile/0/002' },
      ],
    ],
    [
      'a file where a directory should be read as a tile',
      (directory) => {
        rmSync(join(directory, 'tile/0/002'));
        mkdirSync(join(directory, 'tile/0/002'));
      },
      [{ kind: 'unreadable', path: 'tile/0/002', found: 'EISDIR' }],
    ],
    ['a missing checkpoint', remove('checkpoint'), [{ kind: 'checkpoint-missing', path: 'checkpoint' }]],
    [
      'a checkpoint that is none',
      change('checkpoint', () => Buffer.from('not a note')),
      [{ kind: 'checkpoint-malformed', path: 'checkpoint' }],
    ],
    [
      'a checkpoint with another root under the old signature',
      republish((text) => text.replace(/\n[^\n]+\n$/, `\n${EMPTY_ROOT.toString('base64')}\n`)),
      [{ kind: 'checkpoint-signature' }, { kind: 'checkpoint-root', expected: EMPTY_ROOT.toString('hex') }],
    ],
    ['a checkpoint signed by another key', republish((text) => text, 8), [{ kind: 'checkpoint-signature' }]],
    [
      'a checkpoint of another log',
      republish((text) => text.replace(ORIGIN, 'other.example'), 7),
      [{ kind: 'checkpoint-origin', expected: ORIGIN, found: 'other.example' }],
    ],
  ];

  const tallCases: typeof cases = [
    [
      'a flipped bit in a level-1 tile',
      change('tile/1/000', flip(70)),
      [{ kind: 'tile-hash', path: 'tile/1/000' }],
    ],
    [
      'a flipped bit in the level-2 tile',
      change('tile/2/000.p/1', flip(5)),
      [{ kind: 'tile-hash', path: 'tile/2/000.p/1' }],
    ],
    ['a missing level-1 tile', remove('tile/1/000'), [{ kind: 'tile-missing', path: 'tile/1/000' }]],
    [
      'a flipped bit in an entry, once',
      change('tile/entries/100', flip(60)),
      [{ kind: 'entry-hash', path: 'tile/entries/100', entry: 25_600 }],
    ],
    [
      'an entry replaced together with its leaf hash, by the level above',
      replaceConsistently(30_000, Buffer.from(eventAt(30_000, 'forged').entry)),
      [{ kind: 'tile-hash', path: 'tile/0/117' }],
    ],
  ];

  it.each(tallCases)('in a log of three levels %s', async (_, damage, faults) => {
    const result = await verifyLog({ directory: damaged(damage, tall), verifierKey });
    expect(result.faults).toEqual(faults.map((fault) => expect.objectContaining(fault)));
  });

  it.each(cases)('%s', async (_, damage, faults) => {
    const result = await verifyLog({ directory: damaged(damage), verifierKey });
    expect(result.ok).toBe(false);
    expect(result.faults).toEqual(faults.map((fault) => expect.objectContaining(fault)));
  });

  it('two swapped bundles, entry by entry', async () => {
    const directory = damaged(swap('tile/entries/002', 'tile/entries/000'));
    const { faults } = await verifyLog({ directory, verifierKey });
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['entry-hash']));
    expect(faults.map(({ entry }) => entry)).toEqual([
      ...Array.from({ length: 256 }, (_, at) => at),
      ...Array.from({ length: 256 }, (_, at) => 512 + at),
    ]);
  });

  it('a checkpoint of astronomical size, and stops', async () => {
    const directory = damaged(republish((text) => text.replace(`\n${SIZE}\n`, '\n9007199254740991\n')));
    const result = await verifyLog({ directory });
    expect(result).toMatchObject({ ok: false, stopped: true, entries: 768 });
  });

  it('what its key has signed although it is no event, or the same event twice', async () => {
    const odd = [
      sequenced('a', '1', 'no JSON'),
      sequenced('b', '2', '[]'),
      sequenced('c', '3', '{"id":"c"}'),
      { ...eventAt(7), position: '4' },
      sequenced('d', '5', eventAt(7).entry),
      eventAt(8),
    ];
    const { faults } = await verifyLog({ directory: await logOf(odd), verifierKey });
    const path = 'tile/entries/000.p/6';
    expect(faults).toEqual([
      { kind: 'entry-malformed', path, entry: 0, message: 'the entry is not JSON' },
      { kind: 'entry-malformed', path, entry: 1, message: 'the entry is not a JSON object' },
      { kind: 'entry-malformed', path, entry: 2, message: 'the entry has no type' },
      {
        kind: 'event-repeated',
        path,
        entry: 4,
        message: `the event ${eventAt(7).eventId} is entry 3 already`,
      },
    ]);
  });
});

describe('a full check throws', () => {
  it('only for arguments it cannot use', async () => {
    await expect(verifyLog({ directory: '/nowhere/at/all' })).rejects.toMatchObject({
      code: 'log-not-found',
    });
    const empty = places.make().directory;
    mkdirSync(empty, { recursive: true });
    await expect(verifyLog({ directory: empty })).rejects.toMatchObject({
      code: 'log-not-found',
    });
    await expect(verifyLog({ directory: sound, verifierKey: 'x' })).rejects.toMatchObject({
      code: 'malformed-note',
    });
  });
});

describe('the ids seen', () => {
  it('suspect every repetition, and hardly anything else', () => {
    const seen = new SeenIds();
    const ids = Array.from({ length: 20_000 }, (_, at) => eventAt(at).eventId);
    expect(ids.filter((id) => seen.suspect(id))).toEqual([]);
    expect(ids.every((id) => seen.suspect(id))).toBe(true);
  });
});
