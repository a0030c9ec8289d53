import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { SubjectIdentifier } from '../kernel/identity.js';
import type { TokyoDay } from '../kernel/tokyo.js';

/** One look at the provisions of one resident's data, under a request of that resident (開示請求). */
export const residentProvisionsStream = (listing: string): string => `resident-provisions-${listing}`;

export const provisionFormats = ['json', 'csv', 'pdf'] as const;
export type ProvisionFormat = (typeof provisionFormats)[number];

export const ResidentProvisionsShown = defineEvent<{
  listing: string;
  operator: string;
  /** The agency's own number of the request; sealed, because somebody may put a name into it. */
  reference: string;
  /** Day on which the request was received. */
  receivedOn: TokyoDay;
  /** Last day for the answer: the thirtieth, counting the day of receipt. */
  dueOn: TokyoDay;
  format: ProvisionFormat;
  subjects: readonly SubjectIdentifier[];
}>()(
  'ResidentProvisionsShown',
  1,
  {
    en: 'The provisions of a resident’s data were listed under that resident’s request; the requester was checked.',
    ja: '本人確認を行った開示請求に基づき、その住民の情報の提供状況が一覧された。',
  },
  {
    listing: 'clear',
    operator: 'clear',
    reference: 'trail',
    receivedOn: 'clear',
    dueOn: 'clear',
    format: 'clear',
    subjects: 'subjects',
  },
);

export const residentProvisionsEvents = { ResidentProvisionsShown } as const;
export type ResidentProvisionsEvent = FactsOf<typeof residentProvisionsEvents>;
export type RecordedResidentProvisionsEvent = RecordsOf<typeof residentProvisionsEvents>;
