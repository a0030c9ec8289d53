import { Buffer } from 'node:buffer';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../../test/naive-tree.js';
import { ORIGIN, signerOf } from '../../test/sample-log.js';
import { formatAddCheckpoint } from '../core/add-checkpoint.js';
import { formatCheckpoint } from '../core/checkpoint.js';
import { parseNote, signNote } from '../core/note.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { withCosignatures, witnessedBy } from '../core/witnessed.js';
import { startWitness, type RunningWitness, type WitnessOptions } from './witness-server.js';
import { type Refusal, WitnessState } from './witness-state.js';

const NAME = 'witness.example/office';
const NOW = Date.parse('2026-04-01T09:00:00.000Z');
const { verifierKey: logKey } = signerOf();

const places: string[] = [];
const running: RunningWitness[] = [];
afterEach(async () => {
  for (const witness of running.splice(0)) await witness.close();
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
});

const place = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'kiroku-witness-'));
  places.push(made);
  return join(made, 'state');
};
const start = async (directory: string, options: Partial<WitnessOptions> = {}): Promise<RunningWitness> => {
  const witness = await startWitness({
    directory,
    name: NAME,
    logKeys: [logKey],
    port: 0,
    realNow: () => NOW,
    ...options,
  });
  running.push(witness);
  return witness;
};
const stop = async (witness: RunningWitness): Promise<void> => {
  running.splice(running.indexOf(witness), 1);
  await witness.close();
};

/** Where the witness keeps what it knows of each log. */
const logsIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name));

const treeOf = (variant: string): NaiveTree =>
  new NaiveTree(Array.from({ length: 40 }, (_, at) => naiveLeaf(Buffer.from(`${variant} ${at}`))));
const [history, forked] = [treeOf('entry'), treeOf('rewritten')];
const noteOf = (tree: NaiveTree, size: number, signer = signerOf()): string =>
  signNote(formatCheckpoint({ origin: ORIGIN, size, root: tree.root(0, size) }), [signer]);
const body = (tree: NaiveTree, from: number, to: number, note = noteOf(tree, to)): string =>
  formatAddCheckpoint({ oldSize: from, proof: from === 0 ? [] : tree.subproof(from, 0, to, true), note });

/** The server hears of closed connections a moment after their clients. */
const until200 = async (ask: () => Promise<{ status: number }>): Promise<void> => {
  for (;;) if ((await ask().catch(() => null))?.status === 200) return;
};

const post = async ({ url }: RunningWitness, text: string | Uint8Array<ArrayBuffer>) => {
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: text });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};

describe('a witness over HTTP', () => {
  it('answers 200 with its cosignature on the checkpoint', async () => {
    const witness = await start(place());
    const { status, text } = await post(witness, body(history, 0, 9));
    expect(status).toBe(200);
    const own = parseVerifierKey(witness.verifierKey);
    expect(own).toMatchObject({ name: NAME, type: 0x04 });
    const cosigned = parseNote(withCosignatures(noteOf(history, 9), text, [own]));
    expect(witnessedBy(cosigned, [own])).toEqual([{ name: NAME, keyId: own.keyId, time: NOW / 1_000 }]);
    expect((await post(witness, body(history, 9, 30))).status).toBe(200);
    expect((await post(witness, body(history, 30, 30))).status).toBe(200);
  });

  it('answers 409 with the size that it knows', async () => {
    const witness = await start(place());
    await post(witness, body(history, 0, 9));
    expect(await post(witness, body(history, 0, 12))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      text: '9\n',
    });
  });

  it.each<[number, string, string | Uint8Array<ArrayBuffer>]>([
    [400, 'what is no request', 'x'],
    [400, 'an old size above the checkpoint', body(history, 9, 9).replace('old 9', 'old 10')],
    [400, 'what is not UTF-8', new Uint8Array([0xff, 0xfe])],
    [400, 'a body without end', 'old 9\n'.repeat(100_000)],
    [403, 'another key', body(history, 9, 12, noteOf(history, 12, signerOf(8)))],
    [
      404,
      'another log',
      body(
        history,
        0,
        9,
        signNote(formatCheckpoint({ origin: 'other', size: 9, root: history.root(0, 9) }), [
          signerOf(7, 'other'),
        ]),
      ),
    ],
    [422, 'a proof that leads elsewhere', body(forked, 9, 12)],
  ])('answers %i to %s, and cosigns nothing', async (status, _, text) => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    const answer = await post(witness, text);
    expect(answer).toMatchObject({ status, type: 'text/plain; charset=utf-8' });
    expect(answer.text).not.toContain('—');
    expect(await post(witness, body(history, 0, 12))).toMatchObject({ text: '9\n' });
  });

  it('serves nothing else', async () => {
    const { url } = await start(place());
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/lock`)).status).toBe(404);
  });

  it('is not upset by an asker who goes away', async () => {
    const errors: Error[] = [];
    const witness = await start(place(), { onError: (error) => errors.push(error) });
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(new URL(witness.url).port), '127.0.0.1', () => {
        socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nold 0', () =>
          socket.destroy(),
        );
      });
      socket.once('close', () => resolve());
      socket.once('error', reject);
    });
    expect((await post(witness, body(history, 0, 9))).status).toBe(200);
    expect(errors).toEqual([]);
  });

  it('takes so many connections and no more', async () => {
    const witness = await start(place());
    const port = Number(new URL(witness.url).port);
    const sockets = Array.from({ length: 257 }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined),
    );
    const [last] = sockets.slice(-1);
    await new Promise((resolve) => last?.once('close', resolve));
    for (const socket of sockets) socket.destroy();
    await expect(until200(() => post(witness, body(history, 0, 9)))).resolves.toBeUndefined();
  });

  it('listens on this machine alone unless it is told otherwise', async () => {
    expect((await start(place())).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('a fork', () => {
  it('is refused, and the body says so', async () => {
    const witness = await start(place());
    await post(witness, body(history, 0, 9));
    const answer = await post(witness, body(forked, 9, 9));
    expect(answer).toMatchObject({ status: 409, type: 'text/plain; charset=utf-8' });
    expect(answer.text).toMatch(/^fork: /);
  });

  it('is remembered with both signed notes, told once as new, and shown in the metrics, also after a restart', async () => {
    const directory = place();
    const told: [Refusal, boolean][] = [];
    const onRefusal = (refusal: Refusal, isNew: boolean) => void told.push([refusal, isNew]);
    const witness = await start(directory, { onRefusal });
    await post(witness, body(history, 0, 9));
    for (let round = 0; round < 2; round++) await post(witness, body(forked, 9, 9));
    expect(told.map(([{ kind }, isNew]) => [kind, isNew])).toEqual([
      ['fork', true],
      ['fork', false],
    ]);
    await stop(witness);
    const again = await start(directory);
    const [evidence] = again.refusals();
    expect(again.refusals()).toHaveLength(1);
    expect(evidence).toMatchObject({ kind: 'fork', origin: ORIGIN, seenAt: new Date(NOW).toISOString() });
    expect(evidence?.refused).toBe(noteOf(forked, 9));
    expect(evidence?.latest?.startsWith(noteOf(history, 9))).toBe(true);
    const metrics = await (await fetch(`${again.url}/metrics`)).text();
    expect(metrics).toContain(`kiroku_witness_refused{origin="${ORIGIN}",kind="fork"} 1\n`);
    expect(metrics).toContain(`kiroku_witness_checkpoint_size{origin="${ORIGIN}"} 9\n`);
    // The true history goes on: the witness still vouches for what it has always seen.
    expect((await post(again, body(history, 9, 12))).status).toBe(200);
  });

  it('is not what a wrong proof of a true checkpoint is, once the right one came', async () => {
    const witness = await start(place());
    await post(witness, body(history, 0, 9));
    await post(witness, formatAddCheckpoint({ oldSize: 9, proof: [], note: noteOf(history, 12) }));
    expect(witness.refusals().map(({ kind }) => kind)).toEqual(['inconsistent']);
    await post(witness, body(history, 9, 12));
    expect(witness.refusals()).toEqual([]);
  });

  it('cannot fill the disk, nor be crowded out by wrong proofs: a hundred refusals are kept of each kind', () => {
    const state = WitnessState.open(place());
    const checkpoint = (size: number) => ({ origin: ORIGIN, size, root: history.root(0, 1) });
    for (const kind of ['inconsistent', 'fork'] as const) {
      const refusal: Refusal = { kind, origin: ORIGIN, seenAt: '', latest: null, refused: '' };
      const kept = Array.from({ length: 110 }, (_, size) => state.remember(refusal, checkpoint(size)));
      expect([kind, kept.filter(Boolean).length]).toEqual([kind, 100]);
    }
    expect(state.refusals()).toHaveLength(200);
    state.close();
  });
});

describe('the state of a witness', () => {
  it('outlives the process: key, name and latest checkpoint', async () => {
    const directory = place();
    const first = await start(directory);
    await post(first, body(history, 0, 9));
    await stop(first);
    const second = await start(directory);
    expect(second.verifierKey).toBe(first.verifierKey);
    expect(await post(second, body(history, 0, 12))).toMatchObject({ status: 409, text: '9\n' });
    expect((await post(second, body(history, 9, 12))).status).toBe(200);
  });

  it('is on disk before the answer, cosigned, and its key is nobody else’s to read', async () => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    const [origin] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const note = parseNote(readFileSync(join(directory, origin?.name ?? '', 'checkpoint'), 'utf8'));
    expect(witnessedBy(note, [parseVerifierKey(witness.verifierKey)])).toHaveLength(1);
    expect(statSync(join(directory, 'identity.json')).mode & 0o077).toBe(0);
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  it('belongs to one process', async () => {
    const directory = place();
    const first = await start(directory);
    await expect(start(directory)).rejects.toMatchObject({ code: 'witness-state-in-use' });
    await stop(first);
    await start(directory);
  });

  it('refuses to go on from a checkpoint that cannot be read', async () => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    await stop(witness);
    const [origin] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    writeFileSync(join(directory, origin?.name ?? '', 'checkpoint'), 'x');
    await expect(start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('refuses to go on from one that another key has cosigned: its own is lost', async () => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    await stop(witness);
    rmSync(join(directory, 'identity.json'));
    await expect(start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    // And it made no other one in its place.
    expect(readdirSync(directory)).not.toContain('identity.json');
  });

  it('refuses evidence that cannot be read: what it told of a fork must not be forgotten', async () => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    await post(witness, body(forked, 9, 9));
    await stop(witness);
    const [log] = logsIn(directory);
    const [name] = readdirSync(log ?? '').filter((file) => file.startsWith('fork-'));
    const file = join(log ?? '', name ?? '');
    const evidence = readFileSync(file, 'utf8');
    for (const text of ['', 'null', '{}', '{"kind":"fork"}', evidence.slice(0, -20)]) {
      writeFileSync(file, text);
      await expect(start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    }
    writeFileSync(file, evidence);
    expect((await start(directory)).refusals()).toHaveLength(1);
  });

  const tampering: readonly (readonly [string, (file: string, older: string) => void])[] = [
    ['is gone', (file) => rmSync(file)],
    ['is empty', (file) => writeFileSync(file, '')],
    ['is an older one', (file, older) => writeFileSync(file, older)],
    ['is one that nobody has cosigned', (file) => writeFileSync(file, noteOf(history, 12))],
    ['is one of a rewritten log', (file) => writeFileSync(file, noteOf(forked, 12))],
    [
      'is larger than anything the log had',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(`${ORIGIN}\n12\n`, `${ORIGIN}\n40\n`)),
    ],
  ];

  it.each(tampering)(
    'that %s while it runs is not believed: 500, and nothing is cosigned',
    async (_how, tamper) => {
      const directory = place();
      const errors: Error[] = [];
      const witness = await start(directory, { onError: (error) => errors.push(error) });
      await post(witness, body(history, 0, 9));
      const file = join(logsIn(directory)[0] ?? '', 'checkpoint');
      const older = readFileSync(file, 'utf8');
      await post(witness, body(history, 9, 12));
      const honest = readFileSync(file, 'utf8');
      tamper(file, older);
      for (const text of [
        body(history, 0, 20),
        body(history, 9, 20),
        body(history, 12, 20),
        body(forked, 9, 20),
      ])
        expect(await post(witness, text)).toMatchObject({ status: 500 });
      expect(errors.map((error) => (error as { code?: string }).code)).toEqual(
        Array(4).fill('log-inconsistent'),
      );
      writeFileSync(file, honest);
      expect((await post(witness, body(history, 12, 20))).status).toBe(200);
    },
  );

  it('is not written again for what is there already', async () => {
    const directory = place();
    const witness = await start(directory);
    await post(witness, body(history, 0, 9));
    const log = logsIn(directory)[0] ?? '';
    const before = statSync(join(log, 'checkpoint')).ino;
    expect((await post(witness, body(history, 9, 9))).status).toBe(200);
    expect(statSync(join(log, 'checkpoint')).ino).toBe(before);
  });

  it('that cannot be written gives 500 and no cosignature', async () => {
    const directory = place();
    const errors: Error[] = [];
    const witness = await start(directory, { onError: (error) => errors.push(error) });
    await post(witness, body(history, 0, 9));
    const [origin] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const log = join(directory, origin?.name ?? '');
    // A directory where the new file should be written: works for any user, root included.
    mkdirSync(join(log, 'checkpoint.new'));
    expect(await post(witness, body(history, 9, 12))).toMatchObject({ status: 500 });
    expect(errors).toHaveLength(1);
    rmSync(join(log, 'checkpoint.new'), { recursive: true });
    expect(await post(witness, body(history, 0, 12))).toMatchObject({ text: '9\n' });
  });

  it('has the name of its first start', async () => {
    const directory = place();
    await stop(await start(directory));
    await expect(start(directory, { name: 'other.example' })).rejects.toMatchObject({
      code: 'witness-name',
      own: NAME,
    });
    const nameless = { directory, logKeys: [logKey], port: 0 };
    const found = await startWitness(nameless);
    running.push(found);
    expect(parseVerifierKey(found.verifierKey).name).toBe(NAME);
    const fresh = await startWitness({ ...nameless, directory: place() });
    running.push(fresh);
    expect(parseVerifierKey(fresh.verifierKey).name).toBe(`${hostname()}/kiroku-witness`);
    await expect(start(place(), { name: 'two words' })).rejects.toMatchObject({
      code: 'witness-name',
      own: null,
    });
    await expect(start(place(), { logKeys: ['x'] })).rejects.toMatchObject({ code: 'malformed-note' });
  });

  it('has no name yet after a first start that could not listen, and gives its port back where it cannot start', async () => {
    const [directory, other] = [place(), place()];
    const port = Number(new URL((await start(other)).url).port);
    await expect(startWitness({ directory, logKeys: [logKey], port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    const witness = await start(directory);
    expect(parseVerifierKey(witness.verifierKey).name).toBe(NAME);
    await stop(witness);
    const again = { port: Number(new URL(witness.url).port) };
    await expect(start(directory, { ...again, name: 'other.example' })).rejects.toMatchObject({
      code: 'witness-name',
    });
    expect((await start(directory, again)).url).toBe(witness.url);
  });
});
