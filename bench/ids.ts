import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const random = randomBytes(16);
let seq = 0;

/**
 * A fresh UUIDv7 for 0.4 µs instead of 2: the random part is the same throughout the run, the counter tells the ids
 * apart. Making ids is not what is measured, so it is as cheap as can be on both sides.
 */
export function benchId(): string {
  seq += 1;
  return uuidv7({ random, msecs: Date.now(), seq });
}
