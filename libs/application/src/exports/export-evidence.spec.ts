import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cosigner,
  ed25519Signer,
  generateSigningKey,
  leafHash,
  type Log,
  openLog,
  parseNote,
  PublishedLog,
  signatureLine,
} from '#ledger';
import type { TrailRow } from '#read-models';
import { ExportEvidence } from './export-evidence.js';

const ORIGIN = 'kiroku.example/log';
const NOW = '2026-04-01T00:00:00.000Z';
const idOf = (index: number): string => `0190a000-0000-7000-8000-${String(index).padStart(12, '0')}`;
const eventAt = (index: number) => {
  const entry = JSON.stringify({ id: idOf(index), type: 'T' });
  return {
    eventId: idOf(index),
    position: String(index + 1),
    entry,
    leafHash: leafHash(Buffer.from(entry)).toString('hex'),
  };
};
const rowAt = (index: number): TrailRow => ({ id: idOf(index), position: String(index + 1) }) as TrailRow;

let place: string;
let directory: string;
let log: Log;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'kiroku-evidence-'));
  directory = join(place, 'log');
  const signer = ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem);
  log = await openLog({ directory, database: join(place, 'l.sqlite'), origin: ORIGIN, signer });
});
afterAll(async () => {
  await log.close();
  rmSync(place, { recursive: true, force: true });
});

let size = 0;
const grow = async (to: number): Promise<string> => {
  const events = Array.from({ length: to - size }, (_, at) => eventAt(size + at));
  size = to;
  return (await log.append(events, { fence: 1, now: NOW })).note;
};

/** Real time, which stands still: of a wait there is the first look and, where it is over, the last. */
const evidenceOf = (maxWaitMs = 0, published = () => PublishedLog.open(directory)) =>
  new ExportEvidence(log, published, { monotonic: () => ({ bootId: 'boot', ms: 0 }) }, maxWaitMs);
const codeOf = async (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => null,
    (error: unknown) => (error as { refusals?: readonly { code: string }[] }).refusals?.[0]?.code ?? error,
  );
const sizeOf = async (asked: ReturnType<ExportEvidence['covering']>): Promise<string | undefined> => {
  const note = [...(await asked).lines()].flatMap((line) => (line.kind === 'checkpoint' ? [line.note] : []));
  return note[0]?.split('\n')[1];
};

describe('the evidence for an export', () => {
  it('is not there while there is no log, or the log does not hold the events; nothing is lost by asking again', async () => {
    expect(await codeOf(evidenceOf().covering([idOf(0)]))).toBe('log-behind');
    await grow(10);
    expect(await codeOf(evidenceOf().covering([idOf(9), idOf(10)]))).toBe('log-behind');
    await grow(11);
    expect(await codeOf(evidenceOf().covering([idOf(9), idOf(10)]))).toBeNull();
  });

  it('waits until the log has them', async () => {
    let looks = 0;
    const waiting = evidenceOf(1, () => {
      looks += 1;
      return PublishedLog.open(directory);
    });
    const asked = waiting.covering([idOf(11)]);
    await grow(12);
    expect(await codeOf(asked)).toBeNull();
    expect(looks).toBeGreaterThan(0);
  });

  it('is under a cosigned checkpoint where one covers it, or else under the latest', async () => {
    const note = await grow(14);
    const name = 'witness.example/kiroku';
    const witness = cosigner(name, generateSigningKey(name).privateKeyPem, () => Date.parse(NOW));
    const { text } = parseNote(note);
    const line = signatureLine({ name, keyId: witness.keyId, signature: witness.sign(text) });
    expect(await log.publishCosigned(note + line)).toBe(true);
    await grow(16);
    expect(await sizeOf(evidenceOf(1).covering([idOf(13)]))).toBe('14');
    expect(await sizeOf(evidenceOf(0).covering([idOf(14)]))).toBe('16');
  });

  it('has the export’s own events, then an entry for each row, falling', async () => {
    const found = await evidenceOf().covering([idOf(12), idOf(13)]);
    for (const index of [11, 9, 2]) await found.add(rowAt(index));
    const lines = [...found.lines()].flatMap((line) => ('leaf' in line ? [`${line.kind} ${line.leaf}`] : []));
    expect(lines).toEqual(['record 13', 'record 12', 'entry 11', 'entry 9', 'entry 2']);
  });

  it('is refused for a row that the log has elsewhere, or not at all', async () => {
    const found = await evidenceOf().covering([idOf(13)]);
    for (const row of [{ ...rowAt(5), position: '7' }, rowAt(99)])
      await expect(found.add(row)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });
});
