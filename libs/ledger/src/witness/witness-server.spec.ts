import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ORIGIN, signerOf } from '../../test/sample-log.js';
import {
  body,
  forked,
  history,
  noteOf,
  post,
  WITNESS,
  WITNESSED_AT,
  Witnesses,
} from '../../test/witnesses.js';
import { formatAddCheckpoint } from '../core/add-checkpoint.js';
import { formatCheckpoint } from '../core/checkpoint.js';
import { parseNote, signNote } from '../core/note.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { withCosignatures, witnessedBy } from '../core/witnessed.js';
import { type Refusal, WitnessState } from './witness-state.js';

const witnesses = new Witnesses();
afterEach(() => witnesses.clear());

/** The server hears of closed connections a moment after their clients. */
const until200 = async (ask: () => Promise<{ status: number }>): Promise<void> => {
  for (;;) if ((await ask().catch(() => null))?.status === 200) return;
};

describe('a witness over HTTP', () => {
  it('answers 200 with its cosignature on the checkpoint', async () => {
    const witness = await witnesses.start(witnesses.place());
    const { status, text } = await post(witness, body(history, 0, 9));
    expect(status).toBe(200);
    const own = parseVerifierKey(witness.verifierKey);
    expect(own).toMatchObject({ name: WITNESS, type: 0x04 });
    const cosigned = parseNote(withCosignatures(noteOf(history, 9), text, [own]));
    expect(witnessedBy(cosigned, [own])).toEqual([
      { name: WITNESS, keyId: own.keyId, time: WITNESSED_AT / 1_000 },
    ]);
    expect((await post(witness, body(history, 9, 30))).status).toBe(200);
    expect((await post(witness, body(history, 30, 30))).status).toBe(200);
  });

  it('answers 409 with the size that it knows', async () => {
    const witness = await witnesses.start(witnesses.place());
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
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    const answer = await post(witness, text);
    expect(answer).toMatchObject({ status, type: 'text/plain; charset=utf-8' });
    expect(answer.text).not.toContain('—');
    expect(await post(witness, body(history, 0, 12))).toMatchObject({ text: '9\n' });
  });

  it('serves nothing else', async () => {
    const { url } = await witnesses.start(witnesses.place());
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${url}/lock`)).status).toBe(404);
  });

  it('is not upset by an asker who goes away', async () => {
    const errors: Error[] = [];
    const witness = await witnesses.start(witnesses.place(), { onError: (error) => errors.push(error) });
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
    const witness = await witnesses.start(witnesses.place());
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
    expect((await witnesses.start(witnesses.place())).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});

describe('a fork', () => {
  it('is refused, and the body says so', async () => {
    const witness = await witnesses.start(witnesses.place());
    await post(witness, body(history, 0, 9));
    const answer = await post(witness, body(forked, 9, 9));
    expect(answer).toMatchObject({ status: 409, type: 'text/plain; charset=utf-8' });
    expect(answer.text).toMatch(/^fork: /);
  });

  it('is remembered with both signed notes, told once as new, and shown in the metrics, also after a restart', async () => {
    const directory = witnesses.place();
    const told: [Refusal, boolean][] = [];
    const onRefusal = (refusal: Refusal, isNew: boolean) => void told.push([refusal, isNew]);
    const witness = await witnesses.start(directory, { onRefusal });
    await post(witness, body(history, 0, 9));
    for (let round = 0; round < 2; round++) await post(witness, body(forked, 9, 9));
    expect(told.map(([{ kind }, isNew]) => [kind, isNew])).toEqual([
      ['fork', true],
      ['fork', false],
    ]);
    await witnesses.stop(witness);
    const again = await witnesses.start(directory);
    const [evidence] = again.refusals();
    expect(again.refusals()).toHaveLength(1);
    expect(evidence).toMatchObject({
      kind: 'fork',
      origin: ORIGIN,
      seenAt: new Date(WITNESSED_AT).toISOString(),
    });
    expect(evidence?.refused).toBe(noteOf(forked, 9));
    expect(evidence?.latest?.startsWith(noteOf(history, 9))).toBe(true);
    const metrics = await (await fetch(`${again.url}/metrics`)).text();
    expect(metrics).toContain(`kiroku_witness_refused{origin="${ORIGIN}",kind="fork"} 1\n`);
    expect(metrics).toContain(`kiroku_witness_checkpoint_size{origin="${ORIGIN}"} 9\n`);
    // The true history goes on: the witness still vouches for what it has always seen.
    expect((await post(again, body(history, 9, 12))).status).toBe(200);
  });

  it('is not what a wrong proof of a true checkpoint is, once the right one came', async () => {
    const witness = await witnesses.start(witnesses.place());
    await post(witness, body(history, 0, 9));
    await post(witness, formatAddCheckpoint({ oldSize: 9, proof: [], note: noteOf(history, 12) }));
    expect(witness.refusals().map(({ kind }) => kind)).toEqual(['inconsistent']);
    await post(witness, body(history, 9, 12));
    expect(witness.refusals()).toEqual([]);
  });

  it('cannot fill the disk, nor be crowded out by wrong proofs: a hundred refusals are kept of each kind', () => {
    const state = WitnessState.open(witnesses.place());
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
