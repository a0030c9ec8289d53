import { expect, it } from '@jest/globals';
import { fiscalYear, tokyoDay } from '#domain';
import { dayOfEvent, yearOfEvent } from './event-days.js';

it.each<[string, readonly string[]]>([
  ['on either side of midnight in Tokyo', ['2026-04-01T14:59:59.999Z', '2026-04-01T15:00:00.000Z']],
  ['back and forth', ['2026-04-01T15:00:00.000Z', '2026-04-01T14:00:00.000Z', '2026-04-01T15:30:00.000Z']],
  ['on either side of a fiscal year', ['2027-03-31T14:59:59.999Z', '2027-03-31T15:00:00.000Z']],
  ['of one hour, one of them not in UTC', ['2026-04-01T14:10:00.000Z', '2026-04-01T14:20:00.000-09:00']],
])(
  'the day and the fiscal year of one event after another, %s, are those of each alone',
  (_what, instants) => {
    expect(instants.map(dayOfEvent)).toEqual(instants.map(tokyoDay));
    expect(instants.map(yearOfEvent)).toEqual(instants.map((at) => fiscalYear(tokyoDay(at))));
  },
);

it('an instant that is none is an error, whatever came before', () => {
  dayOfEvent('2026-04-01T14:59:59.999Z');
  expect(() => dayOfEvent('')).toThrow(RangeError);
  expect(() => dayOfEvent('never')).toThrow(RangeError);
});
