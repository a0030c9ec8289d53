import { describe, expect, it } from '@jest/globals';
import { formsOf, marksIn } from './marks.js';

const NAME = '𠮷\u{E0101}﨑 葛\u{E0100}\uE001';
const CODE = '24846016224';

const written: readonly (readonly [form: string, (text: string) => Buffer])[] = [
  ['in UTF-8', (text) => Buffer.from(text, 'utf8')],
  ['in UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
  ['in UTF-16BE', (text) => Buffer.from(text, 'utf16le').swap16()],
  [
    'with JSON escapes',
    (text) =>
      Buffer.from(
        text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ),
  ],
  ['in a URL', (text) => Buffer.from(encodeURIComponent(text))],
  ['in hex', (text) => Buffer.from(Buffer.from(text).toString('hex'))],
  ...[0, 1, 2].flatMap((before) =>
    (['base64', 'base64url'] as const).map(
      (alphabet) =>
        [
          `in ${alphabet} after ${before} bytes`,
          (text: string) =>
            Buffer.from(Buffer.from(`${'x'.repeat(before)}${text}とその後`).toString(alphabet)),
        ] as const,
    ),
  ),
];

describe('a mark is found', () => {
  it.each(written)('%s', (_form, write) => {
    for (const mark of [NAME, CODE, '葛\u{E0100}城市']) {
      const around = Buffer.concat([Buffer.from('before'), write(mark), Buffer.from('after')]);
      expect(marksIn(around, [mark, 'absent'])).toEqual([mark]);
    }
  });

  it('in forms long enough that chance does not write them', () => {
    for (const mark of [NAME, CODE]) {
      for (const form of formsOf(mark)) expect(form.length).toBeGreaterThanOrEqual(11);
    }
  });
});
