import { EMPTY_ROOT, nodeHash, type Hash } from './hashing.js';
import { rangeRoot, splitPoint, type SubtreeReader } from './subtrees.js';

/** Inclusion and consistency proofs: made as in RFC 6962, 2.1.1 and 2.1.2, checked as in RFC 9162, 2.1.3.2 and 2.1.4.2. */

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/**
 * The audit path of leaf `index` in the tree of the first `size` leaves, lowest sibling first.
 * Throws a RangeError when the leaf is not in that tree.
 */
export function inclusionProof(index: number, size: number, read: SubtreeReader): Hash[] {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new RangeError(`leaf ${index} is not in a tree of ${size} leaves`);
  }
  const path: Hash[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      path.push(rangeRoot(middle, end, read));
      end = middle;
    } else {
      path.push(rangeRoot(start, middle, read));
      start = middle;
    }
  }
  return path.toReversed();
}

/**
 * The proof that the tree of the first `from` leaves is a prefix of that of the first `to`. Empty when they are
 * equal or `from` is 0. Throws a RangeError when `from` is greater than `to`.
 */
export function consistencyProof(from: number, to: number, read: SubtreeReader): Hash[] {
  if (!isCount(from) || !isCount(to) || from > to) {
    throw new RangeError(`a tree of ${from} leaves is no prefix of one of ${to}`);
  }
  if (from === 0 || from === to) return [];
  const proof: Hash[] = [];
  let [start, end, known] = [0, to, true];
  // SUBPROOF of RFC 6962: `known` stays true while the old tree's root is the very subtree being looked at.
  while (from !== end) {
    const middle = start + splitPoint(end - start);
    if (from <= middle) {
      proof.push(rangeRoot(middle, end, read));
      end = middle;
    } else {
      proof.push(rangeRoot(start, middle, read));
      start = middle;
      known = false;
    }
  }
  if (!known) proof.push(rangeRoot(start, end, read));
  return proof.toReversed();
}

const half = (value: number): number => Math.floor(value / 2);

/** Whether `proof` shows that the leaf hash is number `index` of the tree with this size and root. Never throws. */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let [node, last, computed] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      computed = nodeHash(sibling, computed);
      // A node without a right sibling rises unchanged until it is somebody's right child.
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      computed = nodeHash(computed, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && computed.equals(root);
}

/** Whether `proof` shows that the tree (`from`, `fromRoot`) is a prefix of the tree (`to`, `toRoot`). Never throws. */
export function verifyConsistency(
  from: number,
  fromRoot: Hash,
  to: number,
  toRoot: Hash,
  proof: readonly Hash[],
): boolean {
  if (!isCount(from) || !isCount(to) || from > to) return false;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  if (from === 0) return proof.length === 0 && fromRoot.equals(EMPTY_ROOT);
  // A power of two: the old root is itself a node of the new tree, and the proof leaves it out.
  const [first, ...rest] = frontierIsOneNode(from) ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [node, last] = [from - 1, to - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [oldRoot, newRoot] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = nodeHash(sibling, oldRoot);
      newRoot = nodeHash(sibling, newRoot);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newRoot = nodeHash(newRoot, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && oldRoot.equals(fromRoot) && newRoot.equals(toRoot);
}

function frontierIsOneNode(size: number): boolean {
  let rest = size;
  while (rest % 2 === 0) rest = half(rest);
  return rest === 1;
}
