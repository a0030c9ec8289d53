import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** Custody of keys on record (annex 2, 2(5)): one stream a key, for example `key-root/3` or `key-trail/2026`. */
export const keyStream = (key: string): string => `key-${key}`;
export const logStream = (origin: string): string => `log-${origin}`;

/**
 * What a key protects: the epoch's root, a cohort, a fiscal year's trail or subject tokens, the store's rows, or what is
 * personal to somebody: a contact, an entry of the watch list (`person/<id>`; recorded when it is destroyed).
 */
export type KeyPurpose = 'root' | 'trail' | 'subject' | 'cohort' | 'append' | 'person';

export const KeyGenerated = defineEvent<{ key: string; kind: KeyPurpose }>()(
  'KeyGenerated',
  1,
  { en: 'A key was generated (annex 2, 2(5)).', ja: '鍵が生成された（別紙2の2(5)）。' },
  { key: 'clear', kind: 'clear' },
);
export const KeyDestroyed = defineEvent<{ key: string; kind: KeyPurpose }>()(
  'KeyDestroyed',
  1,
  { en: 'A key was destroyed (annex 2, 2(5)).', ja: '鍵が破棄された（別紙2の2(5)）。' },
  { key: 'clear', kind: 'clear' },
);
export const LogKeyRegistered = defineEvent<{ origin: string; verifierKey: string }>()(
  'LogKeyRegistered',
  1,
  { en: 'The verifier key of the log was registered.', ja: 'ログの検証鍵が登録された。' },
  { origin: 'clear', verifierKey: 'clear' },
);

export const keyEvents = { KeyGenerated, KeyDestroyed } as const;
export const logEvents = { LogKeyRegistered } as const;
export type KeyEvent = FactsOf<typeof keyEvents>;
export type RecordedKeyEvent = RecordsOf<typeof keyEvents>;
export type LogEvent = FactsOf<typeof logEvents>;
