import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSigningKey, logSigner, openLog, parseVerifierKey, verifyLog } from '#ledger';
import { ConfigurationFaults, type ProcessRole, readConfiguration } from './configuration.js';
import { keepVerifierKey, logSignersOf } from './log-keys.js';

const ORIGIN = 'kiroku.example/log';
const place = mkdtempSync(join(tmpdir(), 'kiroku-log-keys-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(place, name), text);
  return join(place, name);
};
const pemOf = (type: 'ml-dsa-44' | 'ed25519' | 'x25519', password?: string): string => {
  const { privateKey } = generateKeyPairSync(type as 'ed25519');
  const secret = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...secret }).toString();
};
const publicPem = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

const old = file('old.pem', generateSigningKey(ORIGIN).privateKeyPem);
const fresh = file('fresh.pem', generateSigningKey(ORIGIN).privateKeyPem);
const third = file('third.pem', generateSigningKey(ORIGIN).privateKeyPem);
const lattice = file('lattice.pem', pemOf('ml-dsa-44'));
const keyOf = (pem: string): string => logSigner(ORIGIN, readFileSync(pem, 'utf8')).verifierKey;

let data: string;
let installations = 0;
beforeEach(() => {
  data = join(place, `data-${++installations}`);
});
const configured = (own: string, next?: string, role: ProcessRole = 'worker') =>
  readConfiguration(
    { KIROKU_DATA: data, KIROKU_LOG_KEY: own, ...(next === undefined ? {} : { KIROKU_LOG_NEXT_KEY: next }) },
    role,
  );
const faultsOf = (own: string, next?: string): readonly string[] => {
  try {
    configured(own, next);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationFaults)) throw error;
    expect(error.faults.every(({ ja }) => /[ぁ-ん]/.test(ja))).toBe(true);
    return error.faults.map(({ en }) => en);
  }
};
/** What a worker does with these keys at its start, up to the crash that `upTo` is. */
async function started(own: string, next?: string, upTo: 'opened' | 'kept' = 'kept'): Promise<void> {
  const configuration = configured(own, next);
  const { paths } = configuration;
  const signer = logSignersOf(configuration);
  const log = await openLog({ directory: paths.log, database: paths.ledgerDatabase, origin: ORIGIN, signer });
  if (upTo === 'kept') keepVerifierKey(paths, signer[0].verifierKey);
  await log.close();
}
const keptKey = (): string => readFileSync(join(data, 'ledger', 'verifier-key'), 'utf8');
const verifies = async (verifierKey: string): Promise<boolean> =>
  (await verifyLog({ directory: join(data, 'ledger', 'log'), verifierKey })).ok;

describe('a signing key in the settings of a worker', () => {
  it.each([
    ['no key at all', () => 'hello\n'],
    ['nothing', () => ''],
    ['a public key', publicPem],
    ['a key under a password', () => pemOf('ed25519', 'secret')],
    ['a key that signs nothing', () => pemOf('x25519')],
  ])('is refused by the name of its setting and of its file: %s', (_, text) => {
    const bad = file('bad.pem', text());
    const refused = (setting: string) => expect.stringMatching(new RegExp(`^${setting} names .*bad\\.pem`));
    expect(faultsOf(bad)).toEqual([refused('KIROKU_LOG_KEY')]);
    expect(faultsOf(old, bad)).toEqual([refused('KIROKU_LOG_NEXT_KEY')]);
    expect(faultsOf(bad, bad)).toEqual([refused('KIROKU_LOG_KEY'), refused('KIROKU_LOG_NEXT_KEY')]);
    expect(() => logSignersOf(configured(bad, undefined, 'cli'))).toThrow(
      expect.objectContaining({ code: 'signing-key-unusable', message: expect.stringContaining('bad.pem') }),
    );
  });

  it('is not given twice', () => {
    expect(faultsOf(old, old)).toEqual([expect.stringMatching(/^KIROKU_LOG_NEXT_KEY is the same key/)]);
  });

  it('is one of those that have signed the log: another one begins with an overlap', async () => {
    expect(faultsOf(third)).toEqual([]);
    await started(old);
    const [fault, ...others] = faultsOf(third);
    expect(others).toEqual([]);
    expect(fault).toMatch(/^KIROKU_LOG_KEY names a key \([0-9a-f]{8}\) that has no signature/);
    expect(fault).toContain(parseVerifierKey(keyOf(old)).keyId);
    expect(faultsOf(third, fresh)).toHaveLength(1);
    expect([faultsOf(old), faultsOf(old, fresh), faultsOf(fresh, old)]).toEqual([[], [], []]);
  });

  it.each([
    ['damaged', 'no checkpoint'],
    [
      'of another log',
      'other.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— other.example/log Az3grlgtzPI=\n',
    ],
  ])('is not blamed for a checkpoint that is %s', (_, text) => {
    mkdirSync(join(data, 'ledger', 'log'), { recursive: true });
    writeFileSync(join(data, 'ledger', 'log', 'checkpoint'), text);
    expect(faultsOf(third)).toEqual([]);
  });

  it('may be an ML-DSA-44 key, alone or beside an Ed25519 key for good', async () => {
    await started(old);
    await started(old, lattice);
    expect([await verifies(keyOf(old)), await verifies(keyOf(lattice))]).toEqual([true, true]);
    await started(lattice);
    expect(keptKey()).toBe(`${keyOf(lattice)}\n`);
    expect(parseVerifierKey(keyOf(lattice)).type).toBe(0x06);
  });
});

describe('the verifier key beside the log', () => {
  it('is the one of KIROKU_LOG_KEY: the old one while both sign, then the new one', async () => {
    const seen: [string, boolean][] = [];
    const look = async () => seen.push([keptKey(), await verifies(keptKey().trim())]);
    for (const [own, next] of [[old], [old, fresh], [fresh]] as const) {
      await started(own, next);
      await look();
    }
    const [before, after] = [`${keyOf(old)}\n`, `${keyOf(fresh)}\n`];
    expect(seen).toEqual([
      [before, true],
      [before, true],
      [after, true],
    ]);
  });

  it('verifies the log after a crash before it was replaced, and is replaced by the next start', async () => {
    await started(old);
    await started(old, fresh);
    await started(fresh, undefined, 'opened');
    writeFileSync(join(data, 'ledger', 'verifier-key.new'), 'half a');
    expect([keptKey(), await verifies(keyOf(old)), await verifies(keyOf(fresh))]).toEqual([
      `${keyOf(old)}\n`,
      true,
      true,
    ]);
    await started(fresh);
    expect(keptKey()).toBe(`${keyOf(fresh)}\n`);
  });
});
