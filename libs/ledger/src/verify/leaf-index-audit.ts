import type { LogDatabase } from '../file/log-database.js';
import type { FaultList } from './faults.js';

/** Holds the leaf index, by which an event's proof is found, against the entries. */
export class LeafIndexAudit {
  constructor(
    private readonly database: Pick<LogDatabase, 'idsIn' | 'leafByIndex' | 'leafCounts'>,
    private readonly place: string,
    private readonly faults: FaultList,
  ) {}

  /** What no entry leads to: leaves before the first, and as many in the index over ids as there are. */
  count(): void {
    try {
      const { rows, strays, indexed } = this.database.leafCounts();
      if (strays > 0) this.add(`${strays} leaves stand before the first entry`);
      if (rows !== indexed) this.add('the index over event ids has more or fewer leaves than there are');
    } catch (error) {
      this.unreadable(error);
    }
  }

  /** The ids of the entries from leaf `start` on; one that is null is another's fault. */
  compare(start: number, ids: readonly (string | null)[]): void {
    const indexed = this.idsFrom(start, start + ids.length);
    if (indexed === null) return;
    for (const [at, id] of ids.entries()) {
      const found = indexed.get(start + at);
      if (found === undefined) {
        if (id !== null) this.add('the leaf index lacks this entry', start + at);
      } else if (id !== null && found !== id) {
        this.add('the leaf index has another event here', start + at);
      } else if (this.leafOf(found) !== start + at) {
        this.add('who looks for the event by its id does not find this entry', start + at);
      }
    }
  }

  /** Null, and a fault, where the index cannot be read. */
  private idsFrom(start: number, end: number): ReadonlyMap<number, string> | null {
    try {
      return this.database.idsIn(start, end);
    } catch (error) {
      this.unreadable(error, start);
      return null;
    }
  }

  /** Null, too, where a page of the index is damaged: nobody finds the event then. */
  private leafOf(id: string): number | null {
    try {
      return this.database.leafByIndex(id);
    } catch {
      return null;
    }
  }

  private add(message: string, entry?: number): void {
    this.faults.add({
      kind: 'leaf-index',
      path: this.place,
      ...(entry === undefined ? {} : { entry }),
      message,
    });
  }

  private unreadable(error: unknown, entry?: number): void {
    const { code = 'error' } = error as { code?: string };
    const message = 'the leaf index cannot be read';
    const place = { path: this.place, ...(entry === undefined ? {} : { entry }) };
    this.faults.add({ kind: 'unreadable', ...place, found: code, message });
  }
}
