/** The demo PKI as the simulator and its clients rely on it (it is made by libs/wiring). */
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateFingerprint, makeDemoPki, type DemoPki } from '../../../libs/wiring/src/demo-pki.js';

describe('the demo PKI', () => {
  const now = new Date('2026-04-01T00:00:00.000Z');
  let directory: string;
  const make = (names: string[] = ['terminal-1'], at = now): Promise<DemoPki> =>
    makeDemoPki(directory, { now: at, names });
  const certificate = async (path: string): Promise<X509Certificate> =>
    new X509Certificate(await readFile(path, 'utf8'));
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kiroku-pki-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('has one authority that vouches for servers and clients', async () => {
    const pki = await make();
    const authority = await certificate(pki.authority.certificate);
    expect(authority.ca).toBe(true);
    for (const { certificate: path } of [pki.api, pki.provider, pki.kiroku, ...Object.values(pki.clients)]) {
      const leaf = await certificate(path);
      expect(leaf.checkIssued(authority) && leaf.verify(authority.publicKey)).toBe(true);
      expect(leaf.ca).toBe(false);
    }
    const server = await certificate(pki.provider.certificate);
    expect([server.checkHost('localhost'), server.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
    expect(server.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  it('counts from the day it is told', async () => {
    const { kiroku } = await make();
    const { validFromDate, validToDate } = await certificate(kiroku.certificate);
    expect(validFromDate.toISOString()).toBe('2026-03-31T00:00:00.000Z');
    expect(validToDate.toISOString()).toBe('2027-05-03T00:00:00.000Z');
  });

  it('names a certificate by the SHA-256 of its DER', async () => {
    const { kiroku } = await make();
    const pem = await readFile(kiroku.certificate, 'utf8');
    expect(certificateFingerprint(pem)).toBe(kiroku.fingerprint);
    expect(new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      kiroku.fingerprint,
    );
  });

  it('is readable by its owner only', async () => {
    await make();
    const modes = (await readdir(directory)).map(
      async (file) => (await stat(join(directory, file))).mode & 0o777,
    );
    expect(new Set(await Promise.all(modes))).toEqual(new Set([0o600]));
  });

  it('is made once, and extended by further names', async () => {
    const first = await make();
    const keys = await readFile(first.linkKeys, 'utf8');
    const second = await make(['terminal-1', 'security-officer']);
    expect(second).toMatchObject({
      authority: first.authority,
      kiroku: first.kiroku,
      clients: first.clients,
    });
    expect(second.clients['security-officer']?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await readFile(second.linkKeys, 'utf8')).toBe(keys);
  });

  it('replaces what has run out, and what does not fit together', async () => {
    const first = await make();
    await writeFile(first.api.key, await readFile(first.provider.key));
    const repaired = await make();
    expect(repaired.api.fingerprint).not.toBe(first.api.fingerprint);
    const later = await make([], new Date('2027-05-01T00:00:00.000Z'));
    expect(later.authority.fingerprint).toBe(first.authority.fingerprint);
    expect(later.provider.fingerprint).not.toBe(first.provider.fingerprint);
  });

  it.each(['../terminal', 'ca', 'Terminal 1', ''])('makes none for %j', async (name) => {
    await expect(make([name])).rejects.toThrow(RangeError);
  });
});
