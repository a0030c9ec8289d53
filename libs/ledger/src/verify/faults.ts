export type FaultKind =
  | 'checkpoint-missing'
  | 'checkpoint-malformed'
  /** The checkpoint is not signed by the key given. */
  | 'checkpoint-signature'
  /** The signed origin is not the name of the key given. */
  | 'checkpoint-origin'
  /** The entries do not have the root that the checkpoint names. */
  | 'checkpoint-root'
  /** The log is shorter than a checkpoint that was seen: cut off, or an old copy. */
  | 'checkpoint-behind'
  /** The log is not a continuation of a checkpoint that was seen: rewritten. */
  | 'checkpoint-fork'
  /** A witness whose key was given has not cosigned, or its cosignature is bad. */
  | 'witness-missing'
  | 'bundle-missing'
  /** An entry cut off, too few entries, or bytes after the last. */
  | 'bundle-malformed'
  | 'tile-missing'
  /** Too short, or bytes after the last hash. */
  | 'tile-malformed'
  /** A tile holds other hashes than what lies below it gives. */
  | 'tile-hash'
  /** An entry is not the one that was hashed into the tree. */
  | 'entry-hash'
  /** An entry is not the JSON of an event. */
  | 'entry-malformed'
  | 'event-repeated'
  /** The row of the log's database is not what its own note says, or not signed, or its leaf index ends elsewhere. */
  | 'checkpoint-row'
  /** A table, index, trigger or view of the log's database is not one that the log made, or is missing. */
  | 'log-schema'
  /** The leaf index, by which proofs find an event, leads elsewhere than to its entry. */
  | 'leaf-index'
  /** A file is there and cannot be read. */
  | 'unreadable';

/** One fault, and the place to look at. Holds no entry's content: reports may travel (decision 20). */
export interface Fault {
  readonly kind: FaultKind;
  /** The file, below the log's directory; of a checkpoint that was seen elsewhere the place that it was given with. */
  readonly path: string;
  /** The entry's leaf index, where the fault is one entry's. */
  readonly entry?: number;
  readonly expected?: string;
  readonly found?: string;
  /** The fault as one English sentence without its place. */
  readonly message: string;
}

/** Faults in the order found. After `limit` of them a check stops: the log is beyond listing. */
export class FaultList {
  readonly faults: Fault[] = [];

  constructor(private readonly limit: number) {}

  add(fault: Fault): void {
    if (!this.full) this.faults.push(fault);
  }

  get full(): boolean {
    return this.faults.length >= this.limit;
  }
}
