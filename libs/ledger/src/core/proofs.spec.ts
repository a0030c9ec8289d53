import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../../test/naive-tree.js';
import { seededRandom } from '../../test/sample-log.js';
import {
  completeRoot,
  EMPTY_FRONTIER,
  extendFrontier,
  frontierLength,
  frontierRoot,
  merkleRootOf,
} from './frontier.js';
import { EMPTY_ROOT, leafHash, type Hash } from './hashing.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proofs.js';
import { rangeRoot, subtreesFromTiles, type SubtreeReader } from './subtrees.js';
import { encodeTile, TILE_WIDTH, type Tile } from './tiles.js';

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));

/** The tree's tiles, built the plain way: whole levels first, then cut. */
function readerOver(leaves: readonly Hash[]): SubtreeReader {
  const levels: Hash[][] = [[...leaves]];
  for (let below = levels[0] as Hash[]; below.length >= TILE_WIDTH; below = levels.at(-1) as Hash[]) {
    levels.push(
      Array.from({ length: Math.floor(below.length / TILE_WIDTH) }, (_, at) =>
        completeRoot(below.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH)),
      ),
    );
  }
  return subtreesFromTiles(leaves.length, ({ level, index, width }: Tile) =>
    encodeTile((levels[level as number] ?? []).slice(index * TILE_WIDTH, index * TILE_WIDTH + width)),
  );
}

/** Remembers every subtree: the properties below ask for the same ones ten thousands of times. */
function remembering(read: SubtreeReader): SubtreeReader {
  const known = new Map<string, Hash>();
  return (height, index) => {
    const key = `${height}:${index}`;
    const hash = known.get(key) ?? read(height, index);
    known.set(key, hash);
    return hash;
  };
}

const numbered = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => naiveLeaf(Buffer.from(`entry ${at}`)));

describe('the RFC 6962 tree', () => {
  // The published test tree of Certificate Transparency.
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((text) => Buffer.from(text, 'hex'));
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const leaves = entries.map((entry) => leafHash(entry));

  it('has the published roots at every size', () => {
    for (const [size, root] of roots.entries()) {
      expect(frontierRoot(extendFrontier(EMPTY_FRONTIER, leaves.slice(0, size))).toString('hex')).toBe(root);
    }
  });

  // The nodes of that tree which its published proofs name.
  const node = {
    1: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '01': 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    '23': '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    0: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    4: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    '45': '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    '67': 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    '0123': 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4567': '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  };

  it.each([
    [0, 1, []],
    [0, 8, [node['1'], node['23'], node['4567']]],
    [5, 8, [node['4'], node['67'], node['0123']]],
    [2, 3, [node['01']]],
    [1, 5, [node['0'], node['23'], node['4']]],
  ])('gives the published audit path of leaf %i in a tree of %i', (index, size, path) => {
    const proof = inclusionProof(index, size, readerOver(leaves));
    expect(hex(proof)).toEqual(path);
    const root = Buffer.from(roots[size] as string, 'hex');
    expect(verifyInclusion(leaves[index] as Hash, index, size, proof, root)).toBe(true);
  });

  it.each([
    [1, 1, []],
    [1, 8, [node['1'], node['23'], node['4567']]],
    [6, 8, [node['45'], node['67'], node['0123']]],
    [2, 5, [node['23'], node['4']]],
  ])('gives the published consistency proof from %i to %i', (from, to, path) => {
    const proof = consistencyProof(from, to, readerOver(leaves));
    expect(hex(proof)).toEqual(path);
    const [old, fresh] = [from, to].map((size) => Buffer.from(roots[size] as string, 'hex')) as [Hash, Hash];
    expect(verifyConsistency(from, old, to, fresh, proof)).toBe(true);
  });

  it('commits to a list of texts', () => {
    expect(merkleRootOf([])).toBe(roots[0]);
    expect(merkleRootOf(['a', 'b'])).toBe(
      new NaiveTree(['a', 'b'].map((text) => naiveLeaf(Buffer.from(text)))).root(0, 2).toString('hex'),
    );
  });
});

describe('every tree of up to 300 leaves', () => {
  const MOST = 300;
  const leaves = numbered(MOST);
  const naive = new NaiveTree(leaves);
  const read = remembering(readerOver(leaves));

  it('has the root of the recursive definition, by appending and from tiles', () => {
    let frontier = EMPTY_FRONTIER;
    for (let size = 0; size <= MOST; size++) {
      const root = naive.root(0, size).toString('hex');
      expect(frontierRoot(frontier).toString('hex')).toBe(root);
      expect(rangeRoot(0, size, read).toString('hex')).toBe(root);
      expect(frontier.hashes.length).toBe(frontierLength(size));
      frontier = extendFrontier(frontier, leaves.slice(size, size + 1));
    }
  });

  it('proves every leaf, as the recursive definition does', () => {
    for (let size = 1; size <= MOST; size++) {
      const root = naive.root(0, size);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(index, size, read);
        const right = naive.path(index, 0, size);
        if (
          !Buffer.concat(proof).equals(Buffer.concat(right)) ||
          !verifyInclusion(leaves[index] as Hash, index, size, proof, root)
        ) {
          throw new Error(`leaf ${index} of ${size}`);
        }
      }
    }
  });

  it('proves every earlier tree a prefix, as the recursive definition does', () => {
    for (let to = 1; to <= MOST; to++) {
      for (let from = 1; from <= to; from++) {
        const proof = consistencyProof(from, to, read);
        const right = naive.subproof(from, 0, to, true);
        if (
          !Buffer.concat(proof).equals(Buffer.concat(right)) ||
          !verifyConsistency(from, naive.root(0, from), to, naive.root(0, to), proof)
        ) {
          throw new Error(`from ${from} to ${to}`);
        }
      }
    }
  });
});

describe('a tree of 70,000 leaves', () => {
  const SIZE = 70_000;
  const leaves = numbered(SIZE);
  const naive = new NaiveTree(leaves);
  const read = readerOver(leaves);
  const root = naive.root(0, SIZE);

  it('proves leaves and earlier trees through three levels of tiles', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 50; round++) {
      const size = 1 + random(SIZE);
      const index = random(size);
      expect(hex(inclusionProof(index, size, read))).toEqual(hex(naive.path(index, 0, size)));
      const proof = consistencyProof(size, SIZE, read);
      expect(verifyConsistency(size, naive.root(0, size), SIZE, root, proof)).toBe(true);
    }
  });
});

describe('verification', () => {
  const SIZE = 37;
  const leaves = numbered(SIZE);
  const naive = new NaiveTree(leaves);
  const read = readerOver(leaves);
  const [leaf, root] = [leaves[20] as Hash, naive.root(0, SIZE)];

  it('refuses an audit path changed in any place', () => {
    const proof = inclusionProof(20, SIZE, read);
    expect(verifyInclusion(leaf, 20, SIZE, proof, root)).toBe(true);
    for (const [at] of proof.entries()) {
      const changed = proof.map((hash, place) => (place === at ? EMPTY_ROOT : hash));
      expect(verifyInclusion(leaf, 20, SIZE, changed, root)).toBe(false);
    }
    expect(verifyInclusion(leaf, 20, SIZE, proof.slice(1), root)).toBe(false);
    expect(verifyInclusion(leaf, 20, SIZE, [...proof, EMPTY_ROOT], root)).toBe(false);
    expect(verifyInclusion(leaf, 21, SIZE, proof, root)).toBe(false);
    expect(verifyInclusion(leaf, SIZE, SIZE, proof, root)).toBe(false);
    expect(verifyInclusion(leaf, -1, SIZE, proof, root)).toBe(false);
  });

  it('refuses a consistency proof for another tree, and one too short or too long', () => {
    for (const from of [1, 8, 20, 32, 36]) {
      const proof = consistencyProof(from, SIZE, read);
      const old = naive.root(0, from);
      expect(verifyConsistency(from, old, SIZE, root, proof)).toBe(true);
      expect(verifyConsistency(from, naive.root(1, from + 1), SIZE, root, proof)).toBe(false);
      expect(verifyConsistency(from, old, SIZE, EMPTY_ROOT, proof)).toBe(false);
      expect(verifyConsistency(from, old, SIZE, root, proof.slice(0, -1))).toBe(false);
      expect(verifyConsistency(from, old, SIZE, root, [...proof, EMPTY_ROOT])).toBe(false);
    }
  });

  it('takes the empty tree for a prefix of any, and equal trees for consistent', () => {
    expect(verifyConsistency(0, EMPTY_ROOT, SIZE, root, [])).toBe(true);
    expect(verifyConsistency(0, root, SIZE, root, [])).toBe(false);
    expect(verifyConsistency(SIZE, root, SIZE, root, [])).toBe(true);
    expect(verifyConsistency(SIZE, root, SIZE, EMPTY_ROOT, [])).toBe(false);
    expect(verifyConsistency(SIZE, root, 3, EMPTY_ROOT, [])).toBe(false);
  });

  it('does not make proofs for what is not there', () => {
    expect(() => inclusionProof(SIZE, SIZE, read)).toThrow(RangeError);
    expect(() => consistencyProof(SIZE + 1, SIZE, read)).toThrow(RangeError);
    expect(() => rangeRoot(0, SIZE + 27, read)).toThrow(RangeError);
  });
});
