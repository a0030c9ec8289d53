import type { Buffer } from 'node:buffer';
import { decodeBundle } from '../core/bundle.js';
import { leafHash } from '../core/hashing.js';
import { TILE_WIDTH, tilePath, type Tile } from '../core/tiles.js';
import type { CheckedFiles } from './checked-files.js';
import { entryForm } from './entry-form.js';
import { SeenIds } from './event-ids.js';
import type { FaultList } from './faults.js';
import type { Computed } from './tile-comparison.js';

/** A bundle's entries in order; null for each that is not there, or is no event. */
export interface ReadEntries {
  readonly leaves: readonly Computed[];
  readonly ids: readonly (string | null)[];
}

/** Reads every entry of every bundle: sampling would miss the one that was changed. */
export class EntriesAudit {
  private readonly seen = new SeenIds();
  private readonly suspects = new Set<string>();
  /** Entries read. */
  entries = 0;

  constructor(
    private readonly files: CheckedFiles,
    private readonly faults: FaultList,
  ) {}

  /** Reads a bundle, and checks the form of what is in it. */
  async read(bundle: Tile): Promise<ReadEntries> {
    const bytes = await this.files.tile(bundle);
    const entries = bytes === null ? [] : this.decode(bundle, bytes);
    const found = entries.map((entry, at) => this.checkEntry(bundle, at, entry));
    this.entries += entries.length;
    const absent = Array.from({ length: bundle.width - entries.length }, () => null);
    return { leaves: [...entries.map(leafHash), ...absent], ids: [...found, ...absent] };
  }

  private decode(bundle: Tile, bytes: Buffer): readonly Buffer[] {
    const { entries, bytes: used } = decodeBundle(bytes, bundle.width);
    if (entries.length < bundle.width) {
      this.faults.add({
        kind: 'bundle-malformed',
        path: tilePath(bundle),
        entry: bundle.index * TILE_WIDTH + entries.length,
        expected: `${bundle.width} entries`,
        found: `${entries.length} entries`,
        message: 'the bundle is cut off before this entry ends',
      });
    } else if (used < bytes.length) {
      this.faults.add({
        kind: 'bundle-malformed',
        path: tilePath(bundle),
        expected: `${used} bytes`,
        found: `${bytes.length} bytes`,
        message: 'bytes follow the last entry of the bundle',
      });
    }
    return entries;
  }

  /** The entry's id, or null and a fault. */
  private checkEntry(bundle: Tile, at: number, bytes: Buffer): string | null {
    const form = entryForm(bytes);
    if ('id' in form) {
      if (this.seen.suspect(form.id)) this.suspects.add(form.id);
      return form.id;
    }
    const entry = bundle.index * TILE_WIDTH + at;
    this.faults.add({ kind: 'entry-malformed', path: tilePath(bundle), entry, message: form.problem });
    return null;
  }

  /** Whether some ids may occur twice: then `confirm` must see the bundles again. */
  get isSuspicious(): boolean {
    return this.suspects.size > 0;
  }

  /** The second reading: every occurrence of a suspected id after its first is a fault. */
  async confirm(bundles: Iterable<Tile>): Promise<void> {
    const first = new Map<string, number>();
    for (const bundle of bundles) {
      const bytes = await this.files.peek(bundle);
      const entries = bytes === null ? [] : decodeBundle(bytes, bundle.width).entries;
      for (const [at, bytes] of entries.entries()) {
        const form = entryForm(bytes);
        if ('id' in form && this.suspects.has(form.id)) this.confirmOne(first, form.id, bundle, at);
      }
    }
  }

  private confirmOne(first: Map<string, number>, id: string, bundle: Tile, at: number): void {
    const entry = bundle.index * TILE_WIDTH + at;
    const earlier = first.get(id);
    if (earlier === undefined) {
      first.set(id, entry);
      return;
    }
    const message = `the event ${id} is entry ${earlier} already`;
    this.faults.add({ kind: 'event-repeated', path: tilePath(bundle), entry, message });
  }
}
