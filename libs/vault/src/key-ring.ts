import { createSecretKey, type KeyObject } from 'node:crypto';
import { storeKeyBinding } from './binding.js';
import { BoxBroken, KEY_BYTES } from './box.js';
import { KeyGone, VaultUnavailable } from './port.js';
import { freshBytes } from './random.js';
import type { RootKeys } from './root-keys.js';
import type { KeyRow, KeyTable } from './sqlite/key-table.js';
import { keyName, type StoreKey } from './store-key.js';

/** What a ring says of a key: its handle (never to be kept across an `await`), or why there is none. */
export type Held = KeyObject | 'destroyed' | 'unknown';

/**
 * The unwrapped keys that this process holds. All of them are dropped as soon as the key store's generation has
 * moved, so that a key destroyed by another process is never used from here.
 *
 * `KeyObject`s and not Buffers. What is given up: a Buffer could be zeroed at that moment, a KeyObject's memory is
 * freed with its handle, when the garbage collector comes to it, and not zeroed by us; until then it can be found in
 * a memory image of this process, as can the texts that were sealed with it. What is gained: Node prepares a Buffer
 * anew for every cipher and HMAC (12 and 9 µs instead of 3 and 2), a third of what sealing an inquiry costs; and no
 * event can be sealed under zeros, whatever is dropped while it is being sealed.
 */
export class KeyRing {
  private readonly keys = new Map<string, KeyObject>();
  private seen = 0;

  constructor(
    private readonly table: KeyTable,
    private readonly roots: RootKeys,
  ) {}

  /** Looks at the generation, drops what is outdated, and returns it. Call before every use of `held`. */
  catchUp(): number {
    const generation = this.table.generation();
    if (generation !== this.seen) {
      this.drop();
      this.seen = generation;
    }
    return generation;
  }

  /** The key from memory, else from the key table. */
  held(key: StoreKey): Held {
    const name = keyName(key);
    const known = this.keys.get(name);
    if (known) return known;
    const row = this.table.find(key);
    if (typeof row === 'string') return row;
    const raw = this.unwrap(key, row);
    if (typeof raw === 'string') return raw;
    const handle = createSecretKey(raw);
    raw.fill(0);
    this.keys.set(name, handle);
    return handle;
  }

  /** Whether the key is in memory now. */
  holds(key: StoreKey): boolean {
    return this.keys.has(keyName(key));
  }

  /**
   * Runs `work` with `keys` at hand, making those that were never there (a missed schedule does not stop the
   * service). Throws `KeyGone` for a destroyed one. `work` is synchronous, and runs in the same turn as the look at
   * the generation: across an `await` a key could be destroyed, and an event still be sealed under it.
   */
  async use<T>(keys: readonly StoreKey[], work: (key: (key: StoreKey) => KeyObject) => T): Promise<T> {
    for (;;) {
      this.catchUp();
      const missing = keys.filter((key) => this.heldOrThrow(key) === 'unknown');
      if (missing.length === 0) {
        return work((key) => {
          const held = this.heldOrThrow(key);
          if (held === 'unknown') throw new Error(`key ${keyName(key)} was not asked for`);
          return held;
        });
      }
      await makeKeys(this.table, this.roots, missing);
    }
  }

  /** Forgets every key. */
  drop(): void {
    this.keys.clear();
  }

  private heldOrThrow(key: StoreKey): KeyObject | 'unknown' {
    const held = this.held(key);
    if (held === 'destroyed') throw new KeyGone(keyName(key));
    return held;
  }

  private unwrap(key: StoreKey, row: KeyRow): Buffer | Exclude<Held, KeyObject> {
    try {
      return openRow(this.roots, key, row);
    } catch (cause) {
      // A rotation may have ended between reading the row and its root: then the row is under the next root now.
      const again = this.table.find(key);
      if (typeof again === 'string') return again;
      if (again.epoch === row.epoch) throw cause;
      return openRow(this.roots, key, again);
    }
  }
}

/** Unwraps a row of the key table: bytes that the caller zeroes. Throws `VaultUnavailable` when its root is missing or another one. */
export function openRow(roots: RootKeys, key: StoreKey, row: KeyRow): Buffer {
  try {
    return roots.unwrap(row.epoch, row.wrap, storeKeyBinding(key, row.epoch));
  } catch (cause) {
    if (!(cause instanceof BoxBroken)) throw cause;
    throw new VaultUnavailable(
      `key ${keyName(key)} does not open under ${roots.nameOf(row.epoch)}: wrong root key, or an altered row`,
      { cause },
    );
  }
}

/** Wraps a key for the key table under the root of `epoch`. */
export const wrapRow = (roots: RootKeys, key: StoreKey, epoch: number, raw: Buffer): KeyRow => ({
  epoch,
  wrap: roots.wrap(epoch, raw, storeKeyBinding(key, epoch)),
});

/**
 * Makes the keys that are missing, under the lock; returns those made now. Throws `KeyGone`, and makes none, when one
 * of them was destroyed: a destroyed key is never made again.
 */
export const makeKeys = (
  table: KeyTable,
  roots: RootKeys,
  keys: readonly StoreKey[],
): Promise<readonly StoreKey[]> =>
  table.transaction(() => {
    const { epoch } = table.state();
    const found = keys.map((key) => ({ key, row: table.find(key) }));
    const gone = found.find(({ row }) => row === 'destroyed');
    if (gone) throw new KeyGone(keyName(gone.key));
    const missing = found.filter(({ row }) => row === 'unknown').map(({ key }) => key);
    for (const key of missing) {
      const raw = freshBytes(KEY_BYTES);
      table.insert(key, wrapRow(roots, key, epoch, raw));
      raw.fill(0);
    }
    return missing;
  });
