import { describe, expect, it } from '@jest/globals';
import type { IdentityRecord, Question } from '#domain';
import { parseAnswer, parseEnvelope } from './answer.schema.js';
import { discardIndividualNumbers, type Cleaned } from './individual-number.js';

const record: IdentityRecord = {
  residentCode: '24846016224',
  name: '\u{20BB7}\u{E0101}﨑\u3000葛\u{E0100}\uE001',
  birthDate: '1948-11-??',
  sex: '1',
  address: '奈良県葛\u{E0100}城市\u{F0003}',
  changeReason: '31',
  changedOn: '2019-05-07',
};
const byCode: Question = { residentCode: record.residentCode };
const byName: Question = { name: '誰か', birthDate: '1948-11-??' };

/** As it arrives: through JSON, and cleaned. */
const arrived = (answer: unknown): Cleaned =>
  discardIndividualNumbers(JSON.parse(JSON.stringify(answer))).value;
/** The same record so many times; answers do not promise that records differ. */
const times = (count: number): IdentityRecord[] => Array.from({ length: count }, () => record);
const found = (changes: object): unknown => ({ outcome: 'found', records: [{ ...record, ...changes }] });
const without = (field: keyof IdentityRecord): unknown => {
  const { [field]: _left, ...rest } = record;
  return { outcome: 'found', records: [rest] };
};

describe('an answer of the provider', () => {
  it('keeps rare characters code point by code point', () => {
    const answer = parseAnswer(arrived(found({})), byCode);
    expect(answer).toEqual({ outcome: 'found', records: [record] });
  });

  it('may carry as many as twenty records', () => {
    const answer = parseAnswer(arrived({ outcome: 'several', records: times(20) }), byName);
    expect(answer).toMatchObject({ outcome: 'several', records: { length: 20 } });
  });

  it('becomes "too many", without data, above twenty records', () => {
    const answer = parseAnswer(arrived({ outcome: 'several', records: times(21) }), byName);
    expect(answer).toEqual({ outcome: 'too-many', count: 21 });
  });

  it.each(['not-found', 'deleted-record', 'malformed', 'suspended', 'out-of-hours'])(
    'may say %s, and nothing more',
    (outcome) => {
      expect(parseAnswer(arrived({ outcome }), byCode)).toEqual({ outcome });
      expect(parseAnswer(arrived({ outcome, records: [record] }), byCode)).toBeNull();
      expect(parseAnswer(arrived({ outcome, count: 0 }), byCode)).toBeNull();
    },
  );

  it('says how many where there are too many', () => {
    expect(parseAnswer(arrived({ outcome: 'too-many', count: 836 }), byName)).toEqual({
      outcome: 'too-many',
      count: 836,
    });
  });

  it('keeps the rest of a record from which an individual number was discarded', () => {
    const stray = { name: '123456789018', changeReason: '123456789018', individualNumber: '123456789018' };
    expect(parseAnswer(arrived(found(stray)), byCode)).toEqual({
      outcome: 'found',
      records: [{ ...record, name: '', changeReason: null }],
    });
  });
});

describe('an answer is malformed', () => {
  const unpaired = '\uD842';
  it.each<[string, unknown]>([
    ['when it is no object', 'found'],
    ['when it is a list', [found({})]],
    ['when it has no outcome', { records: [record] }],
    ['when its outcome is unknown', { outcome: 'perhaps' }],
    ['when it claims an outcome that is only ours to give', { outcome: 'provider-unavailable' }],
    ['when it has an unknown field', { outcome: 'found', records: [record], note: '' }],
    ['when it found nobody', { outcome: 'found', records: [] }],
    ['when it found one and sends two', { outcome: 'found', records: [record, record] }],
    ['when it found several and sends one', { outcome: 'several', records: [record] }],
    ['when its records are no list', { outcome: 'found', records: { 0: record } }],
    ['when its count is missing', { outcome: 'too-many' }],
    ['when its count is one', { outcome: 'too-many', count: 1 }],
    ['when its count is text', { outcome: 'too-many', count: '21' }],
    ['when its count is not whole', { outcome: 'too-many', count: 21.5 }],
    ['when a record is null', { outcome: 'found', records: [null] }],
    ['when a record has an unknown field', found({ nickname: '' })],
    ['when a record has __proto__', JSON.parse(`{"outcome":"found","records":[{"__proto__":{}}]}`)],
    ['when a resident code has a wrong check digit', found({ residentCode: '25208017644' })],
    ['when a resident code is a number', found({ residentCode: 24846016224 })],
    ['when a resident code is somebody else’s than asked', found({ residentCode: '24727059608' })],
    ['when a resident code was an individual number', found({ residentCode: '123456789018' })],
    ['when a name holds a lone surrogate', found({ name: `山${unpaired}` })],
    ['when an address holds a lone surrogate', found({ address: `${unpaired}町` })],
    ['when a name is empty', found({ name: '' })],
    ['when a name is null', found({ name: null })],
    ['when a birth date is not in the form', found({ birthDate: '昭和36年4月' })],
    ['when a birth date is null', found({ birthDate: null })],
    ['when a sex is unknown to us', found({ sex: '3' })],
    ['when a change reason is no code', found({ changeReason: '引越しのため' })],
    ['when a day of change is not in the calendar', found({ changedOn: '2019-02-30' })],
    ['when there is no resident code', without('residentCode')],
    ['when there is no name', without('name')],
    ['when there is no change reason, not even null', without('changeReason')],
  ])('%s', (_case, answer) => {
    expect(parseAnswer(arrived(answer), byCode)).toBeNull();
  });
});

describe('the envelope of an answer', () => {
  const envelope = {
    jti: '019a0000-0000-7000-8000-000000000001',
    iat: 1_775_000_000,
    in_reply_to: '019a0000-0000-7000-8000-000000000002',
    inquiry: '019a0000-0000-7000-8000-000000000003',
    answer: { outcome: 'not-found' },
  };

  it('names its message, its time, the question’s message and the inquiry', () => {
    expect(parseEnvelope(arrived(envelope))).toMatchObject({
      jti: envelope.jti,
      inReplyTo: envelope.in_reply_to,
      inquiry: envelope.inquiry,
    });
  });

  it.each<[string, object | null]>([
    ['is no object', null],
    ['has an unknown field', { ...envelope, aud: 'kiroku' }],
    ['lacks its answer', { ...envelope, answer: undefined }],
    ['has an id that is not UUIDv7', { ...envelope, jti: '7c1b3d0e-6f5a-4b2c-9d8e-0f1a2b3c4d5e' }],
    ['has a time in the future of numbers', { ...envelope, iat: 1e300 }],
    ['has a time as text', { ...envelope, iat: '1775000000' }],
    ['answers no message', { ...envelope, in_reply_to: null }],
    ['answers no inquiry', { ...envelope, inquiry: 'inquiry-1' }],
  ])('is refused when it %s', (_case, claims) => {
    expect(parseEnvelope(arrived(claims))).toBeNull();
  });
});
