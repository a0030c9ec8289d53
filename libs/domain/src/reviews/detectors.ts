import {
  notFoundInARow,
  type NotFoundSettings,
  outOfHours,
  type OutOfHoursSettings,
  withoutCase,
  type WithoutCaseSettings,
} from './conduct.js';
import { MOST_NAMED } from './detector.js';
import { ownName, type OwnNameSettings, watchedResident } from './resident-concerned.js';
import type { DetectorName, ReviewConcern } from './review.events.js';
import { sameResident, type SameResidentSettings } from './same-resident.js';
import { volume, type VolumeSettings } from './volume.js';

interface DetectorRow {
  readonly concern: Exclude<ReviewConcern, 'search'>;
  readonly title: { readonly en: string; readonly ja: string };
  /** Why this is worth a look, and what `count` and `threshold` of its findings count. */
  readonly reason: { readonly en: string; readonly ja: string };
}

/** What each detector looks for, in the words that people are shown. */
export const detectorTable: Readonly<Record<DetectorName, DetectorRow>> = {
  'same-resident': {
    concern: 'resident',
    title: { en: 'Same resident again and again', ja: '同一住民の反復照会' },
    reason: {
      en: 'One operator asked about one resident more often than the steps of a case explain. Counted: inquiries within the window, each once.',
      ja: '一人の操作者が同じ住民を、一件の事務の段階では説明できない回数照会した。件数は期間内の照会数（同じ照会は1回）。',
    },
  },
  'own-name': {
    concern: 'resident',
    title: { en: "Operator's own or household name", ja: '操作者本人・世帯・同姓の照会' },
    reason: {
      en: 'The name asked for or supplied is the operator’s own, one of the household, or has the same family name: nobody handles their own affairs. Counted: the inquiry.',
      ja: '照会又は提供された氏名が操作者本人、世帯の者又は同姓の者である（自己・親族の案件は扱わない）。件数は当該照会。',
    },
  },
  'out-of-hours': {
    concern: 'conduct',
    title: { en: 'Nights and holidays', ja: '夜間・休日の照会' },
    reason: {
      en: 'Inquiries outside the office’s hours or on a closed day, when nobody is at the counter. Counted: such inquiries of one day.',
      ja: '窓口に申請者がいない執務時間外又は閉庁日に照会した。件数は一日の時間外照会数。',
    },
  },
  volume: {
    concern: 'conduct',
    title: { en: 'Far more than usual', ja: '平常を大きく超える照会数' },
    reason: {
      en: 'The day has far more inquiries than the median of the operator’s own last days. Counted: inquiries of the day; the threshold is how many were in order.',
      ja: '一日の照会数が、本人の直近の照会日の中央値を大きく超えた。件数は一日の照会数、しきい値は許容数。',
    },
  },
  'without-case': {
    concern: 'conduct',
    title: { en: 'No case matches', ja: '該当案件のない照会' },
    reason: {
      en: 'Inquiries that name a case which the agency does not have, or repeated attempts without a proper case (art. 1). Counted: such inquiries of one day.',
      ja: '存在しない案件を示した照会、又は案件を示さない照会の試行が繰り返された（第1条）。件数は一日の該当照会数。',
    },
  },
  'not-found-in-a-row': {
    concern: 'conduct',
    title: { en: 'Many not found in a row', ja: '該当なしの連続' },
    reason: {
      en: 'Answer after answer found nobody: somebody may be guessing. Counted: such answers of one day without a hit in between.',
      ja: '該当なしの回答が続いた（探索の疑い）。件数は、該当ありを挟まない一日の連続数。',
    },
  },
  'watched-resident': {
    concern: 'resident',
    title: { en: 'Protected person', ja: '要保護者の照会' },
    reason: {
      en: 'The resident is on the watch list of protected persons; every inquiry is looked at. Counted: the inquiry.',
      ja: '見守り名簿に載っている住民が照会された（全件を点検する）。件数は当該照会。',
    },
  },
};

/** The thresholds of each detector; null switches one off. */
export interface DetectorSettings {
  readonly sameResident: SameResidentSettings | null;
  readonly ownName: OwnNameSettings | null;
  readonly outOfHours: OutOfHoursSettings | null;
  readonly volume: VolumeSettings | null;
  readonly withoutCase: WithoutCaseSettings | null;
  readonly notFound: NotFoundSettings | null;
  readonly watchedResident: object | null;
}

/** Our own reading where agreement and law are silent [D]: strict. */
export const strictDetectorSettings: DetectorSettings = {
  sameResident: { count: 4, days: 30 },
  ownName: { familyName: true },
  outOfHours: { count: 1, from: 8 * 60, until: 20 * 60 },
  volume: { factor: 3, floor: 30, days: 20, least: 5, newcomer: 100 },
  withoutCase: { received: 1, refused: 5 },
  notFound: { count: 5 },
  watchedResident: {},
};

/** The detectors that are switched on. */
export const detectorsOf = (settings: DetectorSettings) => ({
  sameResident: settings.sameResident && sameResident(settings.sameResident),
  ownName: settings.ownName && ownName(settings.ownName),
  outOfHours: settings.outOfHours && outOfHours(settings.outOfHours),
  volume: settings.volume && volume(settings.volume),
  withoutCase: settings.withoutCase && withoutCase(settings.withoutCase),
  notFound: settings.notFound && notFoundInARow(settings.notFound),
  watchedResident: settings.watchedResident && watchedResident(),
});

/** The largest value that each number may have; the least is 1, but for hours, which begin at 0. */
const most: Readonly<Record<string, number>> = {
  // All of them are named in the finding.
  'sameResident.count': MOST_NAMED,
  'sameResident.days': 366,
  'outOfHours.count': 10_000,
  'outOfHours.from': 1_439,
  'outOfHours.until': 1_440,
  'volume.factor': 100,
  'volume.floor': 100_000,
  'volume.days': 366,
  'volume.least': 366,
  'volume.newcomer': 100_000,
  'withoutCase.received': 10_000,
  'withoutCase.refused': 10_000,
  'notFound.count': 10_000,
};

/** The numbers that no rule can work with, for example `volume.days`; empty when all is well. */
export function settingFaults(settings: DetectorSettings): readonly string[] {
  const numbers = Object.entries(settings).flatMap(([detector, values]) =>
    Object.entries((values ?? {}) as object).map(([name, value]) => [`${detector}.${name}`, value] as const),
  );
  const faults = numbers
    .filter(([name, value]) => Object.hasOwn(most, name) && !isNumberUpTo(value, most[name] ?? 0, name))
    .map(([name]) => name);
  const { outOfHours: hours, volume: baseline } = settings;
  if (hours && hours.from >= hours.until) faults.push('outOfHours.until');
  if (baseline && baseline.least > baseline.days) faults.push('volume.least');
  return [...new Set(faults)];
}

/** A factor may be a fraction of 1 or more; everything else is counted. */
function isNumberUpTo(value: unknown, most: number, name: string): boolean {
  if (typeof value !== 'number' || !(value <= most)) return false;
  if (name === 'volume.factor') return value >= 1;
  return (
    Number.isInteger(value) && value >= (name.startsWith('outOfHours.') && !name.endsWith('count') ? 0 : 1)
  );
}

/**
 * How many days before its first finding a fold has to begin, so that it finds what a fold from the beginning would.
 * Operators who worked on fewer than a third of the days are, for `volume`, newcomers again.
 */
export const daysToRemember = ({ sameResident, volume }: DetectorSettings): number =>
  Math.max(1, sameResident ? sameResident.days + 31 : 0, volume ? volume.days * 3 : 0);
