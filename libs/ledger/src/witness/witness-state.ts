import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Checkpoint } from '../core/checkpoint.js';
import { fileDisk, putFiles, type Disk } from '../file/disk.js';
import { publishedCheckpoint, type PublishedCheckpoint } from '../published-log.js';

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
 * Durability: `record` and `remember` return once their file is on disk. A crash in between leaves the old file or the
 * new one; a checkpoint that was recorded and never answered is simply asked for again.
 */
export class WitnessState {
  private constructor(
    private readonly directory: string,
    private readonly disk: Disk,
    private readonly lock: Database.Database,
  ) {}

  /** Makes what is missing. Throws WitnessStateInUse, and LogInconsistent when a checkpoint in it cannot be read. */
  static open(directory: string): WitnessState {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const lock = takeLock(directory);
    try {
      const state = new WitnessState(directory, fileDisk(directory), lock);
      state.all();
      return state;
    } catch (error) {
      lock.close();
      throw error;
    }
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
  record({ origin, size, root }: Checkpoint, note: string): void {
    const place = placeOf(origin);
    putFiles(this.disk, [{ path: `${place}/checkpoint`, bytes: Buffer.from(note) }]);
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

  /** Everything refused and kept. */
  refusals(): Refusal[] {
    return this.places().flatMap((place) =>
      this.namesIn(place).map(
        (name) => JSON.parse(this.disk.read(`${place}/${name}`)?.toString() ?? 'null') as Refusal,
      ),
    );
  }

  close(): void {
    this.lock.close();
  }

  private latestIn(place: string): PublishedCheckpoint | null {
    const path = `${place}/checkpoint`;
    const bytes = this.disk.read(path);
    return bytes === null ? null : publishedCheckpoint(bytes, join(this.directory, path));
  }

  private places(): string[] {
    return readdirSync(this.directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  }

  private namesIn(place: string): string[] {
    try {
      return readdirSync(join(this.directory, place)).filter((name) =>
        /^(?:fork|inconsistent)-.*\.json$/.test(name),
      );
    } catch {
      return [];
    }
  }
}

/** A directory for each log: origins are free text, and hashes make tame names. */
const placeOf = (origin: string): string => hash('sha256', origin, 'hex').slice(0, 32);

const refusalName = (kind: RefusalKind, size: number, root: Buffer): string =>
  `${kind}-${size}-${root.toString('hex').slice(0, 16)}.json`;

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
