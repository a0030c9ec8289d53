import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventsAudit, StoreFailed } from '#event-store';
import type { Hash, Verification } from '#ledger';
import { type CheckFault, EVENTS } from './event-faults.js';
import { type ComparedEvents, EventsAgainstLog, PAGE, Rest } from './events-against-log.js';

/** What the check of the log tells while it reads. */
export interface LogHooks {
  readonly onProgress: (entries: number, size: number) => void;
  readonly onLeaves: (start: number, leaves: readonly (Hash | null)[]) => Promise<void>;
}

export interface FullCheckParts {
  /** Opens the events table. Throws `StoreFailed` when it cannot be read at all. */
  readonly openEvents: () => EventsAudit;
  /** Checks the log, and tells its leaves in order. */
  readonly verifyLog: (hooks: LogHooks) => Promise<Verification>;
  /** Real time in milliseconds. */
  readonly realNow: () => number;
  /** How long an event may wait for the log, in milliseconds of real time; Infinity where another watches that. */
  readonly unsequencedMs: number;
}

/** The result of a full check of an installation; plain data, fit for JSON. */
export interface FullVerification extends Omit<Verification, 'faults'> {
  /** Rows of the events table that were read. */
  readonly events: number;
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
 * Damage never rejects: it gives faults. Rejects with what `verifyLog`, `onProgress` or `openEvents` throw otherwise.
 */
export async function checkInFull(
  { openEvents, verifyLog, realNow, unsequencedMs }: FullCheckParts,
  onProgress: (entries: number, size: number) => void = () => undefined,
): Promise<FullVerification> {
  const asOf = realNow();
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
    const faults = [...log.faults, ...found.faults];
    return {
      ...log,
      ok: faults.length === 0,
      faults,
      events: found.events,
      unsequenced: log.size === null ? null : found.unsequenced,
      stopped: log.stopped || found.stopped,
    };
  } finally {
    table?.close();
  }
}

const unreadable: ComparedEvents = {
  events: 0,
  unsequenced: 0,
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
  { size, entries, stopped }: Verification,
  asOf: number,
  unsequencedMs: number,
  onProgress: (entries: number, size: number) => void,
): Promise<ComparedEvents> {
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
  return compared.conclude(behind, size === null || stopped ? Infinity : unsequencedMs);
}
