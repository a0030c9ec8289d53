import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Cosigning, ed25519Signer, generateSigningKey, leafHash, openLog, parseVerifierKey } from '#ledger';
import { witness } from './witness.js';

const ORIGIN = 'kiroku.example/log';
const key = generateSigningKey(ORIGIN);
const signer = ed25519Signer(ORIGIN, key.privateKeyPem);

const places: string[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
});
const place = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'kiroku-witness-'));
  places.push(made);
  return made;
};

/** The command in this process: what it has said, its exit code to come, and a signal as the system would send it. */
function started(
  state: string,
  options: { readonly port?: string; readonly logKey?: readonly string[]; readonly name?: string } = {},
) {
  const said = { out: '', err: '' };
  const heard = Promise.withResolvers<void>();
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += String(text);
    heard.resolve();
    return true;
  });
  const named = options.name === undefined ? { name: 'witness.example' } : {};
  const code = witness({ state, logKey: [key.verifierKey], port: '0', ...named, ...options });
  return { said, code, listening: heard.promise, stop: () => void process.emit('SIGTERM') };
}

const logOf = async (history: string) => {
  const directory = place();
  const files = { directory: join(directory, 'log'), database: join(directory, 'ledger.sqlite') };
  const log = await openLog({ ...files, origin: ORIGIN, signer });
  const entry = JSON.stringify({ history });
  const event = {
    eventId: 'e',
    position: '1',
    entry,
    leafHash: leafHash(Buffer.from(entry)).toString('hex'),
  };
  await log.append([event], { fence: 1, now: '2026-04-01T00:00:00.000Z' });
  return log;
};

describe('kiroku witness', () => {
  it('prints its address and verifier key, cosigns, and ends with 0', async () => {
    const { said, code, listening, stop } = started(place());
    await listening;
    const [, url = ''] = /witness: (\S+)/.exec(said.out) ?? [];
    const [, own = ''] = /verifier key: (\S+)/.exec(said.out) ?? [];
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const log = await logOf('');
    const { replies } = await new Cosigning(log, [{ url, verifier: parseVerifierKey(own) }]).ask();
    expect(replies).toMatchObject([{ witness: 'witness.example', reply: { kind: 'cosigned' } }]);
    await log.close();
    stop();
    expect(await code).toBe(0);
    expect(said.err).toBe('');
  });

  it('says that it saw a fork, at once and at every later start, and ends with 1', async () => {
    const state = place();
    const first = started(state);
    await first.listening;
    const [, url = ''] = /witness: (\S+)/.exec(first.said.out) ?? [];
    const [, own = ''] = /verifier key: (\S+)/.exec(first.said.out) ?? [];
    const kinds: string[] = [];
    for (const history of ['', 'rewritten']) {
      const log = await logOf(history);
      const { replies } = await new Cosigning(log, [{ url, verifier: parseVerifierKey(own) }]).ask();
      kinds.push(...replies.map(({ reply }) => reply.kind));
      await log.close();
    }
    expect(kinds).toEqual(['cosigned', 'forked']);
    expect(first.said.err).toContain(`${ORIGIN} 分岐 FORK`);
    first.stop();
    expect(await first.code).toBe(1);
    const second = started(state);
    await second.listening;
    second.stop();
    expect(await second.code).toBe(1);
    expect(second.said.err).toContain('（既知 known）');
  });

  it.each([
    ['a port that is none', { port: '70000' }, /--port/],
    ['a port in words', { port: 'http' }, /--port/],
    ['a key that is none', { logKey: ['x'] }, /verifier key/],
  ])('ends with 2 for %s', async (_, options, message) => {
    const { said, code } = started(place(), options);
    expect(await code).toBe(2);
    expect(said.err).toMatch(message);
  });

  it('ends with 2 where its port is taken, under another name, or under none that is one, in both languages', async () => {
    const state = place();
    const first = started(state);
    await first.listening;
    const [, port = ''] = /witness: \S+:(\d+)/.exec(first.said.out) ?? [];
    const taken = started(place(), { port });
    expect(await taken.code).toBe(2);
    expect(taken.said.err).toContain(
      `ポート ${port} は使用中です：別の --port を指定\nport ${port} is taken`,
    );
    first.stop();
    expect(await first.code).toBe(0);
    const renamed = started(state, { name: 'other.example' });
    expect(await renamed.code).toBe(2);
    expect(renamed.said.err).toMatch(
      /鍵の名前は witness\.example です.*\n.*named witness\.example, not other\.example/,
    );
    const misnamed = started(place(), { name: 'two words' });
    expect(await misnamed.code).toBe(2);
    expect(misnamed.said.err).toMatch(/（--name）に空白と \+ は使えません.*\n.*cannot be named "two words"/);
  });

  it('ends with 2 where its state is damaged or in use, in both languages, and with 1 where its evidence is lost', async () => {
    const state = place();
    const first = started(state);
    await first.listening;
    const second = started(state);
    expect(await second.code).toBe(2);
    expect(second.said.err).toMatch(/別の証人.*\nanother witness/);
    const [, url = ''] = /witness: (\S+)/.exec(first.said.out) ?? [];
    const [, own = ''] = /verifier key: (\S+)/.exec(first.said.out) ?? [];
    const log = await logOf('');
    await new Cosigning(log, [{ url, verifier: parseVerifierKey(own) }]).ask();
    await log.close();
    const [kept] = readdirSync(state, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    writeFileSync(join(state, kept?.name ?? '', 'fork-1-0.json'), '');
    first.stop();
    expect(await first.code).toBe(1);
    const third = started(state);
    expect(await third.code).toBe(2);
    expect(third.said.err).toMatch(/状態が壊れているか.*fork-1-0\.json/s);
  });
});
