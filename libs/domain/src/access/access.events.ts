import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';
import type { Role } from './roles.js';

export const operatorStream = (operator: string): string => `operator-${operator}`;
export const credentialStream = (operator: string): string => `credential-${operator}`;
export const terminalStream = (terminal: string): string => `terminal-${terminal}`;
/** `sha256` is the lower-case hex SHA-256 of the certificate's DER bytes. */
export const certificateStream = (sha256: string): string => `certificate-${sha256}`;
export const grantStream = (grant: string): string => `grant-${grant}`;
export const sessionStream = (session: string): string => `session-${session}`;
/** Failures before an identity is known: one event for each source and minute (decision 17). */
export const failuresStream = (bucket: string): string => `failures-${bucket}`;

/** Which side of the agreement somebody belongs to: 甲 `recipient`, 乙 `provider`. */
export type Side = 'recipient' | 'provider';

// ---- operators (操作者 and the other account holders) ----

export const OperatorRegistered = defineEvent<{
  operator: string;
  side: Side;
  /** Name of the person; dies with the person's key. */
  name: string;
  /** Organisational unit, for example `inspection-1`; not a person. */
  unit: string;
}>()(
  'OperatorRegistered',
  1,
  {
    en: 'An account holder was registered (annex 2, 2(4), 2(9)ア).',
    ja: '取扱者が登録された（別紙2の2(4)、2(9)ア）。',
  },
  { operator: 'clear', side: 'clear', name: { person: 'operator' }, unit: 'clear' },
);

export const RolesProposed = defineEvent<{
  operator: string;
  proposal: string;
  roles: readonly Role[];
  effectiveFrom: string;
}>()(
  'RolesProposed',
  1,
  { en: 'Roles were proposed for an account holder.', ja: '取扱者の役割が提案された。' },
  { operator: 'clear', proposal: 'clear', roles: 'clear', effectiveFrom: 'clear' },
);

export const RolesSet = defineEvent<{
  operator: string;
  proposal: string;
  roles: readonly Role[];
  effectiveFrom: string;
}>()(
  'RolesSet',
  1,
  { en: 'A second person approved the roles.', ja: '別の者が役割を承認した。' },
  { operator: 'clear', proposal: 'clear', roles: 'clear', effectiveFrom: 'clear' },
);

export const TrainingAttended = defineEvent<{ operator: string; heldOn: string; validUntil: string }>()(
  'TrainingAttended',
  1,
  { en: 'The person attended security training (art. 5).', ja: 'セキュリティ研修に参加した（第5条）。' },
  { operator: 'clear', heldOn: 'clear', validUntil: 'clear' },
);

export const SecrecyAcknowledged = defineEvent<{ operator: string }>()(
  'SecrecyAcknowledged',
  1,
  {
    en: 'The duty of secrecy was announced to the person (annex 2, 2(9)オ).',
    ja: '秘密保持義務が周知された（別紙2の2(9)オ）。',
  },
  { operator: 'clear' },
);

export const HouseholdDeclared = defineEvent<{
  operator: string;
  /** All of the household's names from here on, as the person told them; none for nobody. They die with the person's key. */
  names: readonly string[];
}>()(
  'HouseholdDeclared',
  1,
  {
    en: 'The household of an account holder was put on record: inquiries about one of them are looked at (annex 2, 2(4)).',
    ja: '取扱者の世帯の氏名が記録され、その照会が点検の対象となった（別紙2の2(4)）。',
  },
  { operator: 'clear', names: { person: 'operator' } },
);

// ---- credentials (暗証番号): the verifier is never in an event ----

export const PinIssued = defineEvent<{ operator: string }>()(
  'PinIssued',
  1,
  {
    en: 'A one-time PIN was issued; it must be changed at first sign-in.',
    ja: '初期暗証番号が発行された（初回に変更が必要）。',
  },
  { operator: 'clear' },
);
export const PinRejected = defineEvent<{ operator: string; consecutive: number }>()(
  'PinRejected',
  1,
  { en: 'A wrong PIN was given.', ja: '誤った暗証番号が入力された。' },
  { operator: 'clear', consecutive: 'clear' },
);
export const PinAccepted = defineEvent<{ operator: string }>()(
  'PinAccepted',
  1,
  {
    en: 'The right PIN was given after failures; counting starts again.',
    ja: '失敗の後に正しい暗証番号が入力され、失敗回数が初期化された。',
  },
  { operator: 'clear' },
);
export const PinLocked = defineEvent<{ operator: string }>()(
  'PinLocked',
  1,
  { en: 'The PIN was locked after five failures.', ja: '5回の失敗により暗証番号がロックされた。' },
  { operator: 'clear' },
);
export const PinChanged = defineEvent<{ operator: string }>()(
  'PinChanged',
  1,
  { en: 'The PIN was changed by its holder.', ja: '本人が暗証番号を変更した。' },
  { operator: 'clear' },
);

// ---- terminals (端末) ----

export const TerminalRegistered = defineEvent<{ terminal: string; label: string }>()(
  'TerminalRegistered',
  1,
  { en: 'A terminal was registered.', ja: '端末が登録された。' },
  { terminal: 'clear', label: 'clear' },
);
export const TerminalRetired = defineEvent<{ terminal: string }>()(
  'TerminalRetired',
  1,
  { en: 'A terminal was taken out of use.', ja: '端末が廃止された。' },
  { terminal: 'clear' },
);
export const CertificateBound = defineEvent<{ certificate: string; terminal: string; notAfter: string }>()(
  'CertificateBound',
  1,
  { en: 'A client certificate was bound to a terminal.', ja: 'クライアント証明書が端末に紐付けられた。' },
  { certificate: 'clear', terminal: 'clear', notAfter: 'clear' },
);
export const CertificateRetired = defineEvent<{ certificate: string; terminal: string }>()(
  'CertificateRetired',
  1,
  { en: 'A client certificate was withdrawn.', ja: 'クライアント証明書が失効した。' },
  { certificate: 'clear', terminal: 'clear' },
);

// ---- grants (利用の承認) ----

export const GrantRequested = defineEvent<{
  grant: string;
  operator: string;
  terminal: string;
  purposes: readonly Purpose[];
  /** First and last Tokyo day of validity. */
  from: string;
  until: string;
  /** Whether the holder may search by the beginning of a name. */
  prefixSearch: boolean;
  reason: string;
}>()(
  'GrantRequested',
  1,
  {
    en: 'Access was requested for an operator, a terminal, purposes and a period.',
    ja: '操作者・端末・事務・期間について利用が申請された。',
  },
  {
    grant: 'clear',
    operator: 'clear',
    terminal: 'clear',
    purposes: 'clear',
    from: 'clear',
    until: 'clear',
    prefixSearch: 'clear',
    reason: 'trail',
  },
);
export const GrantApproved = defineEvent<{ grant: string; operator: string; terminal: string }>()(
  'GrantApproved',
  1,
  {
    en: 'The terminal manager approved the access (annex 2, 2(4)).',
    ja: '端末管理責任者が利用を承認した（別紙2の2(4)）。',
  },
  { grant: 'clear', operator: 'clear', terminal: 'clear' },
);
export const GrantRefused = defineEvent<{
  grant: string;
  operator: string;
  terminal: string;
  reason: string;
}>()(
  'GrantRefused',
  1,
  { en: 'The terminal manager refused the access.', ja: '端末管理責任者が利用を認めなかった。' },
  { grant: 'clear', operator: 'clear', terminal: 'clear', reason: 'trail' },
);
export const GrantRevoked = defineEvent<{
  grant: string;
  operator: string;
  terminal: string;
  reason: string;
}>()(
  'GrantRevoked',
  1,
  { en: 'The access was withdrawn.', ja: '利用の承認が取り消された。' },
  { grant: 'clear', operator: 'clear', terminal: 'clear', reason: 'trail' },
);

// ---- sessions ----

export const SignedIn = defineEvent<{ session: string; operator: string; terminal: string | null }>()(
  'SignedIn',
  1,
  { en: 'Somebody signed in.', ja: 'サインインした。' },
  { session: 'clear', operator: 'clear', terminal: 'clear' },
);
export const AccessDenied = defineEvent<{
  session: string;
  operator: string;
  action: string;
  /** Why, ascending and each once. */
  codes: readonly string[];
  /** The minute of business time in which it happened, `YYYY-MM-DDTHH:MMZ`; the event itself is written later. */
  minute: string;
  count: number;
}>()(
  'AccessDenied',
  1,
  { en: 'A signed-in person was denied an action.', ja: 'サインイン中の操作が拒否された。' },
  {
    session: 'clear',
    operator: 'clear',
    action: 'clear',
    codes: 'clear',
    minute: 'clear',
    count: 'clear',
  },
);
export const SignedOut = defineEvent<{ session: string; operator: string }>()(
  'SignedOut',
  1,
  { en: 'Somebody signed out.', ja: 'サインアウトした。' },
  { session: 'clear', operator: 'clear' },
);
export const FailuresCounted = defineEvent<{
  bucket: string;
  /** Where they came from (a network address), or `other` once there were too many sources to tell apart. */
  source: string;
  kind: string;
  /** Minute of business time, `YYYY-MM-DDTHH:MMZ`. */
  minute: string;
  count: number;
}>()(
  'FailuresCounted',
  1,
  {
    en: 'Failures before an identity was known, counted for one source and minute.',
    ja: '本人特定前の失敗が、発信元と分ごとに集計された。',
  },
  { bucket: 'clear', source: 'trail', kind: 'clear', minute: 'clear', count: 'clear' },
);

export const operatorEvents = {
  OperatorRegistered,
  RolesProposed,
  RolesSet,
  TrainingAttended,
  SecrecyAcknowledged,
  HouseholdDeclared,
} as const;
export const credentialEvents = { PinIssued, PinRejected, PinAccepted, PinLocked, PinChanged } as const;
export const terminalEvents = { TerminalRegistered, TerminalRetired } as const;
export const certificateEvents = { CertificateBound, CertificateRetired } as const;
export const grantEvents = { GrantRequested, GrantApproved, GrantRefused, GrantRevoked } as const;
export const sessionEvents = { SignedIn, AccessDenied, SignedOut } as const;
export const failureEvents = { FailuresCounted } as const;

export type OperatorEvent = FactsOf<typeof operatorEvents>;
export type RecordedOperatorEvent = RecordsOf<typeof operatorEvents>;
export type CredentialEvent = FactsOf<typeof credentialEvents>;
export type RecordedCredentialEvent = RecordsOf<typeof credentialEvents>;
export type TerminalEvent = FactsOf<typeof terminalEvents>;
export type RecordedTerminalEvent = RecordsOf<typeof terminalEvents>;
export type CertificateEvent = FactsOf<typeof certificateEvents>;
export type RecordedCertificateEvent = RecordsOf<typeof certificateEvents>;
export type GrantEvent = FactsOf<typeof grantEvents>;
export type RecordedGrantEvent = RecordsOf<typeof grantEvents>;
export type SessionEvent = FactsOf<typeof sessionEvents>;
export type RecordedSessionEvent = RecordsOf<typeof sessionEvents>;
export type FailureEvent = FactsOf<typeof failureEvents>;
export type RecordedFailureEvent = RecordsOf<typeof failureEvents>;
