import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { StaleFence, VaultUnavailable } from '../port.js';
import { keyName, type StoreKey } from '../store-key.js';
import { migrate } from './migrations.js';

/** A living key as stored: wrapped by the root of `epoch`. */
export interface KeyRow {
  readonly epoch: number;
  readonly wrap: Buffer;
}

export interface KeyTableState {
  readonly generation: number;
  /** 0 before the first root was made. */
  readonly epoch: number;
  /** The generation at which the epoch began: when they differ, old copies under this root hold destroyed keys. */
  readonly epochGeneration: number;
}

const FILE = 'keys.sqlite';
const PATIENCE_MS = 5_000;
/** Reads meet a lock only while another process opens or closes the file; they may wait that long in the library. */
const READ_PATIENCE_MS = 1_000;
const FORGET_READERS_MS = 86_400_000;

/**
 * The key table, `keys.sqlite` (decisions 6, 11, 12): shared by the processes of one machine.
 *
 * `BEGIN IMMEDIATE` is the lock between processes. Write-ahead log rather than a rollback journal, because `open`
 * reads the generation on every call, and a reader must not wait for another process's fsync; what the log keeps of
 * deleted rows is cut by `truncateJournal` after every destruction, and made worthless by the next root.
 * Every failure of the database is thrown as `VaultUnavailable`.
 */
export class KeyTable {
  private readonly statements: ReturnType<typeof prepare>;

  private constructor(
    private readonly db: Database.Database,
    private readonly patienceMs: number,
  ) {
    this.statements = prepare(db);
  }

  /** Opens or makes the table. `patienceMs`: how long to try for the lock and for a truncated journal. */
  static async open(directory: string, patienceMs = PATIENCE_MS): Promise<KeyTable> {
    const file = join(directory, FILE);
    const db = guard(() => new Database(file, { timeout: READ_PATIENCE_MS }));
    try {
      chmodSync(file, 0o600);
      await persist(patienceMs, 'be opened', () => configure(db));
      await locked(db, patienceMs, () => migrate(db));
      return new KeyTable(db, patienceMs);
    } catch (error) {
      db.close();
      throw unavailable(error);
    }
  }

  /** Runs `work` under the lock between processes, all or nothing. Durable (fsync) when the promise resolves. */
  async transaction<T>(work: () => T): Promise<T> {
    this.requireOpen();
    return locked(this.db, this.patienceMs, work);
  }

  /** 2 µs: read on every `open` and `seal`. */
  generation(): number {
    return this.read(() => this.statements.generation.get() as number);
  }

  highestFence(): number {
    return this.read(() => this.statements.fence.get() as number);
  }

  state(): KeyTableState {
    return this.read(() => this.statements.state.get() as KeyTableState);
  }

  /**
   * The row of a key, `destroyed`, or `unknown` when it was never made here. The row is asked for before the
   * tombstone: a destruction in between is then seen, and never taken for a key that may be made.
   */
  find({ kind, id }: StoreKey): KeyRow | 'destroyed' | 'unknown' {
    return this.read(() => {
      const row = this.statements.find.get(kind, id) as KeyRow | undefined;
      return row ?? (this.statements.findTombstone.get(kind, id) === undefined ? 'unknown' : 'destroyed');
    });
  }

  /** Ids of the living keys of a kind, ascending. */
  living(kind: string): readonly string[] {
    return this.read(() => this.statements.living.all(kind) as string[]);
  }

  /** Every living key with its row, for re-wrapping. */
  survivors(): readonly (StoreKey & KeyRow)[] {
    return this.read(() => this.statements.survivors.all() as (StoreKey & KeyRow)[]);
  }

  /** The epochs under which living keys are wrapped, ascending. */
  epochsInUse(): readonly number[] {
    return this.read(() => this.statements.epochsInUse.all() as number[]);
  }

  /** Inside `transaction` only, like all that follow. */
  insert({ kind, id }: StoreKey, row: KeyRow): void {
    this.statements.insert.run(kind, id, row.epoch, row.wrap);
  }

  rewrap({ kind, id }: StoreKey, row: KeyRow): void {
    this.statements.rewrap.run(row.epoch, row.wrap, kind, id);
  }

  /** Begins an epoch now: every row must be wrapped under it in the same transaction. */
  beginEpoch(epoch: number): void {
    this.statements.beginEpoch.run(epoch);
  }

  /** Deletes the rows, writes the tombstones, raises the generation; nothing changes when all were buried before. */
  bury(keys: readonly StoreKey[]): void {
    const fresh = keys.filter((key) => this.find(key) !== 'destroyed');
    if (fresh.length === 0) return;
    this.statements.raiseGeneration.run();
    for (const { kind, id } of fresh) {
      this.statements.remove.run(kind, id);
      this.statements.entomb.run(kind, id);
    }
  }

  /** Refuses a fencing token older than the highest seen: its holder has lost the lease (decision 12). */
  requireFence(fence: number): void {
    if (!Number.isSafeInteger(fence) || fence < 0) throw new TypeError('a fencing token is a whole number');
    const seen = this.statements.fence.get() as number;
    if (fence < seen) throw new StaleFence(fence, seen);
    if (fence > seen) this.statements.raiseFence.run(fence);
  }

  /** Records that a reader has seen `generation`; forgets those silent for a day. */
  report(reader: string, process: string, generation: number, now: number): void {
    this.statements.report.run(reader, process, generation, now);
    this.statements.forgetSilent.run(now - FORGET_READERS_MS);
  }

  forgetReader(reader: string): void {
    this.statements.forgetReader.run(reader);
  }

  /** Whether a reader that was alive since `since` (real time, ms) has not seen `generation` yet. */
  anyReaderBehind(generation: number, since: number): boolean {
    return this.read(() => this.statements.behind.get(generation, since) !== undefined);
  }

  /**
   * Moves the write-ahead log into the database and cuts it to zero length. A reader in another process can be in
   * the way for an instant: retried, at last `VaultUnavailable`. The destruction is then committed but not certified;
   * repeating it truncates again.
   */
  async truncateJournal(): Promise<void> {
    this.requireOpen();
    await persist(this.patienceMs, 'be cleared of its journal', () =>
      withoutWaiting(this.db, () => {
        const [result] = this.db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
        return result?.busy === 0;
      }),
    );
  }

  /** Reads the keys back through a connection of its own, whose cache cannot know them. Throws when one is there. */
  readBackGone(keys: readonly StoreKey[]): void {
    guard(() => {
      const fresh = new Database(this.db.name, { readonly: true, timeout: READ_PATIENCE_MS });
      try {
        const row = fresh.prepare('SELECT 1 FROM keys WHERE kind = ? AND id = ?');
        const left = keys.find(({ kind, id }) => row.get(kind, id) !== undefined);
        if (left) throw new VaultUnavailable(`key ${keyName(left)} is still there after its destruction`);
      } finally {
        fresh.close();
      }
    });
  }

  get isOpen(): boolean {
    return this.db.open;
  }

  close(): void {
    this.db.close();
  }

  private read<T>(work: () => T): T {
    this.requireOpen();
    return guard(work);
  }

  private requireOpen(): void {
    if (!this.db.open) throw new VaultUnavailable('the vault is closed');
  }
}

/** Sets what destruction and durability rest on, and reads it back. False while another process has the file locked. */
function configure(db: Database.Database): boolean {
  const wanted = [
    // Overwrites deleted content with zeros; FAST (2) would leave it on free pages.
    ['secure_delete', 'ON', 1],
    ['journal_mode', 'WAL', 'wal'],
    // The library's build default for WAL commits without any fsync.
    ['synchronous', 'FULL', 2],
    // No statement journals with key rows in temporary files.
    ['temp_store', 'MEMORY', 2],
  ] as const;
  for (const [pragma, value, effect] of wanted) {
    db.pragma(`${pragma} = ${value}`);
    if (db.pragma(pragma, { simple: true }) !== effect) {
      throw new VaultUnavailable(`the key store refuses ${pragma}=${value}`);
    }
  }
  return true;
}

/**
 * BEGIN IMMEDIATE, `work`, COMMIT in one turn of the event loop: with an `await` in between, other work of this
 * process would run inside the transaction. A crash before the commit leaves nothing; after it, everything.
 */
async function locked<T>(db: Database.Database, patienceMs: number, work: () => T): Promise<T> {
  const results: T[] = [];
  await persist(patienceMs, 'be locked', () => {
    if (!db.open) throw new VaultUnavailable('the vault is closed');
    withoutWaiting(db, () => db.exec('BEGIN IMMEDIATE'));
    results.push(guard(() => commit(db, work)));
    return true;
  });
  return results[0] as T;
}

function commit<T>(db: Database.Database, work: () => T): T {
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The library's own waiting blocks the thread and backs off too far (decision 5): off, and retried each ms. */
function withoutWaiting<T>(db: Database.Database, work: () => T): T {
  db.pragma('busy_timeout = 0');
  try {
    return work();
  } finally {
    db.pragma(`busy_timeout = ${READ_PATIENCE_MS}`);
  }
}

/** Repeats `attempt` every millisecond while it is false or the database busy; at last `VaultUnavailable`. */
async function persist(patienceMs: number, what: string, attempt: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    let cause: unknown;
    try {
      if (attempt()) return;
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY')) throw unavailable(error);
      cause = error;
    }
    if (performance.now() >= end) throw new VaultUnavailable(`the key store could not ${what}`, { cause });
    await pause(1);
  }
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unavailable(error);
  }
}

/** Errors of the database or the file system become `VaultUnavailable`; our own pass. */
function unavailable(error: unknown): unknown {
  const code = codeOf(error);
  const foreign = code.startsWith('SQLITE_') || /^E[A-Z0-9]+$/.test(code);
  return foreign ? new VaultUnavailable(`the key store failed (${code})`, { cause: error }) : error;
}

/** Native errors fail `instanceof Error` across realms: only the code tells. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

function prepare(db: Database.Database) {
  return {
    generation: db.prepare('SELECT generation FROM state').pluck(),
    state: db.prepare('SELECT generation, epoch, epoch_generation AS epochGeneration FROM state'),
    fence: db.prepare('SELECT fence FROM state').pluck(),
    raiseFence: db.prepare('UPDATE state SET fence = ?'),
    raiseGeneration: db.prepare('UPDATE state SET generation = generation + 1'),
    beginEpoch: db.prepare('UPDATE state SET epoch = ?, epoch_generation = generation'),
    find: db.prepare('SELECT epoch, wrap FROM keys WHERE kind = ? AND id = ?'),
    findTombstone: db.prepare('SELECT 1 FROM tombstones WHERE kind = ? AND id = ?'),
    living: db.prepare('SELECT id FROM keys WHERE kind = ? ORDER BY id').pluck(),
    survivors: db.prepare('SELECT kind, id, epoch, wrap FROM keys'),
    epochsInUse: db.prepare('SELECT DISTINCT epoch FROM keys ORDER BY epoch').pluck(),
    insert: db.prepare('INSERT INTO keys (kind, id, epoch, wrap) VALUES (?, ?, ?, ?)'),
    rewrap: db.prepare('UPDATE keys SET epoch = ?, wrap = ? WHERE kind = ? AND id = ?'),
    remove: db.prepare('DELETE FROM keys WHERE kind = ? AND id = ?'),
    entomb: db.prepare('INSERT INTO tombstones (kind, id, generation) SELECT ?, ?, generation FROM state'),
    report: db.prepare(
      `INSERT INTO readers (reader, process, generation, seen_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (reader) DO UPDATE SET generation = excluded.generation, seen_at = excluded.seen_at`,
    ),
    forgetReader: db.prepare('DELETE FROM readers WHERE reader = ?'),
    forgetSilent: db.prepare('DELETE FROM readers WHERE seen_at < ?'),
    behind: db.prepare('SELECT 1 FROM readers WHERE generation < ? AND seen_at >= ? LIMIT 1'),
  };
}
