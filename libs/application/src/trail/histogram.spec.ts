import { describe, expect, it } from '@jest/globals';
import { Refused } from '../refused.js';
import { histogramOf, type Interval } from './histogram.js';

const hours = [
  { hour: '2026-03-31T14', count: 1 },
  { hour: '2026-03-31T15', count: 2 },
  { hour: '2026-03-31T23', count: 4 },
  { hour: '2026-04-01T15', count: 8 },
];

describe('a histogram', () => {
  it.each<[Interval, readonly (readonly [string, number])[]]>([
    [
      'hour',
      [
        ['2026-03-31T23', 1],
        ['2026-04-01T00', 2],
        ['2026-04-01T08', 4],
        ['2026-04-02T00', 8],
      ],
    ],
    [
      'day',
      [
        ['2026-03-31', 1],
        ['2026-04-01', 6],
        ['2026-04-02', 8],
      ],
    ],
    [
      'month',
      [
        ['2026-03', 1],
        ['2026-04', 14],
      ],
    ],
  ])('by the %s is one of Tokyo', (interval, bars) => {
    expect(histogramOf(hours, interval)).toEqual(bars.map(([moment, count]) => ({ moment, count })));
  });

  it('has at most 1,000 bars', () => {
    const from = Date.parse('2026-01-01T00:00:00Z');
    const many = Array.from({ length: 1_001 }, (_, n) => ({
      hour: new Date(from + n * 3_600_000).toISOString().slice(0, 13),
      count: 1,
    }));
    expect(histogramOf(many.slice(1), 'hour')).toHaveLength(1_000);
    expect(histogramOf(many, 'day')).toHaveLength(43);
    expect(() => histogramOf(many, 'hour')).toThrow(Refused);
  });
});
