import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { SubjectIdentifier } from '../kernel/identity.js';
import type { TokyoDay } from '../kernel/tokyo.js';
import type { Upcaster, Upcasters } from '../kernel/upcast.js';

/**
 * One request of a resident to be told who was given the resident's data (開示請求), from its receipt to its answer. Every
 * look under it is in this stream too, so that none comes after the answer.
 */
export const disclosureRequestStream = (disclosureRequest: string): string =>
  `disclosure-request-${disclosureRequest}`;

export const provisionFormats = ['json', 'csv', 'pdf'] as const;
export type ProvisionFormat = (typeof provisionFormats)[number];

/**
 * How a request ended: the list was given (開示), was not (不開示), was no longer asked for (取下げ), or the request was never
 * made, or not as it was registered (誤登録).
 */
export const disclosureAnswers = ['disclosed', 'refused', 'withdrawn', 'registered-in-error'] as const;
export type DisclosureAnswer = (typeof disclosureAnswers)[number];

export const DisclosureRequestReceived = defineEvent<{
  disclosureRequest: string;
  operator: string;
  /** The agency's own number of the request; sealed, because somebody may put a name into it. */
  reference: string;
  /** Day on which the request was received. */
  receivedOn: TokyoDay;
  /** Last day for the answer: the thirtieth, counting the day of receipt. */
  dueOn: TokyoDay;
}>()(
  'DisclosureRequestReceived',
  1,
  {
    en: 'A resident asked to be told who was given the resident’s data; the days for the answer run.',
    ja: '本人から、その情報の提供状況の開示請求を受け付け、回答の期限が進み始めた。',
  },
  {
    disclosureRequest: 'clear',
    operator: 'clear',
    reference: 'trail',
    receivedOn: 'clear',
    dueOn: 'clear',
  },
);

export const DisclosureRequestExtended = defineEvent<{
  disclosureRequest: string;
  operator: string;
  /** As it is told to the resident in writing; sealed. */
  reason: string;
  /** The last day from now on. */
  dueOn: TokyoDay;
}>()(
  'DisclosureRequestExtended',
  1,
  {
    en: 'The days for the answer to a resident’s request were extended, which may be once and by thirty at most.',
    ja: '開示請求への回答の期限が延長された（一度限り、三十日以内）。',
  },
  { disclosureRequest: 'clear', operator: 'clear', reason: 'trail', dueOn: 'clear' },
);

export const DisclosureRequestViewed = defineEvent<{ disclosureRequest: string; operator: string }>()(
  'DisclosureRequestViewed',
  1,
  {
    en: 'Somebody saw the number of a resident’s request and what was written about it; recorded once for a person.',
    ja: '開示請求の番号と記載内容が閲覧された（一人につき一度だけ記録）。',
  },
  { disclosureRequest: 'clear', operator: 'clear' },
);

export const ResidentProvisionsShown = defineEvent<{
  /** Null in what was version 1: its request is in no register. */
  disclosureRequest: string | null;
  /** This look; the file that was made of it bears it. */
  listing: string;
  operator: string;
  format: ProvisionFormat;
  subjects: readonly SubjectIdentifier[];
}>()(
  'ResidentProvisionsShown',
  2,
  {
    en: 'The provisions of a resident’s data were listed under that resident’s request; the requester was checked.',
    ja: '本人確認を行った開示請求に基づき、その住民の情報の提供状況が一覧された。',
  },
  {
    disclosureRequest: 'clear',
    listing: 'clear',
    operator: 'clear',
    format: 'clear',
    subjects: 'subjects',
  },
);

/**
 * Version 1 was in a stream of its own, `resident-provisions-<listing>`, and had `receivedOn` and `dueOn` (clear) and the
 * `reference` (sealed as trail) in the place of the request. The box of the reference stays in its entry. Before the version
 * was raised, some were written as 1 that name their request: they keep it.
 */
const residentProvisionsShownFrom1: Upcaster = ({ data, ...entry }) => {
  const { receivedOn: _receivedOn, dueOn: _dueOn, ...kept } = data;
  return { ...entry, data: { disclosureRequest: null, ...kept } };
};

export const disclosureRequestUpcasters: Upcasters = {
  ResidentProvisionsShown: [residentProvisionsShownFrom1],
};

export const DisclosureRequestAnswered = defineEvent<{
  disclosureRequest: string;
  operator: string;
  answer: DisclosureAnswer;
  /** Day on which the resident was answered, or the request ended otherwise. */
  answeredOn: TokyoDay;
  /** Sealed; null for none. What was wrong with a request that was registered in error. */
  remark: string | null;
}>()(
  'DisclosureRequestAnswered',
  1,
  {
    en: 'A resident’s request for disclosure was answered, withdrawn, or found to be registered in error.',
    ja: '開示請求に回答した（取下げ・誤登録を含む）。',
  },
  {
    disclosureRequest: 'clear',
    operator: 'clear',
    answer: 'clear',
    answeredOn: 'clear',
    remark: 'trail',
  },
);

export const disclosureRequestEvents = {
  DisclosureRequestReceived,
  DisclosureRequestExtended,
  DisclosureRequestViewed,
  ResidentProvisionsShown,
  DisclosureRequestAnswered,
} as const;
export type DisclosureRequestEvent = FactsOf<typeof disclosureRequestEvents>;
export type RecordedDisclosureRequestEvent = RecordsOf<typeof disclosureRequestEvents>;
