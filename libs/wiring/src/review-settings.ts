import { type DetectorSettings, strictDetectorSettings } from '#domain';
import { Fault, oneOf, setting, wholeNumber } from './setting.js';

const OFF = 'off';

/** Null for `off`: the detector is switched off. */
const orOff =
  <T>(read: (text: string) => T | Fault) =>
  (text: string): T | null | Fault =>
    text === OFF ? null : read(text);

/** Whole numbers with slashes between them, each from 1 to the most it may be; `example` has as many. */
const numbers =
  <T extends readonly number[]>(example: string, ...most: T) =>
  (text: string): { readonly [K in keyof T]: number } | Fault => {
    const parts = /^\d{1,6}(?:\/\d{1,6})*$/.test(text) ? text.split('/').map(Number) : [];
    const fit =
      parts.length === most.length && parts.every((part, at) => part >= 1 && part <= (most[at] ?? 0));
    if (fit) return parts as unknown as { readonly [K in keyof T]: number };
    const bounds = most.map((upTo) => `1〜${upTo}`).join('/');
    return new Fault(
      `は「${bounds}」の範囲の整数か off にしてください（例: ${example}）`,
      `must be ${most.length} whole numbers within ${bounds.replaceAll('〜', '-')}, as in ${example}, or off`,
    );
  };

/** A time of the day as minutes since midnight; 24:00 is the end of the day. */
const minutes = (hours: string, rest: string): number => Number(hours) * 60 + Number(rest);

/** Hours of one day, `08:00-20:00`. */
function hoursOfDay(text: string): { readonly from: number; readonly until: number } | Fault {
  const match = /^(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(text);
  const [, fromHour = '', fromRest = '', untilHour = '', untilRest = ''] = match ?? [];
  const [from, until] = [minutes(fromHour, fromRest), minutes(untilHour, untilRest)];
  return match && from < until && until <= 1_440
    ? { from, until }
    : new Fault(
        'は 08:00-20:00 の形で、始まりより後の終わり（24:00 まで）を指定してください',
        'must be of the form 08:00-20:00, with an end after its beginning, 24:00 at the latest',
      );
}

const { sameResident, outOfHours, volume, withoutCase, notFound } = strictDetectorSettings;

/** What is looked at more closely, and how soon a day is signed off. */
export const reviewSettings = {
  officeHours: setting(
    'KIROKU_OFFICE_HOURS',
    '開庁日の執務時間（東京）。それ以外と閉庁日の照会は時間外として点検の対象になる。',
    'Office hours of an open day in Tokyo; inquiries at other times and on closed days are out of hours.',
    hoursOfDay,
    '08:00-20:00',
  ),
  detectSameResident: setting(
    'KIROKU_DETECT_SAME_RESIDENT',
    '同じ操作者が同じ住民をこの「件数/日数」照会すると点検を開く。off で無効。',
    'A review opens when one operator asks about one resident so often: count/days; off switches it off.',
    orOff(numbers('4/30', 50, 366)),
    `${sameResident?.count}/${sameResident?.days}`,
  ),
  detectOwnName: setting(
    'KIROKU_DETECT_OWN_NAME',
    '操作者本人・世帯の氏名（self）又は同姓（family-name）の照会で点検を開く。off で無効。',
    'A review opens for the names of the operator and the household (self), or the family name too (family-name); off switches it off.',
    oneOf('family-name', 'self', OFF),
    'family-name',
  ),
  detectOutOfHours: setting(
    'KIROKU_DETECT_OUT_OF_HOURS',
    '一日の時間外照会がこの件数になると点検を開く。off で無効。',
    'A review opens at this number of inquiries out of hours on one day; off switches it off.',
    orOff(wholeNumber(1, 10_000)),
    String(outOfHours?.count),
  ),
  detectVolume: setting(
    'KIROKU_DETECT_VOLUME',
    '本人の平常（中央値）の倍率、それ以下なら問題としない件数、平常が分からない間の上限「倍率/最低件数/当初の上限」。超えた日に点検を開く。off で無効。',
    'A review opens above this multiple of the operator’s own median day, never below the floor, and above the last number while there is no such median yet: factor/floor/newcomer; off switches it off.',
    orOff(numbers('3/30/100', 100, 100_000, 100_000)),
    `${volume?.factor}/${volume?.floor}/${volume?.newcomer}`,
  ),
  detectWithoutCase: setting(
    'KIROKU_DETECT_WITHOUT_CASE',
    '台帳にない案件の照会が一日に先の件数、又は案件の記載の不備で拒否された照会が一日に後の件数になると点検を開く「件数/件数」。off で無効。',
    'A review opens at the first number of inquiries on one day whose case the agency does not have, or at the second number of those refused for want of a proper case; off switches it off.',
    orOff(numbers('1/5', 10_000, 10_000)),
    `${withoutCase?.received}/${withoutCase?.refused}`,
  ),
  detectNotFound: setting(
    'KIROKU_DETECT_NOT_FOUND',
    '一日のうち該当なしの回答がこの件数続くと点検を開く。off で無効。',
    'A review opens at this number of answers in a row on one day that found nobody; off switches it off.',
    orOff(wholeNumber(1, 10_000)),
    String(notFound?.count),
  ),
  signOffDays: setting(
    'KIROKU_SIGN_OFF_DAYS',
    '日次点検の期限。その日の後の開庁日の数で、過ぎても未確認なら通報する。',
    'A day that is not signed off within this many open days after it is alerted.',
    wholeNumber(1, 366),
    '1',
  ),
} as const;

/** The settings of the detectors, as configured. */
export interface ConfiguredDetectors {
  readonly officeHours: { readonly from: number; readonly until: number };
  readonly detectSameResident: readonly [number, number] | null;
  readonly detectOwnName: 'family-name' | 'self' | 'off';
  readonly detectOutOfHours: number | null;
  readonly detectVolume: readonly [number, number, number] | null;
  readonly detectWithoutCase: readonly [number, number] | null;
  readonly detectNotFound: number | null;
}

/** What the detectors go by. The watch list of protected persons cannot be switched off. */
export function detectorSettingsOf(configured: ConfiguredDetectors): DetectorSettings {
  const { detectSameResident: same, detectOwnName: name, detectVolume: more } = configured;
  const { detectOutOfHours: hours, detectWithoutCase: without, detectNotFound: missed } = configured;
  const strict = strictDetectorSettings;
  return {
    sameResident: same && { count: same[0], days: same[1] },
    ownName: name === OFF ? null : { familyName: name === 'family-name' },
    outOfHours: hours === null ? null : { ...configured.officeHours, count: hours },
    volume: more && strict.volume && { ...strict.volume, factor: more[0], floor: more[1], newcomer: more[2] },
    withoutCase: without && { received: without[0], refused: without[1] },
    notFound: missed === null ? null : { count: missed },
    watchedResident: strict.watchedResident,
  };
}
