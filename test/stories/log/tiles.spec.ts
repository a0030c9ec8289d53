import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import supertest from 'supertest';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { FailureCounter } from '#application';
import {
  consistencyProof,
  parseCheckpoint,
  parseNote,
  subtreesFromTiles,
  tilePath,
  tilesOf,
  verifyConsistency,
  verifyLog,
} from '#ledger';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';

const TOKEN = randomBytes(32).toString('base64url');
const OTHER = randomBytes(32).toString('base64url');
const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

/** A reader that knows C2SP tlog-tiles, a URL prefix and the authority of the server's certificate, and nothing else. */
class Mirror {
  constructor(
    private readonly prefix: string,
    private readonly ca: Buffer,
    readonly directory: string,
  ) {}

  fetch(path: string): supertest.Test {
    const { origin, pathname } = new URL(`${this.prefix}/${path}`);
    const bytes = (response: supertest.Response, done: (error: null, body: Buffer) => void): void => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    };
    return supertest(origin)
      .get(pathname)
      .ca(this.ca)
      .buffer(true)
      .parse(bytes as never);
  }

  /** Copies the checkpoint and everything that it covers; returns what it says. */
  async copy() {
    const note = (await this.keep('checkpoint')).toString();
    const checkpoint = parseCheckpoint(parseNote(note).text);
    for (const tile of tilesOf(checkpoint.size)) await this.keep(tilePath(tile));
    return checkpoint;
  }

  private async keep(path: string): Promise<Buffer> {
    const { body } = await this.fetch(path).expect(200);
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body as Buffer);
    return body as Buffer;
  }
}

describe('the log by URL', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let directory: string;
  let mirror: Mirror;
  let ca: Buffer;
  /** What the processes have written to standard output and standard error. */
  let written = '';
  let ears: readonly { mockRestore(): void }[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kiroku-mirror-'));
    const readers = join(directory, 'readers');
    await writeFile(readers, `# who reads\nj-lis ${sha256(TOKEN)}\n\nauditor ${sha256(OTHER)}\n`);
    // For as long as the api runs: pino looks at the beginning whether somebody listens.
    ears = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((text: string | Uint8Array) => {
        written += String(text);
        return true;
      }),
    );
    kiroku = await Kiroku.start({ KIROKU_LOG_READERS: readers, KIROKU_LOG_LEVEL: 'debug' });
    people = await ordinaryDay(kiroku);
    await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
    await kiroku.settle();
    ca = await readFile(kiroku.pki.authority.certificate);
    mirror = new Mirror(`${kiroku.api.url}/log/${TOKEN}`, ca, join(directory, 'log'));
  });
  afterAll(async () => {
    await kiroku.stop();
    for (const ear of ears) ear.mockRestore();
    await rm(directory, { recursive: true, force: true });
  });

  it('is read by a prefix alone, and what was read verifies under the key that was handed out', async () => {
    const { size, origin } = await mirror.copy();
    expect(origin).toBe(kiroku.configuration.logOrigin);
    const { verifierKey } = kiroku.installed;
    const verified = await verifyLog({ directory: mirror.directory, verifierKey });
    expect(verified).toMatchObject({ ok: true, entries: size, size, faults: [] });
    expect(size).toBeGreaterThan(20);
  });

  it('goes on where it was: the tree that was read is a prefix of the next one, by the tiles served', async () => {
    const before = await mirror.copy();
    for (let inquiries = 0; inquiries < 3; inquiries += 1)
      await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
    await kiroku.settle();
    const after = await mirror.copy();
    expect(after.size).toBeGreaterThan(before.size);
    const tiles = new Map<string, Buffer>();
    for (const tile of tilesOf(after.size))
      tiles.set(tilePath(tile), await readFile(join(mirror.directory, tilePath(tile))));
    const read = subtreesFromTiles(after.size, (tile) => tiles.get(tilePath(tile)) ?? Buffer.alloc(0));
    const proof = consistencyProof(before.size, after.size, read);
    expect(verifyConsistency(before.size, before.root, after.size, after.root, proof)).toBe(true);
  });

  it('has the headers of the specification', async () => {
    const { size } = await mirror.copy();
    const checkpoint = await mirror.fetch('checkpoint').expect(200);
    expect(checkpoint.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'private, max-age=2',
    });
    for (const path of [`tile/0/000.p/${size}`, `tile/entries/000.p/${size}`]) {
      const { headers } = await mirror.fetch(path).expect(200);
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['cache-control']).toBe('private, max-age=31536000, immutable');
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it.each([
    'tile/0/000',
    'tile/0/000.p/0',
    'tile/0/000.p/255',
    'tile/0/000.p/256',
    'tile/0/0',
    'tile/0/001',
    'tile/8/0/000',
    'tile/1/000.p/1',
    'tile/entries/x000/000',
    'tile/entries/..%2f..%2f..%2fledger.sqlite',
    'tile/%2e%2e/checkpoint.cosigned',
    'checkpoint.cosigned',
    'tile/',
    'tile',
    'ledger.sqlite',
  ])('has 404 for what is not there, never cached: %s', async (path) => {
    const { headers, status } = await mirror.fetch(path);
    expect([status, headers['cache-control']]).toEqual([404, 'no-store']);
  });

  it('is nobody’s without a token, and a wrong one is counted', async () => {
    const counter = kiroku.api.app.get(FailureCounter);
    const counted = jest.spyOn(counter, 'count');
    for (const wrong of ['', 'x', sha256(TOKEN), `${TOKEN}x`, TOKEN.toLowerCase()]) {
      const stranger = new Mirror(`${kiroku.api.url}/log/${wrong}`, ca, directory);
      for (const path of ['checkpoint', 'tile/0/000.p/1']) {
        const { status, headers } = await stranger.fetch(path);
        expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
      }
    }
    expect(new Set(counted.mock.calls.map(([, kind]) => kind))).toEqual(new Set(['unknown-token']));
    expect(counted).toHaveBeenCalledTimes(8);
    counted.mockRestore();
    const other = new Mirror(`${kiroku.api.url}/log/${OTHER}`, ca, directory);
    await other.fetch('checkpoint').expect(200);
  });

  it('leaves no token in logs and metrics', async () => {
    await mirror.fetch('checkpoint').expect(200);
    await mirror.fetch('tile/0/007').expect(404);
    await mirror.fetch(`tile/%E0%A4%A`);
    await mirror.fetch('elsewhere').expect(404);
    await people.security.get('/readyz');
    const metrics = await (await fetch(kiroku.api.metricsUrl)).text();
    expect(metrics).toContain('route="/log/:reader/checkpoint"');
    expect(metrics).toContain('route="/log/:reader/tile/*"');
    expect(written).toContain('"route":"/log/:reader/checkpoint"');
    for (const told of [metrics, written]) {
      expect(told).not.toContain(TOKEN);
      expect(told).not.toContain(sha256(TOKEN));
    }
  });
});
