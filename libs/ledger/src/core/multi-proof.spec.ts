import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../../test/naive-tree.js';
import { seededRandom } from '../../test/sample-log.js';
import type { Hash } from './hashing.js';
import { multiProof, MultiProofMismatch, type PlacedLeaf, rootOfMultiProof } from './multi-proof.js';
import type { SubtreeReader } from './subtrees.js';

const leaves: readonly Hash[] = Array.from({ length: 1_000 }, (_, at) =>
  naiveLeaf(Buffer.from(`entry ${at}`)),
);
const naive = new NaiveTree(leaves);
const read: SubtreeReader = (height, index) => naive.root(index * 2 ** height, (index + 1) * 2 ** height);

/** A proof with what it is a proof of. */
interface Made {
  readonly size: number;
  readonly placed: readonly PlacedLeaf[];
  readonly hashes: readonly Hash[];
  /** What the generator says the root is. */
  readonly root: Hash;
}

function made(indexes: readonly number[], size: number): Made {
  const proof = multiProof(indexes, size, read);
  const hashes: Hash[] = [];
  for (let step = proof.next(); ; step = proof.next()) {
    if (step.done === true)
      return {
        size,
        placed: indexes.map((index) => ({ index, hash: leaves[index] as Hash })),
        hashes,
        root: step.value,
      };
    hashes.push(step.value);
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** The root in hex, or why there is none. */
async function led({ size, placed, hashes }: Made): Promise<string> {
  try {
    return (await rootOfMultiProof(size, each(placed), each(hashes))).toString('hex');
  } catch (error) {
    if (error instanceof MultiProofMismatch) return error.reason;
    throw error;
  }
}

const rootOf = (size: number): string => naive.root(0, size).toString('hex');

/** Of the audit paths of RFC 6962 what no wanted leaf lies below; those are needed, and nothing else is. */
function needed(indexes: readonly number[], size: number): ReadonlySet<string> {
  const found = new Set<string>();
  const siblings = (m: number, start: number, end: number): void => {
    if (end - start === 1) return;
    let k = 1;
    while (2 * k < end - start) k *= 2;
    const [below, beside] =
      m < start + k
        ? [
            [start, start + k],
            [start + k, end],
          ]
        : [
            [start + k, end],
            [start, start + k],
          ];
    const [from = 0, to = 0] = beside;
    if (!indexes.some((index) => index >= from && index < to))
      found.add(naive.root(from, to).toString('hex'));
    siblings(m, below[0] as number, below[1] as number);
  };
  for (const index of indexes) siblings(index, 0, size);
  return found;
}

const flipped = (hash: Hash): Hash => {
  const other = Buffer.from(hash);
  other[7] = (other[7] as number) ^ 1;
  return other;
};

/** Every single change to a proof or to what it proves; the size is signed with the root, and not the proof's to show. */
function* tampered(proof: Made): Generator<Made> {
  const { placed, hashes } = proof;
  for (const [at, { index, hash }] of placed.entries()) {
    yield { ...proof, placed: placed.with(at, { index, hash: flipped(hash) }) };
    yield { ...proof, placed: placed.toSpliced(at, 1) };
    yield { ...proof, placed: placed.toSpliced(at, 0, { index, hash }) };
    for (const moved of [index - 1, index + 1])
      yield { ...proof, placed: placed.with(at, { index: moved, hash }) };
    const next = placed[at + 1];
    if (next)
      yield {
        ...proof,
        placed: placed.with(at, { index, hash: next.hash }).with(at + 1, { index: next.index, hash }),
      };
  }
  for (const [at, hash] of hashes.entries()) {
    yield { ...proof, hashes: hashes.with(at, flipped(hash)) };
    yield { ...proof, hashes: hashes.toSpliced(at, 1) };
    const next = hashes[at + 1];
    if (next) yield { ...proof, hashes: hashes.with(at, next).with(at + 1, hash) };
  }
  yield { ...proof, hashes: [...hashes, leaves[0] as Hash] };
}

const subsets = (size: number): number[][] =>
  Array.from({ length: 2 ** size }, (_, bits) =>
    Array.from({ length: size }, (_, at) => size - 1 - at).filter(
      (index) => Math.floor(bits / 2 ** index) % 2 === 1,
    ),
  );

describe('the proof for every set of leaves of every tree of up to 9', () => {
  const proofs = Array.from({ length: 10 }, (_, size) =>
    subsets(size).map((indexes) => made(indexes, size)),
  ).flat();

  it('leads to the root of the recursive definition', async () => {
    for (const proof of proofs) {
      expect(proof.root.toString('hex')).toBe(rootOf(proof.size));
      expect(await led(proof)).toBe(rootOf(proof.size));
    }
  });

  it('has the hashes that are needed, each once', () => {
    for (const { size, placed, hashes } of proofs.filter((proof) => proof.placed.length > 0)) {
      const found = hashes.map((hash) => hash.toString('hex'));
      expect(new Set(found)).toEqual(
        needed(
          placed.map(({ index }) => index),
          size,
        ),
      );
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it('does not survive any change', async () => {
    let changes = 0;
    for (const proof of proofs) {
      for (const changed of tampered(proof)) {
        changes += 1;
        expect(await led(changed)).not.toBe(rootOf(proof.size));
      }
    }
    expect(changes).toBeGreaterThan(20_000);
  });
});

describe('the proof for some leaves of a large tree', () => {
  const random = seededRandom(4);
  const proofs = Array.from({ length: 25 }, () => {
    const size = 1 + random(1_000);
    const share = 1 + random(100);
    const indexes = Array.from({ length: size }, (_, at) => size - 1 - at).filter(() => random(100) < share);
    return made(indexes, size);
  });

  it('leads to the root, with the hashes that are needed', async () => {
    for (const proof of proofs) expect(await led(proof)).toBe(rootOf(proof.size));
    for (const { size, placed, hashes } of proofs.filter(
      ({ placed: { length } }) => length > 0 && length < 100,
    ))
      expect(new Set(hashes.map((hash) => hash.toString('hex')))).toEqual(
        needed(
          placed.map(({ index }) => index),
          size,
        ),
      );
  });

  it('does not survive a change', async () => {
    for (const proof of proofs) {
      const changes = [...tampered(proof)];
      for (let tried = 0; tried < 20; tried += 1) {
        const changed = changes[random(changes.length)] as Made;
        expect(await led(changed)).not.toBe(rootOf(proof.size));
      }
    }
  });
});

describe('a proof', () => {
  it.each<[string, number[], number, string]>([
    ['rise', [1, 2], 4, 'leaf-order'],
    ['repeat', [2, 2], 4, 'leaf-order'],
    ['lie beyond the tree', [4], 4, 'leaf-beyond'],
    ['are below zero', [-1], 4, 'leaf-beyond'],
    ['are no indexes', [0.5], 4, 'leaf-beyond'],
    ['are of an empty tree', [0], 0, 'leaf-beyond'],
  ])('is not made for leaves that %s', async (_, indexes, size, reason) => {
    expect(() => made(indexes, size)).toThrow(
      expect.objectContaining({ code: 'multi-proof-mismatch', reason }),
    );
    const placed = indexes.map((index) => ({ index, hash: leaves[0] as Hash }));
    expect(await led({ size, placed, hashes: leaves.slice(0, 8), root: leaves[0] as Hash })).toBe(reason);
  });

  it('of no leaf is the root', () => {
    expect(made([], 5).hashes.map((hash) => hash.toString('hex'))).toEqual([rootOf(5)]);
    expect(made([], 0).hashes).toEqual([]);
  });
});
