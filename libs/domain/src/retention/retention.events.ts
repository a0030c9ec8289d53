import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';

export const retentionStream = (agreement: string, purpose: Purpose): string =>
  `retention-${agreement}-${purpose}`;
export const erasureStream = (cohort: string, run: string): string => `erasure-${cohort}-${run}`;
/** Runs that a wrong clock or a large backlog stopped (decision 13). */
export const erasureHoldStream = (run: string): string => `erasure-hold-${run}`;

/**
 * A cohort: the inquiries of one agreement and purpose whose data is usable through the same day.
 * They share one key and are erased together.
 */
export interface Cohort {
  readonly agreement: string;
  readonly purpose: Purpose;
  readonly usableThrough: string;
}

/** `<agreement>/<purpose>/<day>`; an agreement's id holds no slash. */
export const cohortId = ({ agreement, purpose, usableThrough }: Cohort): string =>
  `${agreement}/${purpose}/${usableThrough}`;

export function parseCohortId(id: string): Cohort {
  const [agreement, purpose, usableThrough] = id.split('/');
  if (!agreement || !purpose || !usableThrough) throw new RangeError('not a cohort id');
  return { agreement, purpose, usableThrough };
}

export const RetentionPeriodProposed = defineEvent<{
  purpose: Purpose;
  proposal: string;
  period: string;
  effectiveFrom: string;
}>()(
  'RetentionPeriodProposed',
  1,
  { en: 'A retention period was proposed for a purpose.', ja: '事務ごとの保存期間が提案された。' },
  { purpose: 'clear', proposal: 'clear', period: 'clear', effectiveFrom: 'clear' },
);
export const RetentionPeriodApproved = defineEvent<{
  purpose: Purpose;
  proposal: string;
  period: string;
  effectiveFrom: string;
}>()(
  'RetentionPeriodApproved',
  1,
  {
    en: 'A second person approved the retention period (annex 2, 2(9)ウ).',
    ja: '別の者が保存期間を承認した（別紙2の2(9)ウ）。',
  },
  { purpose: 'clear', proposal: 'clear', period: 'clear', effectiveFrom: 'clear' },
);

export const ErasureStarted = defineEvent<{
  cohort: string;
  run: string;
  /** How many data keys (inquiries) die with the cohort. */
  inquiries: number;
  /** RFC 6962 root over the ids of the data keys, ascending; lower-case hex. */
  root: string;
}>()(
  'ErasureStarted',
  1,
  {
    en: 'The erasure of a cohort began; recorded before anything is destroyed.',
    ja: '消去が開始された（破棄に先立つ記録）。',
  },
  { cohort: 'clear', run: 'clear', inquiries: 'clear', root: 'clear' },
);
export const IdentityDataErased = defineEvent<{
  cohort: string;
  run: string;
  part: number;
  inquiries: readonly string[];
}>()(
  'IdentityDataErased',
  1,
  {
    en: 'The key of the cohort was destroyed: the identity data of these inquiries is unreadable.',
    ja: 'コホート鍵を破棄し、これらの照会の本人確認情報は読めなくなった。',
  },
  { cohort: 'clear', run: 'clear', part: 'clear', inquiries: 'clear' },
);
export const ErasureVerified = defineEvent<{
  cohort: string;
  run: string;
  epoch: number;
  generation: number;
}>()(
  'ErasureVerified',
  1,
  {
    en: 'The root of the epoch is destroyed and every process has dropped its keys: the data is unrecoverable.',
    ja: '期のルート鍵が破棄され、全プロセスが鍵を破棄した（復元不能）。',
  },
  { cohort: 'clear', run: 'clear', epoch: 'clear', generation: 'clear' },
);

/** Why a run was stopped: docs/adr/0006. */
export type WhyHeld = 'clock-ahead' | 'clock-forgotten' | 'backlog';

export const ErasureHeld = defineEvent<{
  run: string;
  why: WhyHeld;
  days: number;
  through: string;
}>()(
  'ErasureHeld',
  1,
  {
    en: 'An erasure run was stopped until two people have looked (decision 13).',
    ja: '消去処理が停止され、2名の確認を待っている。',
  },
  { run: 'clear', why: 'clear', days: 'clear', through: 'clear' },
);
export const ErasureReleaseApproved = defineEvent<{ run: string; approver: string }>()(
  'ErasureReleaseApproved',
  1,
  {
    en: 'One of two people allowed a stopped erasure run to go on.',
    ja: '停止中の消去処理の再開を1名が承認した。',
  },
  { run: 'clear', approver: 'clear' },
);

export const retentionEvents = { RetentionPeriodProposed, RetentionPeriodApproved } as const;
export const erasureEvents = { ErasureStarted, IdentityDataErased, ErasureVerified } as const;
export const erasureHoldEvents = { ErasureHeld, ErasureReleaseApproved } as const;

export type RetentionEvent = FactsOf<typeof retentionEvents>;
export type RecordedRetentionEvent = RecordsOf<typeof retentionEvents>;
export type ErasureEvent = FactsOf<typeof erasureEvents>;
export type RecordedErasureEvent = RecordsOf<typeof erasureEvents>;
export type ErasureHoldEvent = FactsOf<typeof erasureHoldEvents>;
export type RecordedErasureHoldEvent = RecordsOf<typeof erasureHoldEvents>;
