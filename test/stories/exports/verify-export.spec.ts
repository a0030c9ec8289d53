import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { verifyExport, type VerifyExportCall } from '../../../apps/cli/src/commands/verify-export.js';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { cosigner, generateSigningKey, parseNote, signatureLine, signNote } from '#ledger';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';
import { type Checked, checked } from './checking.js';
import {
  Forgery,
  hashOf,
  less,
  more,
  other,
  raised,
  swapTerminal,
  swapUnit,
  type Values,
} from './forgery.js';

const ASKED = 30;
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

  type Forge = (forgery: Forgery) => string | Buffer;
  const forgeries: readonly (readonly [string, Forge, readonly string[], (readonly string[])?])[] = [
    ['nothing is forged', (f) => f.seal(), [], []],
    [
      'a row is changed',
      (f) => f.change('row', 2, swapTerminal).text(),
      ['sha256', 'row-differs'],
      ['sha256', 'row-differs'],
    ],
    [
      'a row is changed, and the statement with it',
      (f) => f.change('row', 2, swapTerminal).seal(),
      ['row-differs'],
      ['row-differs'],
    ],
    [
      'a column that other events tell is changed',
      (f) => f.change('row', 2, swapUnit).seal(),
      [],
      ['not-on-record', 'row-differs'],
    ],
    [
      'a row is dropped',
      (f) => f.drop('row', 3).seal(),
      ['rows', 'entries', ...Array<string>(ASKED - 4).fill('row-differs')],
    ],
    [
      'a row is dropped, its entry and its number with it',
      (f) => f.drop('row', 3).drop('entry', 3).seal(less),
      ['statement', 'proof'],
      ['statement', 'proof'],
    ],
    [
      'the last row is dropped, its entry too',
      (f) =>
        f
          .drop('row', ASKED - 1)
          .drop('entry', ASKED - 1)
          .seal(),
      ['rows', 'proof'],
    ],
    ['a row is there twice', (f) => f.repeat('row', 1).repeat('entry', 1).seal(more), ['statement', 'order']],
    ['rows are swapped', (f) => f.swap('row').seal(), ['row-differs', 'row-differs']],
    ['rows are swapped, their entries with them', (f) => f.swap('row').swap('entry').seal(), ['order']],
    [
      'an entry is changed',
      (f) =>
        f
          .change('entry', 4, (line) =>
            line.replace(f.inEntry('"correlation":"0'), f.inEntry('"correlation":"1')),
          )
          .seal(),
      ['proof'],
    ],
    [
      'the record of who asked is changed',
      (f) =>
        f
          .change('record', 0, (line) =>
            line.replace(f.inEntry('"correlation":"0'), f.inEntry('"correlation":"1')),
          )
          .seal(),
      ['proof'],
    ],
    [
      'an entry is no event',
      (f) => f.change('entry', 4, (line) => line.replace(f.inEntry('"type":'), f.inEntry('"kind":'))).seal(),
      ['entry-malformed', 'proof'],
    ],
    ['an entry has another place', (f) => f.change('entry', 0, raised).seal(), ['row-differs', 'proof']],
    [
      'a hash is changed',
      (f) => f.change('hash', 0, (line) => line.replace(/[0-9a-f]{8}("?\}?)$/, '00000000$1')).seal(),
      ['proof'],
    ],
    ['a hash is dropped', (f) => f.drop('hash', 0).seal(), ['proof']],
    ['a hash is added', (f) => f.repeat('hash', 0).seal(), ['proof']],
    [
      'the checkpoint is signed by somebody else',
      (f) =>
        f.withNote((note) => signNote(parseNote(note).text, [other(kiroku.configuration.logOrigin)])).seal(),
      ['checkpoint-signature'],
    ],
    [
      'the checkpoint is changed',
      (f) => f.withNote((note) => note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`)).seal(),
      ['checkpoint-signature', 'proof'],
    ],
    [
      'the checkpoint is of another log',
      (f) =>
        f
          .withNote(() =>
            signNote(`other.example/log\n7\n${Buffer.alloc(32).toString('base64')}\n`, [
              other('other.example/log'),
            ]),
          )
          .seal(),
      ['checkpoint-origin', 'order', 'statement'],
    ],
    ['the checkpoint is none', (f) => f.withNote(() => 'nothing').seal(), ['checkpoint-malformed']],
    [
      'somebody else is said to have asked',
      (f) => f.seal(() => ({ requestedBy: 'o-somebody' })),
      ['statement'],
    ],
    ['somebody is said to have approved', (f) => f.seal(() => ({ approvedBy: 'o-somebody' })), ['statement']],
    [
      'another position is stated',
      (f) => f.seal(() => ({ position: '9' })),
      ['statement', ...Array<string>(ASKED).fill('row-beyond')],
    ],
    [
      'a position beyond the log is stated',
      (f) => f.seal(() => ({ position: '9000000000000' })),
      ['statement'],
      ['statement'],
    ],
    ['no position is stated, but a word', (f) => f.seal(() => ({ position: 'x' })), ['line']],
    [
      'another query is stated',
      (f) => f.seal(() => ({ query: 'outcome:several' })),
      Array<string>(ASKED).fill('row-not-meant'),
    ],
    [
      'a wider query is stated',
      (f) => f.seal(() => ({ query: 'outcome:found' })),
      [],
      ['not-on-record', ...Array<string>(ASKED).fill('row-left-out')],
    ],
    [
      'a query that nobody can tell from it is stated',
      (f) => f.seal(() => ({ query: 'at:2032-04 -text:"x"' })),
      [],
      ['not-on-record'],
    ],
    ['another salt is stated', (f) => f.seal(() => ({ salt: '0'.repeat(32) })), [], ['not-on-record']],
    ['no salt is stated', (f) => f.seal(() => ({ salt: undefined })), ['line']],
    ['a query is stated in no canonical form', (f) => f.seal(() => ({ query: '結果:found' })), ['statement']],
    ['another hash is stated', (f) => f.seal(() => ({ sha256: hashOf('') })), ['sha256']],
    [
      'another export is stated',
      (f) => f.seal(() => ({ export: '00000000-0000-7000-8000-000000000000' })),
      ['statement'],
    ],
    ['the statement says more than it may', (f) => f.seal(() => ({ note: 'x' })), ['line']],
    ['the statement is of an older form', (f) => f.seal(() => ({ statement: 'kiroku-export/2' })), ['line']],
    ['the statement is cut off', (f) => f.drop('statement', 0).text(), ['truncated']],
    ['the file breaks off in a line', (f) => f.text().slice(0, -9), ['truncated']],
    ['the file breaks off among the rows', (f) => f.text().slice(0, 2_000), ['truncated']],
    ['there is no file', () => '', ['truncated']],
    ['something follows the statement', (f) => f.text() + f.lines[1] + f.end, ['line']],
    [
      'the evidence stands before the rows',
      (f) => {
        f.lines.splice(f.isTable ? 1 : 0, 0, f.lines[f.at('hash')[0] ?? 0] as string);
        return f.seal();
      },
      ['line'],
    ],
    [
      'there is a line of two megabytes',
      (f) => f.change('row', 5, (line) => line + ' '.repeat(2_000_000)).text(),
      ['line-too-long'],
    ],
    [
      'a row is not UTF-8',
      (f) => {
        const bytes = Buffer.from(f.text());
        bytes[900] = 0xff;
        return bytes;
      },
      ['not-utf8'],
    ],
    [
      'an entry is larger than any',
      (f) =>
        f
          .change('entry', 0, (line) =>
            line.replace(f.inEntry('"correlation":"'), f.inEntry(`"correlation":"${'x'.repeat(70_000)}`)),
          )
          .seal(),
      ['entry-malformed'],
    ],
  ];
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
