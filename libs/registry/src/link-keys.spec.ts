import { describe, expect, it } from '@jest/globals';
import { linkKeyProblems, openingKey, parseLinkKeys, sealingKey, type LinkKey } from './link-keys.js';

const NOW = 1_775_000_000_000;
const key = (kid: string, notAfter?: number): LinkKey => ({
  kid,
  key: new Uint8Array(32),
  ...(notAfter === undefined ? {} : { notAfter }),
});

describe('link keys rotate by overlap', () => {
  const keys = [key('spring', NOW + 1000), key('summer')];

  it('the newest in force seals', () => {
    expect(sealingKey(keys, NOW)?.kid).toBe('summer');
    expect(sealingKey([key('spring'), key('summer', NOW - 1)], NOW)?.kid).toBe('spring');
    expect(sealingKey([key('spring', NOW - 1)], NOW)).toBeUndefined();
  });

  it('all in force open', () => {
    expect(openingKey(keys, 'spring', NOW)?.kid).toBe('spring');
    expect(openingKey(keys, 'spring', NOW + 1001)).toBeUndefined();
    expect(openingKey(keys, 'winter', NOW)).toBeUndefined();
  });
});

describe('a list of link keys', () => {
  it('is read from JSON, oldest first', () => {
    const text = JSON.stringify([
      { kid: 'a', key: Buffer.alloc(32, 7).toString('base64url'), notAfter: '2026-04-01T00:00:00.000Z' },
    ]);
    const [first] = parseLinkKeys(text);
    expect(first?.kid).toBe('a');
    expect(first?.notAfter).toBe(Date.parse('2026-04-01T00:00:00.000Z'));
    expect(Buffer.from(first?.key ?? []).equals(Buffer.alloc(32, 7))).toBe(true);
  });

  it.each(['', '{}', '[{"kid":"a"}]', '[{"kid":"a","key":"x","notAfter":"soon"}]', '[null]', 'secret-key'])(
    'is refused as %j, without quoting it',
    (text) => {
      expect(() => parseLinkKeys(text)).toThrow(
        'the link key file is not a JSON list of { kid, key (base64url), notAfter? (ISO 8601) }',
      );
    },
  );

  it('names all its problems at once, and no key', () => {
    const keys = [
      { kid: 'a b', key: new Uint8Array(16) },
      { kid: 'c', key: new Uint8Array(32), notAfter: NOW - 1 },
      { kid: 'c', key: new Uint8Array(32), notAfter: NOW - 1 },
    ];
    expect(linkKeyProblems([keys[1], keys[2], { ...keys[0], notAfter: 1 }] as LinkKey[], NOW)).toEqual([
      'key 3 has no usable kid',
      'key 3 is not 32 bytes long',
      'two keys have the same kid',
      'no key is in force',
    ]);
    expect(linkKeyProblems([], NOW)).toEqual(['no key is in force']);
  });
});
