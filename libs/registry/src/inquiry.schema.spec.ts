import { describe, expect, it } from '@jest/globals';
import { parseInquiry, parseQuestion } from './inquiry.schema.js';

const claims = {
  jti: '019a0000-0000-7000-8000-000000000001',
  iat: 1_775_000_000,
  inquiry: '019a0000-0000-7000-8000-000000000003',
  agreement: 'mlit-2019',
  purpose: 'rtva-59-1:examination',
  question: { residentCode: '24727059608' },
};

describe('a question to the provider', () => {
  it.each<[unknown]>([
    [{ residentCode: '24727059608' }],
    [{ name: '古賀 稔彦', birthDate: '1961-04-01' }],
    [{ name: '戸籍', address: '東京都', prefix: true }],
    [{ name: '戸籍', birthDate: '????-??-??', address: '東京都', prefix: false }],
  ])('may be %j', (question) => {
    expect(parseQuestion(question)).toEqual(question);
  });

  it.each<[unknown]>([
    [null],
    ['24727059608'],
    [{}],
    [{ residentCode: '24727059609' }],
    [{ residentCode: '24727059608', name: '古賀' }],
    [{ residentCode: '123456789018' }],
    [{ name: '古賀 稔彦' }],
    [{ name: ' \u3000', birthDate: '1961-04-01' }],
    [{ name: '山\uD842', birthDate: '1961-04-01' }],
    [{ name: '古賀', birthDate: '1961' }],
    [{ name: '古賀', address: '' }],
    [{ name: '古賀', address: '東京都', prefix: 'yes' }],
    [{ name: '古賀', address: '東京都', individualNumber: '123456789018' }],
  ])('may not be %j', (question) => {
    expect(parseQuestion(question)).toBeNull();
  });
});

describe('an inquiry message', () => {
  it('is read whole', () => {
    const { agreement, purpose, question } = claims;
    expect(parseInquiry(claims)).toEqual({
      jti: claims.jti,
      iat: claims.iat,
      inquiry: claims.inquiry,
      body: { agreement, purpose, question },
    });
  });

  it.each<[string, object]>([
    ['its purpose is not listed', { purpose: 'rtva-97-3-1:response' }],
    ['it names no agreement', { agreement: '' }],
    ['its question is none', { question: {} }],
    ['it has an unknown field', { priority: 1 }],
  ])('can be answered as malformed when %s', (_case, changes) => {
    expect(parseInquiry({ ...claims, ...changes })).toMatchObject({ inquiry: claims.inquiry, body: null });
  });

  it.each<[string, object]>([
    ['it has no id', { jti: undefined }],
    ['it has no time', { iat: 0 }],
    ['its inquiry has no id', { inquiry: 'x' }],
  ])('cannot be answered when %s', (_case, changes) => {
    expect(parseInquiry({ ...claims, ...changes })).toBeNull();
  });
});
