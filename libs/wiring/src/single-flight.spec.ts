import { beforeEach, describe, expect, it } from '@jest/globals';
import { SingleFlight } from './single-flight.js';

describe('a task that ticks', () => {
  let runs: number;
  let said: unknown[];
  let outcomes: string[];
  /** Ends the run under way, with what it is to throw. */
  let end: (error?: Error) => void;
  let task: SingleFlight;

  beforeEach(() => {
    runs = 0;
    said = [];
    outcomes = [];
    const work = (): Promise<void> => {
      runs += 1;
      return new Promise((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
      });
    };
    const log = { error: (message: unknown): void => void said.push(message) };
    task = new SingleFlight('log', work, log, {
      failed: (name) => void outcomes.push(`${name} failed`),
      succeeded: (name) => void outcomes.push(`${name} succeeded`),
    });
  });

  /** Runs it once, to this end. */
  const once = async (error?: Error): Promise<void> => {
    const run = task.run();
    end(error);
    await run;
  };
  const broken = (code: string): Error => Object.assign(new Error('a name that nobody may read'), { code });

  it('never runs twice at once; asked for meanwhile, however often, it runs once more', async () => {
    const first = task.run();
    const asked = [task.run(), task.run(), task.run()];
    expect(runs).toBe(1);
    end();
    await new Promise(setImmediate);
    expect(runs).toBe(2);
    end();
    await Promise.all([first, ...asked]);
    expect([runs, outcomes]).toEqual([2, ['log succeeded', 'log succeeded']]);
  });

  it('runs again after a failure, and says the failure when it begins, by name and code only', async () => {
    for (const code of ['EIO', 'EIO', 'ENOSPC']) await once(broken(code));
    expect(said).toEqual([
      { task: 'log', error: 'Error', code: 'EIO' },
      { task: 'log', error: 'Error', code: 'ENOSPC' },
    ]);
    await once();
    await once(broken('ENOSPC'));
    expect(said).toHaveLength(3);
    expect(outcomes).toEqual([...Array(3).fill('log failed'), 'log succeeded', 'log failed']);
  });

  it('is let to its end by a stop, and does not run after it', async () => {
    const run = task.run();
    void task.run();
    const stopped = task.stop();
    end();
    await Promise.all([run, stopped]);
    await task.run();
    expect(runs).toBe(1);
  });
});
