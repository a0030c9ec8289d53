import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { verifyExport, type VerifyExportCall } from '../../../apps/cli/src/commands/verify-export.js';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { cosigner, generateSigningKey, parseNote, signatureLine } from '#ledger';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';
import { type Checked, checked } from './checking.js';
import { ASKED, forgeries } from './forgeries.js';
import { Forgery, other, type Values } from './forgery.js';

/** A port that no client asks. */
const NOWHERE = 'http://127.0.0.1:1/log';
const QUERY = 'outcome:found type:InformationProvided';

describe('an export that leaves the house', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  const files = { jsonl: '', csv: '' };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    for (let asked = 0; asked < ASKED; asked += 10)
      await Promise.all(
        Array.from({ length: 10 }, () => ask(people.operator, { residentCode: wellKnown.found }).expect(200)),
      );
    await kiroku.settle();
    for (const format of ['jsonl', 'csv'] as const) files[format] = await handedOver({ format });
    await kiroku.settle();
  }, 60_000);
  afterAll(() => kiroku.stop());

  async function handedOver(changes: object = {}): Promise<string> {
    const asked = { query: QUERY, format: 'jsonl', reason: '監査委員の求めによる', ...changes };
    const { body } = await people.security.post('/v1/audit/exports', asked).expect(201);
    const answer = await people.security
      .post(`/v1/audit/exports/${body.export}/file`)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
      })
      .expect(200);
    return answer.body;
  }

  /** Whoever was handed the file checks it; by the log's own key unless told. */
  async function check(content: string | Buffer, call: VerifyExportCall = {}): Promise<Checked> {
    const file = join(kiroku.directory, 'handed-over');
    writeFileSync(file, content);
    return checked({ export: file, key: [kiroku.installed.verifierKey], ...call });
  }
  const besideLog = (content: string | Buffer, call: VerifyExportCall = {}) =>
    check(content, { log: kiroku.configuration.paths.log, ...call });

  it.each(['jsonl', 'csv'] as const)('proves itself, with nothing but a verifier key: %s', async (format) => {
    expect(await check(files[format])).toMatchObject({
      code: 0,
      kinds: [],
      rows: ASKED,
      query: QUERY,
      log: { origin: kiroku.configuration.logOrigin },
      handedOver: null,
      complete: null,
    });
  });

  it.each(['jsonl', 'csv'] as const)('is all that matches, beside the log: %s', async (format) => {
    expect(await besideLog(files[format])).toMatchObject({
      code: 0,
      kinds: [],
      handedOver: true,
      complete: true,
    });
  });

  it.each(['-operator:nobody', 'operator:nobody', 'organisation:examination OR type:SignedIn'])(
    'is all that matches, whatever was asked: %s',
    async (query) => {
      const file = await handedOver({ query });
      await kiroku.settle();
      expect(await besideLog(file)).toMatchObject({ code: 0, kinds: [], complete: true });
    },
  );

  it('is not known to be all where sealed words are looked for, and is checked in all else', async () => {
    const file = await handedOver({ query: 'text:監査委員 at:2032-04' });
    await kiroku.settle();
    const { rows, ...found } = await besideLog(file);
    expect(found).toMatchObject({ code: 0, kinds: [], handedOver: true, complete: null });
    expect(rows).toBeGreaterThan(0);
    const said = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const path = join(kiroku.directory, 'handed-over');
    const call = { export: path, key: [kiroku.installed.verifierKey], log: kiroku.configuration.paths.log };
    expect(await verifyExport(undefined, call)).toBe(0);
    expect(String(said.mock.calls[0]?.[0])).toContain('completeness cannot be shown');
    said.mockRestore();
  });

  it('is found to be a part where the house itself left rows out', async () => {
    const { queries } = kiroku.api.rooms;
    const [search, count] = [queries.searchTrail.bind(queries), queries.countTrail.bind(queries)];
    const hidden = jest.spyOn(queries, 'searchTrail').mockImplementation(async (...asked) => {
      const page = await search(...asked);
      return { ...page, rows: page.rows.toSpliced(3, 1) };
    });
    const counted = jest.spyOn(queries, 'countTrail').mockImplementation(async (...asked) => {
      const found = await count(...asked);
      return { ...found, count: found.count - 1 };
    });
    const file = await handedOver();
    hidden.mockRestore();
    counted.mockRestore();
    await kiroku.settle();
    expect(await check(file)).toMatchObject({ code: 0, rows: ASKED - 1 });
    const found = await besideLog(file);
    expect(found).toMatchObject({ code: 1, kinds: ['row-left-out'], handedOver: true, complete: false });
    const [, , , left = ''] = new Forgery(files.jsonl).lines;
    expect(found.faults?.[0]?.event).toBe((JSON.parse(left) as Values)['id']);
  });

  it('is not taken for the record of another log', async () => {
    const name = kiroku.configuration.logOrigin;
    const { verifierKey } = other(name);
    expect(await check(files.jsonl, { key: [verifierKey] })).toMatchObject({
      code: 1,
      kinds: ['checkpoint-signature'],
    });
    const elsewhere = other('other.example/log');
    expect(await check(files.jsonl, { key: [elsewhere.verifierKey] })).toMatchObject({
      code: 1,
      kinds: ['checkpoint-origin'],
    });
    const witness = cosigner(
      'witness.example/log',
      generateSigningKey('witness.example/log').privateKeyPem,
      () => 0,
    );
    const asked = { witness: [witness.verifierKey] };
    expect(await check(files.jsonl, asked)).toMatchObject({ code: 1, kinds: ['witness-missing'] });
    const cosigned = new Forgery(files.jsonl).withNote((note) => {
      const signature = witness.sign(parseNote(note).text);
      return note + signatureLine({ name: witness.name, keyId: witness.keyId, signature });
    });
    expect(await check(cosigned.seal(), asked)).toMatchObject({
      code: 0,
      witnessed: [{ name: 'witness.example/log', time: 0 }],
    });
  });

  // Each row in full: Jest takes a missing fourth argument for its callback.
  const rows = forgeries.map(([what, forge, alone, beside = null]) => [what, forge, alone, beside] as const);

  describe.each(['jsonl', 'csv'] as const)('and was forged (%s)', (format) => {
    it.each(rows)('is found out: %s', async (_what, forge, alone, beside) => {
      const text = forge(new Forgery(files[format]));
      const found = await check(text);
      expect([found.code, found.kinds]).toEqual([alone.length ? 1 : 0, alone]);
      // Every fault names a place.
      for (const { line, event } of found.faults ?? []) expect(line ?? event).toBeDefined();
      if (!beside) return;
      const full = await besideLog(text);
      const expected =
        beside.includes('row-left-out') && beside.length > 20
          ? expect.arrayContaining(['row-left-out'])
          : beside;
      expect([full.code, full.kinds]).toEqual([beside.length ? 1 : 0, expected]);
    });
  });

  it.each<[string, (text: string) => string]>([
    ['other ends of lines', (text) => text.replaceAll('\r\n', '\n')],
    ['no byte order mark', (text) => text.slice(1)],
    ['cells in quotes', (text) => text.replace('InformationProvided', '"InformationProvided"')],
    ['columns that changed places', (text) => text.replace('position,id', 'id,position')],
    ['another column', (text) => text.replace('position,id', 'number,position,id')],
    ['a separator of another country', (text) => text.replaceAll(',', ';')],
    ['an empty line', (text) => text.replace('\r\n', '\r\n\r\n')],
  ])('is not taken for whole after a spreadsheet saved it: %s', async (_, change) => {
    expect(await check(change(files.csv))).toMatchObject({ code: 1, kinds: ['line'] });
  });

  it('is found to be too new for an old copy of the log, and out of place beside another', async () => {
    const stranger = await Kiroku.start();
    try {
      const key = [kiroku.installed.verifierKey, stranger.installed.verifierKey];
      const found = await besideLog(files.jsonl, { key, log: stranger.configuration.paths.log });
      expect([found.code, found.handedOver, found.complete]).toEqual([1, null, null]);
      expect(found.kinds.every((kind) => kind === 'log')).toBe(true);
    } finally {
      await stranger.stop();
    }
  });

  it('is faulty also where nobody serves the log, once the file alone shows it', async () => {
    const key = [other(kiroku.configuration.logOrigin).verifierKey];
    expect(await check(files.jsonl, { key, log: NOWHERE })).toMatchObject({
      code: 1,
      kinds: ['checkpoint-signature'],
      handedOver: null,
      complete: null,
    });
  });

  it.each<[string, VerifyExportCall, string | undefined]>([
    ['no key', { key: [] }, undefined],
    ['a key that is none', { key: ['x'] }, undefined],
    ['a file that is not there', { export: '/nowhere/trail.jsonl' }, undefined],
    ['a log that is not there', { log: '/nowhere' }, undefined],
    ['a log that nobody serves', { log: NOWHERE }, undefined],
    ['a log to check besides', {}, '/some/log'],
    ['a proof to check besides', { proof: 'x' }, undefined],
  ])('cannot be asked about with %s', async (_, call, directory) => {
    const errors = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const file = join(kiroku.directory, 'asked');
    writeFileSync(file, files.jsonl);
    const key = [kiroku.installed.verifierKey];
    expect(await verifyExport(directory, { export: file, key, ...call })).toBe(2);
    expect(errors).toHaveBeenCalledTimes(1);
    errors.mockRestore();
  });
});
