import { Buffer } from 'node:buffer';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventAt, eventsIn, NOW, ORIGIN, Places, signerOf } from '../../test/sample-log.js';
import { leafHash } from '../core/hashing.js';
import { rootOfMultiProof } from '../core/multi-proof.js';
import { openLog } from '../file-log.js';
import { PublishedLog } from '../published-log.js';
import { replayLog } from './log-replay.js';

const SIZE = 700;
const places = new Places();
afterAll(() => places.clear());

/** A log, and the checkpoints that it had after each portion. */
async function logOf(variant: string, ...portions: readonly number[]) {
  const files = places.make();
  const writer = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
  const notes: string[] = [];
  let size = 0;
  for (const portion of portions) {
    const events = eventsIn(size, size + portion, variant);
    notes.push((await writer.append(events, { fence: 1, now: NOW })).note);
    size += portion;
  }
  await writer.close();
  return { directory: files.directory, notes };
}

let sound: Awaited<ReturnType<typeof logOf>>;
let rewritten: Awaited<ReturnType<typeof logOf>>;
beforeAll(async () => {
  sound = await logOf('', 300, SIZE - 300);
  rewritten = await logOf('other', 300);
});

async function replay(directory: string, seen: readonly string[] = [], key = signerOf().verifierKey) {
  const taken: Buffer[] = [];
  const result = await replayLog({
    directory,
    verifierKey: [key],
    seen: seen.map((note) => ({ place: 'export', note })),
    onEntries: (first, entries) => {
      expect(first).toBe(taken.length);
      taken.push(...entries);
    },
  });
  return { ...result, taken, kinds: result.faults.map(({ kind, path }) => `${kind} ${path}`) };
}

describe('a log that is read from its first entry to its last', () => {
  it('gives every entry once, and holds against its checkpoints', async () => {
    const { taken, faults, checkpoint } = await replay(sound.directory, sound.notes);
    expect([faults, checkpoint?.size]).toEqual([[], SIZE]);
    expect(taken.map(String)).toEqual(eventsIn(0, SIZE).map(({ entry }) => entry));
  });

  it('is found out where it was rewritten, cut off or damaged', async () => {
    expect((await replay(sound.directory, rewritten.notes)).kinds).toEqual(['checkpoint-fork export']);
    expect((await replay(rewritten.directory, sound.notes.slice(1))).kinds).toEqual([
      'checkpoint-behind export',
    ]);
    const stranger = signerOf(9).verifierKey;
    expect((await replay(sound.directory, [], stranger)).kinds).toContain('checkpoint-signature checkpoint');
  });

  it('is read no further than to the first fault', async () => {
    const stranger = signerOf(9).verifierKey;
    expect((await replay(sound.directory, [], stranger)).taken).toEqual([]);
    expect((await replay(rewritten.directory, sound.notes.slice(1))).taken).toEqual([]);
    // The bundle in which it parts from what was seen is not handed on.
    expect((await replay(sound.directory, rewritten.notes)).taken).toHaveLength(256);
  });

  it.each<[string, (file: string) => void, string]>([
    ['gone', (file) => rmSync(file), 'bundle-missing tile/entries/001'],
    [
      'cut',
      (file) => writeFileSync(file, readFileSync(file).subarray(0, -1)),
      'bundle-malformed tile/entries/001',
    ],
    [
      'changed',
      (file) =>
        writeFileSync(
          file,
          Buffer.from(readFileSync(file).toString('latin1').replace('"v":1', '"v":2'), 'latin1'),
        ),
      'checkpoint-root checkpoint',
    ],
  ])('is found out where a bundle is %s', async (_, damage, kind) => {
    const { directory } = places.make();
    cpSync(sound.directory, directory, { recursive: true });
    damage(join(directory, 'tile/entries/001'));
    expect((await replay(directory)).kinds).toEqual([kind]);
  });
});

describe('a prover', () => {
  const indexes = [699, 512, 511, 300, 4, 3];
  const proverOf = (directory: string) => {
    const published = PublishedLog.open(directory);
    return published.proverOf(published.checkpoint());
  };
  async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
    yield* items;
  }

  it('gives entries and hashes that lead to the signed root', async () => {
    const prover = proverOf(sound.directory);
    const leaves = indexes.map((index) => ({ index, hash: leafHash(prover.entry(index)) }));
    expect(leaves[2]?.hash).toEqual(leafHash(Buffer.from(eventAt(511).entry)));
    const root = await rootOfMultiProof(SIZE, each(leaves), each(prover.proofOf(indexes)));
    expect(root).toEqual(prover.checkpoint.root);
    expect(() => prover.entry(SIZE)).toThrow(RangeError);
  });

  it('gives none that would not hold', () => {
    const { directory } = places.make();
    cpSync(sound.directory, directory, { recursive: true });
    const [bundle, tile] = [join(directory, 'tile/entries/000'), join(directory, 'tile/0/001')];
    const bytes = readFileSync(bundle);
    bytes[40] = (bytes[40] as number) ^ 1;
    writeFileSync(bundle, bytes);
    writeFileSync(tile, Buffer.alloc(readFileSync(tile).length));
    const prover = proverOf(directory);
    expect(() => prover.entry(0)).toThrow(expect.objectContaining({ code: 'log-inconsistent' }));
    expect(() => [...prover.proofOf(indexes)]).toThrow(expect.objectContaining({ code: 'log-inconsistent' }));
  });
});
