import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { catchUp, type FullVerification, recordLogKey, workerContext } from '#application';
import { ed25519Signer, generateSigningKey, signNote, startWitness } from '#ledger';
import { initialise, logKeyOf, openRooms, readConfiguration, type Rooms, takeUpDuties } from '#wiring';
import { verify, type VerifyOptions } from './verify.js';

const onFatal = (error: Error): never => {
  throw error;
};
/** A stream of its own with several events, amid the others. */
const STREAM = 'log-several.example/log';
const WITNESS = 'provider.example/witness';
const TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";

/**
 * An installation of some six hundred events with a witness, its processes ended as by a power cut, and copies of it that
 * were tampered with by somebody who has the data and neither of the keys.
 */
describe('a full check of an installation', () => {
  const place = mkdtempSync(join(tmpdir(), 'kiroku-full-check-'));
  const sound = join(place, 'sound', 'data');
  const environmentOf = (data: string): NodeJS.ProcessEnv => ({
    KIROKU_DATA: data,
    KIROKU_LOG_ORIGIN: 'kiroku.example/log',
    KIROKU_WITNESSES: join(place, 'witnesses'),
  });
  let size: number;
  /** Positions of the events of STREAM, in order. */
  let several: readonly number[];
  let copies = 0;

  beforeAll(async () => {
    const configuration = readConfiguration(environmentOf(sound), 'cli');
    const logKeys = [logKeyOf(configuration)];
    const directory = join(place, 'witness-state');
    const witness = await startWitness({ directory, name: WITNESS, logKeys, port: 0 });
    writeFileSync(join(place, 'witnesses'), `${witness.verifierKey} ${witness.url}\n`);
    const rooms = await openRooms(configuration, 'worker', onFatal);
    try {
      await initialise(rooms);
      const duties = await takeUpDuties(rooms, () => 1);
      const sequence = async (): Promise<void> => {
        await catchUp(rooms.store, duties.log);
        await duties.witnessing?.ask();
      };
      await record(rooms, 200);
      await sequence();
      cpSync(join(sound, 'ledger'), join(place, 'ledger-before'), { recursive: true });
      await record(rooms, 350);
      await sequence();
      const { agreement } = configuration;
      rooms.lifeboat.stock({ agreement, contacts: [], checkpoint: await rooms.log.checkpointNote() });
      ({ size } = await rooms.log.state());
      several = (await rooms.store.readStream(STREAM)).map(({ position }) => Number(position));
      await duties.close();
    } finally {
      await rooms.close();
      await witness.close();
    }
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  afterEach(() => void jest.restoreAllMocks());

  /** Records so many events in streams of their own, and two in STREAM. */
  async function record({ journal, configuration }: Rooms, events: number): Promise<void> {
    const context = workerContext(journal, configuration.agreement);
    const one = (origin: string, key: string) => recordLogKey(journal, origin, key, context);
    for (const key of [`${events}-1`, `${events}-2`]) {
      await Promise.all(
        Array.from({ length: events / 2 }, (_, at) => one(`log-${key}-${at}.example/log`, key)),
      );
      await one('several.example/log', key);
    }
  }

  async function run(data: string, options: VerifyOptions = {}) {
    const said = { out: '', err: '' };
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
    const code = await verify(undefined, { installation: true, ...options }, environmentOf(data));
    jest.restoreAllMocks();
    return { code, ...said };
  }
  const checked = async (data: string): Promise<FullVerification> =>
    JSON.parse((await run(data, { json: true })).out) as FullVerification;

  const copy = (): string => {
    const to = join(place, `copy-${++copies}`);
    cpSync(join(place, 'sound'), to, { recursive: true });
    return join(to, 'data');
  };
  /** Somebody with events.sqlite, who has dropped the triggers and put them back. */
  const change =
    (...statements: readonly string[]) =>
    (data: string): void => {
      const db = new Database(join(data, 'events', 'events.sqlite'));
      try {
        const triggers = db.prepare<[], { name: string; sql: string }>(TRIGGERS).all();
        for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
        for (const sql of statements) db.exec(sql);
        for (const { sql } of triggers) db.exec(sql);
      } finally {
        db.close();
      }
    };
  const inLog = (damage: (at: (path: string) => string) => void) => (data: string) =>
    damage((path) => join(data, 'ledger', 'log', path));
  const flip = (path: string) =>
    inLog((at) => {
      const bytes = readFileSync(at(path));
      bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200);
      writeFileSync(at(path), bytes);
    });
  const leafHashOf = (entry: string): string => createHash('sha256').update(`\0${entry}`).digest('hex');
  const FORGED = '{"forged":true}';

  it('holds, ended processes or not: every event, MAC, entry, tile, root, cosignature and kept checkpoint', async () => {
    const { code, out } = await run(sound);
    expect(out).toContain('検証済み verified: every event, its MAC and its place');
    expect(out).toContain(`証人 witness: ${WITNESS}`);
    expect(code).toBe(0);
    expect(await checked(sound)).toMatchObject({
      ok: true,
      selfConsistentOnly: false,
      size,
      entries: size,
      events: size,
      unsequenced: 0,
      // The cosigned one, the lifeboat's and the database's.
      earlier: 3,
    });
    expect(size).toBeGreaterThan(512);
  });

  it('changes nothing, and leaves nothing behind', async () => {
    const data = copy();
    const files = (): readonly string[] =>
      readdirSync(join(data, '..'), { recursive: true })
        .map(String)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .toSorted();
    const before = files();
    await run(data);
    expect(files()).toEqual(before);
  });

  it.each<[string, (data: string) => void, readonly (readonly [kind: string, place: () => string])[]]>([
    [
      'a flipped bit in an event row',
      change('UPDATE events SET entry = replace(entry, \'"v":1\', \'"v":3\') WHERE position = 300'),
      [
        ['event-hash', () => 'events position 300'],
        ['event-differs', () => 'events position 300'],
      ],
    ],
    [
      'an entry replaced together with its leaf hash',
      change(
        `UPDATE events SET entry = '${FORGED}', leaf_hash = '${leafHashOf(FORGED)}' WHERE position = 300`,
      ),
      [
        ['event-forged', () => 'events position 300'],
        ['event-differs', () => 'events position 300'],
      ],
    ],
    [
      'two rows swapped',
      change(
        'UPDATE events SET position = -1 WHERE position = 300',
        'UPDATE events SET position = 300 WHERE position = 310',
        'UPDATE events SET position = 310 WHERE position = -1',
      ),
      [
        ['event-forged', () => 'events position 300'],
        ['event-differs', () => 'events position 310'],
      ],
    ],
    [
      'a row deleted in the middle',
      change('DELETE FROM events WHERE position = 300'),
      [['event-missing', () => 'events position 300']],
    ],
    [
      'the last row deleted',
      (data) => change(`DELETE FROM events WHERE position = ${size}`)(data),
      [['event-missing', () => `events position ${size}`]],
    ],
    [
      'a cut tail of rows',
      (data) => change('DELETE FROM events WHERE position > 500')(data),
      [['event-missing', () => `events positions 501 to ${size}`]],
    ],
    [
      'a well-formed forged row at the end',
      (data) =>
        change(
          `INSERT INTO events SELECT ${size + 1}, stream, revision + 1, '0190a000-0000-7000-8000-000000000000', type,
             replace(entry, '"v":1', '"v":2'), leaf_hash, mac FROM events WHERE position = ${several.at(-1)}`,
        )(data),
      [['event-forged', () => `events position ${size + 1}`]],
    ],
    [
      'a gap in the revisions of a stream',
      (data) => change(`UPDATE events SET revision = 9 WHERE position = ${several.at(-1)}`)(data),
      [
        ['event-revision', () => `events position ${several.at(-1)}`],
        ['event-forged', () => `events position ${several.at(-1)}`],
      ],
    ],
    [
      'an event taken out of a stream',
      (data) => change(`DELETE FROM events WHERE position = ${several[1]}`)(data),
      [
        ['event-missing', () => `events position ${several[1]}`],
        ['event-revision', () => `events position ${several[2]} (${STREAM})`],
      ],
    ],
    ['a flipped bit in a bundle', flip('tile/entries/000'), [['entry-hash', () => 'tile/entries/000 entry']]],
    ['a flipped bit in a tile', flip('tile/0/001'), [['tile-hash', () => 'tile/0/001']]],
    [
      'a truncated tile',
      inLog((at) => truncateSync(at('tile/0/001'), 700)),
      [['tile-malformed', () => 'tile/0/001']],
    ],
    ['a missing tile', inLog((at) => rmSync(at('tile/0/000'))), [['tile-missing', () => 'tile/0/000']]],
    [
      'two swapped tiles',
      inLog((at) => {
        renameSync(at('tile/0/000'), at('swapped'));
        renameSync(at('tile/0/001'), at('tile/0/000'));
        renameSync(at('swapped'), at('tile/0/001'));
      }),
      [
        ['tile-hash', () => 'tile/0/000'],
        ['tile-hash', () => 'tile/0/001'],
      ],
    ],
    [
      'a missing bundle',
      inLog((at) => rmSync(at('tile/entries/001'))),
      [['bundle-missing', () => 'tile/entries/001']],
    ],
    [
      'a checkpoint forged with another key',
      inLog((at) => {
        const stranger = generateSigningKey('kiroku.example/log').privateKeyPem;
        const [text = ''] = readFileSync(at('checkpoint'), 'utf8').split(/(?<=\n)\n/);
        writeFileSync(at('checkpoint'), signNote(text, [ed25519Signer('kiroku.example/log', stranger)]));
      }),
      [['checkpoint-signature', () => 'checkpoint']],
    ],
    [
      'the checkpoint rolled back',
      (data) =>
        cpSync(join(place, 'ledger-before', 'log', 'checkpoint'), join(data, 'ledger', 'log', 'checkpoint')),
      [
        ['checkpoint-behind', () => 'checkpoint.cosigned'],
        ['checkpoint-behind', () => 'lifeboat/worker'],
        ['checkpoint-behind', () => 'ledger.sqlite'],
      ],
    ],
    [
      'the whole log rolled back',
      (data) => {
        rmSync(join(data, 'ledger'), { recursive: true });
        cpSync(join(place, 'ledger-before'), join(data, 'ledger'), { recursive: true });
      },
      [['checkpoint-behind', () => 'lifeboat/worker']],
    ],
    [
      'a cosignature that is missing',
      inLog((at) => rmSync(at('checkpoint.cosigned'))),
      [['witness-missing', () => 'checkpoint']],
    ],
    [
      'a leaf index that leads elsewhere',
      (data) => {
        const db = new Database(join(data, 'ledger', 'ledger.sqlite'));
        db.exec("UPDATE leaves SET event_id = 'x' WHERE leaf_index = 299");
        db.close();
      },
      [['leaf-index', () => 'ledger.sqlite entry 299']],
    ],
    [
      'a trigger of somebody’s, between the event store and its table',
      change('CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END'),
      [['events-schema', () => 'events: 表']],
    ],
    [
      'an events table that is gone',
      (data) => rmSync(join(data, 'events'), { recursive: true }),
      [['events-unreadable', () => 'events']],
    ],
    [
      'a log that is gone',
      (data) => rmSync(join(data, 'ledger', 'log'), { recursive: true }),
      [['checkpoint-missing', () => 'checkpoint']],
    ],
  ])('names the place of %s, and ends with 1', async (_what, damage, places) => {
    const data = copy();
    damage(data);
    const { code, out } = await run(data);
    for (const [, at] of places) expect(out).toContain(`\n  ${at()}`);
    expect(code).toBe(1);
    const { ok, faults } = await checked(data);
    expect(ok).toBe(false);
    expect(faults.map(({ kind }) => kind)).toEqual(expect.arrayContaining(places.map(([kind]) => kind)));
  });

  it.each<[string, (data: string) => void, number]>([
    ['a row', change(`UPDATE events SET mac = '${'0'.repeat(64)}' WHERE position = 300`), 1],
    ['a bundle', flip('tile/entries/000'), 1],
    ['the last bundle', (data) => flip(`tile/entries/002.p/${size - 512}`)(data), 1],
    ['a tile', flip('tile/0/000'), 1],
    ['the last tile', (data) => flip(`tile/0/002.p/${size - 512}`)(data), 1],
    ['a row deleted', change('DELETE FROM events WHERE position = 300'), 1],
  ])('finds one fault where one thing is wrong: %s', async (_what, damage, count) => {
    const data = copy();
    damage(data);
    expect((await checked(data)).faults).toHaveLength(count);
  });

  it('names faults far apart at once, and repeats nothing of a row that somebody else wrote', async () => {
    const data = copy();
    change(
      "UPDATE events SET stream = '山田花子' WHERE position = 7",
      'DELETE FROM events WHERE position = 400',
    )(data);
    flip('tile/0/001')(data);
    const { out } = await run(data);
    for (const at of ['events position 7:', 'events position 400:', 'tile/0/001:'])
      expect(out).toContain(`  ${at}`);
    expect(out).not.toContain('山田');
  });

  describe('events that are not in the log yet', () => {
    const behind = async (): Promise<string> => {
      const data = copy();
      const rooms = await openRooms(readConfiguration(environmentOf(data), 'cli'), 'cli', onFatal);
      await record(rooms, 6);
      await rooms.close();
      return data;
    };

    it('are counted, and no fault', async () => {
      const { code, out } = await run(await behind());
      expect(out).toContain('未収録 not yet sequenced: 8');
      expect(code).toBe(0);
    });

    it('are a fault once they have waited for longer than is allowed', async () => {
      const data = await behind();
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 16 * 60_000);
      const { code, out } = await run(data);
      expect(out).toContain(`  events position ${size + 1}: `);
      expect(out).toContain('ログへの収録が遅れている');
      expect(code).toBe(1);
    });
  });

  it.each<[string, (data: string) => void, VerifyOptions, RegExp]>([
    [
      'a root key that is not there',
      (data) => rmSync(`${data}.secrets/root-keys`, { recursive: true }),
      {},
      /根の鍵のディレクトリーがありません：.*\nroot key directory missing: .*put it back/,
    ],
    [
      'a root key of another installation',
      (data) => {
        for (const name of readdirSync(`${data}.secrets/root-keys`))
          writeFileSync(join(`${data}.secrets/root-keys`, name), 'ab'.repeat(32));
      },
      {},
      /鍵を読めない.*\n.*The keys cannot be read/,
    ],
    ['a verifier key that is none', () => undefined, { key: ['x'] }, /verifier key/],
    ['a seen checkpoint that is not there', () => undefined, { seen: ['/nowhere'] }, /no such file/],
    ['a proof besides', () => undefined, { proof: 'x' }, /--installation/],
  ])('ends with 2 for %s', async (_what, damage, options, message) => {
    const data = copy();
    damage(data);
    expect(await run(data, options)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});
