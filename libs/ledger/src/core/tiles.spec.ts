import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { decodeBundle, encodeBundle } from './bundle.js';
import { parseTilePath, tilePath, tilesOf, TILE_WIDTH, type Tile } from './tiles.js';

describe('tile paths', () => {
  const vectors: [Tile, string][] = [
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 273, width: 112 }, 'tile/0/273.p/112'],
    [{ level: 1, index: 1_234_067, width: 256 }, 'tile/1/x001/x234/067'],
    [{ level: 'entries', index: 1_000, width: 256 }, 'tile/entries/x001/000'],
    [{ level: 'entries', index: 1_234_067, width: 8 }, 'tile/entries/x001/x234/067.p/8'],
    [{ level: 63, index: 5, width: 1 }, 'tile/63/005.p/1'],
  ];

  it.each(vectors)('%j is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    'tile/0/0',
    'tile/0/1000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/00/001',
    'tile/64/001',
    'tile/-1/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/08',
    'tile/entries/001.p/',
    'tile/data/001',
    '/tile/0/001',
    'tile/0/../001',
    'tile/0/x999/x999/x999/x999/x999/x999/999',
  ])('%s is not a tile', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });
});

describe('the tiles of a log of 70,000 entries', () => {
  const tiles = [...tilesOf(70_000)];
  const of = (level: Tile['level']) => tiles.filter((tile) => tile.level === level);
  const full = (level: Tile['level']) => of(level).filter(({ width }) => width === TILE_WIDTH).length;

  it('are 273 full ones and a partial one of 112 at level 0, and as many bundles', () => {
    for (const level of [0, 'entries'] as const) {
      expect(full(level)).toBe(273);
      expect(of(level).at(-1)).toEqual({ level, index: 273, width: 112 });
      expect(of(level).length).toBe(274);
    }
  });

  it('are one full one and a partial one of 17 at level 1, a partial one of 1 at level 2, and no more', () => {
    expect(of(1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(of(2)).toEqual([{ level: 2, index: 0, width: 1 }]);
    expect(of(3)).toEqual([]);
  });

  it('are a full one and a partial one of 1 for 256 entries, and none for an empty log', () => {
    expect([...tilesOf(256)].map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect([...tilesOf(0)]).toEqual([]);
  });
});

describe('an entry bundle', () => {
  const entries = [Buffer.from('first'), Buffer.alloc(0), Buffer.alloc(65_535, 1)];

  it('precedes each entry with its length in two big-endian bytes', () => {
    const bytes = encodeBundle(entries);
    expect(bytes.subarray(0, 9)).toEqual(Buffer.from('\0\x05first\0\0', 'latin1'));
    expect(bytes.subarray(9, 11)).toEqual(Buffer.of(255, 255));
  });

  it('is read back as it was written', () => {
    const bytes = encodeBundle(entries);
    expect(decodeBundle(bytes, 256)).toEqual({ entries, bytes: bytes.length });
    expect(decodeBundle(bytes, 1)).toEqual({ entries: entries.slice(0, 1), bytes: 7 });
  });

  it('shows where it is cut off', () => {
    const bytes = encodeBundle(entries);
    expect(decodeBundle(bytes.subarray(0, -1), 256)).toEqual({ entries: entries.slice(0, 2), bytes: 9 });
    expect(decodeBundle(bytes.subarray(0, 1), 256)).toEqual({ entries: [], bytes: 0 });
  });

  it('has no room for an entry over 65,535 bytes', () => {
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow(RangeError);
  });
});
