import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertKeyDamaged, alertKeysOf, WebhookSecrets } from './alert-key.js';

describe('the alert key', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-alert-key-'));
    file = join(directory, 'secrets', 'alert.key');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is made where there is none, for its owner alone, and read from then on', () => {
    const first = alertKeysOf(file);
    expect(alertKeysOf(file)).toEqual(first);
    expect(Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'secrets'))).toEqual(['alert.key']);
  });

  it('gives each use a key of its own, and each installation others', () => {
    const { webhook, link, lifeboat } = alertKeysOf(file);
    const elsewhere = alertKeysOf(join(directory, 'other.key'));
    const all = [webhook, link, lifeboat, elsewhere.webhook, elsewhere.link, elsewhere.lifeboat];
    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(6);
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([32]));
  });

  it('goes on over what a crash left of its making', () => {
    alertKeysOf(join(directory, 'secrets', 'other.key'));
    writeFileSync(`${file}.${process.pid}.new`, 'half a k');
    const keys = alertKeysOf(file);
    expect(alertKeysOf(file)).toEqual(keys);
  });

  it.each(['', 'key', 'A'.repeat(44), Buffer.alloc(31).toString('base64'), '通報の鍵'])(
    'refuses what is no key, and leaves it as it is: %j',
    (text) => {
      const damaged = join(directory, 'damaged.key');
      writeFileSync(damaged, text);
      expect(() => alertKeysOf(damaged)).toThrow(AlertKeyDamaged);
      expect(readFileSync(damaged, 'utf8')).toBe(text);
    },
  );

  it('gives every version of every contact a webhook secret of its own', () => {
    const secrets = new WebhookSecrets(alertKeysOf(file));
    const [first, changed, other] = [
      secrets.of('contact-1', 1),
      secrets.of('contact-1', 2),
      secrets.of('contact-2', 1),
    ];
    expect(new Set([first, changed, other]).size).toBe(3);
    expect(secrets.of('contact-1', 1)).toBe(first);
    expect(Buffer.from(first.replace(/^whsec_/, ''), 'base64')).toHaveLength(32);
  });
});
