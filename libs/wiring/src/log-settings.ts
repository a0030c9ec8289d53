import { type Bilingual, optional, setting, text, wholeNumber } from './setting.js';

/** Who reads the log, and who answers for it. */
export const logSettings = {
  logReaders: optional(
    'KIROKU_LOG_READERS',
    'ログを /log/<トークン>/ の下で読める者の一覧。1 行に「名前 トークンの SHA-256（16 進）」。なければ公開しない。',
    'File of those who may read the log under /log/<token>/, a line each: name, SHA-256 of the token in hex. Without it nobody.',
    text,
  ),
  witnesses: optional(
    'KIROKU_WITNESSES',
    'ログに連署する証人の一覧。1 行に「証人の検証鍵 URL」。全員の連署を求める。API とワーカーで同じもの。',
    'File of the witnesses that cosign the log, a line each: verifier key, URL. All must; the same for api and worker.',
    text,
  ),
  logLateMinutes: optional(
    'KIROKU_LOG_LATE_MINUTES',
    'ログに入っていない最古のイベントがこの分数より古いと通報する。照会を止める時間より短くする。なければその 3 分の 1。',
    'It is alerted when the oldest event outside the log is older, in minutes; less than what stops inquiries, without it a third of that.',
    wholeNumber(1, 1_440),
  ),
  uncosignedAlarmMinutes: setting(
    'KIROKU_UNCOSIGNED_ALARM_MINUTES',
    '証人の連署がこの分数を超えて得られなければ通報する。',
    'It is alerted when a witness has not cosigned for longer, in minutes (decision 8).',
    wholeNumber(1, 1_440),
    '15',
  ),
  uncosignedHours: setting(
    'KIROKU_UNCOSIGNED_HOURS',
    '証人の連署がこの時間を超えて得られなければ照会を止める。',
    'Inquiries stop when a witness has not cosigned for longer, in hours (decision 8).',
    wholeNumber(1, 168),
    '24',
  ),
  logCheckHours: setting(
    'KIROKU_LOG_CHECK_HOURS',
    'ログ全体を検証する間隔（時間）。検証に失敗すれば通報する。',
    'How often the worker checks the whole log, in hours; it is alerted when it does not verify.',
    wholeNumber(1, 168),
    '24',
  ),
  logNextKey: optional(
    'KIROKU_LOG_NEXT_KEY',
    'PEM：次のログ署名鍵。指定中は両方の鍵で署名する。検証者に新しい検証鍵が行き渡ってから KIROKU_LOG_KEY に移す。',
    'PEM file: the log’s next signing key. Both sign while it is given; it becomes KIROKU_LOG_KEY once readers have its verifier key.',
    text,
  ),
} as const;

/** Without a setting the log is late at a third of the age that stops the inquiries: there is still time to do something. */
const LATE_SHARE = 3;

interface LateSettings {
  readonly logLateMinutes: number | null;
  readonly unsequencedMinutes: number;
}

/** At this age of the oldest event outside the log it is alerted, in milliseconds of real time. */
export const logLateMs = ({ logLateMinutes, unsequencedMinutes }: LateSettings): number =>
  (logLateMinutes ?? unsequencedMinutes / LATE_SHARE) * 60_000;

/** What is wrong between the bounds of the log, each of which may be right by itself. */
export function lateFaults(values: Partial<Record<keyof LateSettings, unknown>>): readonly Bilingual[] {
  const [late, stops] = [Number(values.logLateMinutes ?? 0), Number(values.unsequencedMinutes)];
  if (!(late >= stops)) return [];
  const { name } = logSettings.logLateMinutes;
  return [
    {
      ja: `${name} は KIROKU_UNSEQUENCED_MINUTES より短くしてください`,
      en: `${name} must be less than KIROKU_UNSEQUENCED_MINUTES`,
    },
  ];
}
