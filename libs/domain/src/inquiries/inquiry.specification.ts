import type { AnyEvent } from '../kernel/event.js';
import type { IdentityRecord } from '../kernel/identity.js';
import { purposes } from '../kernel/purpose.js';
import { specify } from '../kernel/specification.js';
import { inquiryEvents, type RecordedInquiryEvent } from './inquiry.events.js';
import { evolveInquiry, type Inquiry, initialInquiry, type MakeInquiry, type Standing } from './inquiry.js';

/** The examples that the specifications of inquiries share: one operator, one case, nobody who exists. */
export const inquiries = specify<Inquiry, RecordedInquiryEvent>(inquiryEvents, evolveInquiry, initialInquiry);

export const INQUIRY = '01968f00-0000-7000-8000-000000000001';
export const RESIDENT_CODE = '24727059608';

/** 2026-04-10, a Friday, ten in the morning in Tokyo. */
export const NOW = '2026-04-10T01:00:00.000Z';

/** An inquiry against which nothing stands. */
export const making = (changes: Partial<MakeInquiry> = {}): MakeInquiry => ({
  inquiry: INQUIRY,
  purpose: 'rtva-59-1:examination',
  caseReference: 'RTV-2026-000123',
  question: { residentCode: RESIDENT_CODE },
  operator: 'operator-1',
  terminal: 'terminal-1',
  now: NOW,
  realNow: Date.parse('2026-04-10T00:59:59.500Z'),
  lease: 'api-1',
  ...changes,
});

/** A standing that allows it. */
export const standing = (changes: Partial<Standing> = {}): Standing => ({
  agreement: 'in-force',
  contactsMissing: [],
  purposes,
  casePatterns: { 'rtva-12-1': 'NEW-\\d{4}', 'rtva-59-1': 'RTV-\\d{4}-\\d{6}' },
  deadlineMs: 30_000,
  suspended: false,
  withinHours: true,
  period: 'P90D',
  grant: { id: 'grant-1' },
  provable: true,
  ...changes,
});

/** One record; `changes` make it another resident's. */
export const residentRecord = (changes: Partial<IdentityRecord> = {}): IdentityRecord => ({
  residentCode: RESIDENT_CODE,
  name: '見本\u{845B}\u{E0100}子',
  birthDate: '1961-04-12',
  sex: '2',
  address: '東京都見本区一丁目1番1号',
  changeReason: '11',
  changedOn: '2020-02-03',
  ...changes,
});

type Fact = AnyEvent & { readonly at?: string };

/** The facts of a stream, as decided; the specification records their clear fields only. */
export const received: Fact = {
  type: 'InquiryReceived',
  at: NOW,
  data: {
    inquiry: INQUIRY,
    purpose: 'rtva-59-1:examination',
    caseReference: 'RTV-2026-000123',
    form: 'by-code',
    question: { residentCode: RESIDENT_CODE },
    subjects: [{ kind: 'resident-code', value: RESIDENT_CODE }],
    operator: 'operator-1',
    terminal: 'terminal-1',
    grant: 'grant-1',
    usableThrough: '2026-07-09',
    deadline: '2026-04-10T01:00:29.500Z',
    lease: 'api-1',
  },
};

export const provided: Fact = {
  type: 'InformationProvided',
  data: {
    inquiry: INQUIRY,
    purpose: 'rtva-59-1:examination',
    outcome: 'found',
    records: 1,
    message: 'message-1',
  },
};

export const recordProvided: Fact = {
  type: 'RecordProvided',
  data: { inquiry: INQUIRY, number: 1, record: residentRecord(), subjects: [] },
};

export const nothingFound: Fact = {
  type: 'NothingProvided',
  data: { inquiry: INQUIRY, purpose: 'rtva-59-1:examination', outcome: 'not-found', count: null },
};

export const outcomeUnknown: Fact = {
  type: 'InquiryOutcomeUnknown',
  data: { inquiry: INQUIRY, cause: 'abandoned' },
};

export const refused: Fact = {
  type: 'InquiryRefused',
  data: {
    inquiry: INQUIRY,
    purpose: 'rtva-59-1:examination',
    caseReference: 'RTV-2026-000123',
    operator: 'operator-1',
    terminal: 'terminal-1',
    reasons: ['out-of-hours', 'grant-revoked'],
    subjects: [],
  },
};
