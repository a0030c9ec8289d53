import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

/**
 * RFC 6962, section 2.1, word for word: recursive definitions over an array of leaf hashes. Slow, obviously right, and
 * written without the code under test.
 */
const sha256 = (...parts: Buffer[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');

export const naiveLeaf = (entry: Buffer): Buffer => sha256(Buffer.of(0), entry);

const split = (count: number): number => {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
};

export class NaiveTree {
  private readonly roots = new Map<string, Buffer>();

  constructor(private readonly leaves: readonly Buffer[]) {}

  /** MTH(D[start:end]). */
  root(start: number, end: number): Buffer {
    if (start === end) return sha256();
    if (end - start === 1) return this.leaves[start] as Buffer;
    const key = `${start}:${end}`;
    const known = this.roots.get(key);
    if (known) return known;
    const k = split(end - start);
    const root = sha256(Buffer.of(1), this.root(start, start + k), this.root(start + k, end));
    this.roots.set(key, root);
    return root;
  }

  /** PATH(m, D[start:end]). */
  path(m: number, start: number, end: number): Buffer[] {
    if (end - start === 1) return [];
    const k = split(end - start);
    return m < k
      ? [...this.path(m, start, start + k), this.root(start + k, end)]
      : [...this.path(m - k, start + k, end), this.root(start, start + k)];
  }

  /** SUBPROOF(m, D[start:end], b). */
  subproof(m: number, start: number, end: number, b: boolean): Buffer[] {
    const n = end - start;
    if (m === n) return b ? [] : [this.root(start, end)];
    const k = split(n);
    return m <= k
      ? [...this.subproof(m, start, start + k, b), this.root(start + k, end)]
      : [...this.subproof(m - k, start + k, end, false), this.root(start, start + k)];
  }
}
