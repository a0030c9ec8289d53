import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClockRefused, openBusinessClock } from './clock.js';

const START = Date.parse('2026-04-01T00:00:00.000Z');
const DAY = 86_400_000;

describe('the business clock', () => {
  let directory: string;
  let offsetFile: string;
  let real: number;
  const realNow = (): number => real;
  const open = (mayAdvance = true) => openBusinessClock({ offsetFile, mayAdvance, realNow });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-clock-'));
    offsetFile = join(directory, 'offset.json');
    real = START;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('shows real time while nobody has moved it', () => {
    const clock = open();
    expect(clock.now()).toBe('2026-04-01T00:00:00.000Z');
    expect(clock.realNow()).toBe(START);
    expect(existsSync(offsetFile)).toBe(false);
  });

  it('moves business time and leaves real time alone', () => {
    const clock = open();
    clock.advance(DAY);
    expect(clock.now()).toBe('2026-04-02T00:00:00.000Z');
    expect(clock.realNow()).toBe(START);
  });

  it('remembers the move after a restart, and leaves no other file behind', () => {
    open().advance(DAY);
    expect(open().now()).toBe('2026-04-02T00:00:00.000Z');
    expect(readdirSync(directory)).toEqual(['offset.json']);
  });

  it('adds moves up, those of another process included', () => {
    const [one, other] = [open(), open()];
    one.advance(DAY);
    other.advance(DAY);
    expect(other.now()).toBe('2026-04-03T00:00:00.000Z');
  });

  it('sees a move by another process after 50 ms of real time', () => {
    const [one, other] = [open(), open()];
    one.advance(DAY);
    real += 49;
    expect(other.now()).toBe('2026-04-01T00:00:00.049Z');
    real += 1;
    expect(other.now()).toBe('2026-04-02T00:00:00.050Z');
  });

  it('looks again at once when the machine clock was set back', () => {
    const [one, other] = [open(), open()];
    one.advance(DAY);
    real -= 3_600_000;
    expect(other.now()).toBe('2026-04-01T23:00:00.000Z');
  });

  it.each([
    ['a smaller offset', '{"offsetMs": 5}'],
    ['a damaged file', '{"offs'],
  ])('keeps the largest offset seen when it later finds %s', (_, text) => {
    const clock = open();
    clock.advance(DAY);
    writeFileSync(offsetFile, text);
    real += 1000;
    expect(clock.now()).toBe('2026-04-02T00:00:01.000Z');
  });

  it('keeps the largest offset seen when the file is gone, and writes it again at the next move', () => {
    const clock = open();
    clock.advance(DAY);
    rmSync(offsetFile);
    real += 1000;
    expect(clock.now()).toBe('2026-04-02T00:00:01.000Z');
    clock.advance(1);
    expect(JSON.parse(readFileSync(offsetFile, 'utf8'))).toEqual({ offsetMs: DAY + 1 });
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses to move by %d', (ms) => {
    expect(() => open().advance(ms)).toThrow(ClockRefused);
  });

  it.each(['', 'tomorrow', '{}', '{"offsetMs":-1}', '{"offsetMs":"1"}', 'null'])(
    'refuses to open on a file that says %j',
    (text) => {
      writeFileSync(offsetFile, text);
      expect(() => open()).toThrow(ClockRefused);
    },
  );

  describe('in production', () => {
    it('opens where nobody ever moved time', () => {
      expect(open(false).now()).toBe('2026-04-01T00:00:00.000Z');
    });

    it('refuses to be moved', () => {
      expect(() => open(false).advance(1)).toThrow(ClockRefused);
      expect(existsSync(offsetFile)).toBe(false);
    });

    it('refuses to open on an offset, and says where it stands', () => {
      open().advance(DAY);
      expect(() => open(false)).toThrow(/offset\.json moves business time 86400000 ms ahead/);
    });

    it('is not moved by a file that appears later', () => {
      const clock = open(false);
      writeFileSync(offsetFile, '{"offsetMs": 86400000}');
      real += 1000;
      expect(clock.now()).toBe('2026-04-01T00:00:01.000Z');
    });
  });

  it('counts monotonic time from the same boot in every clock', () => {
    const first = open().monotonic();
    const second = open().monotonic();
    expect(second.bootId).toBe(first.bootId);
    expect(first.bootId).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(second.ms).toBeGreaterThanOrEqual(first.ms);
  });
});
