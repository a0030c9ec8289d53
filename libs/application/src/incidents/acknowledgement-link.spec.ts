import { describe, expect, it } from '@jest/globals';
import { AcknowledgementLinks } from './acknowledgement-link.js';

const INCIDENT = '019d6000-0000-7000-8000-000000000001';
const ALERT = `${INCIDENT}-019d6000-0000-7000-8000-00000000000a`;
const OTHER = `${INCIDENT}-019d6000-0000-7000-8000-00000000000b`;

describe('the link that acknowledges an alert', () => {
  const links = new AcknowledgementLinks(Buffer.alloc(32, 1), 'https://kiroku.example.jp');
  const tokenOf = (alert: string): string => links.urlOf(alert).split('/').at(-1) as string;

  it('names the alert, and opens it', () => {
    expect(links.urlOf(ALERT)).toMatch(
      /^https:\/\/kiroku\.example\.jp\/acknowledge\/[0-9a-f-]{73}\/[\w-]{43}$/,
    );
    expect(links.opens(ALERT, tokenOf(ALERT))).toBe(true);
  });

  it.each([
    ['of another alert', tokenOf(OTHER)],
    ['that is empty', ''],
    ['that is cut short', tokenOf(ALERT).slice(0, -1)],
    ['that goes on', `${tokenOf(ALERT)}A`],
    ['that decodes to the same bytes', `${tokenOf(ALERT)}=`],
    ['of the same length in other letters', 'あ'.repeat(43)],
    ['that is huge', 'A'.repeat(1_000_000)],
  ])('is not opened by a token %s', (_which, token) => {
    expect(links.opens(ALERT, token)).toBe(false);
  });

  it('opens nothing under another key, and nothing that is no alert', () => {
    const others = new AcknowledgementLinks(Buffer.alloc(32, 2), 'https://kiroku.example.jp');
    expect(others.opens(ALERT, tokenOf(ALERT))).toBe(false);
    for (const alert of ['', 'x', `${ALERT}/..`, 'a'.repeat(1_000_000)]) {
      expect(links.opens(alert, tokenOf(alert))).toBe(false);
    }
  });

  it('wants a key of 32 bytes', () => {
    expect(() => new AcknowledgementLinks(Buffer.alloc(31), 'https://kiroku.example.jp')).toThrow(RangeError);
  });
});
