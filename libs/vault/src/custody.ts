import { makeKeys, type KeyRing } from './key-ring.js';
import type { Destruction, KeyCustody, KeyKind } from './port.js';
import type { RootKeys } from './root-keys.js';
import { rotateRoot, type Rotated } from './rotation.js';
import type { KeyTable } from './sqlite/key-table.js';
import { storeKeys, type StoreKey } from './store-key.js';

/** The one key of kind `append`. */
export const APPEND_KEY: StoreKey = { kind: 'append', id: 'event-store' };

/** Who has this vault open, for `droppedEverywhere`. */
export interface Reader {
  /** Unique to one open vault. */
  readonly reader: string;
  readonly process: string;
  /** Real time in ms (decision 22). */
  readonly realNow: () => number;
}

/** Makes, counts and destroys the keys of the key store; see `KeyCustody` for the promises. */
export class Custody implements KeyCustody {
  constructor(
    private readonly table: KeyTable,
    private readonly roots: RootKeys,
    private readonly ring: KeyRing,
    private readonly self: Reader,
  ) {}

  async ensure(kind: KeyKind, ids: readonly string[]): Promise<readonly string[]> {
    const made = await makeKeys(this.table, this.roots, storeKeys(kind, ids));
    return made.map((key) => key.id);
  }

  async living(kind: KeyKind): Promise<readonly string[]> {
    return this.table.living(kind);
  }

  async destroy(kind: KeyKind, ids: readonly string[], fence: number): Promise<Destruction> {
    if (kind === 'append') throw new TypeError('the append key is never destroyed');
    const keys = storeKeys(kind, ids);
    await this.table.transaction(() => {
      this.table.requireFence(fence);
      this.table.bury(keys);
    });
    // A crash from here on leaves the keys deleted but their rows in the journal; the next call goes on here.
    const generation = this.ring.catchUp();
    await this.table.truncateJournal();
    this.table.readBackGone(keys);
    return { destroyed: keys.map((key) => key.id), generation };
  }

  rotateRoot(fence: number): Promise<Rotated> {
    return rotateRoot(this.table, this.roots, fence);
  }

  async epochs(): Promise<{ current: number; roots: readonly number[] }> {
    return { current: this.table.state().epoch, roots: this.roots.list() };
  }

  async generation(): Promise<number> {
    return this.table.generation();
  }

  async highestFence(): Promise<number> {
    return this.table.highestFence();
  }

  async isGone(kind: KeyKind, id: string, epoch?: number): Promise<boolean> {
    this.ring.catchUp();
    const key = { kind, id };
    if (this.table.find(key) !== 'destroyed' || this.ring.holds(key)) return false;
    return epoch === undefined || this.roots.list().every((root) => root > epoch);
  }

  async droppedEverywhere(generation: number, staleMs: number): Promise<boolean> {
    await this.heartbeat();
    return !this.table.anyReaderBehind(generation, this.self.realNow() - staleMs);
  }

  async heartbeat(): Promise<void> {
    await this.table.transaction(() => {
      // Dropped first, then reported: the row must never claim more than the memory bears out.
      const generation = this.ring.catchUp();
      this.table.report(this.self.reader, this.self.process, generation, this.self.realNow());
    });
  }

  appendKey(): Promise<Buffer> {
    return this.ring.use([APPEND_KEY], (key) => key(APPEND_KEY).export());
  }

  async close(): Promise<void> {
    this.ring.drop();
    if (!this.table.isOpen) return;
    try {
      await this.table.transaction(() => this.table.forgetReader(this.self.reader));
    } finally {
      // Also when the row stays: it grows stale, and counts as dead.
      this.table.close();
    }
  }
}
