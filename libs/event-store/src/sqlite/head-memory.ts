/** The columns of a row of `events`, in the order in which they are selected. */
export type RawEvent = readonly [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  entry: string,
  leafHash: string,
  mac: string,
];

/** At about a kilobyte a row, a few megabytes. */
const REMEMBERED = 4_096;

/**
 * What is known of the last row of each stream. The heads of the same few streams (agreement, operator, terminal,
 * grant) are asked for again and again, some twenty times an inquiry, so two things are remembered:
 * the answers, as long as nobody has committed anything to the file; and the rows whose MAC was checked, so that a row
 * read again is hashed only when it is not, byte for byte, the one that was checked. A row changed in the file is
 * found as if nothing were remembered.
 */
export class HeadMemory {
  private readonly heads = new Map<string, RawEvent>();
  private readonly current = new Map<string, number>();
  private version = -1;

  /**
   * Call before every use of `revision`: `PRAGMA data_version`, which changes with every commit of anybody else.
   * `onChange` may throw: then nothing counts as known of that version.
   */
  at(version: number, onChange: () => void): void {
    if (version === this.version && this.current.size < REMEMBERED) return;
    this.current.clear();
    if (version !== this.version) onChange();
    this.version = version;
  }

  /** The revision answered since the last commit, -1 for no stream; undefined when nobody asked. */
  revision(stream: string): number | undefined {
    return this.current.get(stream);
  }

  /** Call with every answer; it must have been read after the version was. */
  answered(stream: string, revision: number): number {
    this.current.set(stream, revision);
    return revision;
  }

  /** Whether this very row, every column of it, has been checked. */
  knows(row: RawEvent): boolean {
    const known = this.heads.get(row[1]);
    return known !== undefined && known.every((value, column) => value === row[column]);
  }

  /** Call for a row whose MAC fits. The stream remembered longest is forgotten when there are too many. */
  remember(row: RawEvent): void {
    this.heads.delete(row[1]);
    this.heads.set(row[1], row);
    if (this.heads.size > REMEMBERED) this.heads.delete(this.heads.keys().next().value as string);
  }
}
