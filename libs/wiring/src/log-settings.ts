import { optional, setting, text, wholeNumber } from './setting.js';

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
} as const;
