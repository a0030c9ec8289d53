import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  cosigner,
  ed25519Signer,
  formatTlogProof,
  generateSigningKey,
  leafHash,
  openLog,
  parseNote,
  parseTlogProof,
  signatureLine,
} from '#ledger';
import { proof } from './proof.js';
import { verify } from './verify.js';

const ORIGIN = 'kiroku.example/log';
const key = generateSigningKey(ORIGIN);
const stranger = generateSigningKey(ORIGIN);
const idOf = (index: number): string => `0190a000-0000-7000-8000-${String(index).padStart(12, '0')}`;
const entryOf = (index: number): string =>
  JSON.stringify({
    actor: { system: 'api' },
    agreement: 'a-1',
    at: '2026-04-01T00:00:00.000Z',
    correlation: 'c',
    data: {},
    id: idOf(index),
    stream: `inquiry-${index}`,
    type: 'InquiryReceived',
    v: 1,
  });

let place: string;
let directory: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'kiroku-proof-'));
  directory = join(place, 'log');
  const database = join(place, 'ledger.sqlite');
  const log = await openLog({
    directory,
    database,
    origin: ORIGIN,
    signer: ed25519Signer(ORIGIN, key.privateKeyPem),
  });
  const events = Array.from({ length: 300 }, (_, index) => ({
    eventId: idOf(index),
    position: String(index + 1),
    entry: entryOf(index),
    leafHash: leafHash(Buffer.from(entryOf(index))).toString('hex'),
  }));
  await log.append(events, { fence: 1, now: '2026-04-01T00:00:00.000Z' });
  await log.close();
});
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterEach(() => void jest.restoreAllMocks());

/** What a command says and returns. */
async function run(command: () => Promise<number>): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
  const code = await command();
  jest.restoreAllMocks();
  return { code, ...said };
}

const written = async (event: string, options = {}): Promise<string> => {
  const out = join(place, 'event.tlog-proof');
  expect((await run(() => proof(directory, event, { out, ...options }))).code).toBe(0);
  return out;
};

describe('kiroku proof, then kiroku verify --proof', () => {
  it('shows with nothing but a verifier key that an event is in the log', async () => {
    const file = await written(idOf(270));
    const { code, out } = await run(() => verify(undefined, { proof: file, key: [key.verifierKey] }));
    expect(out).toMatch(/^エントリ entry: 270 /);
    expect(out).toContain(`イベント event: ${idOf(270)}  InquiryReceived  2026-04-01T00:00:00.000Z`);
    expect(out).toContain('検証済み verified');
    expect(code).toBe(0);
  });

  it('finds the entry by its leaf index, and tells the result as JSON', async () => {
    const file = await written('5');
    const { code, out } = await run(() =>
      verify(undefined, { proof: file, key: [key.verifierKey], json: true }),
    );
    expect(JSON.parse(out)).toEqual({
      ok: true,
      index: 5,
      leafHash: leafHash(Buffer.from(entryOf(5))).toString('hex'),
      event: { id: idOf(5), type: 'InquiryReceived', at: '2026-04-01T00:00:00.000Z' },
      origin: ORIGIN,
      size: 300,
      root: expect.stringMatching(/^[0-9a-f]{64}$/),
      witnessed: [],
    });
    expect(code).toBe(0);
  });

  it('writes to standard output without --out', async () => {
    expect((await run(() => proof(directory, '0', {}))).out).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra /);
  });

  it('takes the entry from a file where the proof does not carry it', async () => {
    const file = await written('7', { withoutEntry: true });
    const [own, other] = [join(place, 'own.json'), join(place, 'other.json')];
    writeFileSync(own, entryOf(7));
    writeFileSync(other, entryOf(8));
    const asked = { proof: file, key: [key.verifierKey] };
    expect(await run(() => verify(undefined, asked))).toMatchObject({
      code: 2,
      err: expect.stringContaining('--entry'),
    });
    expect((await run(() => verify(undefined, { ...asked, entry: own }))).code).toBe(0);
    const { code, out } = await run(() => verify(undefined, { ...asked, entry: other }));
    expect(out).toContain('エントリはこのログの木にない');
    expect(code).toBe(1);
  });

  it.each<[string, (text: string) => string, string[], string]>([
    [
      'of another key',
      (text) => text,
      [stranger.verifierKey],
      'the checkpoint is not signed by the key given',
    ],
    [
      'with a changed entry',
      (text) => text.replace(/extra \S+/, 'extra eyJ9'),
      [key.verifierKey],
      'to the signed root',
    ],
    [
      'with a changed index',
      (text) => text.replace('index 270', 'index 271'),
      [key.verifierKey],
      'to the signed root',
    ],
    [
      'with a forged size',
      (text) => text.replace('\n300\n', '\n301\n'),
      [key.verifierKey],
      'the checkpoint is not signed by the key given',
    ],
  ])('refuses a proof %s', async (_, change, keys, why) => {
    const file = await written(idOf(270));
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const { code, out } = await run(() => verify(undefined, { proof: file, key: keys }));
    expect(out).toContain(why);
    expect(code).toBe(1);
  });

  it('names the witnesses that have cosigned, and when', async () => {
    const { privateKeyPem } = generateSigningKey('witness.example');
    const witness = cosigner('witness.example', privateKeyPem, () => Date.parse('2026-04-01T09:00:00.000Z'));
    const file = await written('1');
    const read = parseTlogProof(readFileSync(file, 'utf8'));
    const { name, keyId } = witness;
    const line = signatureLine({ name, keyId, signature: witness.sign(parseNote(read.checkpoint).text) });
    writeFileSync(file, formatTlogProof({ ...read, checkpoint: read.checkpoint + line }));
    const asked = { proof: file, key: [key.verifierKey], witness: [witness.verifierKey] };
    const { code, out } = await run(() => verify(undefined, asked));
    expect(out).toContain('証人 witness: witness.example 2026-04-01T09:00:00.000Z\n');
    expect(code).toBe(0);
  });

  it('names a witness that has not cosigned', async () => {
    const witness = generateSigningKey('witness.example').verifierKey;
    const file = await written('1');
    const { code, out } = await run(() =>
      verify(undefined, { proof: file, key: [key.verifierKey], witness: [witness] }),
    );
    expect(out).toContain('(witness.example)');
    expect(code).toBe(1);
  });

  it.each<[string, (text: string) => string, string, RegExp]>([
    ['that is none', () => 'a,b\r\n', 'header', /一行目が.*its first line is not/],
    [
      'cut off before its hashes end',
      (text) => text.split('\n').slice(0, 2).join('\n'),
      'cut-off',
      /途中で切れている.*cut off/,
    ],
    [
      'without a number',
      (text) => text.replace('index 270', 'index 0270'),
      'index',
      /index の行.*no line "index"/,
    ],
    ['with an entry that is not base64', (text) => text.replace('extra ', 'extra !'), 'extra', /extra の行/],
    ['with a hash that is none', (text) => text.replace('\n\n', '\n?\n\n'), 'hash', /base64/],
    [
      'with too many hashes',
      (text) => text.replace('\n\n', `${`\n${'A'.repeat(43)}=`.repeat(63)}\n\n`),
      'path-length',
      /ハッシュが多すぎる.*too many hashes/,
    ],
    ['that is too long', (text) => text.repeat(10_000), 'too-long', /長すぎる.*too long/],
  ])('does not hold by a proof %s', async (_, change, detail, why) => {
    const file = await written(idOf(270));
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const asked = { proof: file, key: [key.verifierKey] };
    expect(await run(() => verify(undefined, asked))).toMatchObject({
      code: 1,
      out: expect.stringMatching(why),
      err: '',
    });
    const { code, out } = await run(() => verify(undefined, { ...asked, json: true }));
    expect(JSON.parse(out)).toEqual({
      ok: false,
      index: null,
      leafHash: null,
      failure: 'proof-malformed',
      detail,
    });
    expect(code).toBe(1);
  });

  it.each<[string, () => Promise<number>, number, RegExp]>([
    [
      'an event that is not in the log',
      () => proof(directory, idOf(999), {}),
      1,
      /not in the log of 300 entries/,
    ],
    ['an index beyond the log', () => proof(directory, '300', {}), 1, /not in the log of 300 entries/],
    ['a directory without a log', () => proof(join(place, 'none'), '0', {}), 2, /there is no log/],
    ['a proof without a key', () => verify(undefined, { proof: 'x' }), 2, /--key/],
    ['a key that is none', () => verify(undefined, { proof: 'x', key: ['k'] }), 2, /verifier key/],
    ['neither log nor proof', () => verify(undefined, {}), 2, /--proof/],
    ['both', () => verify(directory, { proof: 'x' }), 2, /--proof/],
  ])('says what is wrong with %s', async (_, command, code, message) => {
    expect(await run(command)).toMatchObject({ code, err: expect.stringMatching(message) });
  });
});
