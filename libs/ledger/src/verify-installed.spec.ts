import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { eventsIn, NOW, ORIGIN, Places, signerOf } from '../test/sample-log.js';
import { timeOfUuid7 } from '#domain';
import { parseNote, signatureLine } from './core/note.js';
import { cosigner, generateSigningKey } from './core/signing-key.js';
import { openLog, openLogReadOnly, type LogFiles } from './file-log.js';
import { verifyInstalledLog, type VerifyInstalledOptions } from './verify-installed.js';

const { verifierKey } = signerOf();
const append = { fence: 1, now: NOW };

/** An index without some of the leaves, put in the place of the table's own. */
const lacking = (where: string): string => `
  CREATE UNIQUE INDEX part ON leaves (event_id) WHERE ${where};
  PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'part')
    WHERE name = 'sqlite_autoindex_leaves_1';
  DELETE FROM sqlite_schema WHERE name = 'part';
  PRAGMA writable_schema = RESET`;

describe('a log checked where it is made', () => {
  const places = new Places();
  afterAll(() => places.clear());
  let files: LogFiles;
  /** The checkpoint's note at each size that the log had. */
  let notes: Map<number, string>;
  beforeEach(async () => {
    files = places.make();
    notes = new Map();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    for (const [from, to] of [
      [0, 300],
      [300, 520],
      [520, 600],
    ] as const)
      notes.set(to, (await log.append(eventsIn(from, to), append)).note);
    await log.close();
  });

  const verify = (more: Partial<VerifyInstalledOptions> = {}) =>
    verifyInstalledLog({ ...files, verifierKey, ...more });
  const publish = (size: number): void =>
    writeFileSync(join(files.directory, 'checkpoint'), notes.get(size) ?? '');
  const change = (sql: string): void => {
    const db = new Database(files.database);
    db.unsafeMode(true);
    db.exec(sql);
    db.close();
  };
  const faultsOf = async (more: Partial<VerifyInstalledOptions> = {}): Promise<readonly unknown[]> =>
    (await verify(more)).faults.map(({ kind, path, entry }) =>
      entry === undefined ? [kind, path] : [kind, path, entry],
    );

  it('holds, its row among the checkpoints that it must continue', async () => {
    expect(await verify()).toMatchObject({ ok: true, size: 600, entries: 600, earlier: 1 });
  });

  describe('with a witness', () => {
    const HOUR_MS = 3_600_000;
    const name = 'witness.example/w1';
    const witness = cosigner(name, generateSigningKey(name).privateKeyPem, () => 1_775_000_000_000);
    /** When every event of the sample was recorded. */
    const RECORDED = timeOfUuid7(eventsIn(0, 1)[0]?.eventId ?? '');
    const after = (hours: number): Partial<VerifyInstalledOptions> => ({
      witnessKeys: [witness.verifierKey],
      cosignedInTime: { asOf: RECORDED + hours * HOUR_MS, withinMs: 24 * HOUR_MS },
    });
    const cosign = (size: number): void => {
      const note = notes.get(size) ?? '';
      const line = signatureLine({ ...witness, signature: witness.sign(parseNote(note).text) });
      writeFileSync(join(files.directory, 'checkpoint.cosigned'), note + line);
    };

    it('holds while no entry has waited for it too long, however old its signature is', async () => {
      cosign(520);
      expect(await faultsOf(after(24))).toEqual([]);
      cosign(600);
      expect(await faultsOf(after(1_000))).toEqual([]);
    });

    it.each([300, 520])('does not once one has: the witness has cosigned %d entries', async (size) => {
      cosign(size);
      expect(await faultsOf(after(24.1))).toEqual([['witness-missing', 'checkpoint.cosigned', size]]);
    });
  });

  it('is checked as its row has it when the file is the copy of the append before', async () => {
    publish(520);
    expect(await verify()).toMatchObject({ ok: true, size: 600 });
  });

  it('is rolled back when the file is older than that', async () => {
    publish(300);
    expect(await faultsOf()).toEqual([['checkpoint-behind', 'ledger.sqlite']]);
  });

  it('is rolled back when both are, by a checkpoint that was kept', async () => {
    const kept = [{ place: 'lifeboat', note: notes.get(600) ?? '' }];
    const older = places.make();
    const log = await openLog({ ...older, origin: ORIGIN, signer: signerOf(), now: NOW });
    await log.append(eventsIn(0, 300), append);
    await log.close();
    files = older;
    expect(await faultsOf()).toEqual([]);
    expect(await faultsOf({ seen: kept })).toEqual([['checkpoint-behind', 'lifeboat']]);
  });

  it.each<[string, string, readonly unknown[]]>([
    ['a leaf that the index lacks', 'DELETE FROM leaves WHERE leaf_index = 299', ['leaf-index', 299]],
    [
      'a leaf that leads elsewhere',
      "UPDATE leaves SET event_id = 'x' WHERE leaf_index = 7",
      ['leaf-index', 7],
    ],
    [
      'a trigger of somebody’s',
      'CREATE TRIGGER quiet BEFORE INSERT ON leaves BEGIN SELECT RAISE(IGNORE); END',
      ['log-schema'],
    ],
    ['an index of somebody’s', 'CREATE INDEX mine ON leaves (event_id, leaf_index)', ['log-schema']],
    ['a leaf before the first', "INSERT INTO leaves VALUES (-1, 'x', '0')", ['leaf-index']],
    ['an index over ids that lacks a leaf', lacking('leaf_index <> 299'), ['leaf-index', 299]],
    ['an index over ids that lacks leaves', lacking('leaf_index < 300'), ['leaf-index']],
    ['a row of another size', 'UPDATE checkpoint SET size = 599', ['checkpoint-row']],
    ['a row with another root', "UPDATE checkpoint SET root = x'00'", ['checkpoint-row']],
    ['a row that nobody signed', "UPDATE checkpoint SET note = 'x'", ['checkpoint-row']],
    ['an index that is gone', 'DROP TABLE leaves', ['unreadable']],
    ['a row that is gone', 'DELETE FROM checkpoint', ['unreadable']],
  ])('names %s', async (_what, sql, [kind, entry]) => {
    change(sql);
    expect(await faultsOf()).toContainEqual([kind, 'ledger.sqlite', ...(entry === undefined ? [] : [entry])]);
  });

  it('is neither appended to nor read, once its schema is another’s', async () => {
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    try {
      change('CREATE TRIGGER quiet BEFORE INSERT ON leaves BEGIN SELECT RAISE(IGNORE); END');
      const refusal = { code: 'log-inconsistent' };
      await expect(log.append(eventsIn(600, 601), append)).rejects.toMatchObject(refusal);
      await expect(log.leafOf(eventsIn(0, 1)[0]?.eventId ?? '')).rejects.toMatchObject(refusal);
      await expect(log.state()).rejects.toMatchObject(refusal);
    } finally {
      await log.close();
    }
    await expect(openLogReadOnly(files)).rejects.toMatchObject({ code: 'log-inconsistent' });
    const again = openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    await expect(again).rejects.toMatchObject({ code: 'log-inconsistent' });
  });

  it('says that it is not there at all', async () => {
    rmSync(files.directory, { recursive: true });
    expect(await faultsOf()).toEqual([['checkpoint-missing', 'checkpoint']]);
  });

  it('says that its database is missing, and checks the files all the same', async () => {
    rmSync(files.database);
    expect(await verify()).toMatchObject({
      size: 600,
      entries: 600,
      faults: [{ kind: 'unreadable', path: 'ledger.sqlite' }],
    });
  });

  describe('of which nothing is there', () => {
    const nothing = { ok: true, begun: false, size: null, faults: [] };
    const seen = () => [{ place: 'kept', note: notes.get(300) ?? '' }];
    const takeAll = (): void => {
      rmSync(files.directory, { recursive: true });
      rmSync(files.database);
    };

    it('is not begun, also where its directory or an empty database is there already', async () => {
      takeAll();
      expect(await verify()).toMatchObject(nothing);
      mkdirSync(files.directory);
      writeFileSync(files.database, '');
      expect(await verify()).toMatchObject(nothing);
    });

    it('was begun when a file of it is there, when its database is none, and when a checkpoint was seen', async () => {
      expect(await verify()).toMatchObject({ begun: true });
      takeAll();
      expect(await faultsOf({ seen: seen() })).toEqual([
        ['unreadable', 'ledger.sqlite'],
        ['checkpoint-missing', 'checkpoint'],
      ]);
      writeFileSync(files.database, 'no database'.repeat(1_000));
      expect(await verify()).toMatchObject({ ok: false, begun: true });
    });
  });

  describe('tells the leaves of the tree', () => {
    const leavesOf = async (): Promise<readonly (string | null)[]> => {
      const all: (string | null)[] = [];
      await verify({
        onLeaves: (start, leaves) => {
          expect(all).toHaveLength(start);
          all.push(...leaves.map((leaf) => leaf?.toString('hex') ?? null));
        },
      });
      return all;
    };
    const expected = eventsIn(0, 600).map(({ leafHash }) => leafHash);

    it('in order, each once', async () => {
      expect(await leavesOf()).toEqual(expected);
    });

    it.each(['tile/entries/000', 'tile/entries/002.p/88', 'tile/0/001', 'tile/0/002.p/88'])(
      'although a bit is flipped in %s',
      async (path) => {
        const file = join(files.directory, path);
        const bytes = readFileSync(file);
        bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
        writeFileSync(file, bytes);
        expect(await leavesOf()).toEqual(expected);
      },
    );

    it('as far as anything of them is there', async () => {
      for (const path of ['tile/entries/001', 'tile/0/001']) rmSync(join(files.directory, path));
      expect(await leavesOf()).toEqual(expected.map((leaf, at) => (at >= 256 && at < 512 ? null : leaf)));
    });
  });
});
