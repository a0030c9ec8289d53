import { Buffer } from 'node:buffer';
import { EMPTY_ROOT, leafHash, nodeHash, type Hash } from './hashing.js';

/**
 * The frontier (compact range) of a tree: the roots of the complete subtrees that its size falls into, the
 * largest first, one for every 1 in the size's binary form. It is all that is needed to append and to name the
 * root; sizes go to 2^53 - 1, so the arithmetic is by division and never by 32-bit shifts.
 */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Hash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** How many hashes a frontier of `size` leaves has: the number of ones in its binary form. */
export function frontierLength(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}

/** The frontier after appending leaf hashes, in order. */
export function extendFrontier(frontier: Frontier, leaves: readonly Hash[]): Frontier {
  const hashes = [...frontier.hashes];
  let size = frontier.size;
  for (const leaf of leaves) {
    let node = leaf;
    // Every trailing 1 of the size is a complete subtree as high as the one just completed: they merge.
    for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2))
      node = nodeHash(hashes.pop() as Hash, node);
    hashes.push(node);
    size += 1;
  }
  return { size, hashes };
}

/** The RFC 6962 root of the tree. */
export function frontierRoot({ hashes }: Frontier): Hash {
  const smallestFirst = hashes.toReversed();
  return smallestFirst.length === 0 ? EMPTY_ROOT : smallestFirst.reduce((root, left) => nodeHash(left, root));
}

/** The root of a complete subtree, given its leaves (or the roots of equal subtrees); their number is a power of two. */
export function completeRoot(hashes: readonly Hash[]): Hash {
  const { hashes: roots } = extendFrontier(EMPTY_FRONTIER, hashes);
  const [root] = roots;
  if (root === undefined || roots.length !== 1) throw new RangeError('a complete subtree has 2^n leaves');
  return root;
}

/**
 * The RFC 6962 root over texts (UTF-8), in the order given, as lower-case hex: a commitment to a list that is too long
 * to write down, such as the data-key ids of an erasure (decision 12).
 */
export const merkleRootOf = (texts: readonly string[]): string =>
  frontierRoot(
    extendFrontier(
      EMPTY_FRONTIER,
      texts.map((text) => leafHash(Buffer.from(text))),
    ),
  ).toString('hex');
