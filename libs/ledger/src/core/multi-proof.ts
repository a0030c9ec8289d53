import { EMPTY_ROOT, nodeHash, type Hash } from './hashing.js';
import { rangeRoot, splitPoint, type SubtreeReader } from './subtrees.js';

/**
 * The compact proof that many leaves are in one tree (RFC 6962, 2.1): the hashes of the largest subtrees that hold none
 * of the leaves, and nothing twice. The tree is walked from right to left: a subtree without any of the leaves gives its
 * hash, one that is such a leaf gives nothing, any other its right half and then its left. Leaves and hashes are read
 * once and in this order, so neither side has to keep them: memory is that of a path.
 */

/** A leaf whose place in the tree is to be shown. */
export interface PlacedLeaf {
  /** Leaf index, from 0. */
  readonly index: number;
  readonly hash: Hash;
}

/** The leaves and the hashes do not fit together, or not to a tree of this size. */
export class MultiProofMismatch extends Error {
  readonly code = 'multi-proof-mismatch';
  constructor(
    readonly reason: 'leaf-order' | 'leaf-beyond' | 'hash-missing' | 'hash-left',
    message: string,
  ) {
    super(message);
    this.name = 'MultiProofMismatch';
  }
}

/**
 * The hashes for the leaves `indexes`, which fall strictly, in the tree of the first `size` leaves; returns the root that
 * leaves and hashes lead to. Without any leaf it is the root alone. Throws MultiProofMismatch for indexes that do not
 * fall or lie outside.
 */
export function* multiProof(
  indexes: Iterable<number>,
  size: number,
  read: SubtreeReader,
): Generator<Hash, Hash> {
  const wanted = fallingBelow(indexes, size);
  let next = wanted.next();
  function* walk(start: number, end: number): Generator<Hash, Hash> {
    if (next.done === true || next.value < start) {
      const hash = rangeRoot(start, end, read);
      yield hash;
      return hash;
    }
    if (end - start === 1) {
      next = wanted.next();
      return read(0, start);
    }
    const middle = start + splitPoint(end - start);
    const right = yield* walk(middle, end);
    return nodeHash(yield* walk(start, middle), right);
  }
  return size === 0 ? EMPTY_ROOT : yield* walk(0, size);
}

function* fallingBelow(indexes: Iterable<number>, size: number): Generator<number, undefined> {
  let last = size;
  for (const index of indexes) {
    requireBelow(index, last, size);
    last = index;
    yield index;
  }
}

function requireBelow(index: number, last: number, size: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new MultiProofMismatch('leaf-beyond', `leaf ${index} is not in a tree of ${size} leaves`);
  if (index >= last) throw new MultiProofMismatch('leaf-order', `leaf ${index} comes after leaf ${last}`);
}

/**
 * The root that leaves (indexes falling strictly) and the hashes of their proof lead to: whoever finds it in a signed
 * checkpoint of this size knows that every leaf is in that tree, at its place (the size must be the signed one: no proof
 * binds it). Both are read once, each when it is needed.
 * Throws MultiProofMismatch when they do not make up a tree of `size` leaves, and whatever the sources throw.
 */
export async function rootOfMultiProof(
  size: number,
  leaves: AsyncIterable<PlacedLeaf>,
  hashes: AsyncIterable<Hash>,
): Promise<Hash> {
  const [placed, given] = [leaves[Symbol.asyncIterator](), hashes[Symbol.asyncIterator]()];
  let last = size;
  const nextLeaf = async (): Promise<PlacedLeaf | null> => {
    const { done, value } = await placed.next();
    if (done === true) return null;
    requireBelow(value.index, last, size);
    last = value.index;
    return value;
  };
  let leaf = await nextLeaf();
  const walk = async (start: number, end: number): Promise<Hash> => {
    if (leaf === null || leaf.index < start) {
      const { done, value } = await given.next();
      if (done === true)
        throw new MultiProofMismatch(
          'hash-missing',
          `no hash is left for the leaves from ${start} to ${end}`,
        );
      return value;
    }
    if (end - start === 1) {
      const { hash } = leaf;
      leaf = await nextLeaf();
      return hash;
    }
    const middle = start + splitPoint(end - start);
    const right = await walk(middle, end);
    return nodeHash(await walk(start, middle), right);
  };
  const root = size === 0 ? EMPTY_ROOT : await walk(0, size);
  if ((await given.next()).done !== true)
    throw new MultiProofMismatch('hash-left', 'there are more hashes than the proof has');
  return root;
}
