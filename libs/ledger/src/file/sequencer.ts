import { Buffer } from 'node:buffer';
import { formatCheckpoint } from '../core/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot, type Frontier } from '../core/frontier.js';
import { EMPTY_ROOT, leafHash, MAX_ENTRY_BYTES } from '../core/hashing.js';
import {
  MalformedNote,
  parseNote,
  signNote,
  verifyNote,
  type NoteSigner,
  type NoteVerifier,
} from '../core/note.js';
import {
  EntryRefused,
  SequencerSuperseded,
  type AppendOptions,
  type Log,
  type LogState,
  type SequencedEvent,
} from '../port.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import {
  assertFollowsCosigned,
  assertFollowsPublished,
  judgeRow,
  publish,
  publishCosigned,
} from './checkpoint-file.js';
import type { Disk } from './disk.js';
import { dropOutgrownPartials, grow, readEdge, type Edge, type Leaf } from './growth.js';
import type { CheckpointRow, LogDatabase } from './log-database.js';
import { FileLogReader } from './log-reader.js';
import { writeTiles } from './tile-store.js';

export interface SequencerParts {
  readonly disk: Disk;
  readonly database: LogDatabase;
  readonly origin: string;
  /** One or more keys, all named like the origin; every checkpoint is signed by each of them. */
  readonly signers: readonly NoteSigner[];
  readonly now: string;
}

/**
 * The log's only writer (decision 8). Keeps nothing in memory between two appends: each begins at the row and the
 * files, so going on after a crash is the same as going on after an append.
 */
export class Sequencer extends FileLogReader implements Log {
  private constructor(
    disk: Disk,
    database: LogDatabase,
    private readonly origin: string,
    private readonly signers: readonly NoteSigner[],
  ) {
    super(disk, database);
  }

  static open({ disk, database, origin, signers, now }: SequencerParts): Sequencer {
    assertSigners(signers, origin);
    const sequencer = new Sequencer(disk, database, origin, signers);
    database.exclusively(() => {
      if (database.findRow() === null) database.create(sequencer.emptyRow(now));
      // Only looked at before the commit, written after it: a crash in between leaves a row without file, never the
      // reverse; and a database that was lost beside a published checkpoint is refused before it is made anew.
      sequencer.judge(database.row());
      assertFollowsPublished(disk, database.row());
      assertFollowsCosigned(disk, database.row());
      sequencer.resign(database.row());
    });
    sequencer.settle();
    return sequencer;
  }

  async append(events: readonly SequencedEvent[], options: AppendOptions): Promise<LogState> {
    const leaves = events.map(leafOf);
    assertRising(events);
    assertOptions(options);
    if (leaves.length > 0) {
      this.database.exclusively(() => this.extend(events, leaves, options));
      // A crash here: the row is ahead of the file. The next append or start publishes it, by this same call.
      this.settle();
    }
    return this.state();
  }

  async publishCosigned(note: string): Promise<boolean> {
    return this.database.exclusively(() =>
      publishCosigned(this.disk, this.database.row(), note, verifiersOf(this.signers)),
    );
  }

  /** Under the lock: everything up to, and not including, the commit. */
  private extend(events: readonly SequencedEvent[], leaves: readonly Leaf[], options: AppendOptions): void {
    const row = this.database.row();
    assertNotSuperseded(row, events, options);
    for (const { eventId } of events) {
      if (this.database.leafOf(eventId) !== null) throw new EntryRefused(eventId, 'repeated');
    }
    const edge = this.judge(row);
    publish(this.disk, row);
    // A crash from here to the commit: files beyond the checkpoint, which nobody reads and the next append overwrites.
    writeTiles(this.disk, grow(edge, leaves));
    this.database.swap(row, this.nextRow(row, events, leaves, options));
    this.database.insertLeaves(row.size, events);
  }

  /**
   * Publishes the row and removes outgrown partial tiles. Takes the lock and reads the row again, so that a sequencer
   * that was slow to get here never puts an older checkpoint over a newer one.
   */
  private settle(): void {
    try {
      this.database.exclusively(() => {
        const row = this.database.row();
        publish(this.disk, row);
        dropOutgrownPartials(this.disk, row.previousSize, row.size);
      });
    } catch (error) {
      // Whoever holds the lock publishes the row before anything else.
      if (!(error instanceof SequencerSuperseded)) throw error;
    }
  }

  /** Holds row, note, leaf index and last tiles against each other; gives the edge to build on. */
  private judge(row: CheckpointRow): Edge {
    judgeRow(row, this.origin, verifiersOf(this.signers), this.database.lastLeaf());
    return readEdge(this.disk, frontierOf(row));
  }

  /**
   * Has a key that was added since sign the row's checkpoint: the overlap of old and new key begins at the start and not
   * with the next entry. The text stays; whoever has the old note has the same tree.
   */
  private resign(row: CheckpointRow): void {
    const note = parseNote(row.note);
    if (verifiersOf(this.signers).every((verifier) => verifyNote(note, [verifier]))) return;
    this.database.swap(row, { ...row, note: signNote(note.text, this.signers) });
  }

  private emptyRow(now: string): CheckpointRow {
    const checkpoint = { origin: this.origin, size: 0, root: EMPTY_ROOT };
    return {
      ...checkpoint,
      previousSize: 0,
      frontier: [],
      note: signNote(formatCheckpoint(checkpoint), this.signers),
      position: null,
      eventId: null,
      fence: 0,
      createdAt: now,
    };
  }

  private nextRow(
    row: CheckpointRow,
    events: readonly SequencedEvent[],
    leaves: readonly Leaf[],
    { fence, now }: AppendOptions,
  ): CheckpointRow {
    const frontier = extendFrontier(
      frontierOf(row),
      leaves.map(({ hash }) => hash),
    );
    const checkpoint = { origin: row.origin, size: frontier.size, root: frontierRoot(frontier) };
    const last = events.at(-1);
    return {
      ...checkpoint,
      previousSize: row.size,
      frontier: frontier.hashes,
      note: signNote(formatCheckpoint(checkpoint), this.signers),
      position: last?.position ?? row.position,
      eventId: last?.eventId ?? row.eventId,
      fence,
      createdAt: now,
    };
  }
}

const verifiersOf = (signers: readonly NoteSigner[]): NoteVerifier[] =>
  signers.map(({ verifierKey }) => parseVerifierKey(verifierKey));

function assertSigners(signers: readonly NoteSigner[], origin: string): void {
  if (signers.length === 0) throw new MalformedNote(`there is no key to sign ${origin} with`);
  const other = signers.find(({ name }) => name !== origin);
  if (other !== undefined) throw new MalformedNote(`the signing key is named ${other.name}, not ${origin}`);
}

const frontierOf = (row: CheckpointRow): Frontier =>
  row.size === 0 ? EMPTY_FRONTIER : { size: row.size, hashes: row.frontier };

/** The leaf of an event. Throws EntryRefused when its text cannot be an entry or is not what its hash speaks of. */
function leafOf({ eventId, entry, leafHash: claimed }: SequencedEvent): Leaf {
  // A lone surrogate has no UTF-8: the bytes hashed would not be the text given.
  if (!entry.isWellFormed()) throw new EntryRefused(eventId, 'malformed');
  const bytes = Buffer.from(entry);
  if (bytes.length > MAX_ENTRY_BYTES) throw new EntryRefused(eventId, 'too-large');
  const hash = leafHash(bytes);
  if (hash.toString('hex') !== claimed) throw new EntryRefused(eventId, 'leaf-hash');
  return { entry: bytes, hash };
}

function assertRising(events: readonly SequencedEvent[]): void {
  const seen = new Set<string>();
  let last = -1n;
  for (const { eventId, position } of events) {
    if (!/^\d+$/.test(position) || BigInt(position) <= last) throw new EntryRefused(eventId, 'malformed');
    if (seen.has(eventId)) throw new EntryRefused(eventId, 'repeated');
    seen.add(eventId);
    last = BigInt(position);
  }
}

function assertOptions({ fence, now }: AppendOptions): void {
  if (!Number.isSafeInteger(fence) || fence < 0) throw new RangeError(`${fence} is not a fencing token`);
  if (Number.isNaN(Date.parse(now))) throw new RangeError(`${now} is not an instant`);
}

/** Whether the caller's view of the log is still the log: fence, size, and that its events follow the last one. */
function assertNotSuperseded(
  row: CheckpointRow,
  events: readonly SequencedEvent[],
  { fence, size = row.size }: AppendOptions,
): void {
  if (fence < row.fence) throw new SequencerSuperseded(`fence ${fence} is older than ${row.fence}`);
  if (size !== row.size) throw new SequencerSuperseded(`the log has ${row.size} entries, not ${size}`);
  const first = events[0];
  if (first !== undefined && row.position !== null && BigInt(first.position) <= BigInt(row.position)) {
    throw new SequencerSuperseded(`the log has gone on to position ${row.position}`);
  }
}
