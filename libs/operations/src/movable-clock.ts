import type { Clock } from './port.js';

/** A clock for tests: it stands still until it is told to move. */
export interface MovableClock extends Clock {
  /** Lets `ms` milliseconds pass: business, real and monotonic time move together. */
  advance(ms: number): void;
  /** Moves business time alone, as a demo's offset does: forward only. */
  skewBusiness(ms: number): void;
  /** Sets real time alone, back or forth, as a wrong or corrected machine clock does; monotonic time stands still. */
  stepReal(ms: number): void;
  /** Starts the machine anew: another boot id, monotonic time from 0. */
  reboot(): void;
}

/** A movable clock that shows `start` (UTC ISO 8601), an hour after its machine's boot. */
export function movableClock(start: string): MovableClock {
  let real = Date.parse(start);
  if (Number.isNaN(real)) throw new RangeError('not an instant');
  let skew = 0;
  let boot = 1;
  let sinceBoot = 3_600_000;
  const forward = (ms: number): number => {
    if (!(ms >= 0)) throw new RangeError('time only moves forward');
    return ms;
  };
  return {
    now: () => new Date(real + skew).toISOString(),
    realNow: () => real,
    monotonic: () => ({ bootId: `boot-${boot}`, ms: sinceBoot }),
    advance(ms) {
      real += forward(ms);
      sinceBoot += ms;
    },
    skewBusiness(ms) {
      skew += forward(ms);
    },
    stepReal(ms) {
      real += ms;
    },
    reboot() {
      boot += 1;
      sinceBoot = 0;
    },
  };
}
