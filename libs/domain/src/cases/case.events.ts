import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { TokyoDay } from '../kernel/tokyo.js';

/**
 * One case (案件) of the agency under an affair. References have any characters, and ids of agreements have hyphens; the
 * slashes, of which a part of the name has none, keep two cases from sharing a stream.
 */
export const caseStream = (agreement: string, affair: string, caseReference: string): string =>
  `case-${agreement}/${affair}/${encodeURIComponent(caseReference)}`;

export const CaseRegistered = defineEvent<{
  affair: string;
  caseReference: string;
  openedOn: TokyoDay;
  /** Null while it is open. */
  closedOn: TokyoDay | null;
  /**
   * Last Tokyo day on which the case explains an inquiry: its end plus the grace in force then, written here and never
   * recomputed. Null while it is open.
   */
  explainsThrough: TokyoDay | null;
}>()(
  'CaseRegistered',
  1,
  {
    en: 'A case of the agency was entered in the register: it explains inquiries (art. 1).',
    ja: '案件が台帳に登録され、照会の根拠となった（第1条）。',
  },
  {
    affair: 'clear',
    caseReference: 'clear',
    openedOn: 'clear',
    closedOn: 'clear',
    explainsThrough: 'clear',
  },
);

export const CaseClosed = defineEvent<{
  affair: string;
  caseReference: string;
  closedOn: TokyoDay;
  explainsThrough: TokyoDay;
}>()(
  'CaseClosed',
  1,
  {
    en: 'A case was closed, or its last day was corrected.',
    ja: '案件が終了した（終了日の訂正を含む）。',
  },
  { affair: 'clear', caseReference: 'clear', closedOn: 'clear', explainsThrough: 'clear' },
);

export const CaseReopened = defineEvent<{ affair: string; caseReference: string }>()(
  'CaseReopened',
  1,
  { en: 'A closed case was opened again.', ja: '終了した案件が再開された。' },
  { affair: 'clear', caseReference: 'clear' },
);

export const CaseOpeningCorrected = defineEvent<{
  affair: string;
  caseReference: string;
  openedOn: TokyoDay;
}>()(
  'CaseOpeningCorrected',
  1,
  { en: 'The first day of a case was corrected.', ja: '案件の受付日が訂正された。' },
  { affair: 'clear', caseReference: 'clear', openedOn: 'clear' },
);

export const caseEvents = { CaseRegistered, CaseClosed, CaseReopened, CaseOpeningCorrected } as const;
export type CaseEvent = FactsOf<typeof caseEvents>;
export type RecordedCaseEvent = RecordsOf<typeof caseEvents>;
