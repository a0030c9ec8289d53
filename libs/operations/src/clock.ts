import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { bootId, monotonicMs } from './monotonic.js';
import type { Clock } from './port.js';

/** How long an offset that was read may be believed, in milliseconds of real time. */
const BELIEVED_FOR_MS = 50;

export interface BusinessClockOptions {
  /** Small JSON file, `{"offsetMs": 86400000}`; shared by every process of the deployment. Absent means 0. */
  readonly offsetFile: string;
  /** Demo and tests only. Without it the clock cannot be moved, and a file that says otherwise stops the start. */
  readonly mayAdvance: boolean;
  /** Real time in milliseconds since the epoch; `Date.now` unless a test says otherwise. */
  readonly realNow?: () => number;
}

export interface BusinessClock extends Clock {
  /**
   * Moves business time forward by `ms` (a whole number, 0 or more), for every process that shares the file.
   * Durable when it returns. Throws `ClockRefused` unless the clock may be advanced.
   *
   * Meant for one mover at a time (a demo's button, a test): of two moves at the same instant the shorter may
   * be lost. Time never goes back, whoever moves it.
   */
  advance(ms: number): void;
}

/** The clock cannot be opened or moved in this way. */
export class ClockRefused extends Error {
  readonly code = 'clock-refused';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ClockRefused';
  }
}

/** The offset in `file`, 0 when there is none. Throws `ClockRefused` when the file says anything else. */
function readOffset(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw new ClockRefused(`the offset file ${file} cannot be read`, { cause: error });
  }
  try {
    const { offsetMs } = JSON.parse(text) as { offsetMs?: unknown };
    if (Number.isSafeInteger(offsetMs) && (offsetMs as number) >= 0) return offsetMs as number;
  } catch {
    // Falls through: text that is not JSON is as damaged as JSON without an offset.
  }
  throw new ClockRefused(`the offset file ${file} holds no offset; expected {"offsetMs": <whole number>}`);
}

/**
 * Writes beside the file, then renames. A crash before the rename leaves the old offset and a stray `.next`
 * file that the next write replaces; after it, the new offset: a reader never sees half a number.
 */
function writeOffset(file: string, offsetMs: number): void {
  const next = `${file}.${process.pid}.next`;
  const descriptor = openSync(next, 'w', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify({ offsetMs })}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(next, file);
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** The offset to begin with; refuses one that nobody may have set here. */
function offsetAtStart(offsetFile: string, mayAdvance: boolean): number {
  const offset = readOffset(offsetFile);
  if (offset === 0 || mayAdvance) return offset;
  throw new ClockRefused(
    `${offsetFile} により業務時刻が ${offset} ミリ秒進んでいます。デモとテストでのみ許されます。\n` +
      `${offsetFile} moves business time ${offset} ms ahead, which only a demo or a test may do: ` +
      'use a fresh data directory; for data of the demo set KIROKU_MOVABLE_CLOCK=yes',
  );
}

/**
 * Opens the two clocks of decision 22: business time = real time + an offset that only grows.
 *
 * With `mayAdvance` the file is read again at most every 50 ms of real time, so a move by another process is
 * seen soon. A smaller offset than one already seen (a file put back, or lost) is ignored: what was due stays
 * due. Without `mayAdvance` the file is read once, at the start, and must say 0: a production database that once
 * ran ahead must not be served as if nothing had happened. Throws `ClockRefused` in that case and for a damaged file.
 */
export function openBusinessClock({
  offsetFile,
  mayAdvance,
  realNow = Date.now,
}: BusinessClockOptions): BusinessClock {
  let offset = offsetAtStart(offsetFile, mayAdvance);
  let readAt = realNow();

  const refresh = (): void => {
    const since = realNow() - readAt;
    // A negative age means that somebody set the machine's clock back: read again rather than wait for it.
    if (!mayAdvance || (since >= 0 && since < BELIEVED_FOR_MS)) return;
    readAt = realNow();
    try {
      offset = Math.max(offset, readOffset(offsetFile));
    } catch {
      // Damaged while running: the largest offset seen still holds. The next start refuses the file aloud.
    }
  };

  return {
    now() {
      refresh();
      return new Date(realNow() + offset).toISOString();
    },
    realNow,
    monotonic: () => ({ bootId: bootId(), ms: monotonicMs() }),
    advance(ms) {
      if (!mayAdvance) throw new ClockRefused('only a demo or a test may move business time');
      if (!Number.isSafeInteger(ms) || ms < 0) throw new ClockRefused('business time only moves forward');
      const moved = Math.max(offset, readOffset(offsetFile)) + ms;
      writeOffset(offsetFile, moved);
      offset = moved;
      readAt = realNow();
    },
  };
}
