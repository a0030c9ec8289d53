import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '../kernel/decision.js';
import type { AskedQuestion } from './question.js';
import { judge, makeInquiry, type MakeInquiry, type Standing } from './inquiry.js';
import { inquiryRefusals } from './inquiry.refusals.js';
import {
  INQUIRY,
  inquiries,
  making,
  nothingFound,
  provided,
  received,
  refused,
  RESIDENT_CODE,
  standing,
} from './inquiry.specification.js';

const OUR_OWN_WORDS: readonly string[] = inquiryRefusals;

/** Makes a new inquiry and returns the outcome. */
const make = (command: Partial<MakeInquiry> = {}, found: Partial<Standing> = {}) =>
  inquiries.given().when((state) => makeInquiry(state, making(command), standing(found)));

const onlyEvent = (outcome: ReturnType<typeof make>, type: string) => {
  expect(outcome.events.map((event) => event.type)).toEqual([type]);
  return outcome.events[0]?.data as Record<string, unknown>;
};

describe('an inquiry against which nothing stands', () => {
  it('is received, with everything that later decisions need', () => {
    const outcome = make();
    expect(outcome.decision.accepted).toBe(true);
    expect(onlyEvent(outcome, 'InquiryReceived')).toEqual({
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
    });
  });

  it('counts its deadline in real time, whatever business time says', () => {
    const data = onlyEvent(make({ now: '2031-01-01T00:00:00.000Z' }), 'InquiryReceived');
    expect(data['deadline']).toBe('2026-04-10T01:00:29.500Z');
  });

  it('by name keeps the question as it was typed, and is findable by name with a complete birth date', () => {
    const question = { name: 'みほん 花子', birthDate: '1961-04-12' };
    const data = onlyEvent(make({ question }), 'InquiryReceived');
    expect(data).toMatchObject({
      form: 'by-name',
      question,
      subjects: [{ kind: 'name-birth-date', value: 'ミホン花子\u001F1961-04-12' }],
    });
  });

  it('leaves nothing behind from fields that the question does not have', () => {
    const question = { residentCode: RESIDENT_CODE, remark: 'neighbour' } as AskedQuestion;
    expect(onlyEvent(make({ question }), 'InquiryReceived')['question']).toEqual({
      residentCode: RESIDENT_CODE,
    });
  });

  it.each([
    ['received', received],
    ['refused', refused],
    ['provided', provided],
  ] as const)('takes no id that was %s before', (_, fact) => {
    const facts = fact === provided ? [received, fact] : [fact];
    const outcome = inquiries.given(...facts).when((state) => makeInquiry(state, making(), standing()));
    expect(outcome.refusals).toEqual(['inquiry-id-taken']);
    expect(outcome.events).toEqual([]);
  });
});

describe('the last day on which the answer may be used', () => {
  it.each([
    // [received at (UTC), period, usable through (Tokyo day)]
    ['2026-04-10T14:59:59.999Z', 'P1D', '2026-04-11'], // 23:59:59.999 in Tokyo
    ['2026-04-10T15:00:00.000Z', 'P1D', '2026-04-12'], // 00:00 of the next day in Tokyo
    ['2026-01-30T15:00:00.000Z', 'P1M', '2026-02-28'], // 31 January in Tokyo
    ['2028-01-31T00:00:00.000Z', 'P1M', '2028-02-29'],
    ['2026-03-30T15:00:00.000Z', 'P1M', '2026-04-30'],
    ['2026-02-28T00:00:00.000Z', 'P1M', '2026-03-28'],
    ['2028-02-29T00:00:00.000Z', 'P1Y', '2029-02-28'],
    ['2026-12-31T14:59:59.999Z', 'P1D', '2027-01-01'],
    ['2026-12-31T15:00:00.000Z', 'P1D', '2027-01-02'],
    ['2026-08-31T00:00:00.000Z', 'P6M', '2027-02-28'],
  ])('received %s with %s: %s', (now, period, usableThrough) => {
    expect(onlyEvent(make({ now }, { period }), 'InquiryReceived')['usableThrough']).toBe(usableThrough);
  });
});

describe('an inquiry is refused, and the refusal recorded,', () => {
  const noGrant = { grant: { refusals: [{ code: 'grant-missing' }] } };
  const rows: readonly (readonly [string, Partial<MakeInquiry>, Partial<Standing>, Refusal])[] = [
    ['without an agreement', {}, { agreement: 'none' }, { code: 'agreement-not-in-force' }],
    ['after termination', {}, { agreement: 'terminated' }, { code: 'agreement-terminated' }],
    [
      'while nobody of the provider could be called',
      {},
      { contactsMissing: ['provider'] },
      { code: 'contact-missing', field: 'provider' },
    ],
    ['without a valid grant', {}, noGrant, { code: 'grant-missing' }],
    [
      'without a case reference',
      { caseReference: '' },
      {},
      { code: 'case-reference-missing', field: 'caseReference' },
    ],
    [
      'with a case of another affair',
      { caseReference: 'NEW-0001' },
      {},
      { code: 'case-reference-malformed', field: 'caseReference' },
    ],
    [
      'without a retention period',
      {},
      { period: null },
      { code: 'retention-period-missing', field: 'purpose' },
    ],
    ['while provision is suspended', {}, { suspended: true }, { code: 'provision-suspended' }],
    ['out of service hours', {}, { withinHours: false }, { code: 'out-of-hours' }],
    ['while the log cannot prove it', {}, { provable: false }, { code: 'log-not-provable' }],
    [
      'for a purpose the agreement does not list',
      {},
      { purposes: ['rtva-59-1:response'] },
      { code: 'purpose-unlisted', field: 'purpose' },
    ],
    [
      'with a wrong check digit',
      { question: { residentCode: '25208017644' } },
      {},
      { code: 'check-digit-wrong', field: 'question.residentCode' },
    ],
    [
      'with an individual number',
      { question: { residentCode: '123456789018' } },
      {},
      { code: 'individual-number-not-allowed', field: 'question.residentCode' },
    ],
    [
      'with no question at all',
      { question: { birthDate: '1961-04-12' } },
      {},
      { code: 'question-malformed', field: 'question.name' },
    ],
  ];

  it.each(rows)('%s', (_, command, found, refusal) => {
    const outcome = make(command, found);
    expect(outcome.decision).toMatchObject({ accepted: false, refusals: [refusal] });
    expect(onlyEvent(outcome, 'InquiryRefused')['reasons']).toEqual([refusal.code]);
  });

  it('under a purpose that no agreement could list, such as a response under article 97-3(1)', () => {
    const casePatterns = { 'rtva-97-3-1': 'RTV-\\d{4}-\\d{6}' };
    const outcome = make({ purpose: 'rtva-97-3-1:response' }, { casePatterns });
    expect(outcome.refusals).toEqual(['purpose-unlisted']);
    expect(onlyEvent(outcome, 'InquiryRefused')).toMatchObject({ purpose: null });
  });

  it('even when an agreement lists a purpose that schedule 1 does not know', () => {
    const purposes = ['rtva-97-3-1:response'];
    const casePatterns = { 'rtva-97-3-1': '.*' };
    expect(make({ purpose: 'rtva-97-3-1:response' }, { purposes, casePatterns }).refusals).toEqual([
      'purpose-unlisted',
    ]);
  });

  it('with every reason at once, in the order in which a person would mend them', () => {
    const outcome = make(
      { purpose: 'tax-1:response', caseReference: '', question: { name: '', birthDate: 'spring' } },
      {
        agreement: 'terminated',
        contactsMissing: ['recipient', 'provider'],
        grant: { refusals: [{ code: 'training-lapsed' }, { code: 'grant-revoked' }] },
        period: null,
        suspended: true,
        withinHours: false,
        provable: false,
      },
    );
    expect(outcome.refusals).toEqual([
      'agreement-terminated',
      'contact-missing',
      'contact-missing',
      'purpose-unlisted',
      'case-reference-missing',
      'question-malformed',
      'question-malformed',
      'training-lapsed',
      'grant-revoked',
      'retention-period-missing',
      'provision-suspended',
      'out-of-hours',
      'log-not-provable',
    ]);
    const data = onlyEvent(outcome, 'InquiryRefused');
    expect(data['reasons']).toEqual([...new Set(outcome.refusals)]);
  });

  it('with codes that the catalogue of refusals knows, apart from those of the grant', () => {
    const outcome = make({ question: { individualNumber: '1' }, caseReference: 'x' }, { withinHours: false });
    for (const code of outcome.refusals) expect(OUR_OWN_WORDS).toContain(code);
  });

  it('is judged without any event, too', () => {
    expect(judge(making(), standing())).toEqual([]);
    expect(judge(making(), standing({ suspended: true }))).toEqual([{ code: 'provision-suspended' }]);
  });
});

describe('a case reference', () => {
  const reference = (caseReference: string, pattern = 'RTV-\\d{4}-\\d{6}') =>
    make({ caseReference }, { casePatterns: { 'rtva-59-1': pattern } });

  it.each([
    ['a part of a reference', 'RTV-2026'],
    ['a reference and more', 'RTV-2026-000123 neighbour'],
    ['a second line', 'RTV-2026-000123\n'],
    ['a first line', '\nRTV-2026-000123'],
    ['full-width digits', 'RTV-２０２６-000123'],
    ['lower case', 'rtv-2026-000123'],
    ['a space', ' RTV-2026-000123'],
    ['ten thousand characters', 'RTV-2026-000123'.padEnd(10_000, '0')],
    ['a lone surrogate', 'RTV-2026-00012\uD842'],
  ])('with %s is malformed and not kept', (_, caseReference) => {
    const outcome = reference(caseReference);
    expect(outcome.refusals).toEqual(['case-reference-malformed']);
    expect(onlyEvent(outcome, 'InquiryRefused')['caseReference']).toBeNull();
  });

  it('matches an alternative of its pattern as a whole only', () => {
    expect(reference('A-1', 'A-1|B-2').refusals).toEqual([]);
    expect(reference('A-1 and more', 'A-1|B-2').refusals).toEqual(['case-reference-malformed']);
    expect(reference('more and B-2', 'A-1|B-2').refusals).toEqual(['case-reference-malformed']);
  });

  it('cannot be smuggled past by a pattern that closes its own anchors', () => {
    expect(reference(`A${RESIDENT_CODE}`, 'A)|(?:B').refusals).toEqual(['case-reference-malformed']);
  });

  it('under a pattern as wide as can be is still bounded, and still text', () => {
    expect(reference('x'.repeat(64), '.+').refusals).toEqual([]);
    expect(reference('x'.repeat(65), '.+').refusals).toEqual(['case-reference-malformed']);
    expect(reference('half \uDC00', '.+').refusals).toEqual(['case-reference-malformed']);
  });

  it('matches nothing where its affair has no pattern, or an empty one', () => {
    expect(make({}, { casePatterns: {} }).refusals).toEqual(['case-reference-malformed']);
    expect(reference('RTV-2026-000123', '').refusals).toEqual(['case-reference-malformed']);
  });

  it.each([
    '__proto__:x',
    'constructor:x',
    'toString:examination',
    'hasOwnProperty',
    '',
    ':',
    'rtva-59-1',
    'rtva-59-1x',
  ])('under the purpose %j finds no pattern, and neither is kept', (purpose) => {
    const outcome = make({ purpose });
    expect(outcome.refusals).toEqual(['purpose-unlisted', 'case-reference-malformed']);
    expect(onlyEvent(outcome, 'InquiryRefused')).toMatchObject({ purpose: null, caseReference: null });
  });
});

describe('the record of a refusal', () => {
  const secrets = ['かくし味', '1901-02-03', '隠町一丁目', 'PURPOSE-OF-MINE', 'CASE-OF-MINE'];
  const hiding = making({
    purpose: 'PURPOSE-OF-MINE',
    caseReference: 'CASE-OF-MINE',
    question: { name: 'かくし味', birthDate: '1901-02-03', address: '隠町一丁目' },
  });

  it('keeps no word of the question, nor a purpose or case reference typed freely', () => {
    const outcome = make(hiding);
    const { decision } = outcome;
    const { subjects, ...kept } = onlyEvent(outcome, 'InquiryRefused');
    for (const secret of secrets) {
      expect(JSON.stringify(kept)).not.toContain(secret);
      expect(JSON.stringify('refusals' in decision ? decision.refusals : [])).not.toContain(secret);
    }
    // The only trace of the resident is the subject, which leaves the vault as a keyed token (decision 14).
    expect(subjects).toEqual([{ kind: 'name-birth-date', value: 'カクシ味\u001F1901-02-03' }]);
  });

  it('does not repeat the name of a field that somebody made up', () => {
    const question = { かくし味: '1234 5678 9018' } as AskedQuestion;
    const { decision } = make({ question });
    expect(decision).toMatchObject({
      refusals: [{ code: 'individual-number-not-allowed', field: 'question' }],
    });
    expect(JSON.stringify(decision)).not.toContain('かくし味');
  });

  it('keeps a listed purpose and a case reference of the right form, so that refusals can be matched to cases', () => {
    expect(onlyEvent(make({}, { suspended: true }), 'InquiryRefused')).toEqual({
      inquiry: INQUIRY,
      purpose: 'rtva-59-1:examination',
      caseReference: 'RTV-2026-000123',
      operator: 'operator-1',
      terminal: 'terminal-1',
      reasons: ['provision-suspended'],
      subjects: [{ kind: 'resident-code', value: RESIDENT_CODE }],
    });
  });

  it('names no subject when the question could not be read', () => {
    const outcome = make({ question: { residentCode: '25208017644' } });
    expect(onlyEvent(outcome, 'InquiryRefused')['subjects']).toEqual([]);
  });

  it('ends the inquiry: its reasons are all that the state keeps', () => {
    expect(inquiries.given(refused).state).toEqual({
      state: 'refused',
      by: { operator: 'operator-1', terminal: 'terminal-1' },
      reasons: ['out-of-hours', 'grant-revoked'],
    });
    expect(inquiries.given(received, nothingFound).state).toMatchObject({ state: 'empty' });
  });
});
