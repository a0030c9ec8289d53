import { defineEvent, type FactsOf } from '../kernel/event.js';

/** Custody of keys on record (annex 2, 2(5)). `key-root-3`, `key-trail-2026`, `key-cohorts-2026-11-24`. */
export const keyStream = (key: string): string => `key-${key}`;
export const logStream = (origin: string): string => `log-${origin}`;

export const KeyGenerated = defineEvent<{
  key: string;
  kind: 'root' | 'trail' | 'subject' | 'cohort' | 'append';
  ids: readonly string[];
}>()(
  'KeyGenerated',
  1,
  { en: 'Keys were generated.', ja: '鍵が生成された。' },
  { key: 'clear', kind: 'clear', ids: 'clear' },
);
export const KeyDestroyed = defineEvent<{
  key: string;
  kind: 'root' | 'trail' | 'subject' | 'cohort';
  ids: readonly string[];
}>()(
  'KeyDestroyed',
  1,
  { en: 'Keys were destroyed.', ja: '鍵が破棄された。' },
  { key: 'clear', kind: 'clear', ids: 'clear' },
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
export type LogEvent = FactsOf<typeof logEvents>;
