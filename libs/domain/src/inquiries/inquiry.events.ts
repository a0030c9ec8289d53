import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';
import type { IdentityRecord, Question, SubjectIdentifier } from '../kernel/identity.js';

/** One inquiry (照会) and everything that became of it. The id is the caller's UUIDv7 (decision 18). */
export const inquiryStream = (inquiry: string): string => `inquiry-${inquiry}`;
export const disclosureStream = (disclosure: string): string => `disclosure-${disclosure}`;
export const searchStream = (search: string): string => `search-${search}`;

/** How the question was put; the question itself is sealed. */
export type QuestionForm = 'by-code' | 'by-name';

export const InquiryReceived = defineEvent<{
  inquiry: string;
  purpose: Purpose;
  caseReference: string;
  form: QuestionForm;
  question: Question;
  subjects: readonly SubjectIdentifier[];
  operator: string;
  terminal: string;
  grant: string;
  /** Last Tokyo day on which the identity data may be used; due for erasure at 00:00 of the next (decision 10). */
  usableThrough: string;
  /** Real time by which the answer must be durable, UTC. */
  deadline: string;
  /** The process that is working on it; only its death makes the inquiry abandoned. */
  lease: string;
}>()(
  'InquiryReceived',
  1,
  {
    en: 'An inquiry was accepted and will be put to the provider (art. 1).',
    ja: '照会が受理され、提供者に送られる（第1条）。',
  },
  {
    inquiry: 'clear',
    purpose: 'clear',
    caseReference: 'clear',
    form: 'clear',
    question: 'identity',
    subjects: 'subjects',
    operator: 'clear',
    terminal: 'clear',
    grant: 'clear',
    usableThrough: 'clear',
    deadline: 'clear',
    lease: 'clear',
  },
);

export const InquiryRefused = defineEvent<{
  inquiry: string;
  /** What was asked for, where it is one of the listed values; null otherwise (nothing typed freely is kept). */
  purpose: Purpose | null;
  caseReference: string | null;
  operator: string;
  terminal: string;
  reasons: readonly string[];
  subjects: readonly SubjectIdentifier[];
}>()(
  'InquiryRefused',
  1,
  {
    en: 'An inquiry was refused; the question is not kept.',
    ja: '照会が拒否された（照会内容は保存しない）。',
  },
  {
    inquiry: 'clear',
    purpose: 'clear',
    caseReference: 'clear',
    operator: 'clear',
    terminal: 'clear',
    reasons: 'clear',
    subjects: 'subjects',
  },
);

export const InformationProvided = defineEvent<{
  inquiry: string;
  purpose: Purpose;
  outcome: 'found' | 'several';
  records: number;
  /** The provider's id of its answer message. */
  message: string;
}>()(
  'InformationProvided',
  1,
  { en: 'The provider supplied identity information (提供).', ja: '本人確認情報の提供を受けた。' },
  { inquiry: 'clear', purpose: 'clear', outcome: 'clear', records: 'clear', message: 'clear' },
);

export const RecordProvided = defineEvent<{
  inquiry: string;
  /** 1 to `records`. */
  number: number;
  record: IdentityRecord;
  subjects: readonly SubjectIdentifier[];
}>()(
  'RecordProvided',
  1,
  { en: 'One record of the answer, sealed.', ja: '提供を受けた記録1件（封印済み）。' },
  { inquiry: 'clear', number: 'clear', record: 'identity', subjects: 'subjects' },
);

/** Outcomes that carry no identity information (DOMAIN, "Outcomes"). */
export const emptyOutcomes = [
  'not-found',
  'too-many',
  'deleted-record',
  'malformed',
  'suspended',
  'out-of-hours',
  'provider-unavailable',
] as const;
export type EmptyOutcome = (typeof emptyOutcomes)[number];
export type Outcome = 'found' | 'several' | EmptyOutcome;

export const NothingProvided = defineEvent<{
  inquiry: string;
  purpose: Purpose;
  outcome: EmptyOutcome;
  /** How many records match, where the outcome is `too-many`. */
  count: number | null;
}>()(
  'NothingProvided',
  1,
  { en: 'The inquiry ended without identity information.', ja: '本人確認情報の提供なしに照会が終わった。' },
  { inquiry: 'clear', purpose: 'clear', outcome: 'clear', count: 'clear' },
);

/** What was wrong with an answer of the provider. */
export type AnswerFault =
  | 'individual-number'
  | 'too-large'
  | 'malformed'
  | 'replayed'
  | 'not-authentic'
  | 'timeout'
  | 'unreachable';

export const AnswerFaulty = defineEvent<{ inquiry: string; fault: AnswerFault }>()(
  'AnswerFaulty',
  1,
  {
    en: 'The provider answered wrongly; an individual number is discarded unstored.',
    ja: '提供者の応答に不備があった（個人番号は保存せずに破棄）。',
  },
  { inquiry: 'clear', fault: 'clear' },
);

export const InquiryOutcomeUnknown = defineEvent<{ inquiry: string; cause: 'abandoned' | 'not-recorded' }>()(
  'InquiryOutcomeUnknown',
  1,
  { en: 'The inquiry was closed without a known outcome.', ja: '照会は結果不明のまま閉じられた。' },
  { inquiry: 'clear', cause: 'clear' },
);

export const LateAnswerDiscarded = defineEvent<{ inquiry: string; records: number }>()(
  'LateAnswerDiscarded',
  1,
  {
    en: 'An answer came after the inquiry was closed and was discarded; it counts for fees.',
    ja: '終了後に届いた応答を破棄した（手数料の対象）。',
  },
  { inquiry: 'clear', records: 'clear' },
);

export const AnswerRedelivered = defineEvent<{ inquiry: string; operator: string; terminal: string }>()(
  'AnswerRedelivered',
  1,
  {
    en: 'The stored answer was given again to the same operator and terminal.',
    ja: '同じ操作者・端末に保存済みの応答を再送した。',
  },
  { inquiry: 'clear', operator: 'clear', terminal: 'clear' },
);

export const AnswerWithheld = defineEvent<{
  inquiry: string;
  operator: string;
  reasons: readonly string[];
}>()(
  'AnswerWithheld',
  1,
  {
    en: 'The answer was recorded but not shown: the right to it ended while it was under way.',
    ja: '応答は記録されたが、その間に権限が失われたため表示されなかった。',
  },
  { inquiry: 'clear', operator: 'clear', reasons: 'clear' },
);

// ---- disclosure of a stored answer, and searches of the trail: viewing is an event (decision 19) ----

export const disclosureReasons = [
  'case-continued',
  'applicant-query',
  'correction',
  'audit',
  'incident',
] as const;
export type DisclosureReason = (typeof disclosureReasons)[number];

export const DisclosureRequested = defineEvent<{
  disclosure: string;
  inquiry: string;
  operator: string;
  reason: DisclosureReason;
  note: string | null;
}>()(
  'DisclosureRequested',
  1,
  { en: 'Somebody asked to see a stored answer.', ja: '保存済みの応答の閲覧が求められた。' },
  { disclosure: 'clear', inquiry: 'clear', operator: 'clear', reason: 'clear', note: 'trail' },
);
export const DisclosureOpened = defineEvent<{
  disclosure: string;
  inquiry: string;
  operator: string;
  records: number;
}>()(
  'DisclosureOpened',
  1,
  { en: 'A stored answer was shown.', ja: '保存済みの応答が閲覧された。' },
  { disclosure: 'clear', inquiry: 'clear', operator: 'clear', records: 'clear' },
);
export const DisclosureDenied = defineEvent<{
  disclosure: string;
  inquiry: string;
  operator: string;
  reasons: readonly string[];
}>()(
  'DisclosureDenied',
  1,
  { en: 'A stored answer was not shown.', ja: '保存済みの応答の閲覧が認められなかった。' },
  { disclosure: 'clear', inquiry: 'clear', operator: 'clear', reasons: 'clear' },
);

export const TrailSearched = defineEvent<{
  search: string;
  operator: string;
  /** The filters as given; sealed, because somebody may type a name where a case belongs. */
  filters: { readonly [name: string]: string | number | boolean | null };
  subjects: readonly SubjectIdentifier[];
  reason: string;
}>()(
  'TrailSearched',
  1,
  { en: 'Somebody searched the trail.', ja: '証跡が検索された。' },
  { search: 'clear', operator: 'clear', filters: 'trail', subjects: 'subjects', reason: 'trail' },
);

export const EventViewed = defineEvent<{ search: string; operator: string; event: string }>()(
  'EventViewed',
  1,
  { en: 'Somebody looked at a single event of the trail.', ja: '証跡の個別イベントが閲覧された。' },
  { search: 'clear', operator: 'clear', event: 'clear' },
);

export const inquiryEvents = {
  InquiryReceived,
  InquiryRefused,
  InformationProvided,
  RecordProvided,
  NothingProvided,
  AnswerFaulty,
  InquiryOutcomeUnknown,
  LateAnswerDiscarded,
  AnswerRedelivered,
  AnswerWithheld,
} as const;
export const disclosureEvents = { DisclosureRequested, DisclosureOpened, DisclosureDenied } as const;
export const searchEvents = { TrailSearched, EventViewed } as const;

export type InquiryEvent = FactsOf<typeof inquiryEvents>;
export type RecordedInquiryEvent = RecordsOf<typeof inquiryEvents>;
export type DisclosureEvent = FactsOf<typeof disclosureEvents>;
export type RecordedDisclosureEvent = RecordsOf<typeof disclosureEvents>;
export type SearchEvent = FactsOf<typeof searchEvents>;
