import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventsAudit, StoreFailed } from '#event-store';
import type { Hash, InstalledVerification, Verification } from '#ledger';
import { type CheckFault, EVENTS, type LogGone } from './event-faults.js';
import { type ComparedEvents, EventsAgainstLog, PAGE, Rest } from './events-against-log.js';

/** What the check of the log tells while it reads. */
export interface LogHooks {
  readonly onProgress: (entries: number, size: number) => void;
  readonly onLeaves: (start: number, leaves: readonly (Hash | null)[]) => Promise<void>;
}

/** A place apart from log and events that shows that there was a log; `marks-unreadable`: it might, and says nothing. */
export type LogRemembered = Pick<LogGone, 'kind' | 'path'>;

export interface FullCheckParts {
  /** Opens the events table. Throws `StoreFailed` when it cannot be read at all. */
  readonly openEvents: () => EventsAudit;
  /** Checks the log, and tells its leaves in order. */
  readonly verifyLog: (hooks: LogHooks) => Promise<InstalledVerification>;
  /**
   * What else remembers that there was a log, or would and cannot be read. Asked before the log is looked at, which exists
   * from then on; of no account where there is one. Never throws: it must not put the check off.
   */
  readonly logRemembered: () => readonly LogRemembered[];
  /** Real time in milliseconds. */
  readonly realNow: () => number;
  /** How long an event may wait for the log, in milliseconds of real time; Infinity where another watches that. */
  readonly unsequencedMs: number;
}

/** The result of a full check of an installation; plain data, fit for JSON. */
export interface FullVerification extends Omit<Verification, 'faults'> {
  /** Rows of the events table that were read. */
  readonly events: number;
  /**
   * False where there is no log yet: no worker has run, and nothing shows that there ever was one. The rows may hold all the
   * same; that none was taken out at the end or replaced by whoever has the keys, nothing proves.
   */
  readonly begun: boolean;
  /** Events that are not in the log yet; null where the log's end is not known. */
  readonly unsequenced: number | null;
  /** Of the log first, each in the order found; none is left out but those after 10,000 of either (`stopped`). */
  readonly faults: readonly CheckFault[];
}

/**
 * The full check of an installation: the log as `verifyLog` has it and, leaf by leaf beside it, every row of the events
 * table: its place in the order and in its stream, its MAC, its leaf hash and its entry; then the table's indexes, whole
 * and in order, and its schema. Reads on after a fault. Some ten
 * milliseconds at a time, so that others of the process go on; reads only.
 *
 * A log that nobody has begun is no fault, as long as no event has waited for it too long. It is one where a log is
 * remembered: by a key of one among the events, or as `logRemembered` says.
 *
 * Damage never rejects: it gives faults. Rejects with what `verifyLog`, `onProgress` or `openEvents` throw otherwise.
 */
export async function checkInFull(
  { openEvents, verifyLog, logRemembered, realNow, unsequencedMs }: FullCheckParts,
  onProgress: (entries: number, size: number) => void = () => undefined,
): Promise<FullVerification> {
  const asOf = realNow();
  const remembered = logRemembered();
  const table = openOrNull(openEvents);
  try {
    const compared = table && new EventsAgainstLog(table);
    const log = await verifyLog({
      onProgress,
      onLeaves: async (start, leaves) => {
        for (let at = 0; at < leaves.length; at += PAGE) {
          compared?.compare(start + at, leaves.slice(at, at + PAGE));
          await nextTurn();
        }
      },
    });
    const found = compared ? await compareRest(compared, log, asOf, unsequencedMs, onProgress) : unreadable;
    const gone = log.begun ? [] : [...found.gone, ...remembered.map(goneFrom)];
    const faults = [...log.faults, ...gone, ...found.faults];
    return {
      ...log,
      begun: log.begun || gone.length > 0,
      ok: faults.length === 0,
      faults,
      events: found.events,
      unsequenced: endOf(log) === null ? null : found.unsequenced,
      stopped: log.stopped || found.stopped,
    };
  } finally {
    table?.close();
  }
}

/** The size of the log, which is 0 before it is begun; null where it is not known. */
const endOf = ({ begun, size }: InstalledVerification): number | null => (begun ? size : 0);

const goneFrom = ({ kind, path }: LogRemembered): LogGone => ({ kind, path, message: ofMemory[kind] });

const ofMemory: Readonly<Record<LogRemembered['kind'], string>> = {
  'log-gone': 'there is no log, and here one is remembered: it was taken away',
  'marks-unreadable': 'there is no log, and what would remember one cannot be read',
};

/** What stands behind the log's end, and whether a log is remembered there. */
interface ComparedRest extends ComparedEvents {
  readonly gone: readonly LogGone[];
}

const unreadable: ComparedRest = {
  events: 0,
  unsequenced: 0,
  gone: [],
  faults: [{ kind: 'events-unreadable', path: EVENTS, message: 'the events table cannot be opened' }],
  stopped: false,
};

function openOrNull(open: () => EventsAudit): EventsAudit | null {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreFailed) return null;
    throw error;
  }
}

async function compareRest(
  compared: EventsAgainstLog,
  log: InstalledVerification,
  asOf: number,
  unsequencedMs: number,
  onProgress: (entries: number, size: number) => void,
): Promise<ComparedRest> {
  const { entries, stopped } = log;
  const size = endOf(log);
  const behind = new Rest(size ?? 0, asOf);
  while (compared.compareRest(behind)) {
    onProgress(entries, size ?? 0);
    await nextTurn();
  }
  for (const _pause of compared.compareIndexes()) {
    onProgress(entries, size ?? 0);
    await nextTurn();
  }
  // Without an end of the log nothing is known to be late.
  const late = size === null || stopped ? Infinity : unsequencedMs;
  const gone = behind.gone();
  return { ...compared.conclude(behind, late), gone: gone ? [gone] : [] };
}
