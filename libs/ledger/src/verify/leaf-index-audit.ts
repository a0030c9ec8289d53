import type { LogDatabase } from '../file/log-database.js';
import type { FaultList } from './faults.js';

/** Holds the leaf index, by which an event's proof is found, against the entries. */
export class LeafIndexAudit {
  constructor(
    private readonly database: Pick<LogDatabase, 'idsIn'>,
    private readonly place: string,
    private readonly faults: FaultList,
  ) {}

  /** The ids of the entries from leaf `start` on; one that is null is another's fault. */
  compare(start: number, ids: readonly (string | null)[]): void {
    const indexed = this.idsFrom(start, start + ids.length);
    if (indexed === null) return;
    for (const [at, id] of ids.entries()) {
      const found = indexed.get(start + at);
      if (id === null || found === id) continue;
      this.faults.add({
        kind: 'leaf-index',
        path: this.place,
        entry: start + at,
        message:
          found === undefined ? 'the leaf index lacks this entry' : 'the leaf index has another event here',
      });
    }
  }

  /** Null, and a fault, where the index cannot be read. */
  private idsFrom(start: number, end: number): ReadonlyMap<number, string> | null {
    try {
      return this.database.idsIn(start, end);
    } catch (error) {
      const { code = 'error' } = error as { code?: string };
      const message = 'the leaf index cannot be read';
      this.faults.add({ kind: 'unreadable', path: this.place, entry: start, found: code, message });
      return null;
    }
  }
}
