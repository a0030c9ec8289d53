import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { type Configuration, ConfigurationFaults, readConfiguration } from './configuration.js';
import { logLateMs } from './log-settings.js';

const MINUTE_MS = 60_000;
const configured = (changes: Readonly<Record<string, string>> = {}): Configuration =>
  readConfiguration({ KIROKU_DATA: join(tmpdir(), 'kiroku-log-settings'), ...changes }, 'cli');

describe('the age at which the log is late', () => {
  it('is a third of that which stops the inquiries, unless somebody says otherwise', () => {
    expect(logLateMs(configured())).toBe(5 * MINUTE_MS);
    expect(logLateMs(configured({ KIROKU_UNSEQUENCED_MINUTES: '1' }))).toBe(20_000);
    expect(logLateMs(configured({ KIROKU_LOG_LATE_MINUTES: '14' }))).toBe(14 * MINUTE_MS);
  });

  it.each(['15', '16'])('is less than that: not %s minutes of 15', (late) => {
    const read = (): Configuration => configured({ KIROKU_LOG_LATE_MINUTES: late });
    expect(read).toThrow(ConfigurationFaults);
    expect(read).toThrow(
      /KIROKU_LOG_LATE_MINUTES は .*より短く[^]*must be less than KIROKU_UNSEQUENCED_MINUTES/,
    );
  });
});
