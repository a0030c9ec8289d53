import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  ed25519Signer,
  generateSigningKey,
  leafHash,
  LogUnreachable,
  openLog,
  type Verification,
} from '#ledger';
import { verify, type VerifyOptions } from './verify.js';
import { verifyExport, type VerifyExportCall } from './verify-export.js';
import { whyNot } from './why-not.js';

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
const ORIGIN = 'kiroku.example/log';
const key = generateSigningKey(ORIGIN);
const other = generateSigningKey(ORIGIN);
const eventAt = (index: number) => {
  const id = `0190a000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const header = {
    agreement: 'a',
    at: '2026-04-01T00:00:00.000Z',
    correlation: 'c',
    stream: 's',
    type: 'T',
    v: 1,
  };
  const entry = JSON.stringify({ actor: { system: 'api' }, data: {}, id, ...header });
  return {
    eventId: id,
    position: String(index + 1),
    entry,
    leafHash: leafHash(Buffer.from(entry)).toString('hex'),
  };
};

let place: string;
let sound: string;
/** A checkpoint that the log had at 300 entries. */
let earlier: string;
let copies = 0;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'kiroku-verify-'));
  [sound, earlier] = [join(place, 'log'), join(place, 'checkpoint-300')];
  const signer = ed25519Signer(ORIGIN, key.privateKeyPem);
  const log = await openLog({ directory: sound, database: join(place, 'l.sqlite'), origin: ORIGIN, signer });
  const events = Array.from({ length: 600 }, (_, index) => eventAt(index));
  const append = { fence: 1, now: '2026-04-01T00:00:00.000Z' };
  writeFileSync(earlier, (await log.append(events.slice(0, 300), append)).note);
  await log.append(events.slice(300), append);
  await log.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterEach(() => void jest.restoreAllMocks());

/** What the command says and returns. */
async function run(directory: string | undefined, options: VerifyOptions & VerifyExportCall) {
  const said = { out: '', err: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
  const { export: file, log } = options;
  const isExport = file !== undefined || log !== undefined;
  const code = await (isExport ? verifyExport : verify)(directory, options);
  jest.restoreAllMocks();
  return { code, ...said };
}

function damaged(damage: (at: (path: string) => string) => void): string {
  const directory = join(place, `copy-${++copies}`);
  cpSync(sound, directory, { recursive: true });
  damage((path) => join(directory, path));
  return directory;
}
const flip = (path: string, byte: number) => (at: (path: string) => string) => {
  const bytes = readFileSync(at(path));
  bytes[byte] = (bytes[byte] ?? 0) ^ 1;
  writeFileSync(at(path), bytes);
};

describe('kiroku verify', () => {
  it('says of a sound log that everything holds, and ends with 0', async () => {
    const { code, out, err } = await run(sound, { key: [key.verifierKey], seen: [earlier] });
    expect(out).toContain('件数 entries: 600 / 600\n');
    expect(out).toContain('以前のチェックポイント earlier checkpoints: 1\n');
    expect(out).toContain('検証済み verified');
    expect([code, err]).toEqual([0, '']);
  });

  it('takes one of several keys, and says when there was none', async () => {
    expect((await run(sound, { key: [other.verifierKey, key.verifierKey] })).code).toBe(0);
    const { code, out } = await run(sound, {});
    expect(out).toContain('自己整合のみ self-consistent only');
    expect(code).toBe(0);
  });

  it.each<[string, string, (at: (path: string) => string) => void]>([
    [
      'a flipped bit in a bundle',
      'tile/entries/001 entry 256: エントリが記録時のものと異なる',
      flip('tile/entries/001', 60),
    ],
    ['a flipped bit in a tile', 'tile/0/001: タイルのハッシュが内容と一致しない', flip('tile/0/001', 60)],
    [
      'a truncated tile',
      'tile/0/001: タイルの形式が誤り',
      (at) => writeFileSync(at('tile/0/001'), readFileSync(at('tile/0/001')).subarray(1)),
    ],
    ['a missing tile', 'tile/0/001: タイルがない', (at) => rmSync(at('tile/0/001'))],
    [
      'a swapped tile',
      'tile/0/000: タイルのハッシュが内容と一致しない',
      (at) => {
        renameSync(at('tile/0/000'), at('swapped'));
        renameSync(at('tile/0/001'), at('tile/0/000'));
        renameSync(at('swapped'), at('tile/0/001'));
      },
    ],
    ['a cut tail', 'tile/entries/002.p/88: エントリの束がない', (at) => rmSync(at('tile/entries/002.p/88'))],
    [
      'a forged checkpoint',
      'checkpoint: 与えられた鍵による署名がない',
      (at) =>
        writeFileSync(at('checkpoint'), readFileSync(at('checkpoint'), 'utf8').replace('\n600\n', '\n599\n')),
    ],
  ])('names the place of %s, and ends with 1', async (_, line, damage) => {
    const directory = damaged(damage);
    const { code, out } = await run(directory, { key: [key.verifierKey] });
    expect(out).toContain('不一致 FAULTS: ');
    expect(out).toContain(`  ${line}`);
    expect(code).toBe(1);
    const json = await run(directory, { key: [key.verifierKey], json: true });
    const { ok, faults } = JSON.parse(json.out) as Verification;
    expect([json.code, ok]).toEqual([1, false]);
    expect(faults).toContainEqual(expect.objectContaining({ path: line.split(/[ :]/)[0] }));
  });

  it('finds a log of the same key that was cut back to an older checkpoint, by one that was seen', async () => {
    const directory = damaged((at) => writeFileSync(at('checkpoint'), readFileSync(earlier)));
    expect((await run(directory, { key: [key.verifierKey] })).code).toBe(0);
    const { code, out } = await run(directory, { key: [key.verifierKey], seen: [join(sound, 'checkpoint')] });
    expect(out).toContain('checkpoint: 以前のチェックポイントより短い');
    expect(code).toBe(1);
  });

  it('names a witness that has not cosigned', async () => {
    const witness = generateSigningKey('witness.example').verifierKey;
    const { code, out } = await run(sound, { key: [key.verifierKey], witness: [witness] });
    expect(out).toContain('証人の署名がない');
    expect(out).toContain('witness.example');
    expect(code).toBe(1);
  });

  it('shows progress to people, and none to a pipe', async () => {
    const before = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
    try {
      expect((await run(sound, { key: [key.verifierKey] })).err).toContain(
        '検証中 verifying: 600 / 600 (100%)',
      );
    } finally {
      if (before) Object.defineProperty(process.stderr, 'isTTY', before);
      else Reflect.deleteProperty(process.stderr, 'isTTY');
    }
  });

  it.each<[string, string | undefined, VerifyOptions & VerifyExportCall, RegExp]>([
    ['nothing to check', undefined, {}, /--installation、--proof、--export .*\n.*--proof and --export/],
    ['a directory that is not there', '/nowhere/at/all', {}, /ログがありません.*\n.*there is no log/],
    ['a key that is none', '.', { key: ['x'] }, /検証鍵.*\n.*verifier key/],
    [
      'a seen checkpoint that is not there',
      '.',
      { seen: ['/nowhere'] },
      /ファイルがありません.*\n.*no such file: \/nowhere/,
    ],
    [
      'a proof that is not there',
      undefined,
      { proof: '/nowhere', key: [key.verifierKey] },
      /ファイルがありません/,
    ],
    ['a URL that is none', 'http://[', {}, /問い合わせできない.*\n.*ERR_INVALID_URL/],
    ['an entry without a proof', '.', { entry: 'x' }, /--entry/],
    ['a proof and a seen checkpoint', undefined, { proof: 'x', seen: ['y'] }, /--seen/],
    [
      'an export and a seen checkpoint',
      undefined,
      { export: 'x', seen: ['y'] },
      /--export とともに.*\n.*go --log/,
    ],
    ['an export without a key', undefined, { export: 'x' }, /--key がありません.*\n.*is missing/],
    ['a log beside nothing', undefined, { log: 'x' }, /--log は.*\n--log goes with --export/],
    [
      'an export that is not there',
      undefined,
      { export: '/nowhere', key: [key.verifierKey] },
      /no such file/,
    ],
  ])('ends with 2 for %s, also as JSON', async (_, directory, options, message) => {
    expect(await run(directory, options)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message),
    });
    const { code, out } = await run(directory, { ...options, json: true });
    const { ok, error } = JSON.parse(out) as { ok: null; error: Record<'code' | 'ja' | 'en', string> };
    expect([code, ok]).toEqual([2, null]);
    expect(`${error.ja}\n${error.en}`).toMatch(message);
    expect(error.code).toMatch(/^[a-z][a-z-]+$/);
    expect(error.en).not.toMatch(JAPANESE);
    expect(error.ja).toMatch(JAPANESE);
  });

  it('ends with 2 where a server knows no log under the token, which it does not repeat', async () => {
    const server = createHttpServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answered = await run(`http://127.0.0.1:${port}/log/secret-token`, { key: [key.verifierKey] });
    await new Promise((resolve) => server.close(resolve));
    expect(answered).toMatchObject({ code: 2, out: '' });
    expect(answered.err).toMatch(/ログがありません：http:.*トークン.*\nthere is no log in http:.*token/);
    expect(answered.err).not.toContain('secret-token');
  });

  it('names a port that is never asked', async () => {
    const { code, err } = await run('http://127.0.0.1:1/x', {});
    expect(err).toMatch(/（bad port）\n.*ポート.*\n.*bad port\n.*port is never asked/);
    expect(code).toBe(2);
  });

  it('ends with 2, not with a fault, where nobody serves the log', async () => {
    const port = await closedPort();
    const { code, out, err } = await run(`http://127.0.0.1:${port}/log/secret-token`, {
      key: [key.verifierKey],
    });
    expect(err).toContain('検証していません');
    expect(err).toContain('nothing was checked: ECONNREFUSED');
    expect(err).not.toContain('secret-token');
    expect([code, out]).toEqual([2, '']);
  });
});

describe('why a call is not answered', () => {
  it('names the way to trust an authority of one’s own, and only where that may help', () => {
    const hint = 'NODE_EXTRA_CA_CERTS=';
    expect(whyNot(new LogUnreachable('SELF_SIGNED_CERT_IN_CHAIN'))).toContain(hint);
    expect(whyNot(new LogUnreachable('CERT_HAS_EXPIRED'))).not.toContain(hint);
  });
});

/** A port where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
