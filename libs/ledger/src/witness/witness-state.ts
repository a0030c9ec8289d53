import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Checkpoint } from '../core/checkpoint.js';
import { parseNote, type NoteVerifier } from '../core/note.js';
import { witnessedBy } from '../core/witnessed.js';
import { fileDisk, putFiles, type Disk } from '../file/disk.js';
import { LogInconsistent } from '../port.js';
import { publishedCheckpoint, type PublishedCheckpoint } from '../published-log.js';
import type { KnownLogs } from './witness-identity.js';

/** Why a signed checkpoint was refused, of the kinds that speak against its log. */
export type RefusalKind = 'fork' | 'inconsistent';

/** A refused checkpoint, kept as evidence: both notes carry the log's signature. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly origin: string;
  /** ISO 8601, real time, when it was seen first. */
  readonly seenAt: string;
  /** The note that the witness had cosigned last; null for none. */
  readonly latest: string | null;
  readonly refused: string;
}

/** Another process runs a witness on the same state: two of them could cosign two histories. */
export class WitnessStateInUse extends Error {
  readonly code = 'witness-state-in-use';
  constructor(directory: string) {
    super(`another witness is running on ${directory}`);
    this.name = 'WitnessStateInUse';
  }
}

/**
 * Evidence kept of each log and kind. Of each kind, because anybody may send genuine checkpoints with wrong proofs, and
 * must not thereby take the place of a fork's.
 */
const MOST_REFUSALS = 100;

/**
 * What a witness must never forget: the latest checkpoint cosigned for each log, one file each, and what it refused.
 * One process at a time. Everything is synchronous, so that checking and recording are one step (C2SP tlog-witness).
 *
 * It goes back for nobody: a checkpoint that is gone, older than what was in it in this process, or not cosigned by the
 * witness's own key is not believed. That there ought to be one is known twice: its directory is there, and never without
 * it; and its log is noted beside the key, before the first cosignature for it is seen. An older copy of the whole
 * directory, put back between two runs, cannot be told from the state that it was: whoever restores one begins a new witness
 * (docs/operations.md). Nor is a single piece of evidence missed that somebody takes away.
 *
 * Durability: `record` and `remember` return once their file is on disk. A crash in between leaves the old file or the
 * new one; a checkpoint that was recorded and never answered is simply asked for again.
 */
export class WitnessState {
  private own: NoteVerifier | null = null;
  /** The logs that the own key has cosigned; null until it is known. */
  private known: KnownLogs | null = null;
  /** By place: the largest tree that this process has found or recorded. */
  private readonly seen = new Map<string, Checkpoint>();

  private constructor(
    private readonly directory: string,
    private readonly disk: Disk,
    private readonly lock: Database.Database,
  ) {}

  /** Makes what is missing. Throws WitnessStateInUse, and LogInconsistent when something in it cannot be read. */
  static open(directory: string): WitnessState {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const lock = takeLock(directory);
    try {
      const state = new WitnessState(directory, fileDisk(directory), lock);
      state.all();
      state.refusals();
      return state;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Whether nothing was ever cosigned or refused here: only then may a witness make itself a key. */
  get isFresh(): boolean {
    return this.all().length === 0 && this.refusals().length === 0;
  }

  /**
   * From here on only what this key has cosigned counts, and all that it is known to have cosigned must be there. Throws
   * LogInconsistent.
   */
  holdTo(own: NoteVerifier, known: KnownLogs): void {
    this.own = own;
    this.known = known;
    this.all();
  }

  /** The latest checkpoint cosigned for a log, read from its file; null for none. Throws LogInconsistent. */
  latest(origin: string): PublishedCheckpoint | null {
    return this.latestIn(placeOf(origin));
  }

  /** The latest checkpoints of all logs ever cosigned. Throws LogInconsistent. */
  all(): PublishedCheckpoint[] {
    return this.places().flatMap((place) => this.latestIn(place) ?? []);
  }

  /** Makes a cosigned note its log's latest. Must be on disk before anybody sees the cosignature. */
  record(checkpoint: Checkpoint, note: string): void {
    const { origin, size, root } = checkpoint;
    const place = placeOf(origin);
    this.putCheckpoint(place, Buffer.from(note));
    this.seen.set(place, checkpoint);
    // A crash before this: the next start finds the checkpoint and notes its log (`latestIn`). The other way round it would
    // miss a checkpoint that never was.
    this.known?.add(origin);
    // What was refused for its proof alone was a wrong proof: now there is a right one.
    rmSync(join(this.directory, place, refusalName('inconsistent', size, root)), { force: true });
  }

  /** Keeps a refusal, unless it is there already or there are too many; says whether it kept it. */
  remember(refusal: Refusal, { origin, size, root }: Checkpoint): boolean {
    const place = placeOf(origin);
    const name = refusalName(refusal.kind, size, root);
    const kept = this.namesIn(place).filter((other) => other.startsWith(`${refusal.kind}-`));
    if (kept.includes(name) || kept.length >= MOST_REFUSALS) return false;
    putFiles(this.disk, [
      { path: `${place}/${name}`, bytes: Buffer.from(`${JSON.stringify(refusal, null, 2)}\n`) },
    ]);
    return true;
  }

  /** Everything refused and kept. Throws LogInconsistent for what cannot be read. */
  refusals(): Refusal[] {
    return this.places().flatMap((place) =>
      this.namesIn(place).map((name) => {
        const path = `${place}/${name}`;
        const refusal = refusalIn(this.disk.read(path)?.toString() ?? '');
        if (refusal === null) throw new LogInconsistent(join(this.directory, path), 'is no evidence');
        return refusal;
      }),
    );
  }

  close(): void {
    this.lock.close();
  }

  /**
   * A place comes into being with its checkpoint, in one step: without one it was taken away. A crash before the renaming
   * leaves a directory that is no place, and that the next try replaces.
   */
  private putCheckpoint(place: string, bytes: Buffer): void {
    if (this.isThere(place)) return putFiles(this.disk, [{ path: `${place}/checkpoint`, bytes }]);
    const fresh = `${place}.new`;
    this.disk.removeDirectory(fresh);
    putFiles(this.disk, [{ path: `${fresh}/checkpoint`, bytes }]);
    this.disk.rename(fresh, place);
    this.disk.syncDirectory('');
  }

  private latestIn(place: string): PublishedCheckpoint | null {
    const path = `${place}/checkpoint`;
    const fail = (what: string): never => {
      throw new LogInconsistent(join(this.directory, path), what);
    };
    const bytes = this.disk.read(path);
    const seen = this.seen.get(place);
    if (bytes === null) return this.places().includes(place) ? fail('is gone') : null;
    const found = publishedCheckpoint(bytes, join(this.directory, path));
    const { checkpoint, note } = found;
    if (placeOf(checkpoint.origin) !== place) fail('is of another log');
    if (this.own !== null && !witnessedBy(parseNote(note), [this.own]).length)
      fail('is not cosigned by the key of this witness');
    if (seen !== undefined && !(checkpoint.size > seen.size || isSame(checkpoint, seen)))
      fail('is older than what was cosigned');
    this.seen.set(place, checkpoint);
    // Of a crash, or a write that failed, between the checkpoint and this: nobody has seen a cosignature.
    this.known?.add(checkpoint.origin);
    return found;
  }

  /** Where a checkpoint ought to be: what is there, and what is known to have been. */
  private places(): string[] {
    const there = readdirSync(this.directory).filter((name) => PLACE.test(name));
    const known = this.known?.origins().map(placeOf) ?? [];
    return [...new Set([...there, ...known, ...this.seen.keys()])].toSorted();
  }

  private isThere(place: string): boolean {
    return existsSync(join(this.directory, place));
  }

  /** The evidence in a place, by name. Throws the system's error for a place that cannot be listed. */
  private namesIn(place: string): string[] {
    if (!this.isThere(place)) return [];
    return readdirSync(join(this.directory, place)).filter((name) =>
      /^(?:fork|inconsistent)-.*\.json$/.test(name),
    );
  }
}

/** A directory for each log: origins are free text, and hashes make tame names. */
const placeOf = (origin: string): string => hash('sha256', origin, 'hex').slice(0, 32);
const PLACE = /^[0-9a-f]{32}$/;

const refusalName = (kind: RefusalKind, size: number, root: Buffer): string =>
  `${kind}-${size}-${root.toString('hex').slice(0, 16)}.json`;

const isSame = (one: Checkpoint, other: Checkpoint): boolean =>
  one.size === other.size && one.root.equals(other.root);

/** The evidence that a file holds; null where it holds none. */
function refusalIn(text: string): Refusal | null {
  try {
    const found = JSON.parse(text) as Partial<Refusal> | null;
    const { kind, origin, seenAt, latest, refused } = found ?? {};
    const isWhole =
      (kind === 'fork' || kind === 'inconsistent') &&
      [origin, seenAt, refused, latest ?? ''].every((part) => typeof part === 'string');
    return isWhole ? (found as Refusal) : null;
  } catch {
    return null;
  }
}

/** The system lets go of the lock when this process dies, however it dies. */
function takeLock(directory: string): Database.Database {
  const lock = new Database(join(directory, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') === true)
      throw new WitnessStateInUse(directory);
    throw error;
  }
}
