import { storeKeyBinding } from './binding.js';
import { BoxBroken, KEY_BYTES } from './box.js';
import { KeyGone, VaultUnavailable } from './port.js';
import { freshBytes } from './random.js';
import type { RootKeys } from './root-keys.js';
import type { KeyRow, KeyTable } from './sqlite/key-table.js';
import { keyName, type StoreKey } from './store-key.js';

/** What a ring says of a key: its 32 bytes (never to be kept across an `await`), or why there are none. */
export type Held = Buffer | 'destroyed' | 'unknown';

/**
 * The unwrapped keys that this process holds. All of them are dropped, and their bytes zeroed, as soon as the key
 * store's generation has moved, so that a key destroyed by another process is never used from here.
 *
 * Buffers and not `KeyObject`s (which encrypt faster): a Buffer can be zeroed now, a KeyObject only by the garbage
 * collector, some day.
 */
export class KeyRing {
  private readonly keys = new Map<string, Buffer>();
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
    if (typeof raw !== 'string') this.keys.set(name, raw);
    return raw;
  }

  /** Whether the key is in memory now. */
  holds(key: StoreKey): boolean {
    return this.keys.has(keyName(key));
  }

  /**
   * Runs `work` with `keys` at hand, making those that were never there (a missed schedule does not stop the
   * service). Throws `KeyGone` for a destroyed one. `work` is synchronous, and runs in the same turn as the look at
   * the generation: across an `await` the buffers could be zeroed, and an event be sealed under zeros.
   */
  async use<T>(keys: readonly StoreKey[], work: (key: (key: StoreKey) => Buffer) => T): Promise<T> {
    for (;;) {
      this.catchUp();
      const missing = keys.filter((key) => this.heldOrThrow(key) === 'unknown');
      if (missing.length === 0) {
        return work((key) => {
          const raw = this.heldOrThrow(key);
          if (raw === 'unknown') throw new Error(`key ${keyName(key)} was not asked for`);
          return raw;
        });
      }
      await makeKeys(this.table, this.roots, missing);
    }
  }

  /** Zeroes and forgets every key. */
  drop(): void {
    for (const raw of this.keys.values()) raw.fill(0);
    this.keys.clear();
  }

  private heldOrThrow(key: StoreKey): Buffer | 'unknown' {
    const held = this.held(key);
    if (held === 'destroyed') throw new KeyGone(keyName(key));
    return held;
  }

  private unwrap(key: StoreKey, row: KeyRow): Held {
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

/** Unwraps a row of the key table. Throws `VaultUnavailable` when its root is missing or another one. */
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
