import { describe, expect, it } from '@jest/globals';
import { CompactEncrypt } from 'jose';
import type { LinkKey } from './link-keys.js';
import { openMessage, sealMessage } from './sealing.js';

const NOW = 1_775_000_000_000;
const key = (kid: string, fill: number, notAfter?: number): LinkKey => ({
  kid,
  key: new Uint8Array(32).fill(fill),
  ...(notAfter === undefined ? {} : { notAfter }),
});
const [old, current] = [key('old', 1), key('current', 2)];
const claims = { jti: '019a0000-0000-7000-8000-000000000001', iat: 1_775_000_000, text: '葛\u{E0100}\uE001' };

/** A message with a header and content of one's own choosing. */
const crafted = (header: object, plaintext: Uint8Array, bytes = current.key): Promise<string> =>
  new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: 'current', typ: 'kiroku-answer', ...header })
    .encrypt(bytes);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a sealed message', () => {
  it('opens to the same code points, under every key in force', async () => {
    const sealed = await sealMessage('kiroku-answer', claims, old);
    expect(await openMessage('kiroku-answer', sealed, [old, current], NOW)).toEqual({
      ok: true,
      claims,
      kid: 'old',
    });
  });

  it('shows nothing of its claims', async () => {
    const sealed = await sealMessage('kiroku-answer', claims, old);
    const clear = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
    expect(clear.join()).not.toContain(claims.jti);
    expect(clear.join()).not.toContain('葛');
  });

  it('is never sealed twice alike', async () => {
    const [one, two] = await Promise.all([
      sealMessage('kiroku-answer', claims, old),
      sealMessage('kiroku-answer', claims, old),
    ]);
    expect(one).not.toBe(two);
  });
});

describe('a message is not authentic', () => {
  it.each<[string, () => Promise<string>]>([
    ['when its key is unknown', () => sealMessage('kiroku-answer', claims, key('other', 2))],
    ['when its key has run out', () => sealMessage('kiroku-answer', claims, key('expired', 3))],
    ['when its key is another of that name', () => sealMessage('kiroku-answer', claims, key('current', 9))],
    ['when it is a question turned round', () => sealMessage('kiroku-inquiry', claims, current)],
    [
      'when its content encryption is another',
      () => crafted({ enc: 'A128GCM' }, bytes('{}'), current.key.slice(16)),
    ],
    [
      'when a byte was changed',
      async () => {
        const [header = '', , nonce = '', text = '', tag = ''] = (
          await sealMessage('kiroku-answer', claims, current)
        ).split('.');
        return [header, '', nonce, (text.startsWith('A') ? 'B' : 'A') + text.slice(1), tag].join('.');
      },
    ],
  ])('%s', async (_case, make) => {
    const keys = [old, current, key('expired', 3, NOW - 1)];
    expect(await openMessage('kiroku-answer', await make(), keys, NOW)).toEqual({
      ok: false,
      fault: 'not-authentic',
    });
  });
});

describe('a message is malformed', () => {
  it.each<[string, () => Promise<string> | string]>([
    ['when it is empty', () => ''],
    ['when it is a page of HTML', () => '<html>Service unavailable</html>'],
    ['when it has six parts', async () => `${await sealMessage('kiroku-answer', claims, current)}.x`],
    ['when two messages follow each other', async () => (await crafted({}, bytes('{}'))).repeat(2)],
    ['when its header is no JSON', async () => (await crafted({}, bytes('{}'))).replace(/^[^.]+/, 'e30A')],
    ['when its header brings more than it may', () => crafted({ cty: 'JWT' }, bytes('{}'))],
    ['when its content is no JSON', () => crafted({}, bytes('found'))],
    ['when its content begins with a byte order mark', () => crafted({}, bytes('\uFEFF{}'))],
    ['when its content is not UTF-8', () => crafted({}, new Uint8Array([0x22, 0xff, 0x22]))],
    [
      'when its content has a surrogate encoded as bytes',
      () => crafted({}, new Uint8Array([0x22, 0xed, 0xa1, 0x82, 0x22])),
    ],
  ])('%s', async (_case, make) => {
    expect(await openMessage('kiroku-answer', await make(), [old, current], NOW)).toEqual({
      ok: false,
      fault: 'malformed',
    });
  });
});
