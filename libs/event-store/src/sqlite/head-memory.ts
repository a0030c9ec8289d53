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
 * The last row of each stream as it was when its MAC was checked. The heads of the same few streams (agreement,
 * operator, terminal, grant) are asked for again and again: the row is read every time, and hashed only when it is
 * not, byte for byte, one that was checked before. So a row that was changed in the file is found as before.
 */
export class HeadMemory {
  private readonly heads = new Map<string, RawEvent>();

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
