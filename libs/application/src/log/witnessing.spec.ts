import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Cosigned,
  cosigner,
  ed25519Signer,
  EMPTY_ROOT,
  formatCheckpoint,
  generateSigningKey,
  LogNotFound,
  type LogState,
  type NoteSigner,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type PublishedCheckpoint,
  signNote,
  type WitnessReply,
} from '#ledger';
import { InMemory } from '../testing/in-memory.js';
import { CosignedAge, LOG_COSIGNED } from './cosigned-age.js';
import { LogHealth, strictLogBounds } from './log-health.js';
import { Witnessing } from './witnessing.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const cosigned: WitnessReply = { kind: 'cosigned', lines: '', time: 0 };
const away: WitnessReply = { kind: 'unreachable', why: 'ECONNREFUSED' };
const ahead: WitnessReply = { kind: 'ahead', size: 900 };
const forked: WitnessReply = { kind: 'forked', why: '422 inconsistent' };
const ORIGIN = 'kiroku.example/log';
const logSigner = ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem);
const witnessNamed = (name: string): NoteSigner =>
  cosigner(name, generateSigningKey(name).privateKeyPem, () => 1_775_000_000_000);
/** A checkpoint's note, with the cosignatures of these. */
const noteOf = (size: number, witnesses: readonly NoteSigner[] = [], origin = ORIGIN): string =>
  signNote(formatCheckpoint({ origin, size, root: EMPTY_ROOT }), [logSigner, ...witnesses]);
const published = (note: string): PublishedCheckpoint => ({
  note,
  checkpoint: parseCheckpoint(parseNote(note).text),
});

describe('the witnesses of the log', () => {
  let memory: InMemory;
  let values: Map<string, unknown>;
  let entries: Buffer[];
  let replies: Record<string, WitnessReply>;
  let asked: number;
  let age: CosignedAge;
  let witnessing: Witnessing;
  /** The witnessing of another worker. */
  let started: () => Witnessing;
  const signers = ['w/1', 'w/2'].map(witnessNamed);
  const verifiers = signers.map(({ verifierKey }) => parseVerifierKey(verifierKey));
  /** What lies in `checkpoint.cosigned`. */
  let cosignedFile: string | null;

  const marks = {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as the port has it
    read: <T>(name: string): T | null => (values.get(name) as T | undefined) ?? null,
    write: (name: string, value: unknown): void => void values.set(name, value),
  };
  const size = (): number => entries.length;
  /** An entry of the log, recorded now. */
  const record = (): void => void entries.push(Buffer.from(JSON.stringify({ id: memory.journal.newId() })));
  const ask = async (): Promise<Cosigned> => {
    asked += 1;
    const note = noteOf(size());
    const given = Object.entries(replies).map(([witness, reply]) => {
      const by = signers.filter(({ name }) => name === witness);
      const lines = noteOf(size(), by).slice(note.length);
      return { witness, reply: reply.kind === 'cosigned' ? { ...reply, lines } : reply };
    });
    return { size: size(), note, published: true, replies: given };
  };
  /** How many entries the published files show; null for no checkpoint at all, and for all there are unless somebody hides some. */
  let shown: () => number | null;
  const log = {
    entry: (index: number) => (index < (shown() ?? 0) ? (entries[index] ?? null) : null),
    checkpoint: () => {
      const found = shown();
      if (found === null) throw new LogNotFound('log');
      return published(noteOf(found));
    },
    cosigned: () => (cosignedFile === null ? null : published(cosignedFile)),
  };

  beforeEach(() => {
    memory = new InMemory();
    [values, entries, asked] = [new Map(), [], 0];
    replies = { 'w/1': cosigned, 'w/2': cosigned };
    cosignedFile = null;
    shown = size;
    const names = Object.keys(replies);
    age = new CosignedAge(verifiers, ORIGIN, marks, () => log, memory.clock);
    const state = async (): Promise<LogState> => ({ size: size() }) as LogState;
    started = () => new Witnessing(names, { ask }, { state }, marks, memory.clock);
    witnessing = started();
  });

  it('are told of when they answer otherwise than before, with their reason', async () => {
    replies = { ...replies, 'w/1': away };
    record();
    await witnessing.ask();
    expect(witnessing.news()).toEqual([{ witness: 'w/1', reply: 'unreachable', why: 'ECONNREFUSED' }]);
    expect(witnessing.news()).toEqual([]);
  });

  it('are asked again only when there is something new', async () => {
    record();
    for (const _tick of [1, 2, 3]) await witnessing.ask();
    expect([asked, age.ageMs()]).toEqual([1, 0]);
    record();
    await witnessing.ask();
    expect(asked).toBe(2);
  });

  it('must all have cosigned: the age is that of the oldest entry which one has not', async () => {
    record();
    await witnessing.ask();
    replies = { ...replies, 'w/2': away };
    record();
    memory.clock.advance(3 * MINUTE_MS);
    record();
    await witnessing.ask();
    expect(age.ageMs()).toBe(3 * MINUTE_MS);
    replies = { ...replies, 'w/2': cosigned };
    memory.clock.advance(MINUTE_MS);
    await witnessing.ask();
    expect(age.ageMs()).toBe(0);
  });

  it('are left alone for a moment after one did not cosign', async () => {
    replies = { ...replies, 'w/1': away };
    record();
    for (const _tick of [1, 2, 3]) await witnessing.ask();
    expect(asked).toBe(1);
    memory.clock.advance(5_000);
    await witnessing.ask();
    expect(asked).toBe(2);
  });

  it('are waited for since they were first asked, not for the years before', async () => {
    record();
    memory.clock.advance(1_000 * HOUR_MS);
    expect(age.ageMs()).toBe(0);
    replies = { 'w/1': cosigned, 'w/2': away };
    await witnessing.ask();
    memory.clock.advance(2 * MINUTE_MS);
    await witnessing.ask();
    expect(age.ageMs()).toBe(2 * MINUTE_MS);
  });

  it.each([
    ['another history', forked],
    ['more of it than there is', ahead],
  ])('stop a log of which one knows %s, until it says so no more', async (_what, reply) => {
    record();
    replies = { ...replies, 'w/2': reply };
    expect(await witnessing.mayGoOn()).toBe(false);
    for (const _tick of [1, 2]) {
      await expect(witnessing.ask()).rejects.toMatchObject({ code: 'log-forked', witnesses: ['w/2'] });
    }
    expect(await witnessing.mayGoOn()).toBe(false);
    // Who cuts the line to it takes nothing back, and nor does starting again.
    replies = { ...replies, 'w/2': away };
    memory.clock.advance(5_000);
    await expect(witnessing.ask()).rejects.toMatchObject({ witnesses: ['w/2'] });
    expect(await witnessing.mayGoOn()).toBe(false);
    expect(await started().mayGoOn()).toBe(false);
    replies = { ...replies, 'w/2': cosigned };
    memory.clock.advance(5_000);
    await witnessing.ask();
    expect(await witnessing.mayGoOn()).toBe(true);
  });

  it('do not stop a log by being away', async () => {
    replies = { 'w/1': away, 'w/2': away };
    expect(await witnessing.mayGoOn()).toBe(true);
  });

  it('end inquiries after 24 hours, and at once when the log’s files cannot be read', async () => {
    record();
    await witnessing.ask();
    const state = async () => ({ position: null, eventId: null }) as LogState;
    const healthOf = (cosignedAge: Pick<CosignedAge, 'ageMs'>): LogHealth =>
      new LogHealth(memory.store, { state }, memory.clock, strictLogBounds, null, cosignedAge);
    replies = { ...replies, 'w/1': away };
    record();
    await witnessing.ask();
    memory.clock.advance(24 * HOUR_MS);
    expect(await healthOf(age).provable()).toBe(true);
    memory.clock.advance(1);
    expect(await healthOf(age).provable()).toBe(false);
    const broken = new CosignedAge(
      verifiers,
      ORIGIN,
      marks,
      () => {
        throw new Error('EIO');
      },
      memory.clock,
    );
    expect(await healthOf(broken).provable()).toBe(false);
  });

  it('are not late for a log that nobody has begun', () => {
    values.set(LOG_COSIGNED, { 'w/1': { note: null, since: 0 } });
    const nowhere = (): never => {
      throw new LogNotFound('nowhere');
    };
    expect(new CosignedAge(verifiers, ORIGIN, marks, nowhere, memory.clock).ageMs()).toBe(0);
    expect(new CosignedAge([], ORIGIN, marks, nowhere, memory.clock).isAsked).toBe(false);
  });

  it('have cosigned what their signatures say, in the mark or beside the log', async () => {
    for (const _entry of [1, 2, 3]) record();
    memory.clock.advance(HOUR_MS);
    const [first, second] = signers.map((signer) => noteOf(3, [signer]));
    values.set(LOG_COSIGNED, { 'w/1': { note: first, since: 0 }, 'w/2': { note: null, since: 0 } });
    cosignedFile = second ?? null;
    expect(age.ageMs()).toBe(0);
  });

  it.each<[string, (before: object) => unknown]>([
    ['a size that nobody signed', () => ({ size: 9e15, since: 9e15 })],
    ['a note that only the log signed', (before) => ({ ...before, note: noteOf(2) })],
    ['a note that another witness signed', (before) => ({ ...before, note: noteOf(2, signers.slice(0, 1)) })],
    [
      'a note that a stranger signed as it',
      (before) => ({ ...before, note: noteOf(2, [witnessNamed('w/2')]) }),
    ],
    ['its note on another log', (before) => ({ ...before, note: noteOf(2, signers.slice(1), 'other/log') })],
    ['its note on more than there is', (before) => ({ ...before, note: noteOf(9e15, signers.slice(1)) })],
    ['no note at all', (before) => ({ ...before, note: 17 })],
    ['that it is waited for since tomorrow', () => ({ note: null, since: 9e15 })],
    ['nothing', () => undefined],
  ])('are still waited for where whoever writes the mark put %s in it', async (_what, forge) => {
    record();
    replies = { ...replies, 'w/2': away };
    await witnessing.ask();
    expect(age.ageMs()).toBe(0);
    record();
    memory.clock.advance(25 * HOUR_MS);
    const honest = values.get(LOG_COSIGNED) as Record<string, object>;
    const other = { note: noteOf(2, signers.slice(0, 1)), since: 0 };
    values.set(LOG_COSIGNED, { 'w/1': other, 'w/2': forge(honest['w/2'] ?? {}) });
    expect(age.ageMs()).toBeGreaterThan(24 * HOUR_MS);
    await witnessing.ask();
    expect(asked).toBe(2);
  });

  it.each<[string, () => number | null]>([
    ['shorter', () => 1],
    ['empty', () => 0],
    ['gone', () => null],
  ])('are still waited for where somebody made the published log look %s', async (_how, hide) => {
    record();
    await witnessing.ask();
    record();
    // What the worker has committed, whatever is published: by the log's own database.
    expect(age.ageMs(2)).toBe(0);
    shown = hide;
    expect(age.ageMs()).toBe(0);
    memory.clock.advance(25 * HOUR_MS);
    expect([age.ageMs(), age.ageMs(2)]).toEqual([25 * HOUR_MS, 25 * HOUR_MS]);
    shown = size;
    expect(age.ageMs()).toBe(25 * HOUR_MS);
    await witnessing.ask();
    expect(age.ageMs()).toBe(0);
  });

  it('are not waited for, once it is mended, by a size that nobody ever had', async () => {
    record();
    await witnessing.ask();
    memory.clock.advance(25 * HOUR_MS);
    shown = () => 9;
    expect(age.ageMs()).toBe(0);
    memory.clock.advance(25 * HOUR_MS);
    expect(age.ageMs()).toBe(25 * HOUR_MS);
    shown = size;
    expect(age.ageMs()).toBe(0);
  });

  it('are not late by what is committed and published a moment later', async () => {
    record();
    await witnessing.ask();
    memory.clock.advance(25 * HOUR_MS);
    record();
    shown = () => 1;
    expect(age.ageMs(2)).toBe(0);
    shown = size;
    expect(age.ageMs(2)).toBe(0);
    await witnessing.ask();
    memory.clock.advance(25 * HOUR_MS);
    record();
    shown = () => 2;
    expect(age.ageMs(3)).toBe(0);
  });

  it('are asked whatever the mark says of them', async () => {
    record();
    await witnessing.ask();
    record();
    values.set(
      LOG_COSIGNED,
      Object.fromEntries(signers.map((by) => [by.name, { note: noteOf(9, [by]), since: 0 }])),
    );
    await witnessing.ask();
    expect(asked).toBe(2);
  });
});
