import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';

// Loaded by both threads; the writer imports it by URL (see writer.ts), so this file imports only `node:` modules
// and uses erasable syntax only.

/** What the MAC binds an entry to: the places where it stands and the two columns shown beside it. */
export interface SealedPlace {
  /** In the global order: a genuine row moved to where the log or the read models have already been is a forged one. */
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
}

/** Length of the append key, in bytes. */
const MAC_KEY_BYTES = 32;

/** RFC 6962 leaf hash of an entry, `SHA-256(0x00 ‖ UTF-8 of entry)`, lower-case hex. */
export const leafHashOf = (entry: string): string => hash('sha256', `\0${entry}`, 'hex');

/**
 * Makes and checks the HMAC of stored events (decision 7). Whoever can write to the database file but does not
 * hold the append key cannot make a row that passes.
 */
export class AppendSeal {
  private readonly key: KeyObject;

  /** `macKey`: 32 bytes, never in the database. Throws RangeError for another length. */
  constructor(macKey: Uint8Array) {
    if (macKey.byteLength !== MAC_KEY_BYTES) {
      throw new RangeError(`the append key has ${macKey.byteLength} bytes, not ${MAC_KEY_BYTES}`);
    }
    this.key = createSecretKey(macKey);
  }

  /**
   * HMAC-SHA-256, lower-case hex, over
   * `kiroku-append-mac/2 <leaf hash> <position> <revision> <stream> <id> <type>`, the numbers in decimal and each of
   * the last three written `<length in UTF-16 units>:<text>`. The tag separates it from every other use of the key, the leaf hash has a
   * fixed width and the lengths make the rest unambiguous, so no two places share an input.
   */
  mac(leafHash: string, place: SealedPlace): string {
    const { position, stream, revision, id, type } = place;
    return createHmac('sha256', this.key)
      .update(
        `kiroku-append-mac/2 ${leafHash} ${position} ${revision} ${stream.length}:${stream} ${id.length}:${id} ${type.length}:${type}`,
      )
      .digest('hex');
  }

  /** Whether leaf hash and MAC are those that this key gives to `entry` at `place`. */
  fits(entry: string, leafHash: string, mac: string, place: SealedPlace): boolean {
    return leafHashOf(entry) === leafHash && this.isOf(leafHash, mac, place);
  }

  /** Whether the MAC is the one that this key gives to a leaf hash at `place`, whatever the entry. */
  isOf(leafHash: string, mac: string, place: SealedPlace): boolean {
    return sameText(this.mac(leafHash, place), mac);
  }
}

/** Compares in constant time: how far a guessed MAC was right must not show. */
function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
