import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { detectorTable, strictDetectorSettings } from './detectors.js';
import { detectorNames } from './review.events.js';

/** The rows of the table in docs/reviews.md, by the name of the rule. */
const rows = new Map(
  readFileSync('docs/reviews.md', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const name = /^\| `([a-z-]+)` \|/.exec(line)?.[1];
      return name === undefined ? [] : [[name, line] as const];
    }),
);

/** The numbers that a row has to name, of the thresholds that hold unless configured. */
const { sameResident, outOfHours, volume, withoutCase, notFound } = strictDetectorSettings;
const numbers: Readonly<Record<string, readonly (number | undefined)[]>> = {
  'same-resident': [sameResident?.count, sameResident?.days],
  'out-of-hours': [outOfHours?.count],
  volume: [volume?.factor, volume?.days, volume?.floor, volume?.newcomer, volume?.least],
  'without-case': [withoutCase?.received, withoutCase?.refused],
  'not-found-in-a-row': [notFound?.count],
};
const clock = (minutes: number | undefined): string =>
  `${String(Math.floor((minutes ?? 0) / 60)).padStart(2, '0')}:${String((minutes ?? 0) % 60).padStart(2, '0')}`;

describe('the table of detectors in docs/reviews.md', () => {
  it('has a row for every rule, and for no other', () => {
    expect([...rows.keys()].filter((name) => name in detectorTable)).toEqual([...detectorNames]);
    expect([...rows.keys()]).toHaveLength(detectorNames.length);
  });

  it.each(detectorNames.map((name) => [name]))('says by which numbers %s goes', (name) => {
    const row = rows.get(name) ?? '';
    const named = new Set(row.match(/\d+(?=st|nd|rd|th|\b)/g)?.map(Number));
    for (const number of numbers[name] ?? []) expect([...named]).toContain(number);
  });

  it('says the hours of an open day', () => {
    expect(rows.get('out-of-hours')).toContain(
      `before ${clock(outOfHours?.from)}, from ${clock(outOfHours?.until)} on`,
    );
  });

  it('has a reason in both languages for every rule', () => {
    for (const name of detectorNames) {
      const { title, reason } = detectorTable[name];
      for (const { en, ja } of [title, reason]) {
        expect(en).toMatch(/^[A-Z]/);
        expect(ja).toMatch(/[ぁ-ん一-龠]/u);
      }
    }
  });
});
