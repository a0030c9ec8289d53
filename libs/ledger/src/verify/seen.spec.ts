import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventsIn, NOW, ORIGIN, Places, seededPem, signerOf } from '../../test/sample-log.js';
import { parseNote, signatureLine, signNote } from '../core/note.js';
import { cosigner } from '../core/signing-key.js';
import { openLog } from '../file-log.js';
import { PublishedLog } from '../published-log.js';
import { verifyLog, type Verification, type VerifyOptions } from '../verify.js';

const places = new Places();
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
afterAll(() => places.clear());

const { verifierKey } = signerOf();
const append = { fence: 1, now: NOW };
const TIME = 1_775_000_000;
const witness = (seed = 61, name = 'witness.example/w') =>
  cosigner(name, seededPem(Buffer.alloc(32, seed)), () => TIME * 1_000);
/** The note as this witness cosigned it. */
function cosigned(note: string, by = witness()): string {
  const { name, keyId } = by;
  return note + signatureLine({ name, keyId, signature: by.sign(parseNote(note).text) });
}

interface Grown {
  readonly directory: string;
  /** The checkpoint's note at each size that the log had. */
  readonly notes: ReadonlyMap<number, string>;
}

/** A log that grew through these sizes; what follows entry `from` is another history. */
async function logOf(sizes: readonly number[], from = Infinity): Promise<Grown> {
  const files = places.make();
  const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
  const notes = new Map([[0, (await log.state()).note]]);
  let size = 0;
  for (const next of sizes) {
    const events = [
      ...eventsIn(size, Math.max(size, Math.min(next, from))),
      ...eventsIn(Math.max(size, Math.min(next, from)), next, 'rewritten'),
    ];
    notes.set(next, (await log.append(events, append)).note);
    size = next;
  }
  await log.close();
  return { directory: files.directory, notes };
}

const SIZES = [1, 255, 256, 257, 511, 512, 700, 1_000];
let genuine: Grown;
let rewritten: Grown;
beforeAll(async () => {
  genuine = await logOf(SIZES);
  rewritten = await logOf([1_000], 400);
});

const seenAt = (sizes: readonly number[]) =>
  sizes.map((size) => ({ place: `checkpoint-${size}`, note: genuine.notes.get(size) ?? '' }));
const check = (directory: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verifyLog({ directory, verifierKey, ...options });
const kindsAt = ({ faults }: Verification) => faults.map(({ kind, path }) => [kind, path]);

describe('a log held against checkpoints that were seen', () => {
  it('continues every one that it had', async () => {
    const result = await check(genuine.directory, { seen: seenAt([0, ...SIZES]) });
    expect(result).toMatchObject({ ok: true, earlier: 9, faults: [] });
  });

  it('that was rewritten by its own key is found, and by nothing else', async () => {
    expect(await check(rewritten.directory)).toMatchObject({ ok: true });
    const result = await check(rewritten.directory, { seen: seenAt([1, 256, 511, 512, 700, 1_000]) });
    expect(kindsAt(result)).toEqual([
      ['checkpoint-fork', 'checkpoint-511'],
      ['checkpoint-fork', 'checkpoint-512'],
      ['checkpoint-fork', 'checkpoint-700'],
      ['checkpoint-fork', 'checkpoint-1000'],
    ]);
  });

  it('whose tail was cut off is found', async () => {
    const cut = await logOf([256, 600]);
    expect(await check(cut.directory)).toMatchObject({ ok: true });
    expect(await check(cut.directory, { seen: seenAt([257, 700]) })).toMatchObject({
      ok: false,
      faults: [
        {
          kind: 'checkpoint-behind',
          path: 'checkpoint-700',
          expected: 'at least 700 entries',
          found: '600 entries',
        },
      ],
    });
  });

  it('is not held against what nobody signed, or another log', async () => {
    const forged = { place: 'forged', note: (genuine.notes.get(700) ?? '').replace('\n700\n', '\n701\n') };
    const foreign = {
      place: 'foreign',
      note: signNote(parseNote(genuine.notes.get(700) ?? '').text.replace(ORIGIN, 'other.example'), [
        signerOf(7, 'other.example'),
      ]),
    };
    const result = await check(genuine.directory, { seen: [forged, foreign, { place: 'empty', note: '' }] });
    expect(kindsAt(result)).toEqual([
      ['checkpoint-signature', 'forged'],
      ['checkpoint-signature', 'foreign'],
      ['checkpoint-origin', 'foreign'],
      ['checkpoint-malformed', 'empty'],
      ['checkpoint-origin', 'foreign'],
      ['checkpoint-fork', 'forged'],
    ]);
  });
});

describe('a log with witnesses', () => {
  const put = ({ directory }: Grown, note: string) =>
    writeFileSync(join(directory, 'checkpoint.cosigned'), note);
  const keys = { witnessKeys: [witness().verifierKey] };

  it('is held against its cosigned checkpoint, and tells who signed that and when', async () => {
    const log = await logOf([700, 1_000]);
    put(log, cosigned(log.notes.get(700) ?? ''));
    expect(await check(log.directory, keys)).toMatchObject({
      ok: true,
      earlier: 1,
      witnessed: [{ name: 'witness.example/w', time: TIME }],
    });
  });

  it('may have cosignatures on its checkpoint itself', async () => {
    const log = await logOf([700]);
    writeFileSync(join(log.directory, 'checkpoint'), cosigned(log.notes.get(700) ?? ''));
    expect(await check(log.directory, keys)).toMatchObject({ ok: true, witnessed: [{ time: TIME }] });
  });

  it.each<[string, (log: Grown) => string, [string, string][]]>([
    ['none', (log) => log.notes.get(700) ?? '', [['witness-missing', 'checkpoint.cosigned']]],
    [
      'that of another witness',
      (log) => cosigned(log.notes.get(700) ?? '', witness(62)),
      [['witness-missing', 'checkpoint.cosigned']],
    ],
    [
      'one on another history',
      () => cosigned(rewritten.notes.get(1_000) ?? ''),
      [['checkpoint-fork', 'checkpoint.cosigned']],
    ],
    [
      'one that nobody can read',
      () => 'x',
      [
        ['checkpoint-malformed', 'checkpoint.cosigned'],
        ['witness-missing', 'checkpoint'],
      ],
    ],
  ])('is found out with %s', async (_, note, faults) => {
    const log = await logOf([700, 1_000]);
    put(log, note(log));
    expect(kindsAt(await check(log.directory, keys))).toEqual(faults);
  });
});

describe('a log that is served', () => {
  /** Serves a directory as the api does, and remembers what was asked for. */
  async function served(directory: string, answer?: (path: string) => number | null) {
    const log = PublishedLog.open(directory);
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const path = (request.url ?? '').replace('/log/secret-token/', '');
      asked.push(path);
      const status = answer?.(path) ?? null;
      const file = status === null ? log.serve(path, { witnessed: false }) : null;
      response.statusCode = status ?? (file === null ? 404 : 200);
      response.end(file?.bytes);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/log/secret-token`, asked };
  }

  it('is checked like a directory, each file read once', async () => {
    const { url, asked } = await served(genuine.directory);
    const [there, here] = [
      await check(`${url}/`, { seen: seenAt([700]) }),
      await check(genuine.directory, { seen: seenAt([700]) }),
    ];
    expect(there).toEqual(here);
    expect(there.ok).toBe(true);
    const bundles = asked.filter((path) => path.startsWith('tile/entries'));
    expect(bundles.sort()).toEqual([
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002',
      'tile/entries/003.p/232',
    ]);
    expect(asked.filter((path) => path.startsWith('tile/0')).length).toBe(4);
  });

  it.each<[string, (path: string) => number | null, [string, string][]]>([
    ['a missing tile', (path) => (path === 'tile/0/001' ? 404 : null), [['tile-missing', 'tile/0/001']]],
    [
      'a refused bundle',
      (path) => (path === 'tile/entries/002' ? 403 : null),
      [['unreadable', 'tile/entries/002']],
    ],
    [
      'errors after its checkpoint',
      (path) => (path === 'checkpoint' ? null : 500),
      [
        ['unreadable', 'checkpoint.cosigned'],
        ['unreadable', 'tile/entries/000'],
      ],
    ],
  ])('is found faulty with %s, and the reader’s token is in no message', async (_, answer, faults) => {
    const { url } = await served(genuine.directory, answer);
    const result = await check(url);
    expect(kindsAt(result).filter(([kind]) => kind !== 'tile-hash')).toEqual(expect.arrayContaining(faults));
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('secret-token');
  });

  it('that does not answer is out of reach: nothing was checked, and no other file asked for', async () => {
    const { url } = await served(genuine.directory);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(check(url)).rejects.toMatchObject({ code: 'log-unreachable', found: 'ECONNREFUSED' });
  });

  it.each([401, 403, 500, 503])('that answers %d for its checkpoint is out of reach', async (status) => {
    const { url, asked } = await served(genuine.directory, () => status);
    const error: unknown = await check(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'log-unreachable', found: `HTTP ${status}` });
    expect((error as Error).message).not.toContain('secret-token');
    expect(asked).toEqual(['checkpoint']);
  });

  it('that has no checkpoint there is none: nothing was checked, and the reader’s token is in no message', async () => {
    const { url, asked } = await served(genuine.directory, () => 404);
    const error: unknown = await check(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'log-not-found', place: `${new URL(url).origin}/…` });
    expect((error as Error).message).not.toContain('secret-token');
    expect(asked).toEqual(['checkpoint']);
  });

  it.each([
    ['a port that is never asked', 'http://127.0.0.1:1/log/secret-token', 'bad port'],
    ['a password', 'http://a:secret-token@127.0.0.1:1/log', 'password in the URL'],
    ['no name that is one', 'http://[', 'ERR_INVALID_URL'],
  ])('under a URL with %s is out of reach, which is named', async (_, url, found) => {
    const error: unknown = await check(url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'log-unreachable', found });
    expect((error as Error).message).not.toContain('secret-token');
  });

  it('under a checkpoint that no key given has signed, is read no further', async () => {
    const { url, asked } = await served(genuine.directory);
    const result = await check(url, { verifierKey: signerOf(9).verifierKey });
    expect([kindsAt(result), result.entries]).toEqual([[['checkpoint-signature', 'checkpoint']], 0]);
    expect(asked).toEqual(['checkpoint', 'checkpoint.cosigned']);
  });

  it('that leads elsewhere is not followed', async () => {
    const { url: elsewhere, asked } = await served(genuine.directory);
    const server = createServer((request, response) => {
      const path = (request.url ?? '').replace('/log/', '');
      response.writeHead(302, { location: `${elsewhere}/${path}` });
      response.end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(check(`http://127.0.0.1:${port}/log`)).rejects.toMatchObject({ found: 'HTTP 302' });
    expect(asked).toEqual([]);
  });

  it('damaged, gives the same faults as its directory', async () => {
    const log = await logOf([700]);
    const tile = join(log.directory, 'tile/0/001');
    const bytes = readFileSync(tile);
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    writeFileSync(tile, bytes);
    rmSync(join(log.directory, 'tile/entries/000'));
    const { url } = await served(log.directory);
    const [there, here] = [await check(url), await check(log.directory)];
    expect(there.faults).toEqual(here.faults);
    expect(there.faults.length).toBeGreaterThan(1);
  });
});
