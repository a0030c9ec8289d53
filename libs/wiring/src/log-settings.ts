import { optional, text } from './setting.js';

/** Who reads the log, and who answers for it. */
export const logSettings = {
  logReaders: optional(
    'KIROKU_LOG_READERS',
    'ログを /log/<トークン>/ の下で読める者の一覧。1 行に「名前 トークンの SHA-256（16 進）」。なければ公開しない。',
    'File of those who may read the log under /log/<token>/, a line each: name, SHA-256 of the token in hex. Without it nobody.',
    text,
  ),
} as const;
