import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { dataKeyBinding, fieldBinding, storeKeyBinding } from './binding.js';
import { sealText, unwrapKey, wrapKey } from './box.js';
import { EntryText } from './entry-text.js';
import { subjectToken } from './subject-tokens.js';

/** Confirmed with Python's `cryptography`, hashlib and hmac. A change here is a new format: old events would not open. */
const KEY = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const NONCE = Buffer.from('202122232425262728292a2b', 'hex');
const COHORT = 'agr-1/rtva-59-1:examination/2026-06-30';
const INQUIRY = '01900000-0000-7000-8000-000000000003';
const HEADER = {
  v: 1,
  type: 'InquiryReceived',
  id: '01900000-0000-7000-8000-000000000001',
  stream: `inquiry-${INQUIRY}`,
  at: '2026-04-01T00:00:00.000Z',
  agreement: 'agr-1',
  actor: { operator: 'op-1' },
  correlation: '01900000-0000-7000-8000-000000000002',
};

describe('The shared vectors', () => {
  const binding = fieldBinding(new EntryText(HEADER).header, 'question');

  it('bind a field to the header and its name', () => {
    expect(binding.toString('hex')).toBe('3f9befc8573108974428f94cea36452a26f41cd7658b8a1bdee51d07c979acb7');
  });

  it('give the box of a field', () => {
    expect(sealText(KEY, binding, '{"residentCode":"24727059608"}', NONCE)).toBe(
      'ICEiIyQlJicoKSor0jqmbhe6aGtpFSarr2y3lrQszqalslfZXsFcJ3C8bjFX8+UEjiU12hT9bpJYCR/I4irsjpo8LWHOYn8dTLIK3dgmzQuW' +
        'l+WWi2rpJ7tdOWHVlzMEt/uGHs9PwioaHJ7cAlQuVshEnvPJnKQHo/bNE3CRj0KR3q8NUPIHD/WHgig85H2eO+4DsWWPomoOPxym18orNdOY' +
        '2oowCL0vitPRzdn1PC/c83eM4bfJvKYqG6urs7yEScPPPWvA7qTmOtOq46N2FnSGxF9VHbW+79OrzM0l9R7G3xOfAb8JXEdUSw08FG6LnW9/' +
        '/FNk25Hp9pARyn+yiTMKBTO+PwF1C3R49gKupuxHx9WGccR6LVJVJ9I=',
    );
  });

  it('give the wrap of a data key', () => {
    const wrapBinding = dataKeyBinding(INQUIRY, COHORT, 'agr-1');
    const wrap = wrapKey(KEY, wrapBinding, Buffer.alloc(32, 0x55), NONCE);

    expect(wrap.toString('base64')).toBe(
      'ICEiIyQlJicoKSorh2/zJTnNT1tPKReblE2hrIUcucnS1Ta7OaM5RxzfC1zu2B+wi/CEM0QV7m26ZJq9',
    );
    expect(unwrapKey(KEY, wrapBinding, wrap)).toEqual(Buffer.alloc(32, 0x55));
  });

  it('bind a key of the key store to kind, id and epoch', () => {
    expect(storeKeyBinding({ kind: 'cohort', id: COHORT }, 3).toString('hex')).toBe(
      '6554bb389d7775c875643c192bc31e335c6b38121272eb07ccbdcc7028100ddd',
    );
  });

  it('give the token of a resident code', () => {
    const token = subjectToken(createSecretKey(KEY), 'agr-1', 2026, {
      kind: 'resident-code',
      value: '24727059608',
    });

    expect(token).toBe('DtAgTvX2qblvdyPXA9qC0AyD4JUAx3oP_b92IRCtLNY');
  });

  it('give the token of a name with a birth date', () => {
    const value = 'ヤマダ\u001f1961-04-01';

    expect(subjectToken(createSecretKey(KEY), 'agr-1', 2026, { kind: 'name-birth-date', value })).toBe(
      'iDf3XaHNw7Bd6N45EHkPxTJ8oVsDTXBnWSjEUVdlW1U',
    );
  });
});

describe('A token', () => {
  const token = (agreement: string, year: number, kind: 'resident-code' | 'name-birth-date', value: string) =>
    subjectToken(createSecretKey(KEY), agreement, year, { kind, value });

  it('differs by agreement, year, kind and value', () => {
    const tokens = [
      token('agr-1', 2026, 'resident-code', '1'),
      token('agr-2', 2026, 'resident-code', '1'),
      token('agr-1', 2027, 'resident-code', '1'),
      token('agr-1', 2026, 'name-birth-date', '1'),
      token('agr-1', 2026, 'resident-code', '2'),
    ];

    expect(new Set(tokens).size).toBe(tokens.length);
  });

  it('keeps its parts apart, whatever they hold', () => {
    expect(token('a","b', 2026, 'resident-code', 'c')).not.toBe(token('a', 2026, 'resident-code', 'b","c'));
  });
});
