import type { FaultKind } from '#domain';
import type { Clock } from '#operations';

/** Codes of the rooms' own errors, and of the file system's, by what they are a sign of. */
const faultsOfCodes: Readonly<Record<string, FaultKind>> = {
  'forged-event': 'forged-event',
  'events-missing': 'events-missing',
  'follower-diverged': 'follower-diverged',
  'log-rolled-back': 'log-not-verifying',
  'log-inconsistent': 'log-not-verifying',
  'entry-refused': 'log-not-verifying',
  'malformed-note': 'log-not-verifying',
  'log-not-verifying': 'log-not-verifying',
  'log-forked': 'log-forked',
  'vault-unavailable': 'key-trouble',
  'key-gone': 'key-trouble',
  'seal-broken': 'key-trouble',
  'box-broken': 'key-trouble',
  'store-failed': 'store-failed',
  ENOSPC: 'store-failed',
  EDQUOT: 'store-failed',
  EFBIG: 'store-failed',
  EROFS: 'store-failed',
  EIO: 'store-failed',
};

/** SQLite's own words for a file that cannot be used; a busy one can, a moment later. */
const BROKEN_FILE = /^SQLITE_(?:FULL|IOERR|CORRUPT|CANTOPEN|NOTADB|READONLY)/;

interface Coded {
  readonly code?: unknown;
  readonly cause?: unknown;
}

/**
 * What an error is a sign of; `duty-failing` where it says nothing. By its code, and its causes' where it has none
 * that is known: the rooms' classes stay in their rooms, and one that was rewrapped still counts.
 */
export function faultOfError(error: unknown): FaultKind {
  // A chain of causes is short; one that bites its own tail must end here all the same.
  let link = error as Coded | null | undefined;
  for (let depth = 0; depth < 8 && typeof link === 'object' && link !== null; depth += 1) {
    const { code, cause } = link;
    if (typeof code === 'string') {
      const known = Object.hasOwn(faultsOfCodes, code) ? faultsOfCodes[code] : undefined;
      if (known) return known;
      if (BROKEN_FILE.test(code)) return 'store-failed';
    }
    link = cause as Coded | null | undefined;
  }
  return 'duty-failing';
}

/** Followers whose own place is in question, and not the events: they are built or begun again. */
const beginsAnew: ReadonlySet<unknown> = new Set(['read-models', 'siem-feed']);

/**
 * Whether an error says that the events on this disk are not those that were acknowledged: whatever is recorded now may
 * be gone once the right ones are back, contacts included.
 */
export function isOfAnotherHistory(error: unknown): boolean {
  const { code, follower } = (error ?? {}) as { code?: unknown; follower?: unknown };
  return code === 'events-missing' || (code === 'follower-diverged' && !beginsAnew.has(follower));
}

/** These prove something the first time; anything else may be a moment's weakness. */
const provenAtOnce: ReadonlySet<FaultKind> = new Set([
  'forged-event',
  'events-missing',
  'follower-diverged',
  'log-not-verifying',
  'log-forked',
]);
/** What else fails is a fault when it failed so often in a row, and for so long: milliseconds of real time. */
const TIMES = 3;
const LASTING_MS = 5_000;

interface Trouble {
  readonly kind: FaultKind;
  readonly ofAnotherHistory: boolean;
  /** How often in a row, and since when (real time): in this way, and in any. */
  readonly thus: Row;
  readonly anyhow: Row;
}

interface Row {
  readonly times: number;
  readonly since: number;
}

/**
 * What the tasks of this process run into, told by them after every run. A trouble lasts until its task has run
 * without it; nothing of it outlives the process: the next one finds out for itself.
 */
export class Troubles {
  private readonly failing = new Map<string, Trouble>();

  constructor(
    private readonly clock: Pick<Clock, 'realNow'>,
    /** What a task's failing means where its error says nothing. */
    private readonly meanings: Readonly<Partial<Record<string, FaultKind>>> = {},
  ) {}

  /** Returns whether this is what makes it a fault: `stands` says so from now on. */
  failed(task: string, error: unknown): boolean {
    const told = faultOfError(error);
    const kind = told === 'duty-failing' ? (this.meanings[task] ?? told) : told;
    const before = this.failing.get(task);
    const stood = this.stands(kind);
    this.failing.set(task, {
      kind,
      ofAnotherHistory: isOfAnotherHistory(error),
      thus: this.oneMore(before?.kind === kind ? before.thus : undefined),
      anyhow: this.oneMore(before?.anyhow),
    });
    return !stood && this.stands(kind);
  }

  succeeded(task: string): void {
    this.failing.delete(task);
  }

  /** Whether some task shows this fault. */
  stands(kind: FaultKind): boolean {
    return [...this.failing.values()].some((trouble) => this.shown(trouble) === kind);
  }

  /** Whether this task fails, by itself and not for a moment. */
  isFailing(task: string): boolean {
    const trouble = this.failing.get(task);
    return trouble !== undefined && this.shown(trouble) !== null;
  }

  /** Whether the events on this disk are known to be of another history: see `isOfAnotherHistory`. */
  ofAnotherHistory(): boolean {
    return [...this.failing.values()].some(({ ofAnotherHistory }) => ofAnotherHistory);
  }

  /** The fault that a trouble is by now. One that fails in this way and that, and never does its work, fails at its duty. */
  private shown({ kind, thus, anyhow }: Trouble): FaultKind | null {
    if (provenAtOnce.has(kind) || this.isLasting(thus)) return kind;
    return this.isLasting(anyhow) ? 'duty-failing' : null;
  }

  private oneMore(row: Row = { times: 0, since: this.clock.realNow() }): Row {
    return { ...row, times: row.times + 1 };
  }

  /** Also where the clock was put back meanwhile: that it lasts is no less true. */
  private isLasting({ times, since }: Row): boolean {
    return times >= TIMES && Math.abs(this.clock.realNow() - since) >= LASTING_MS;
  }
}
