import { jest } from '@jest/globals';

/**
 * Real time that a story moves forward: leases, backoff, bounds and the ids of events follow it, in every process that
 * runs inside this one; the timers that tick do not. Take it before anything starts, and give it back at the end.
 */
export class RealTime {
  private passed = 0;
  private readonly spy: ReturnType<typeof jest.spyOn>;

  private constructor() {
    const now = Date.now.bind(Date);
    this.spy = jest.spyOn(Date, 'now').mockImplementation(() => now() + this.passed);
  }

  static take(): RealTime {
    return new RealTime();
  }

  /** Lets `ms` pass at once. */
  pass(ms: number): void {
    this.passed += ms;
  }

  giveBack(): void {
    this.spy.mockRestore();
  }
}
