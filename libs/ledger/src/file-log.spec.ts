import { Buffer } from 'node:buffer';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { eventAt, eventsIn, NOW, ORIGIN, Places, sequenced, signerOf } from '../test/sample-log.js';
import { parseCheckpoint } from './core/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from './core/frontier.js';
import { parseNote, verifyNote } from './core/note.js';
import { parseVerifierKey } from './core/verifier-key.js';
import { verifyConsistency, verifyInclusion } from './core/proofs.js';
import { tilePath, tilesOf } from './core/tiles.js';
import { openLog, openLogReadOnly, type LogFiles } from './file-log.js';
import { fileDisk } from './file/disk.js';
import { LogDatabase } from './file/log-database.js';
import { Sequencer } from './file/sequencer.js';
import { tileReader } from './file/tile-store.js';
import { rangeRoot, subtreesFromTiles } from './core/subtrees.js';
import type { Log, SequencedEvent } from './port.js';

const places = new Places();
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
  places.clear();
});

const keep = <T extends { close(): Promise<void> }>(log: T): T => {
  opened.push(log);
  return log;
};
const open = async (files: LogFiles, signer = signerOf()): Promise<Log> =>
  keep(await openLog({ ...files, origin: ORIGIN, signer, now: NOW }));
const rootOf = (events: readonly SequencedEvent[]): string =>
  frontierRoot(
    extendFrontier(
      EMPTY_FRONTIER,
      events.map(({ leafHash }) => Buffer.from(leafHash, 'hex')),
    ),
  ).toString('hex');
const published = ({ directory }: LogFiles) => readFileSync(join(directory, 'checkpoint'), 'utf8');
const filesUnder = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
const code = (value: string) => expect.objectContaining({ code: value });
const append = { fence: 1, now: NOW };

describe('an empty log', () => {
  it('has a signed checkpoint of size 0 and the root of nothing', async () => {
    const files = places.make();
    const log = await open(files);
    expect(await log.state()).toEqual({
      origin: ORIGIN,
      size: 0,
      root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      position: null,
      eventId: null,
      note: published(files),
      fence: 0,
      createdAt: NOW,
    });
    expect(verifyNote(parseNote(published(files)), [parseVerifierKey(signerOf().verifierKey)])).toBe(true);
    expect(await log.append([], append)).toEqual(await log.state());
  });

  it('is opened only by a key with its name', async () => {
    await expect(
      openLog({ ...places.make(), origin: ORIGIN, signer: signerOf(7, 'other.example') }),
    ).rejects.toEqual(code('malformed-note'));
  });
});

describe('appending', () => {
  it('covers the events by a published checkpoint, and says where to go on', async () => {
    const files = places.make();
    const log = await open(files);
    const events = eventsIn(0, 3);
    const state = await log.append(events, { fence: 4, now: NOW });
    expect(state).toMatchObject({ size: 3, root: rootOf(events), position: '16', fence: 4 });
    expect(state.eventId).toBe(events[2]?.eventId);
    expect(published(files)).toBe(state.note);
    expect(parseCheckpoint(parseNote(state.note).text)).toMatchObject({ origin: ORIGIN, size: 3 });
    expect(await log.leafOf(eventAt(1).eventId)).toBe(1);
    expect(await log.leafOf(eventAt(3).eventId)).toBeNull();
  });

  it('leaves exactly the tiles of the specification, in whatever portions the events came', async () => {
    const files = places.make();
    const log = await open(files);
    let size = 0;
    for (const portion of [1, 254, 1, 1, 300, 700, 20]) {
      await log.append(eventsIn(size, size + portion), append);
      size += portion;
    }
    expect((await log.state()).root).toBe(rootOf(eventsIn(0, size)));
    const needed = [...tilesOf(size)].map(tilePath);
    const found = filesUnder(files.directory);
    expect(found).toEqual(expect.arrayContaining(needed));
    // Partial tiles stay until the full one exists: nothing partial is left below a full one.
    for (const path of found.filter((path) => path.includes('.p/'))) {
      expect(found).not.toContain(path.slice(0, path.indexOf('.p/')));
    }
    // Both published checkpoints that ended in the last bundle still have theirs.
    expect(found.filter((path) => path.startsWith('tile/entries/004'))).toEqual([
      'tile/entries/004.p/233',
      'tile/entries/004.p/253',
    ]);
  });

  it('writes a log of 70,000 entries as 273 full tiles and partial ones of 112, 17 and 1', async () => {
    const files = places.make();
    const log = await open(files);
    const events = eventsIn(0, 70_000);
    await log.append(events, append);
    const found = filesUnder(files.directory).filter((path) => path !== 'checkpoint');
    expect(found).toEqual([...tilesOf(70_000)].map(tilePath).sort());
    expect(found).toHaveLength(274 + 274 + 2 + 1);
    expect(await log.rootAt(70_000)).toBe(rootOf(events));
    expect(await log.rootAt(65_537)).toBe(rootOf(events.slice(0, 65_537)));
  });

  it.each([
    ['too large', { ...eventAt(0), entry: `"${'x'.repeat(65_534)}"` }, 'too-large'],
    ['not what its hash says', { ...eventAt(0), entry: '{}' }, 'leaf-hash'],
    ['not writable as UTF-8', { ...eventAt(0), entry: '"\uD800"' }, 'malformed'],
    ['without a position', { ...eventAt(0), position: 'x' }, 'malformed'],
  ])('refuses an event that is %s, before anything is written', async (_, event, reason) => {
    const files = places.make();
    const log = await open(files);
    await expect(log.append([event], append)).rejects.toMatchObject({ code: 'entry-refused', reason });
    expect(filesUnder(files.directory)).toEqual(['checkpoint']);
  });

  it('takes an entry of exactly 65,535 bytes', async () => {
    const log = await open(places.make());
    expect((await log.append([sequenced('a', '1', `"${'x'.repeat(65_533)}"`)], append)).size).toBe(1);
  });

  it('refuses an event that is in the log already, and two of the same id', async () => {
    const log = await open(places.make());
    await log.append(eventsIn(0, 2), append);
    const again = { ...eventAt(0), position: '999' };
    await expect(log.append([again], append)).rejects.toMatchObject({ reason: 'repeated' });
    const twice = [eventAt(5), { ...eventAt(5), position: '999' }];
    await expect(log.append(twice, append)).rejects.toMatchObject({ reason: 'repeated' });
    await expect(log.append([eventAt(6), eventAt(5)], append)).rejects.toMatchObject({ reason: 'malformed' });
    expect((await log.state()).size).toBe(2);
  });
});

describe('reading', () => {
  it('shows that every earlier root still holds, and proves leaves and earlier checkpoints', async () => {
    const log = await open(places.make());
    const events = eventsIn(0, 600);
    await log.append(events.slice(0, 250), append);
    await log.append(events.slice(250), append);
    for (const size of [0, 1, 250, 255, 256, 257, 512, 600]) {
      expect(await log.rootAt(size)).toBe(rootOf(events.slice(0, size)));
    }
    const bytes = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'hex'));
    const root = Buffer.from(rootOf(events), 'hex');
    const leaf = Buffer.from(eventAt(77).leafHash, 'hex');
    expect(verifyInclusion(leaf, 77, 600, bytes(await log.inclusionProof(77, 600)), root)).toBe(true);
    const proof = bytes(await log.consistencyProof(250, 600));
    expect(verifyConsistency(250, Buffer.from(rootOf(events.slice(0, 250)), 'hex'), 600, root, proof)).toBe(
      true,
    );
  });

  it('knows nothing beyond the last checkpoint', async () => {
    const log = await open(places.make());
    await log.append(eventsIn(0, 5), append);
    await expect(log.rootAt(6)).rejects.toThrow('the log has 5 entries');
    await expect(log.inclusionProof(5, 5)).rejects.toThrow('leaf 5 is not in a tree of 5 leaves');
    await expect(log.consistencyProof(2, 6)).rejects.toThrow('the log has 5 entries');
  });

  it('is possible for another process, without the key', async () => {
    const files = places.make();
    await expect(openLogReadOnly(files)).rejects.toEqual(code('log-not-found'));
    const log = await open(files);
    const reader = keep(await openLogReadOnly(files));
    await log.append(eventsIn(0, 3), append);
    expect(await reader.state()).toEqual(await log.state());
    expect(await reader.checkpointNote()).toBe(published(files));
    expect(await reader.leafOf(eventAt(2).eventId)).toBe(2);
    expect(await reader.rootAt(2)).toBe(rootOf(eventsIn(0, 2)));
    expect('append' in reader).toBe(false);
  });
});

describe('two sequencers', () => {
  it('one after the other: the one that lags behind is superseded, reads on, and appends', async () => {
    const files = places.make();
    const [one, two] = [await open(files), await open(files)];
    await one.append(eventsIn(0, 3), append);
    await expect(two.append(eventsIn(0, 2), append)).rejects.toEqual(code('sequencer-superseded'));
    await expect(two.append(eventsIn(3, 4), { ...append, size: 0 })).rejects.toEqual(
      code('sequencer-superseded'),
    );
    expect((await two.append(eventsIn(3, 4), { ...append, size: 3 })).size).toBe(4);
    expect((await one.state()).root).toBe(rootOf(eventsIn(0, 4)));
  });

  it('a stale fence never writes again', async () => {
    const files = places.make();
    const [old, fresh] = [await open(files), await open(files)];
    await fresh.append(eventsIn(0, 1), { fence: 9, now: NOW });
    await expect(old.append(eventsIn(1, 2), { fence: 8, now: NOW })).rejects.toEqual(
      code('sequencer-superseded'),
    );
    expect((await fresh.state()).size).toBe(1);
  });

  it('at once, whoever comes second is superseded, at whatever step the first one is', async () => {
    const files = places.make();
    const disk = fileDisk(files.directory);
    mkdirSync(files.directory, { recursive: true });
    const refusals: unknown[] = [];
    const pending: Promise<unknown>[] = [];
    const second = () => {
      pending.push(
        rival.append(eventsIn(0, 2, 'rival'), append).catch((error: unknown) => refusals.push(error)),
      );
    };
    let armed = false;
    const watched = {
      ...disk,
      rename: (from: string, to: string) => {
        if (armed && to !== 'checkpoint') second();
        disk.rename(from, to);
      },
    };
    const parts = { origin: ORIGIN, signers: [signerOf()], now: NOW };
    const first = keep(
      Sequencer.open({ ...parts, disk: watched, database: LogDatabase.open(files.database) }),
    );
    const rival = await open(files);
    armed = true;
    await first.append(eventsIn(0, 3), append);
    await Promise.all(pending);
    expect(refusals).toEqual([code('sequencer-superseded'), code('sequencer-superseded')]);
    expect(await first.rootAt(3)).toBe(rootOf(eventsIn(0, 3)));
  });

  it('may start at the same moment on nothing: the schema is made once', () => {
    const files = places.make();
    mkdirSync(dirname(files.database), { recursive: true });
    const databases = [1, 2, 3].map(() => LogDatabase.open(files.database));
    for (const database of databases) database.close();
    const again = LogDatabase.open(files.database);
    expect(again.findRow()).toBeNull();
    again.close();
  });
});

describe('opening', () => {
  const logOf = async (count: number): Promise<LogFiles> => {
    const files = places.make();
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf(), now: NOW });
    await log.append(eventsIn(0, count), append);
    await log.close();
    return files;
  };
  const edit = (files: LogFiles, sql: string, ...values: unknown[]) => {
    const db = new Database(files.database);
    db.prepare(sql).run(...values);
    db.close();
  };
  const rewrite = (files: LogFiles, path: string, change: (bytes: Buffer) => Buffer) =>
    writeFileSync(join(files.directory, path), change(readFileSync(join(files.directory, path))));
  const flipped = (bytes: Buffer): Buffer =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)]);

  it('goes on where the log ended', async () => {
    const log = await open(await logOf(300));
    expect((await log.append(eventsIn(300, 520), append)).root).toBe(rootOf(eventsIn(0, 520)));
  });

  it('copies the row to a file that is missing or behind', async () => {
    const files = await logOf(2);
    const behind = published(files);
    await (await open(files)).append(eventsIn(2, 5), append);
    const current = published(files);
    for (const damage of [
      () => writeFileSync(join(files.directory, 'checkpoint'), behind),
      () => rmSync(join(files.directory, 'checkpoint')),
    ]) {
      damage();
      await open(files);
      expect(published(files)).toBe(current);
    }
  });

  it('refuses a database older than the published checkpoint', async () => {
    const files = await logOf(3);
    const backup = `${files.database}.backup`;
    cpSync(files.database, backup);
    const log = await openLog({ ...files, origin: ORIGIN, signer: signerOf() });
    await log.append(eventsIn(3, 6), append);
    await log.close();
    cpSync(backup, files.database);
    await expect(open(files)).rejects.toMatchObject({ code: 'log-rolled-back', published: 6, recorded: 3 });
  });

  it('refuses to begin anew beside a published checkpoint whose database is lost', async () => {
    const files = await logOf(3);
    rmSync(files.database);
    await expect(open(files)).rejects.toEqual(code('log-rolled-back'));
    await expect(openLogReadOnly(files)).rejects.toEqual(code('log-not-found'));
  });

  it.each<[string, (files: LogFiles) => void]>([
    [
      'a published checkpoint of another history',
      (files) =>
        rewrite(files, 'checkpoint', (bytes) =>
          Buffer.from(bytes.toString().replace(/\n3\n.*/, `\n2\n${'A'.repeat(43)}=`)),
        ),
    ],
    [
      'an unreadable published checkpoint',
      (files) => rewrite(files, 'checkpoint', (bytes) => bytes.subarray(1, 9)),
    ],
    ['a changed partial tile', (files) => rewrite(files, 'tile/0/000.p/3', flipped)],
    ['a cut partial tile', (files) => rewrite(files, 'tile/0/000.p/3', (bytes) => bytes.subarray(0, 64))],
    ['a changed entry in the last bundle', (files) => rewrite(files, 'tile/entries/000.p/3', flipped)],
    ['a missing last bundle', (files) => rmSync(join(files.directory, 'tile/entries/000.p/3'))],
    ['no tiles', (files) => rmSync(join(files.directory, 'tile'), { recursive: true })],
    ['a changed size in the row', (files) => edit(files, 'UPDATE checkpoint SET size = 2')],
    ['a changed root in the row', (files) => edit(files, 'UPDATE checkpoint SET root = zeroblob(32)')],
    [
      'a changed frontier in the row',
      (files) => edit(files, 'UPDATE checkpoint SET frontier = zeroblob(64)'),
    ],
    ['a leaf index that ends early', (files) => edit(files, 'DELETE FROM leaves WHERE leaf_index = 2')],
    ['another last event', (files) => edit(files, "UPDATE checkpoint SET event_id = 'x'")],
  ])('refuses %s', async (_, damage) => {
    const files = await logOf(3);
    damage(files);
    await expect(open(files)).rejects.toEqual(code('log-inconsistent'));
  });

  it('refuses a log signed by another key', async () => {
    const files = await logOf(3);
    await expect(open(files, signerOf(8))).rejects.toEqual(code('log-inconsistent'));
  });

  it('refuses a database of a newer schema, also for reading', async () => {
    const files = await logOf(3);
    const db = new Database(files.database);
    db.pragma('user_version = 99');
    db.close();
    await expect(open(files)).rejects.toMatchObject({ code: 'schema-too-new', found: 99 });
    await expect(openLogReadOnly(files)).rejects.toMatchObject({ code: 'schema-too-new', found: 99 });
  });

  it('overwrites what lies beyond the checkpoint, but not a tile that contradicts it', async () => {
    const files = await logOf(3);
    const full = join(files.directory, 'tile/0/000');
    const covered = readFileSync(join(files.directory, 'tile/0/000.p/3'));
    writeFileSync(full, Buffer.concat([covered, Buffer.alloc(8_192 - covered.length, 7)]));
    const log = await open(files);
    await log.append(eventsIn(3, 256), append);
    expect(
      rangeRoot(0, 256, subtreesFromTiles(256, tileReader(fileDisk(files.directory)))).toString('hex'),
    ).toBe(rootOf(eventsIn(0, 256)));
    expect(existsSync(`${full}.p`)).toBe(false);

    const other = await logOf(3);
    mkdirSync(join(other.directory, 'tile/0'), { recursive: true });
    writeFileSync(join(other.directory, 'tile/0/000'), Buffer.alloc(8_192, 7));
    await expect((await open(other)).append(eventsIn(3, 256), append)).rejects.toMatchObject({
      code: 'log-inconsistent',
      place: 'tile/0/000',
    });
  });
});
