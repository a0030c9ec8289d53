import { describe, expect, it } from '@jest/globals';
import { findingsOf, morning, received } from './detection.specification.js';
import { strictDetectorSettings } from './detectors.js';
import { volume } from './volume.js';

const settings = strictDetectorSettings.volume;
if (!settings) throw new Error('the detector is switched off');
const detector = volume(settings);

/** So many inquiries on each of these days, from 2026-04-01 on. */
const days = (...counts: readonly number[]) =>
  counts.flatMap((count, n) =>
    Array.from({ length: count }, (_, k) => received({ inquiry: `i-${n}-${k}`, at: morning(n, k) })),
  );
const thresholds = (...counts: readonly number[]): readonly number[] =>
  findingsOf(detector, days(...counts)).map(({ threshold }) => threshold);

describe('the baseline of an operator', () => {
  it('is there after the first week: five days with inquiries, however long they took', () => {
    expect(thresholds(20, 20, 20, 20, 100)).toEqual([]);
    expect(thresholds(20, 20, 20, 20, 101)).toEqual([100]);
    expect(thresholds(20, 20, 20, 20, 20, 61)).toEqual([60]);
    expect(thresholds(20, 0, 0, 20, 20, 0, 20, 20, 0, 61)).toEqual([60]);
  });

  it('takes a day above the limit for the limit: weeks of excess raise it threefold, and not to what was done', () => {
    const usual = Array.from({ length: 10 }, () => 20);
    const excess = Array.from({ length: 12 }, () => 300);
    expect(thresholds(...usual, ...excess)).toEqual([...Array.from({ length: 11 }, () => 60), 180]);
  });
});
