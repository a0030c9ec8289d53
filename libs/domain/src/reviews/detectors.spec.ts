import { describe, expect, it } from '@jest/globals';
import { notFoundInARow, outOfHours, withoutCase } from './conduct.js';
import {
  answered,
  findingsOf,
  morning,
  received,
  refused,
  standing,
  supplied,
} from './detection.specification.js';
import {
  daysToRemember,
  type DetectorSettings,
  detectorTable,
  settingFaults,
  strictDetectorSettings,
} from './detectors.js';
import { ownName, watchedResident } from './resident-concerned.js';
import { detectorNames, reviewConcerns } from './review.events.js';
import { sameResident } from './same-resident.js';
import { allowedAfter, volume } from './volume.js';

/** Inquiries i-0, i-1, … about one resident, one a day. */
const looks = (count: number, changes: Parameters<typeof received>[0] = {}, firstDay = 0) =>
  Array.from({ length: count }, (_, n) =>
    received({ inquiry: `i-${n}`, at: morning(firstDay + n), tokens: ['token-a'], ...changes }),
  );

describe('the same resident again and again', () => {
  const detector = sameResident({ count: 4, days: 30 });

  it('is found at the fourth inquiry within thirty days', () => {
    expect(findingsOf(detector, looks(3))).toEqual([]);
    expect(findingsOf(detector, looks(4))).toEqual([
      {
        detector: 'same-resident',
        operator: 'o-1',
        cause: 'same-resident/o-1/2026-04/i-0',
        inquiries: ['i-0', 'i-1', 'i-2', 'i-3'],
        tokens: ['token-a'],
        count: 4,
        threshold: 4,
        from: morning(0),
        until: morning(3),
      },
    ]);
  });

  it('counts an inquiry once, however many of its events name the resident', () => {
    const each = looks(3).flatMap((look) => [look, supplied({ inquiry: look.inquiry, tokens: ['token-a'] })]);
    expect(findingsOf(detector, each)).toEqual([]);
    const last = [supplied({ inquiry: 'i-9', at: morning(4), tokens: ['token-a'] })];
    expect(findingsOf(detector, [...each, ...last])).toHaveLength(1);
  });

  it('does not add up what different people asked, or what one asked about different residents', () => {
    const others = Array.from({ length: 8 }, (_, n) => n);
    expect(
      findingsOf(
        detector,
        others.flatMap((n) => looks(1, { operator: `o-${n}` })),
      ),
    ).toEqual([]);
    expect(
      findingsOf(
        detector,
        others.flatMap((n) => looks(1, { tokens: [`token-${n}`] })),
      ),
    ).toEqual([]);
  });

  it('forgets what is thirty days old', () => {
    const [first, ...more] = [morning(0), morning(10), morning(20)];
    const at = (last: string) =>
      [first ?? '', ...more, last].map((time, n) =>
        received({ inquiry: `i-${n}`, at: time, tokens: ['token-a'] }),
      );
    expect(findingsOf(detector, at(morning(30)))).toEqual([]);
    expect(findingsOf(detector, at(morning(30, -1)))).toHaveLength(1);
  });

  it('is found once a month while it goes on', () => {
    const causes = findingsOf(detector, looks(70)).map(({ cause }) => cause);
    expect(causes).toEqual([
      'same-resident/o-1/2026-04/i-0',
      'same-resident/o-1/2026-05/i-27',
      'same-resident/o-1/2026-06/i-58',
    ]);
  });

  it('has the same causes from wherever the fold begins, early enough', () => {
    const all = looks(160);
    const causes = findingsOf(detector, all).map(({ cause }) => cause);
    for (let start = 1; start < 50; start++) {
      const later = findingsOf(detector, all.slice(start)).filter(
        ({ until }) => until >= morning(start + daysToRemember(strictDetectorSettings)),
      );
      expect(later.length).toBeGreaterThan(0);
      for (const { cause } of later) expect(causes).toContain(cause);
    }
  });

  it('is one cause for a resident with two tokens', () => {
    const both = looks(4, { tokens: ['token-code', 'token-name'] });
    const found = findingsOf(detector, both);
    expect(found.map(({ tokens }) => tokens)).toEqual([['token-code'], ['token-name']]);
    expect(new Set(found.map(({ cause }) => cause)).size).toBe(1);
  });
});

describe("an operator's own name", () => {
  const detector = ownName({ familyName: true });

  it.each(['self', 'household'] as const)('is found at every inquiry: %s', (nameMatch) => {
    const found = findingsOf(detector, [received({ nameMatch }), received({ nameMatch, inquiry: 'i-2' })]);
    expect(found.map(({ cause }) => cause)).toEqual(['own-name/o-1/i-1', 'own-name/o-1/i-2']);
    expect(found[0]).toMatchObject({ detector: 'own-name', inquiries: ['i-1'], count: 1, threshold: 1 });
  });

  it('is found in an answer too, with the same cause as in its question', () => {
    const found = findingsOf(detector, [received({ nameMatch: 'self' }), supplied({ nameMatch: 'self' })]);
    expect(new Set(found.map(({ cause }) => cause)).size).toBe(1);
  });

  it('is one cause a day by family name, and none where that is switched off', () => {
    const three = [0, 0, 1].map((day, n) =>
      received({ nameMatch: 'family-name', inquiry: `i-${n}`, at: morning(day, n) }),
    );
    expect(new Set(findingsOf(detector, three).map(({ cause }) => cause))).toEqual(
      new Set(['own-name/o-1/family/2026-04-01', 'own-name/o-1/family/2026-04-02']),
    );
    expect(findingsOf(ownName({ familyName: false }), three)).toEqual([]);
    expect(findingsOf(ownName({ familyName: false }), [received({ nameMatch: 'self' })])).toHaveLength(1);
  });

  it('is not found where the names differ', () => {
    expect(findingsOf(detector, [received(), supplied(), answered('found')])).toEqual([]);
  });
});

describe('nights and holidays', () => {
  const detector = outOfHours({ count: 1, from: 8 * 60, until: 20 * 60 });
  const at = (time: string) => findingsOf(detector, [received({ at: time })]);

  it.each([
    ['the first minute', '2026-03-31T23:00:00.000Z'],
    ['the last minute', '2026-04-01T10:59:59.999Z'],
    ['the day after the holiday', '2026-04-30T01:00:00.000Z'],
  ])('are not %s', (_, time) => {
    expect(at(time)).toEqual([]);
  });

  it.each([
    ['before the first minute', '2026-03-31T22:59:59.999Z'],
    ['after the last', '2026-04-01T11:00:00.000Z'],
    ['a Saturday', '2026-04-04T01:00:00.000Z'],
    ['a Sunday, when it is still Saturday in UTC', '2026-04-04T23:30:00.000Z'],
    ['a holiday in the week', '2026-04-29T01:00:00.000Z'],
  ])('are %s', (_, time) => {
    expect(at(time)).toMatchObject([{ detector: 'out-of-hours', operator: 'o-1', count: 1 }]);
  });

  it('are one finding a day, when there are as many as the threshold', () => {
    const night = (n: number) => received({ inquiry: `i-${n}`, at: `2026-04-01T12:00:0${n}.000Z` });
    const found = findingsOf(outOfHours({ count: 3, from: 480, until: 1_200 }), [0, 1, 2, 3, 4].map(night));
    expect(found).toMatchObject([
      { cause: 'out-of-hours/o-1/2026-04-01', inquiries: ['i-0', 'i-1', 'i-2'], count: 3, threshold: 3 },
    ]);
  });
});

describe('far more than usual', () => {
  const settings = { factor: 3, floor: 30, days: 20, least: 5, newcomer: 100 };
  const detector = volume(settings);
  const day = (n: number, count: number) =>
    Array.from({ length: count }, (_, k) => received({ inquiry: `i-${n}-${k}`, at: morning(n, k) }));

  it('is more than three times the median of the own days', () => {
    const usual = [20, 20, 22, 20, 400].flatMap((count, n) => day(n, count));
    const found = findingsOf(detector, [...usual, ...day(5, 60)]);
    // The fourth day above is over what a newcomer may have; the sixth just has what is in order.
    expect(found).toMatchObject([{ cause: 'volume/o-1/2026-04-05', count: 101, threshold: 100 }]);
    expect(findingsOf(detector, [...usual, ...day(5, 61)])).toMatchObject([
      {},
      { cause: 'volume/o-1/2026-04-06', inquiries: ['i-5-60'], count: 61, threshold: 60, from: morning(5) },
    ]);
  });

  it('is never a number that is small in itself', () => {
    const quiet = [1, 1, 1, 1, 1].flatMap((count, n) => day(n, count));
    expect(findingsOf(detector, [...quiet, ...day(5, 30)])).toEqual([]);
    expect(findingsOf(detector, [...quiet, ...day(5, 31)])).toHaveLength(1);
  });

  it('is measured by the own days only', () => {
    const busy = [50, 50, 50, 50, 50].flatMap((count, n) => day(n, count));
    const quiet = busy.filter((_, n) => n % 10 === 0).map((seen) => ({ ...seen, operator: 'o-2' }));
    const both = [
      ...busy,
      ...quiet,
      ...day(5, 90),
      ...day(5, 90).map((seen) => ({ ...seen, operator: 'o-2' })),
    ];
    expect(findingsOf(detector, both).map(({ operator }) => operator)).toEqual(['o-2']);
  });

  it('does not become usual by being repeated', () => {
    const usual = Array.from({ length: 10 }, (_, n) => day(n, 20)).flat();
    const excess = Array.from({ length: 6 }, (_, n) => day(10 + n, 300)).flat();
    const thresholds = findingsOf(detector, [...usual, ...excess]).map(({ threshold }) => threshold);
    expect(thresholds).toEqual([60, 60, 60, 60, 60, 60]);
  });

  it('has the stricter of two middle days as the median, and a limit for newcomers', () => {
    expect(allowedAfter([20, 40], { ...settings, least: 2 })).toBe(60);
    expect(allowedAfter([20, 40, 30], { ...settings, least: 2, factor: 1.5 })).toBe(45);
    expect(allowedAfter([], settings)).toBe(100);
    expect(allowedAfter([5, 5, 5, 5], settings)).toBe(100);
  });
});

describe('an inquiry that no case explains', () => {
  const detector = withoutCase({ received: 1, refused: 3 });

  it('is found at once where the agency does not have the case', () => {
    expect(findingsOf(detector, [received({ caseMatches: false })])).toMatchObject([
      { detector: 'without-case', cause: 'without-case/o-1/received/2026-04-01', inquiries: ['i-1'] },
    ]);
  });

  it('is not found where the case is there, or where nobody can say', () => {
    expect(findingsOf(detector, [received({ caseMatches: true }), received({ caseMatches: null })])).toEqual(
      [],
    );
  });

  it('is found in attempts without a proper case, when there are many on a day', () => {
    const attempt = (n: number, reason = 'case-reference-malformed') =>
      refused(['grant-missing', reason], { inquiry: `i-${n}`, at: morning(0, n) });
    expect(
      findingsOf(
        detector,
        [0, 1].map((n) => attempt(n)),
      ),
    ).toEqual([]);
    const third = attempt(2, 'case-reference-missing');
    expect(findingsOf(detector, [attempt(0), attempt(1), third, attempt(3)])).toMatchObject([
      { cause: 'without-case/o-1/refused/2026-04-01', inquiries: ['i-0', 'i-1', 'i-2'], count: 3 },
    ]);
    expect(
      findingsOf(
        detector,
        [0, 1, 2].map((n) => attempt(n, 'out-of-hours')),
      ),
    ).toEqual([]);
    const overnight = [attempt(0), attempt(1), { ...attempt(2), at: morning(1) }];
    expect(findingsOf(detector, overnight)).toEqual([]);
  });
});

describe('many not found in a row', () => {
  const detector = notFoundInARow({ count: 3 });
  const row = (...outcomes: Parameters<typeof answered>[0][]) =>
    outcomes.map((outcome, n) => answered(outcome, { inquiry: `i-${n}`, at: morning(0, n) }));

  it('are found at the third, once for the row', () => {
    expect(findingsOf(detector, row(...Array.from({ length: 9 }, () => 'not-found' as const)))).toMatchObject(
      [{ cause: 'not-found-in-a-row/o-1/i-0', inquiries: ['i-0', 'i-1', 'i-2'], count: 3, threshold: 3 }],
    );
  });

  it.each(['found', 'several'] as const)('begin again after %s', (hit) => {
    expect(findingsOf(detector, row('not-found', 'not-found', hit, 'not-found', 'not-found'))).toEqual([]);
    const two = row('not-found', 'not-found', 'not-found', hit, 'not-found', 'not-found', 'not-found');
    expect(findingsOf(detector, two).map(({ cause }) => cause)).toEqual([
      'not-found-in-a-row/o-1/i-0',
      'not-found-in-a-row/o-1/i-4',
    ]);
  });

  it('go on over outages, and end with the day', () => {
    expect(
      findingsOf(detector, row('not-found', 'provider-unavailable', 'not-found', 'not-found')),
    ).toHaveLength(1);
    const tomorrow = answered('not-found', { inquiry: 'i-9', at: morning(1) });
    expect(findingsOf(detector, [...row('not-found', 'not-found'), tomorrow])).toEqual([]);
  });
});

describe('a protected person', () => {
  const detector = watchedResident();

  it('is found at every inquiry, by question or answer', () => {
    const seen = [
      received({ tokens: ['token-a', 'token-protected'] }),
      supplied({ tokens: ['token-protected'] }),
      supplied({ tokens: ['token-protected'], inquiry: 'i-2' }),
      received({ tokens: ['token-a'] }),
    ];
    const found = findingsOf(detector, seen);
    expect(found.map(({ cause }) => cause)).toEqual([
      'watched-resident/o-1/i-1',
      'watched-resident/o-1/i-1',
      'watched-resident/o-1/i-2',
    ]);
    expect(found[0]?.tokens).toEqual(['token-protected']);
  });

  it('is not there when the list is empty', () => {
    const seen = received({ tokens: ['token-protected'] });
    const nobody = { ...standing, watched: new Set<string>() };
    expect(detector.observe(null, seen, 'o-1', nobody).finding).toBeNull();
  });
});

describe('what is recorded late', () => {
  const late = (n: number, at: string) => received({ inquiry: `i-${n}`, at, tokens: ['token-a'] });
  const yesterdayNight = '2026-04-01T14:59:00.000Z';

  it('counts for the day that is running, and a finding never ends before it begins', () => {
    const seen = [late(0, morning(1)), late(1, yesterdayNight), late(2, morning(1, 1))];
    const all = { count: 3, from: 0, until: 1 };
    for (const finding of [
      ...findingsOf(outOfHours(all), seen),
      ...findingsOf(sameResident({ count: 3, days: 30 }), seen),
      ...findingsOf(volume({ factor: 1, floor: 1, days: 5, least: 5, newcomer: 2 }), seen),
    ])
      expect(finding).toMatchObject({ count: 3, from: yesterdayNight, until: morning(1, 1) });
    expect(findingsOf(outOfHours(all), seen)).toHaveLength(1);
  });
});

describe('the table of detectors', () => {
  it('gives every one a reason in both languages, and a concern that says no more than it may', () => {
    expect(Object.keys(detectorTable).toSorted()).toEqual([...detectorNames].toSorted());
    for (const { concern, title, reason } of Object.values(detectorTable)) {
      expect(reviewConcerns).toContain(concern);
      expect(reason.ja).toMatch(/[ぁ-ん].*。$/);
      expect(reason.en).toMatch(/^[A-Z].*\. Counted: .*\.$/);
      expect(title.ja).toMatch(/\p{Script=Han}/u);
      expect(title.en).toMatch(/^[A-Z]/);
    }
    const residents = detectorNames.filter((name) => detectorTable[name].concern === 'resident');
    expect(residents).toEqual(['same-resident', 'own-name', 'watched-resident']);
  });
});

describe('thresholds', () => {
  const settings = (changes: Partial<DetectorSettings>) => ({ ...strictDetectorSettings, ...changes });

  it('are right as they come, and where everything is switched off', () => {
    expect(settingFaults(strictDetectorSettings)).toEqual([]);
    const off = Object.keys(strictDetectorSettings).map((name) => [name, null] as const);
    const none = Object.fromEntries(off) as unknown as DetectorSettings;
    expect(settingFaults(none)).toEqual([]);
    expect(daysToRemember(none)).toBe(1);
    expect(daysToRemember(strictDetectorSettings)).toBe(61);
  });

  it.each<[string, Partial<DetectorSettings>, readonly string[]]>([
    ['no inquiries', { sameResident: { count: 0, days: 30 } }, ['sameResident.count']],
    ['more than can be named', { sameResident: { count: 51, days: 30 } }, ['sameResident.count']],
    ['half a day', { sameResident: { count: 4, days: 0.5 } }, ['sameResident.days']],
    ['more than a year', { sameResident: { count: 4, days: 367 } }, ['sameResident.days']],
    ['no number', { notFound: { count: Number.NaN } }, ['notFound.count']],
    ['text', { notFound: { count: '5' as unknown as number } }, ['notFound.count']],
    ['hours backwards', { outOfHours: { count: 1, from: 600, until: 600 } }, ['outOfHours.until']],
    [
      'hours of another day',
      { outOfHours: { count: 1, from: -1, until: 1_441 } },
      ['outOfHours.from', 'outOfHours.until'],
    ],
    [
      'half the usual',
      { volume: { factor: 0.5, floor: 1, days: 20, least: 5, newcomer: 1 } },
      ['volume.factor'],
    ],
    [
      'a baseline never reached',
      { volume: { factor: 1, floor: 1, days: 5, least: 6, newcomer: 1 } },
      ['volume.least'],
    ],
  ])('are wrong with %s', (_, changes, faults) => {
    expect(settingFaults(settings(changes))).toEqual(faults);
  });

  it('may be a day without end, and a factor that is a fraction', () => {
    expect(settingFaults(settings({ outOfHours: { count: 1, from: 0, until: 1_440 } }))).toEqual([]);
    const volume = { factor: 1.5, floor: 1, days: 5, least: 5, newcomer: 1 };
    expect(settingFaults(settings({ volume }))).toEqual([]);
  });
});
