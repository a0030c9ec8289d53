import { describe, expect, it } from '@jest/globals';
import {
  addDays,
  addMonths,
  addPeriod,
  daysBetween,
  fiscalYear,
  isPeriod,
  isTokyoDay,
  startOfTokyoDay,
  tokyoDay,
  tokyoMinute,
  weekday,
} from './tokyo.js';

describe('a Tokyo day', () => {
  it.each([
    ['2026-04-01T00:00:00.000Z', '2026-04-01', 540],
    ['2026-03-31T14:59:59.999Z', '2026-03-31', 1_439],
    ['2026-03-31T15:00:00.000Z', '2026-04-01', 0],
    ['2026-12-31T15:00:00Z', '2027-01-01', 0],
    ['2028-02-28T15:00:00.000Z', '2028-02-29', 0],
    ['2027-02-28T15:00:00.000Z', '2027-03-01', 0],
    ['2026-04-01T08:30:00+09:00', '2026-04-01', 510],
    ['1970-01-01T00:00:00.000Z', '1970-01-01', 540],
    ['1969-12-31T14:59:00.000Z', '1969-12-31', 1_439],
  ])('at %s is %s, minute %i', (instant, day, minute) => {
    expect(tokyoDay(instant)).toBe(day);
    expect(tokyoMinute(instant)).toBe(minute);
  });

  it.each(['2026-04-01', '2028-02-29', '2026-01-01', '2026-12-31'])('%s begins at its own 00:00', (day) => {
    const start = startOfTokyoDay(day);
    expect(tokyoDay(start)).toBe(day);
    expect(tokyoMinute(start)).toBe(0);
    expect(tokyoDay(new Date(Date.parse(start) - 1).toISOString())).toBe(addDays(day, -1));
  });

  it('begins nine hours before the day in UTC', () => {
    expect(startOfTokyoDay('2026-04-01')).toBe('2026-03-31T15:00:00.000Z');
  });

  it.each([
    ['2026-03-01', 0],
    ['2026-03-02', 1],
    ['2026-03-06', 5],
    ['2026-02-28', 6],
  ])('%s is weekday %i', (day, expected) => {
    expect(weekday(day)).toBe(expected);
  });

  it.each(['2026-02-28', '2028-02-29', '2000-02-29', '9999-12-31', '0001-01-01'])('%s exists', (day) => {
    expect(isTokyoDay(day)).toBe(true);
  });

  it.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-04-00',
    '2026-4-1',
    '2026/04/01',
    '2026-04-01T00:00:00Z',
    '2026-04-01\n',
    '+02026-04-01',
    '２０２６-04-01',
    '',
    null,
    undefined,
    20_260_401,
  ])('%j is none', (value) => {
    expect(isTokyoDay(value)).toBe(false);
  });

  it('of an instant that is none is an error, never a day', () => {
    expect(() => tokyoDay('tomorrow')).toThrow(RangeError);
    expect(() => startOfTokyoDay('2026-13-01')).toThrow(RangeError);
  });
});

describe('arithmetic with days', () => {
  it.each([
    // DOMAIN, "Time": day 1 is the day of knowledge, so day n is n - 1 days later.
    ['2026-03-02', 4, '2026-03-06'],
    ['2026-03-02', 29, '2026-03-31'],
    ['2026-03-02', 59, '2026-04-30'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2027-02-28', 1, '2027-03-01'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-03-01', 0, '2026-03-01'],
    ['2024-02-29', 1_461, '2028-02-29'],
  ])('%s and %i days is %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
    expect(daysBetween(day, expected)).toBe(days);
  });

  it.each([
    // DOMAIN, "Time": the last day of the month after acceptance is due; a month has the last day it has.
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-03-31', 1, '2026-04-30'],
    ['2026-02-28', 1, '2026-03-28'],
    ['2026-10-31', 4, '2027-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2028-02-29', 48, '2032-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-05-31', 0, '2026-05-31'],
  ])('%s and %i months is %s', (day, months, expected) => {
    expect(addMonths(day, months)).toBe(expected);
  });

  it('loses no day over four years', () => {
    let day = '2024-01-01';
    for (let count = 1; count <= 1_461; count += 1) {
      const next = addDays(day, 1);
      expect(isTokyoDay(next) && next > day && daysBetween('2024-01-01', next) === count).toBe(true);
      day = next;
    }
    expect(day).toBe('2028-01-01');
  });
});

describe('the fiscal year', () => {
  it.each([
    ['2026-03-31', 2025],
    ['2026-04-01', 2026],
    ['2026-12-31', 2026],
    ['2027-01-01', 2026],
    ['2027-03-31', 2026],
    ['2027-04-01', 2027],
  ])('of %s is %i', (day, year) => {
    expect(fiscalYear(day)).toBe(year);
  });

  it('changes at midnight in Tokyo, not in Greenwich', () => {
    expect(fiscalYear(tokyoDay('2026-03-31T14:59:59.999Z'))).toBe(2025);
    expect(fiscalYear(tokyoDay('2026-03-31T15:00:00.000Z'))).toBe(2026);
  });
});

describe('a period', () => {
  it.each([
    ['2026-01-31', 'P1M', '2026-02-28'],
    ['2028-01-31', 'P1M', '2028-02-29'],
    ['2026-01-31', 'P2M', '2026-03-31'],
    ['2026-01-31', 'P13M', '2027-02-28'],
    ['2026-04-10', 'P90D', '2026-07-09'],
    ['2026-04-10', 'P1D', '2026-04-11'],
    ['2028-02-29', 'P1Y', '2029-02-28'],
    ['2028-02-29', 'P4Y', '2032-02-29'],
    ['2026-04-01', 'P7Y', '2033-04-01'],
  ])('from %s of %s ends with %s', (day, period, last) => {
    expect(addPeriod(day, period)).toBe(last);
  });

  it('of months is not a number of days', () => {
    expect(addPeriod('2026-01-31', 'P1M')).not.toBe(addPeriod('2026-01-31', 'P30D'));
  });

  it.each(['P1D', 'P9999D', 'P1M', 'P999M', 'P1Y', 'P99Y'])('may be %s', (period) => {
    expect(isPeriod(period)).toBe(true);
  });

  it.each([
    'P0D',
    'P00D',
    'P01D',
    'P-1D',
    'P1.5M',
    'P1W',
    'P1Y6M',
    'PT24H',
    'P10000D',
    'P100Y',
    'p1d',
    '1D',
    'P',
    'P1D\n',
    ' P1D',
    '',
    null,
    undefined,
    90,
  ])('may not be %j', (period) => {
    expect(isPeriod(period)).toBe(false);
    expect(() => addPeriod('2026-01-31', period as string)).toThrow(RangeError);
  });
});
