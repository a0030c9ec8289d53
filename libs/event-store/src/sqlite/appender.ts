import type { Database, Statement } from 'better-sqlite3';
import type { AppendReply, AppendRequest } from './protocol.js';
import type { SchemaGuard } from './schema-guard.js';
import type { AppendSeal, leafHashOf } from './seal.js';

// Loaded by the writer thread by URL (see writer.ts): type imports only, erasable syntax only.

/** The cryptography that the thread hands in. */
export interface Sealing {
  readonly seal: AppendSeal;
  readonly leafHashOf: typeof leafHashOf;
}

interface KnownEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly entry: string;
  readonly leaf_hash: string;
  readonly mac: string;
}

/** An append with the leaf hashes of its events. */
interface HashedRequest {
  readonly request: AppendRequest;
  readonly leafHashes: readonly string[];
}

/** Where the events begin in an AppendRequest, and how many strings each takes. */
const FIRST_EVENT = 3;
const STRINGS_PER_EVENT = 3;
/** How many strings an event takes in the reply to a resend: position, leaf hash, MAC. */
const STRINGS_PER_RECEIPT = 3;

/**
 * Judges and writes batches of appends, each batch one transaction. Every request is judged alone, by what the
 * database says inside `BEGIN IMMEDIATE`: nothing is remembered from one batch to the next, so any number of
 * processes may write to the file.
 */
export class Appender {
  private readonly begin: Statement;
  private readonly commit: Statement;
  private readonly lastPosition: Statement<[], number | null>;
  private readonly head: Statement<[string], number>;
  private readonly isKnown: Statement<[string], number>;
  private readonly known: Statement<[string], KnownEvent>;
  private readonly insert: Statement;
  private readonly db: Database;
  private readonly sealing: Sealing;
  private readonly schema: Pick<SchemaGuard, 'assertSound'>;
  private readonly untilFree: (step: () => void) => void;

  /** `untilFree` runs a step, and again for as long as another process holds the lock. */
  constructor(
    db: Database,
    sealing: Sealing,
    schema: Pick<SchemaGuard, 'assertSound'>,
    untilFree: (step: () => void) => void,
  ) {
    this.db = db;
    this.sealing = sealing;
    this.schema = schema;
    this.untilFree = untilFree;
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.lastPosition = db.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
    this.head = db
      .prepare<[string], number>(
        'SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1',
      )
      .pluck();
    this.isKnown = db.prepare<[string], number>('SELECT 1 FROM events WHERE id = ?').pluck();
    this.known = db.prepare<[string], KnownEvent>(
      'SELECT position, stream, revision, type, entry, leaf_hash, mac FROM events WHERE id = ?',
    );
    this.insert = db.prepare(
      'INSERT OR FAIL INTO events (position, stream, revision, id, type, entry, leaf_hash, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /**
   * Writes what can be written and makes it durable; returns one reply per request, in order. When it throws,
   * nothing of the batch may be reported as written: whether it is on disk is unknown (a crash between COMMIT and
   * the replies looks the same to the callers, and both are resolved by resending the same ids and bytes). Throws, too,
   * when the schema is not ours any more: nothing is reported as written that a trigger may have dropped.
   */
  append(requests: readonly AppendRequest[]): readonly AppendReply[] {
    // Entries are hashed before the lock is taken. Their MACs cover the position, which nobody knows before that.
    const hashed = requests.map((request) => this.hashed(request));
    this.untilFree(() => this.begin.run());
    try {
      this.schema.assertSound();
      let position = this.lastPosition.get() ?? 0;
      const replies = hashed.map((one) => {
        const reply = this.judge(one, position + 1);
        if (reply[1] === 'appended') position += one.leafHashes.length;
        return reply;
      });
      this.untilFree(() => this.commit.run());
      return replies;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  private hashed(request: AppendRequest): HashedRequest {
    const leafHashes: string[] = [];
    for (let at = FIRST_EVENT; at < request.length; at += STRINGS_PER_EVENT) {
      leafHashes.push(this.sealing.leafHashOf(request[at + 2] as string));
    }
    return { request, leafHashes };
  }

  /**
   * The schema itself refuses an event whose id is known or which is not the next of its stream, so the usual case
   * is one insert and no question. A refused request has written nothing and cannot harm the others in its batch:
   * only the first event can meet a wrong revision, and the ids of the others are looked up beforehand.
   */
  private judge(hashed: HashedRequest, position: number): AppendReply {
    const { request, leafHashes } = hashed;
    const seals: string[] = [];
    for (let at = FIRST_EVENT + STRINGS_PER_EVENT; at < request.length; at += STRINGS_PER_EVENT) {
      if (this.isKnown.get(request[at] as string)) return this.explain(hashed, null);
    }
    try {
      this.write(hashed, position, 0, seals);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.explain(hashed, error);
    }
    for (let index = 1; index < leafHashes.length; index += 1) {
      this.write(hashed, position + index, index, seals);
    }
    return [request[0], 'appended', position, ...seals];
  }

  /** Inserts one event of a request and adds its leaf hash and MAC to `seals`, as the reply carries them. */
  private write(
    { request, leafHashes }: HashedRequest,
    position: number,
    index: number,
    seals: string[],
  ): void {
    const at = FIRST_EVENT + index * STRINGS_PER_EVENT;
    const [id, type, entry] = [request[at] as string, request[at + 1] as string, request[at + 2] as string];
    const [stream, revision, leafHash] = [request[1], request[2] + 1 + index, leafHashes[index] as string];
    const mac = this.sealing.seal.mac(leafHash, { position, stream, revision, id, type });
    const { changes } = this.insert.run(position, stream, revision, id, type, entry, leafHash, mac);
    if (changes !== 1) {
      const dropped = new Error('the event store dropped an event instead of writing it');
      throw Object.assign(dropped, { code: 'event-dropped' });
    }
    seals.push(leafHash, mac);
  }

  /**
   * The events cannot be inserted; why? A resend (every event there, same bytes, same place) is answered with the
   * receipts of the first time; an id used for something else is `duplicate-event-id`; a part of the append standing
   * at its place, without the rest, means that the stream has grown differently: `revision-conflict`.
   */
  private explain({ request, leafHashes }: HashedRequest, refusal: unknown): AppendReply {
    const [seq, stream, expected] = request;
    const found: string[] = [];
    for (const [index, leafHash] of leafHashes.entries()) {
      const at = FIRST_EVENT + index * STRINGS_PER_EVENT;
      const [id, type, entry] = [request[at] as string, request[at + 1], request[at + 2]];
      const known = this.known.get(id);
      if (!known) continue;
      const samePlace = known.stream === stream && known.revision === expected + 1 + index;
      if (!samePlace || known.type !== type || known.entry !== entry) return [seq, 'duplicate-event-id', id];
      const mac = this.sealing.seal.mac(leafHash, { ...known, id });
      if (known.leaf_hash !== leafHash || known.mac !== mac) {
        return [seq, 'forged-event', known.revision, known.position];
      }
      found.push(String(known.position), leafHash, mac);
    }
    if (found.length === STRINGS_PER_RECEIPT * leafHashes.length) return [seq, 'resent', ...found];
    const actual = this.head.get(stream) ?? -1;
    // Refused for no reason that a caller could mend: the file is not what we think it is, and the store must stop.
    if (found.length === 0 && actual === expected) throw refusal;
    return [seq, 'revision-conflict', actual];
  }

  private abandon(): void {
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    } catch {
      // The first error is the one that counts; the thread ends, and recovery at the next open drops the rest.
    }
  }
}

/** Whether the schema refused a row, as against the file or the disk failing. */
const isRefusal = (error: unknown): boolean =>
  ((error as { code?: string } | null)?.code ?? '').startsWith('SQLITE_CONSTRAINT');
