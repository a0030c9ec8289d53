/**
 * Chance that can be repeated: every draw is a hash of seed, index and the name of the draw, so any resident can be
 * made alone, in any order, and comes out the same.
 */

/** One draw: 32 uniform bits for `salt` of the `index`-th thing. */
export function draw(seed: number, index: number, salt: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  bits = mix(bits ^ Math.imul(salt + 1, 0x27d4eb2f));
  return mix(bits + 0x165667b1) >>> 0;
}

/** The finaliser of MurmurHash3 (public domain): every input bit moves every output bit. */
function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** A draw as a whole number from 0 to `below` - 1. */
export const drawBelow = (seed: number, index: number, salt: number, below: number): number =>
  Math.floor((draw(seed, index, salt) / 2 ** 32) * below);

/** A draw as a place in a list whose first entries are the commonest, as surnames are. */
export const drawCommon = (seed: number, index: number, salt: number, below: number): number =>
  Math.floor((draw(seed, index, salt) / 2 ** 32) ** 2.2 * below);

/** True in `percent` of a hundred draws. */
export const drawPercent = (seed: number, index: number, salt: number, percent: number): boolean =>
  draw(seed, index, salt) / 2 ** 32 < percent / 100;
