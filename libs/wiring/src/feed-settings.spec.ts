import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { generateSigningKey } from '#ledger';
import { type Configuration, ConfigurationFaults, readConfiguration } from './configuration.js';
import { feedSettings } from './feed-settings.js';
import { Fault } from './setting.js';

const read = (text: string): unknown => feedSettings.feedUrl.read(text);

describe('the address of the feed', () => {
  it.each([
    ['https://siem.example/in?x=1', { kind: 'https', url: 'https://siem.example/in?x=1' }],
    ['syslog+tls://siem.example', { kind: 'syslog', host: 'siem.example', port: 6514 }],
    ['syslog+tls://10.0.0.7:7000/', { kind: 'syslog', host: '10.0.0.7', port: 7_000 }],
    ['syslog+tls://[2001:db8::1]:7000', { kind: 'syslog', host: '2001:db8::1', port: 7_000 }],
  ])('is read: %s', (text, address) => {
    expect(read(text)).toEqual(address);
  });

  it.each([
    '',
    'siem.example',
    'http://siem.example/',
    'syslog://siem.example',
    'syslog+tls://',
    'syslog+tls://siem.example/path',
    'syslog+tls://siem.example?x',
    'https://user:secret@siem.example/',
    'syslog+tls://user@siem.example',
    'https://siem.example/#x',
    `https://siem.example/${'x'.repeat(2_000)}`,
  ])('is refused: %s', (text) => {
    expect(read(text)).toBeInstanceOf(Fault);
  });
});

describe('the settings of the feed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kiroku-feed-settings-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const pem = file('a.pem', 'PEM');
  const key = file('log.key.pem', generateSigningKey('kiroku.example/log').privateKeyPem);
  const configured = (changes: Readonly<Record<string, string>>): Configuration =>
    readConfiguration({ KIROKU_DATA: join(directory, 'data'), KIROKU_LOG_KEY: key, ...changes }, 'worker');
  const faultsOf = (changes: Readonly<Record<string, string>>): readonly string[] => {
    try {
      configured(changes);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationFaults)) throw error;
      expect(error.faults.every(({ ja }) => /[ぁ-ん]/.test(ja))).toBe(true);
      return error.faults.map(({ en }) => en);
    }
  };

  it('are off by default', () => {
    expect(configured({})).toMatchObject({
      feedUrl: null,
      feedTokenFile: null,
      feedFrom: 'now',
      feedAlarmMinutes: 15,
      feedTimeoutSeconds: 20,
    });
  });

  it('are accepted together', () => {
    const token = file('token', 'secret\n');
    const mutual = { KIROKU_FEED_CA: pem, KIROKU_FEED_CERTIFICATE: pem, KIROKU_FEED_KEY: pem };
    const https = { KIROKU_FEED_URL: 'https://siem.example/', KIROKU_FEED_TOKEN_FILE: token, ...mutual };
    expect(faultsOf(https)).toEqual([]);
    expect(faultsOf({ KIROKU_FEED_URL: 'syslog+tls://siem.example', ...mutual })).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a CA, and nowhere to go', { KIROKU_FEED_CA: pem }, /KIROKU_FEED_URL is missing/],
    [
      'a certificate without its key',
      { KIROKU_FEED_URL: 'https://siem.example/', KIROKU_FEED_CERTIFICATE: pem },
      /go together/,
    ],
    [
      'a key without its certificate',
      { KIROKU_FEED_URL: 'https://siem.example/', KIROKU_FEED_KEY: pem },
      /go together/,
    ],
    [
      'a token for syslog',
      { KIROKU_FEED_URL: 'syslog+tls://siem.example', KIROKU_FEED_TOKEN_FILE: file('t', 'secret') },
      /no place for a token/,
    ],
    [
      'a token that is none',
      { KIROKU_FEED_URL: 'https://siem.example/', KIROKU_FEED_TOKEN_FILE: file('none', 'two words') },
      /^KIROKU_FEED_TOKEN_FILE names a file that does not hold one bearer token/,
    ],
    [
      'a file that is not there',
      { KIROKU_FEED_URL: 'https://siem.example/', KIROKU_FEED_CA: join(directory, 'missing') },
      /KIROKU_FEED_CA.*cannot be read/,
    ],
  ])('are refused at the start: %s', (_what, changes, fault) => {
    const faults = faultsOf(changes);
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults.join()).not.toMatch(/two words|secret/);
  });
});
