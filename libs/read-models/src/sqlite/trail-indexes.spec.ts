import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { randomHistory } from '../history.contract.js';
import type { Projections, TrailFilter } from '../port.js';
import { ReadModelsOfOtherVersion, SCHEMA_VERSION } from '../read-model.js';
import { makeIndexes } from './make-indexes.js';
import { openProjections } from './open-projections.js';
import { openQueries } from './open-queries.js';

const { events } = randomHistory(7, 60);
const [half, rest] = [events.slice(0, events.length / 2), events.slice(events.length / 2)];

describe('the indexes of the trail', () => {
  let directory: string;
  let file: string;
  let opened: { close(): Promise<void> }[];
  let whole: readonly unknown[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-indexes-'));
    file = join(directory, 'read-models.db');
    opened = [];
    const untouched = await openProjections({ file });
    await untouched.close();
    whole = indexes();
    expect(whole).toHaveLength(13);
    rmSync(file);
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    rmSync(directory, { recursive: true });
  });

  const open = async (): Promise<Projections> => {
    const projections = await openProjections({ file });
    opened.push(projections);
    return projections;
  };
  function raw<T>(work: (connection: Database.Database) => T): T {
    const connection = new Database(file);
    try {
      return work(connection);
    } finally {
      connection.close();
    }
  }
  /** In the order in which SQLite considers them. */
  function indexes(): readonly unknown[] {
    return raw((connection) =>
      connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'trail'")
        .all(),
    );
  }
  const pretendVersion = (version: number): void =>
    raw((connection) => void connection.prepare('UPDATE read_model SET schema_version = ?').run(version));
  const position = async (projections: Projections) => (await projections.checkpoint())?.position;

  const filters: readonly TrailFilter[] = [
    {},
    { operator: 'op-1' },
    { outcome: 'refused' },
    { type: 'InquiryReceived', terminal: 'term-1' },
    { caseReference: 'R8-1' },
    { from: '2026-04-02T00:00:00Z' },
  ];
  async function answers(): Promise<readonly unknown[]> {
    const queries = openQueries({ file });
    try {
      return await Promise.all(filters.map((filter) => queries.searchTrail(filter, { limit: 50 })));
    } finally {
      await queries.close();
    }
  }

  it('wait while many events follow, and are the same ones afterwards', async () => {
    const projections = await open();
    await projections.manyFollow();
    await projections.apply(events);
    expect(indexes()).toEqual([]);
    const slow = await answers();
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
    expect(raw((connection) => connection.pragma('integrity_check', { simple: true }))).toBe('ok');
    expect(await answers()).toEqual(slow);
  });

  it('stay where something was read before: a restart in the middle does not drop what was made', async () => {
    const projections = await open();
    await projections.apply(half);
    await projections.manyFollow();
    expect(indexes()).toEqual(whole);
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
  });

  it('are made after a crash in the middle of the events, and what was read before it counts', async () => {
    const first = await openProjections({ file });
    await first.manyFollow();
    await first.apply(half);
    await first.close();
    const projections = await open();
    expect(await position(projections)).toBe(half.at(-1)?.position);
    await projections.manyFollow();
    await projections.apply(rest);
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
    const rebuilt = await answers();
    await projections.clear();
    await projections.apply(events);
    expect(await answers()).toEqual(rebuilt);
  });

  it.each([0, 1, 6, 12])('are made where another process left %d of them', async (made) => {
    const projections = await open();
    await projections.apply(half);
    // That they were whole once is not believed afterwards.
    await projections.caughtUp();
    const names = whole.map((index) => (index as { name: string }).name);
    raw((connection) => {
      for (const name of names.slice(made)) connection.exec(`DROP INDEX ${name}`);
    });
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
  });

  it('are left for the next time when the worker stops, which is told between two of them', async () => {
    const projections = await open();
    await projections.manyFollow();
    await projections.apply(half);
    await projections.caughtUp(AbortSignal.abort());
    expect(indexes()).toEqual([]);
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
  });

  it('are made with the batches that come meanwhile waiting, none lost', async () => {
    const projections = await open();
    await projections.manyFollow();
    await projections.apply(half);
    await Promise.all([projections.caughtUp(), projections.apply(rest)]);
    expect(indexes()).toEqual(whole);
    expect(await position(projections)).toBe(events.at(-1)?.position);
  });

  it('of tables that are of another version by now are nobody else’s to make', async () => {
    const projections = await open();
    await projections.manyFollow();
    await projections.apply(half);
    pretendVersion(SCHEMA_VERSION + 1);
    await expect(projections.caughtUp()).rejects.toThrow(ReadModelsOfOtherVersion);
    // Nor when they became that after the look.
    const statements = ['CREATE INDEX trail_by_operator ON trail (operator)'];
    await expect(makeIndexes({ file, version: SCHEMA_VERSION, statements })).rejects.toThrow(
      ReadModelsOfOtherVersion,
    );
    expect(indexes()).toEqual([]);
    pretendVersion(SCHEMA_VERSION);
    await projections.caughtUp();
    expect(indexes()).toEqual(whole);
  });

  it('that cannot be made are an error, and so is a file that cannot be opened', async () => {
    const projections = await open();
    await projections.apply(half);
    const statements = ['CREATE INDEX trail_by_height ON trail (height)'];
    const work = { version: SCHEMA_VERSION, statements };
    await expect(makeIndexes({ file, ...work })).rejects.toMatchObject({
      code: 'SQLITE_ERROR',
      message: 'no such column: height',
    });
    await expect(makeIndexes({ file: join(directory, 'no', 'such.db'), ...work })).rejects.toThrow(
      'directory does not exist',
    );
  });
});
