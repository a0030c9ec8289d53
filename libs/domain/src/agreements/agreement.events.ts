import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';

/** One per agreement (協定): its terms, amendments and end. */
export const agreementStream = (agreement: string): string => `agreement-${agreement}`;

/** One per agreement: what the provider allows now: service hours and suspensions. */
export const provisionStream = (agreement: string): string => `provision-${agreement}`;

export const AgreementConcluded = defineEvent<{
  agreement: string;
  /** 甲, the agency that asks; the name of an office, not of a person. */
  recipient: string;
  /** 乙, the provider that keeps the register. */
  provider: string;
  purposes: readonly Purpose[];
  /** Pattern that a case reference of each affair must match (a regular expression, anchored by the decider). */
  casePatterns: Readonly<Record<string, string>>;
  /** Longest time an inquiry may take, in milliseconds of real time. */
  deadlineMs: number;
}>()(
  'AgreementConcluded',
  1,
  { en: 'The parties concluded the agreement.', ja: '協定が締結された。' },
  {
    agreement: 'clear',
    recipient: 'clear',
    provider: 'clear',
    purposes: 'clear',
    casePatterns: 'clear',
    deadlineMs: 'clear',
  },
);

export const TerminationProposed = defineEvent<{ agreement: string; reason: string }>()(
  'TerminationProposed',
  1,
  {
    en: 'The recipient proposed to end the agreement (art. 10).',
    ja: '甲が協定の廃止を申し出た（第10条）。',
  },
  { agreement: 'clear', reason: 'trail' },
);

export const TerminationDecided = defineEvent<{ agreement: string }>()(
  'TerminationDecided',
  1,
  {
    en: 'Both parties decided to end the agreement (art. 10).',
    ja: '甲乙協議の上、協定の廃止が決定された（第10条）。',
  },
  { agreement: 'clear' },
);

/** Opening hours of one weekday in Tokyo minutes since midnight; `from` is inside, `until` is outside. */
export interface OpeningHours {
  /** 0 = Sunday … 6 = Saturday. */
  readonly weekday: number;
  readonly from: number;
  readonly until: number;
}

export const ServiceHoursProposed = defineEvent<{
  proposal: string;
  hours: readonly OpeningHours[];
  /** Days on which the provider does not answer at all. */
  closedDays: readonly string[];
  /** First Tokyo day on which these hours hold. */
  effectiveFrom: string;
}>()(
  'ServiceHoursProposed',
  1,
  { en: 'Service hours were proposed (schedule 2(4)).', ja: '送受信可能時間帯が提案された（別記2(4)）。' },
  { proposal: 'clear', hours: 'clear', closedDays: 'clear', effectiveFrom: 'clear' },
);

export const ServiceHoursSet = defineEvent<{
  proposal: string;
  hours: readonly OpeningHours[];
  closedDays: readonly string[];
  effectiveFrom: string;
}>()(
  'ServiceHoursSet',
  1,
  { en: 'A second person approved the service hours.', ja: '別の者が送受信可能時間帯を承認した。' },
  { proposal: 'clear', hours: 'clear', closedDays: 'clear', effectiveFrom: 'clear' },
);

/** `'all'`, or the purposes that are suspended. */
export type SuspensionScope = 'all' | readonly Purpose[];

export const ProvisionSuspended = defineEvent<{
  suspension: string;
  scope: SuspensionScope;
  reason: string;
}>()(
  'ProvisionSuspended',
  1,
  { en: 'The provider suspended provision at once (art. 6).', ja: '乙が提供を停止した（第6条）。' },
  { suspension: 'clear', scope: 'clear', reason: 'trail' },
);

export const ProvisionResumed = defineEvent<{ suspension: string }>()(
  'ProvisionResumed',
  1,
  { en: 'The provider lifted a suspension (art. 6).', ja: '乙が停止を解除した（第6条）。' },
  { suspension: 'clear' },
);

export const agreementEvents = { AgreementConcluded, TerminationProposed, TerminationDecided } as const;
export const provisionEvents = {
  ServiceHoursProposed,
  ServiceHoursSet,
  ProvisionSuspended,
  ProvisionResumed,
} as const;

export type AgreementEvent = FactsOf<typeof agreementEvents>;
export type RecordedAgreementEvent = RecordsOf<typeof agreementEvents>;
export type ProvisionEvent = FactsOf<typeof provisionEvents>;
export type RecordedProvisionEvent = RecordsOf<typeof provisionEvents>;
