import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { generateSigningKey } from '#ledger';
import { verify } from './verify.js';

describe('keys by which nothing can be verified', () => {
  const place = mkdtempSync(join(tmpdir(), 'kiroku-why-not-'));
  const [logKey, rootKeys] = [join(place, 'log.pem'), join(place, 'data.secrets', 'root-keys')];
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  afterEach(() => void jest.restoreAllMocks());

  const rsa = (): string =>
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();

  it.each([
    [
      'a log key of another kind',
      rsa,
      {
        code: 'signing-key-unusable',
        ja: `KIROKU_LOG_KEY のファイル ${logKey} ではログに署名できません。パスワードのない PKCS#8（PEM）の、Ed25519 か ML-DSA-44 の秘密鍵にしてください`,
        en: `KIROKU_LOG_KEY names ${logKey}, by which no log can be signed: it must be a private key of Ed25519 or ML-DSA-44, PKCS#8 in PEM without a password`,
      },
    ],
    [
      'a directory of the roots that is away',
      () => generateSigningKey('kiroku.example/log').privateKeyPem,
      {
        code: 'vault-unavailable',
        ja: `根の鍵のディレクトリーがありません：${rootKeys}。移した、またはマウントしていないものを、この場所に戻してください（空のものは作りません）`,
        en: `root key directory missing: ${rootKeys}. It was moved, or is not mounted: put it back at this very place (no empty one is made)`,
      },
    ],
  ])('are told with their place and the remedy, each language apart: %s', async (_what, pem, error) => {
    writeFileSync(logKey, pem());
    const said = { out: '', err: '' };
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
    const environment = {
      KIROKU_DATA: join(place, 'data'),
      KIROKU_LOG_ORIGIN: 'kiroku.example/log',
      KIROKU_LOG_KEY: logKey,
    };
    expect(await verify(undefined, { installation: true, json: true }, environment)).toBe(2);
    expect(JSON.parse(said.out)).toEqual({ ok: null, error });
    expect(said.err).toBe(`${error.ja}\n${error.en}\n`);
  });
});
