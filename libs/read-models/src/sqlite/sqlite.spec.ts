import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { History, randomHistory, uuid } from '../history.contract.js';
import type { Projections, Queries } from '../port.js';
import { ReadModelsOfOtherVersion, SCHEMA_VERSION } from '../read-model.js';
import { readModelsContract } from '../read-models.contract.js';
import { openProjections } from './open-projections.js';
import { openQueries } from './open-queries.js';

/** The version of a program that is to come. */
const NEWER = SCHEMA_VERSION + 1;

const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'kiroku-read-models-'));

describe('read models in SQLite', () => {
  readModelsContract(async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'read-models.db');
    const projections = await openProjections({ file });
    const queries = openQueries({ file });
    return {
      projections,
      queries,
      async dispose() {
        await queries.close();
        await projections.close();
        rmSync(directory, { recursive: true });
      },
    };
  });

  describe('the file', () => {
    let directory: string;
    let file: string;
    let opened: { close(): Promise<void> }[];
    beforeEach(() => {
      directory = temporaryDirectory();
      file = join(directory, 'read-models.db');
      opened = [];
    });
    afterEach(async () => {
      for (const each of opened) await each.close();
      rmSync(directory, { recursive: true });
    });
    const write = async (): Promise<Projections> => {
      const projections = await openProjections({ file });
      opened.push(projections);
      return projections;
    };
    const read = (threads?: number): Queries => {
      const queries = openQueries(threads === undefined ? { file } : { file, threads });
      opened.push(queries);
      return queries;
    };
    const pretendVersion = (version: number): void => {
      const connection = new Database(file);
      connection.prepare('UPDATE read_model SET schema_version = ?').run(version);
      connection.close();
    };
    const count = async (queries: Queries): Promise<number> =>
      (await queries.searchTrail({}, { limit: 500 })).rows.length;

    it('may be missing: queries answer as if nothing had happened, and see it when it appears', async () => {
      const queries = read();
      expect(await queries.readUpTo()).toBeNull();
      expect(await queries.searchTrail({}, { limit: 1 })).toEqual({ rows: [], next: null, readUpTo: null });
      expect(await queries.cohortsDue('2026-04-01')).toEqual([]);
      expect(await queries.erasure('run-1')).toBeNull();
      expect(await queries.grantCandidates('op-1', 'term-1')).toEqual([]);
      expect(readdirSync(directory)).toEqual([]);
      await (await write()).apply(new History().received(uuid(1)).events);
      expect(await count(queries)).toBe(1);
    });

    it('may be there without tables: that is as good as missing', async () => {
      const queries = read();
      const connection = new Database(file);
      expect(await queries.readUpTo()).toBeNull();
      connection.close();
    });

    it('may be deleted and built again under a running reader', async () => {
      const queries = read();
      const first = await openProjections({ file });
      await first.apply(new History().received(uuid(1)).received(uuid(2)).events);
      expect(await count(queries)).toBe(2);
      await first.close();
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
      expect(await count(queries)).toBe(0);
      await (await write()).apply(new History().received(uuid(3)).events);
      expect(await count(queries)).toBe(1);
    });

    it('keeps what was read over a restart', async () => {
      const history = new History().received(uuid(1));
      const first = await openProjections({ file });
      await first.apply(history.events);
      await first.close();
      expect((await (await write()).checkpoint())?.position).toBe('3');
    });

    it.each([0, SCHEMA_VERSION - 1, NEWER])(
      'of schema %d is emptied at the start and waits for a replay',
      async (version) => {
        const history = randomHistory(3, 40);
        const first = await openProjections({ file });
        await first.apply(history.events);
        await first.close();
        pretendVersion(version);
        const projections = await write();
        expect(await projections.checkpoint()).toBeNull();
        const queries = read();
        expect(await count(queries)).toBe(0);
        await projections.apply(history.events);
        expect((await queries.readUpTo())?.position).toBe(history.events.at(-1)?.position);
      },
    );

    it('of another schema is refused by readers and writers that meet it later, which go on when it is right again', async () => {
      const [projections, queries] = [await write(), read()];
      const history = new History().received(uuid(1));
      pretendVersion(NEWER);
      await expect(queries.readUpTo()).rejects.toThrow(ReadModelsOfOtherVersion);
      await expect(queries.searchTrail({}, { limit: 1 })).rejects.toThrow(
        `schema ${NEWER}, this program reads ${SCHEMA_VERSION}`,
      );
      await expect(projections.apply(history.events)).rejects.toThrow(ReadModelsOfOtherVersion);
      pretendVersion(SCHEMA_VERSION);
      await projections.apply(history.events);
      expect(await count(queries)).toBe(1);
    });

    it('of another schema says so even where the one statement of a query no longer fits its tables', async () => {
      const [projections, queries] = [await write(), read()];
      await projections.apply(new History().received(uuid(1)).events);
      const connection = new Database(file);
      connection.exec('ALTER TABLE grants RENAME COLUMN until_day TO last_day');
      await expect(queries.grantCandidates('op-1', 'term-1')).rejects.toMatchObject({ code: 'SQLITE_ERROR' });
      connection.exec(`UPDATE read_model SET schema_version = ${NEWER}`);
      await expect(queries.grantCandidates('op-1', 'term-1')).rejects.toThrow(ReadModelsOfOtherVersion);
      connection.exec('ALTER TABLE grants RENAME COLUMN last_day TO until_day');
      await expect(queries.grantCandidates('op-1', 'term-1')).rejects.toThrow(ReadModelsOfOtherVersion);
      connection.close();
    });

    it('is kept by a second worker that starts, and both may write', async () => {
      const { events } = new History().received(uuid(1)).received(uuid(2));
      const one = await write();
      await one.apply(events.slice(0, 1));
      const other = await write();
      expect((await other.checkpoint())?.position).toBe('3');
      await other.apply(events);
      await one.apply(events);
      expect(await count(read())).toBe(2);
    });

    it('holds no token of a subject index that was dropped', async () => {
      const projections = await write();
      const tokens = Array.from({ length: 50 }, (_, n) => `subject-token-${n}`);
      await projections.apply(new History().received(uuid(1), {}, {}, tokens).events);
      const bytes = () =>
        Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
      expect(bytes().includes('subject-token-')).toBe(true);
      await projections.dropSubjectYear(2026);
      expect(bytes().includes('subject-token-')).toBe(false);
    });

    it('is read by several threads beside a projection that writes, each answer of one moment', async () => {
      const [projections, queries] = [await write(), read(3)];
      const { events } = randomHistory(99, 150);
      const writer = (async () => {
        for (let start = 0; start < events.length; start += 10) {
          await projections.apply(events.slice(start, start + 10));
        }
      })();
      const last = events.at(-1)?.position;
      const reader = async (): Promise<number> => {
        for (let answers = 1; ; answers++) {
          const { rows, readUpTo } = await queries.searchTrail({}, { limit: 1 });
          expect(rows[0]?.position).toBe(readUpTo?.position);
          if (readUpTo?.position === last) return answers;
        }
      };
      const answers = await Promise.all([reader(), reader(), reader(), reader()]);
      await writer;
      expect(answers.every((n) => n > 0)).toBe(true);
      expect((await queries.readUpTo())?.position).toBe(events.at(-1)?.position);
    });

    it('lets a query that is under way fail when the reader is closed', async () => {
      await write();
      const queries = openQueries({ file });
      await queries.readUpTo();
      const asked = expect(queries.readUpTo()).rejects.toMatchObject({ code: 'READER_THREAD' });
      await Promise.resolve();
      await queries.close();
      await asked;
    });

    it('is reported when it is no database, and the reader survives', async () => {
      writeFileSync(file, 'not a database, however long this text may be. '.repeat(100));
      const queries = read();
      await expect(queries.readUpTo()).rejects.toMatchObject({ code: 'SQLITE_NOTADB' });
      rmSync(file);
      expect(await queries.readUpTo()).toBeNull();
    });
  });
});
