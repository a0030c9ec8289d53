import { type DetectorSettings, strictDetectorSettings } from '#domain';
import { Fault, oneOf, setting, wholeNumber } from './setting.js';

const OFF = 'off';

/** Null for `off`: the detector is switched off. */
const orOff =
  <T>(read: (text: string) => T | Fault) =>
  (text: string): T | null | Fault =>
    text === OFF ? null : read(text);

/** Two whole numbers with a slash between them. */
const pair =
  (mostFirst: number, mostSecond: number) =>
  (text: string): readonly [number, number] | Fault => {
    const [first, second] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).slice(1).map(Number);
    const fits = (value: number | undefined, most: number): value is number =>
      value !== undefined && value >= 1 && value <= most;
    return fits(first, mostFirst) && fits(second, mostSecond)
      ? [first, second]
      : new Fault(
          `は「1〜${mostFirst}/1〜${mostSecond}」の形の整数か off にしてください`,
          `must be two whole numbers, 1 to ${mostFirst} and 1 to ${mostSecond}, as in 4/30, or off`,
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
    orOff(pair(50, 366)),
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
    '本人の平常（中央値）の「倍率/最低件数」を超える照会をした日に点検を開く。off で無効。',
    'A review opens above this multiple of the operator’s own median day, never below the floor: factor/floor; off switches it off.',
    orOff(pair(100, 100_000)),
    `${volume?.factor}/${volume?.floor}`,
  ),
  detectWithoutCase: setting(
    'KIROKU_DETECT_WITHOUT_CASE',
    '案件の記載がないために拒否された照会が一日にこの件数になると点検を開く。off で無効。',
    'A review opens at this number of inquiries on one day that were refused for want of a proper case; off switches it off.',
    orOff(wholeNumber(1, 10_000)),
    String(withoutCase?.refused),
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
  readonly detectVolume: readonly [number, number] | null;
  readonly detectWithoutCase: number | null;
  readonly detectNotFound: number | null;
}

/** What the detectors go by. The watch list of protected persons cannot be switched off. */
export function detectorSettingsOf(configured: ConfiguredDetectors): DetectorSettings {
  const { detectSameResident: same, detectOwnName: name, detectVolume: more } = configured;
  const { detectOutOfHours: hours, detectWithoutCase: refused, detectNotFound: missed } = configured;
  const strict = strictDetectorSettings;
  return {
    sameResident: same && { count: same[0], days: same[1] },
    ownName: name === OFF ? null : { familyName: name === 'family-name' },
    outOfHours: hours === null ? null : { ...configured.officeHours, count: hours },
    volume: more && strict.volume && { ...strict.volume, factor: more[0], floor: more[1] },
    withoutCase: refused === null ? null : { received: strict.withoutCase?.received ?? 1, refused },
    notFound: missed === null ? null : { count: missed },
    watchedResident: strict.watchedResident,
  };
}
