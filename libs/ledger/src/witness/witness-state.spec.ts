import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ORIGIN } from '../../test/sample-log.js';
import {
  body,
  forked,
  history,
  logKey,
  logsIn,
  noteOf,
  post,
  WITNESS,
  Witnesses,
} from '../../test/witnesses.js';
import { parseNote } from '../core/note.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { witnessedBy } from '../core/witnessed.js';
import { startWitness } from './witness-server.js';

const witnesses = new Witnesses();
afterEach(() => witnesses.clear());

describe('the state of a witness', () => {
  it('outlives the process: key, name and latest checkpoint', async () => {
    const directory = witnesses.place();
    const first = await witnesses.start(directory);
    await post(first, body(history, 0, 9));
    await witnesses.stop(first);
    const second = await witnesses.start(directory);
    expect(second.verifierKey).toBe(first.verifierKey);
    expect(await post(second, body(history, 0, 12))).toMatchObject({ status: 409, text: '9\n' });
    expect((await post(second, body(history, 9, 12))).status).toBe(200);
  });

  it('is on disk before the answer, cosigned, and its key is nobody else’s to read', async () => {
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    const [origin] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const note = parseNote(readFileSync(join(directory, origin?.name ?? '', 'checkpoint'), 'utf8'));
    expect(witnessedBy(note, [parseVerifierKey(witness.verifierKey)])).toHaveLength(1);
    expect(statSync(join(directory, 'identity.json')).mode & 0o077).toBe(0);
    expect(statSync(directory).mode & 0o077).toBe(0);
  });

  it('belongs to one process', async () => {
    const directory = witnesses.place();
    const first = await witnesses.start(directory);
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'witness-state-in-use' });
    await witnesses.stop(first);
    await witnesses.start(directory);
  });

  it('refuses to go on from a checkpoint that cannot be read', async () => {
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    await witnesses.stop(witness);
    const [origin] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    writeFileSync(join(directory, origin?.name ?? '', 'checkpoint'), 'x');
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('refuses to go on from one that another key has cosigned: its own is lost', async () => {
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    await witnesses.stop(witness);
    rmSync(join(directory, 'identity.json'));
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    // And it made no other one in its place.
    expect(readdirSync(directory)).not.toContain('identity.json');
  });

  it('refuses evidence that cannot be read: what it told of a fork must not be forgotten', async () => {
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    await post(witness, body(forked, 9, 9));
    await witnesses.stop(witness);
    const [log] = logsIn(directory);
    const [name] = readdirSync(log ?? '').filter((file) => file.startsWith('fork-'));
    const file = join(log ?? '', name ?? '');
    const evidence = readFileSync(file, 'utf8');
    for (const text of ['', 'null', '{}', '{"kind":"fork"}', evidence.slice(0, -20)]) {
      writeFileSync(file, text);
      await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    }
    writeFileSync(file, evidence);
    expect((await witnesses.start(directory)).refusals()).toHaveLength(1);
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
      const directory = witnesses.place();
      const errors: Error[] = [];
      const witness = await witnesses.start(directory, { onError: (error) => errors.push(error) });
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
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    const log = logsIn(directory)[0] ?? '';
    const before = statSync(join(log, 'checkpoint')).ino;
    expect((await post(witness, body(history, 9, 9))).status).toBe(200);
    expect(statSync(join(log, 'checkpoint')).ino).toBe(before);
  });

  it('that cannot be written gives 500 and no cosignature', async () => {
    const directory = witnesses.place();
    const errors: Error[] = [];
    const witness = await witnesses.start(directory, { onError: (error) => errors.push(error) });
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
    const directory = witnesses.place();
    await witnesses.stop(await witnesses.start(directory));
    await expect(witnesses.start(directory, { name: 'other.example' })).rejects.toMatchObject({
      code: 'witness-name',
      own: WITNESS,
    });
    const nameless = { directory, logKeys: [logKey], port: 0 };
    const found = await startWitness(nameless);
    witnesses.keep(found);
    expect(parseVerifierKey(found.verifierKey).name).toBe(WITNESS);
    const fresh = await startWitness({ ...nameless, directory: witnesses.place() });
    witnesses.keep(fresh);
    expect(parseVerifierKey(fresh.verifierKey).name).toBe(`${hostname()}/kiroku-witness`);
    await expect(witnesses.start(witnesses.place(), { name: 'two words' })).rejects.toMatchObject({
      code: 'witness-name',
      own: null,
    });
    await expect(witnesses.start(witnesses.place(), { logKeys: ['x'] })).rejects.toMatchObject({
      code: 'malformed-note',
    });
  });

  it('has no name yet after a first start that could not listen, and gives its port back where it cannot start', async () => {
    const [directory, other] = [witnesses.place(), witnesses.place()];
    const port = Number(new URL((await witnesses.start(other)).url).port);
    await expect(startWitness({ directory, logKeys: [logKey], port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    const witness = await witnesses.start(directory);
    expect(parseVerifierKey(witness.verifierKey).name).toBe(WITNESS);
    await witnesses.stop(witness);
    const again = { port: Number(new URL(witness.url).port) };
    await expect(witnesses.start(directory, { ...again, name: 'other.example' })).rejects.toMatchObject({
      code: 'witness-name',
    });
    expect((await witnesses.start(directory, again)).url).toBe(witness.url);
  });
});

describe('a witness that was stopped', () => {
  /** A state that knows the log, nine entries long, and one fork of it. */
  const known = async (): Promise<{ readonly directory: string; readonly log: string }> => {
    const directory = witnesses.place();
    const witness = await witnesses.start(directory);
    await post(witness, body(history, 0, 9));
    await post(witness, body(forked, 9, 9));
    await witnesses.stop(witness);
    return { directory, log: logsIn(directory)[0] ?? '' };
  };
  const forget = (directory: string): void => {
    const file = join(directory, 'identity.json');
    const { logs: _, ...identity } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify(identity));
  };

  const losses: readonly (readonly [string, (log: string) => void])[] = [
    ['what it knew of a log is gone', (log) => rmSync(log, { recursive: true })],
    [
      'what it knew of a log is an empty directory',
      (log) => (rmSync(log, { recursive: true }), mkdirSync(log)),
    ],
    ['what it knew of a log is a file', (log) => (rmSync(log, { recursive: true }), writeFileSync(log, ''))],
    ['what it knew of a log has another name', (log) => renameSync(log, `${log}.old`)],
    ['the checkpoint is gone', (log) => rmSync(join(log, 'checkpoint'))],
    [
      'the checkpoint and all evidence are gone',
      (log) => {
        for (const name of readdirSync(log)) rmSync(join(log, name));
      },
    ],
    [
      'a directory was made for a log that it never cosigned',
      (log) => mkdirSync(join(log, '..', 'f'.repeat(32))),
    ],
  ];
  it.each(losses)('does not start again under its key when %s', async (_what, lose) => {
    const { directory, log } = await known();
    lose(log);
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    // Nor the second time.
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('does not take evidence that cannot be listed for none', async () => {
    const { directory, log } = await known();
    renameSync(log, join(directory, 'elsewhere'));
    symlinkSync(join(directory, 'elsewhere'), log);
    const witness = await witnesses.start(directory);
    expect(witness.refusals().map(({ kind }) => kind)).toEqual(['fork']);
    rmSync(log);
    writeFileSync(log, '');
    expect(() => witness.refusals()).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });

  it.each([
    ['before the checkpoint was whole', 'checkpoint.new'],
    ['before the checkpoint had its place', 'checkpoint'],
  ])('goes on, killed at its first cosignature %s', async (_when, name) => {
    const { directory, log } = await known();
    forget(directory);
    const note = readFileSync(join(log, 'checkpoint'));
    rmSync(log, { recursive: true });
    mkdirSync(`${log}.new`);
    writeFileSync(join(`${log}.new`, name), note);
    const witness = await witnesses.start(directory);
    expect((await post(witness, body(history, 0, 12))).status).toBe(200);
    await witnesses.stop(witness);
    expect(readdirSync(log)).toEqual(['checkpoint']);
    rmSync(log, { recursive: true });
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('goes on, killed after the checkpoint had its place and before the log was noted, and notes it then', async () => {
    const { directory, log } = await known();
    forget(directory);
    const witness = await witnesses.start(directory);
    expect(await post(witness, body(history, 0, 12))).toMatchObject({ status: 409, text: '9\n' });
    await witnesses.stop(witness);
    rmSync(log, { recursive: true });
    await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('does not start from a list of logs that is none', async () => {
    const { directory } = await known();
    const file = join(directory, 'identity.json');
    const identity = JSON.parse(readFileSync(file, 'utf8')) as object;
    for (const logs of [null, ORIGIN, [1], {}]) {
      writeFileSync(file, JSON.stringify({ ...identity, logs }));
      await expect(witnesses.start(directory)).rejects.toMatchObject({ code: 'log-inconsistent' });
    }
  });
});

describe('the first cosignature for a log', () => {
  it('is not given before the log is noted beside the key, however often it is asked for', async () => {
    const directory = witnesses.place();
    const errors: Error[] = [];
    const witness = await witnesses.start(directory, { onError: (error) => errors.push(error) });
    // A directory where the new file should be written: works for any user, root included.
    const blocked = join(directory, 'identity.json.new');
    mkdirSync(blocked);
    for (const from of [0, 9, 9])
      expect(await post(witness, body(history, from, 9))).toMatchObject({ status: 500 });
    expect(errors).toHaveLength(3);
    rmSync(blocked, { recursive: true });
    expect(await post(witness, body(history, 0, 9))).toMatchObject({ status: 409, text: '9\n' });
    expect((await post(witness, body(history, 9, 9))).status).toBe(200);
    expect(JSON.parse(readFileSync(join(directory, 'identity.json'), 'utf8'))).toMatchObject({
      logs: [ORIGIN],
    });
    expect(statSync(join(directory, 'identity.json')).mode & 0o077).toBe(0);
  });
});
