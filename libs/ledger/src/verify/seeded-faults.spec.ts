import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventsIn, NOW, ORIGIN, Places, seededRandom, signerOf } from '../../test/sample-log.js';
import { decodeBundle } from '../core/bundle.js';
import { openLog } from '../file-log.js';
import { verifyLog, type Fault } from '../verify.js';

/** Damage at random, the same in every run: a check must find each, and point at the file or the entry. */
const places = new Places();
afterAll(() => places.clear());

const { verifierKey } = signerOf();
const SIZE = 1_300;
let sound: string;
/** Every file but the checkpoint. */
let tiles: string[];
beforeAll(async () => {
  const files = places.make();
  const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
  await log.append(eventsIn(0, SIZE), { fence: 1, now: NOW });
  await log.close();
  sound = files.directory;
  tiles = readdirSync(sound, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'checkpoint')
    .map((entry) => join(entry.parentPath, entry.name).slice(sound.length + 1))
    .toSorted();
});

type Damage = (random: (below: number) => number, at: (path: string) => string) => Place;
/** Where a fault must point. */
interface Place {
  readonly paths: readonly string[];
  readonly entry?: number;
}

/** The leaf index of the entry that holds a byte of a bundle, its length included. */
function entryAt(path: string, bytes: Buffer, byte: number): number {
  const bundle = Number(path.slice('tile/entries/'.length).slice(0, 3));
  let end = 0;
  const within = decodeBundle(bytes, 256).entries.findIndex((entry) => byte < (end += 2 + entry.length));
  return bundle * 256 + within;
}

const damages: Readonly<Record<string, Damage>> = {
  'a flipped bit in a bundle': (random, at) => {
    const bundles = tiles.filter((path) => path.startsWith('tile/entries'));
    const path = bundles[random(bundles.length)] ?? '';
    const bytes = readFileSync(at(path));
    const byte = random(bytes.length);
    const entry = entryAt(path, bytes, byte);
    bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random(8));
    writeFileSync(at(path), bytes);
    return { paths: [path], entry };
  },
  'a flipped bit in a tile': (random, at) => {
    const hashes = tiles.filter((path) => !path.startsWith('tile/entries'));
    const path = hashes[random(hashes.length)] ?? '';
    const bytes = readFileSync(at(path));
    const byte = random(bytes.length);
    bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random(8));
    writeFileSync(at(path), bytes);
    return { paths: [path] };
  },
  'a truncated file': (random, at) => {
    const path = tiles[random(tiles.length)] ?? '';
    const bytes = readFileSync(at(path));
    writeFileSync(at(path), bytes.subarray(0, random(bytes.length)));
    return { paths: [path] };
  },
  'a missing file': (random, at) => {
    const path = tiles[random(tiles.length)] ?? '';
    rmSync(at(path));
    return { paths: [path] };
  },
  'two swapped files': (random, at) => {
    const one = random(tiles.length);
    const [first, second] = [
      tiles[one] ?? '',
      tiles[(one + 1 + random(tiles.length - 1)) % tiles.length] ?? '',
    ];
    renameSync(at(first), at('swapped'));
    renameSync(at(second), at(first));
    renameSync(at('swapped'), at(second));
    return { paths: [first, second] };
  },
  'a cut tail': (random, at) => {
    const first = random(5);
    const cut = tiles.filter(
      (path) => /^tile\/(entries|0)\//.test(path) && Number(path.split('/')[2]?.slice(0, 3)) >= first,
    );
    for (const path of cut) rmSync(at(path));
    return { paths: cut };
  },
  'a flipped bit in the checkpoint': (random, at) => {
    const bytes = readFileSync(at('checkpoint'));
    const byte = random(bytes.length);
    bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random(7));
    writeFileSync(at('checkpoint'), bytes);
    return { paths: ['checkpoint'] };
  },
};

const pointsAt = ({ paths, entry }: Place, faults: readonly Fault[]): boolean =>
  paths.every((path) =>
    faults.some(
      (fault) =>
        fault.path === path && (entry === undefined || fault.entry === undefined || fault.entry === entry),
    ),
  );

describe('a full check finds, wherever it is,', () => {
  it.each(Object.entries(damages))('%s', async (name, damage) => {
    const random = seededRandom(name.length * 7_919);
    for (let round = 0; round < 25; round++) {
      const { directory } = places.make();
      cpSync(sound, directory, { recursive: true });
      const place = damage(random, (path) => join(directory, path));
      const { ok, faults } = await verifyLog({ directory, verifierKey });
      const told = { round, ok, points: pointsAt(place, faults), place, faults: faults.slice(0, 3) };
      expect(told).toMatchObject({ ok: false, points: true });
    }
  });
});
