import { Buffer } from 'node:buffer';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../test/naive-tree.js';
import { eventAt, eventsIn, NOW, ORIGIN, Places, seededRandom, signerOf } from '../test/sample-log.js';
import { parseVerifierKey } from './core/verifier-key.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './core/tlog-proof.js';
import { openLog } from './file-log.js';
import { PublishedLog } from './published-log.js';

const places = new Places();
afterAll(() => places.clear());

const log = [parseVerifierKey(signerOf().verifierKey)];
const options = { fence: 1, now: NOW };

async function directoryOf(...portions: readonly number[]): Promise<string> {
  const files = places.make();
  const writer = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
  let size = 0;
  for (const portion of portions) {
    await writer.append(eventsIn(size, size + portion), options);
    size += portion;
  }
  await writer.close();
  return files.directory;
}

const entryAt = (index: number): Buffer => Buffer.from(eventAt(index).entry);

describe('a proof from the published files', () => {
  const SIZE = 70_000;
  let directory: string;
  beforeAll(async () => {
    directory = await directoryOf(200, SIZE - 200);
  });

  it('is that of the recursive definition, through three levels of tiles', () => {
    const published = PublishedLog.open(directory);
    const tree = new NaiveTree(eventsIn(0, SIZE).map(({ entry }) => naiveLeaf(Buffer.from(entry))));
    const random = seededRandom(5);
    const edges = [0, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1];
    for (const index of [...edges, ...Array.from({ length: 30 }, () => random(SIZE))]) {
      const proof = published.proofOf(index);
      expect(proof?.path.map((hash) => hash.toString('hex'))).toEqual(
        tree.path(index, 0, SIZE).map((hash) => hash.toString('hex')),
      );
      expect(proof?.extra?.equals(entryAt(index))).toBe(true);
    }
  });

  it('holds as a file, with nothing but a verifier key', () => {
    const proof = PublishedLog.open(directory).proofOf(66_000);
    const read = parseTlogProof(formatTlogProof(proof ?? raise('no proof')));
    expect(verifyTlogProof(read, naiveLeaf(read.extra ?? Buffer.alloc(0)), { log })).toMatchObject({
      holds: true,
      checkpoint: { origin: ORIGIN, size: SIZE },
    });
  });

  it('leaves the entry out when it is told to', () => {
    expect(PublishedLog.open(directory).proofOf(3, { withEntry: false })?.extra).toBeNull();
  });

  it('is null for an entry that the checkpoint does not cover yet', () => {
    const published = PublishedLog.open(directory);
    expect(published.proofOf(SIZE)).toBeNull();
    expect(published.entry(SIZE)).toBeNull();
    expect(() => published.proofOf(-1)).toThrow(RangeError);
    expect(() => published.proofOf(1.5)).toThrow(RangeError);
  });

  it('fits an older checkpoint, whose partial tiles are gone', async () => {
    const files = places.make();
    const writer = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    const { note } = await writer.append(eventsIn(0, 200), options);
    await writer.append(eventsIn(200, 300), options);
    await writer.close();
    writeFileSync(join(files.directory, 'checkpoint'), note);
    const proof = PublishedLog.open(files.directory).proofOf(7) ?? raise('no proof');
    expect(verifyTlogProof(proof, naiveLeaf(entryAt(7)), { log }).holds).toBe(true);
  });

  it('finds an event by its id, in the first bundle and in the last', () => {
    const published = PublishedLog.open(directory);
    expect(published.indexOf(eventAt(3).eventId)).toBe(3);
    expect(published.indexOf(eventAt(SIZE - 1).eventId)).toBe(SIZE - 1);
    // The id of another event's correlation, which every entry holds.
    expect(published.indexOf('0190a000-0000-7000-9000-000000000000')).toBeNull();
  });
});

describe('a damaged log', () => {
  it.each([
    ['a flipped entry', 'tile/entries/000.p/9', (bytes: Buffer) => flipped(bytes, 60)],
    ['a flipped hash', 'tile/0/000.p/9', (bytes: Buffer) => flipped(bytes, 40)],
    ['a cut tile', 'tile/0/000.p/9', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['a cut bundle', 'tile/entries/000.p/9', (bytes: Buffer) => bytes.subarray(0, 20)],
    ['a checkpoint that is none', 'checkpoint', () => Buffer.from('x')],
  ])('gives no proof: %s', async (_, path, damage) => {
    const directory = await directoryOf(9);
    writeFileSync(join(directory, path), damage(readFileSync(join(directory, path))));
    expect(() => PublishedLog.open(directory).proofOf(0)).toThrow(
      expect.objectContaining({ code: 'log-inconsistent' }),
    );
  });

  it('says when there is no log, or none yet', async () => {
    const notFound = expect.objectContaining({ code: 'log-not-found' });
    expect(() => PublishedLog.open('/nowhere/at/all')).toThrow(notFound);
    const directory = await directoryOf(1);
    rmSync(join(directory, 'checkpoint'));
    expect(() => PublishedLog.open(directory).checkpoint()).toThrow(notFound);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function raise(message: string): never {
  throw new Error(message);
}
