import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { type EventStore, openSqliteEventStore, type StoredEvent } from '#event-store';
import { ed25519Signer, generateSigningKey, type Log, openLog } from '#ledger';
import { v7 as uuidv7 } from 'uuid';
import { catchUp, type Follower } from '../followers/follower.js';
import { MovedClock } from '../testing/in-memory.js';
import { LogHealth } from './log-health.js';
import { LogFollower } from './sequencer.js';

const ORIGIN = 'kiroku.example/log-follower';
const DIVERGED = { name: 'FollowerDiverged', code: 'follower-diverged', follower: 'log' };
const onFatal = (error: Error): never => {
  throw error;
};

/** The real store and the real log; somebody writes to the store's file, and only to that. */
describe('the log, following a store whose past somebody rewrites', () => {
  const clock = new MovedClock('2026-04-06T01:00:00.000Z');
  const signer = ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem);
  let directory: string;
  let store: EventStore;
  let log: Log;
  let follower: LogFollower;
  const file = (): string => join(directory, 'events.db');
  const newFollower = (of: Pick<EventStore, 'readEvent' | 'count'> = store): LogFollower =>
    new LogFollower(
      of,
      log,
      () => 1,
      () => clock.realNow(),
    );

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-rewritten-'));
    store = await openSqliteEventStore({ file: file(), macKey: Buffer.alloc(32, 0x4b), onFatal });
    log = await openLog({
      directory: join(directory, 'log'),
      database: join(directory, 'ledger.db'),
      origin: ORIGIN,
      signer,
    });
    follower = newFollower();
  });
  afterEach(async () => {
    await log.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  /** Grows a stream by one event of each type. */
  const record = async (stream: string, ...types: readonly string[]): Promise<readonly string[]> => {
    const [head = -1] = await store.headRevisions([stream]);
    const events = types.map((type) => {
      const id = uuidv7();
      return { id, type, entry: `{"id":"${id}","type":"${type}"}` };
    });
    await store.append(stream, head === -1 ? 'no-stream' : head, events);
    return events.map(({ id }) => id);
  };
  const tamper = (sql: string): void => {
    const db = new Database(file());
    try {
      const triggers = db
        .prepare<[], { name: string; sql: string }>(
          "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
        )
        .all();
      for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
      db.exec(sql);
      for (const { sql } of triggers) db.exec(sql);
    } finally {
      db.close();
    }
  };
  const undo = (type: string): void => tamper(`DELETE FROM events WHERE type = '${type}'`);
  const size = async (): Promise<number> => (await log.state()).size;
  /** An approved grant, revoked, and another person's day going on; all of it in the log. */
  const sequenced = async (): Promise<void> => {
    await record('grant-1', 'GrantRequested', 'GrantApproved', 'GrantRevoked');
    await record('grant-2', 'GrantRequested', 'GrantApproved');
    await catchUp(store, follower);
  };

  it('verifies while nothing happens to it: empty, behind, and up to date', async () => {
    expect(await follower.verify()).toBeNull();
    expect(await follower.checkpoint()).toBeNull();
    await sequenced();
    await record('grant-3', 'GrantRequested');
    expect(await follower.verify()).toBe('5');
    expect(await catchUp(store, follower)).toBe(1);
    expect(await follower.verify()).toBe('6');
    expect([await size(), await store.count('6')]).toEqual([6, 6]);
  });

  describe('a revocation that is in the log and was taken out of its stream', () => {
    beforeEach(async () => {
      await sequenced();
      undo('GrantRevoked');
    });

    it('leaves a stream that looks whole, and is missed by the count', async () => {
      expect((await store.readStream('grant-1')).map(({ type }) => type)).toEqual([
        'GrantRequested',
        'GrantApproved',
      ]);
      await expect(follower.checkpoint()).resolves.not.toBeNull();
      await expect(follower.verify()).rejects.toMatchObject({ ...DIVERGED, position: '5' });
    });

    it('stops the log from then on, until a person has looked', async () => {
      await follower.verify().catch(() => undefined);
      await record('grant-3', 'GrantRequested');
      await expect(catchUp(store, follower)).rejects.toMatchObject(DIVERGED);
      await expect(follower.verify()).rejects.toMatchObject(DIVERGED);
      expect(await size()).toBe(5);
    });

    it('is missed at the start of the next worker, too, whatever was appended meanwhile', async () => {
      await record('grant-1', 'GrantRequested');
      await expect(newFollower().verify()).rejects.toMatchObject(DIVERGED);
      await catchUp(store, newFollower());
      await expect(newFollower().verify()).rejects.toMatchObject(DIVERGED);
    });
  });

  describe('the newest events taken out, that at the end of the log among them', () => {
    const health = (): LogHealth => new LogHealth(store, log, clock);
    beforeEach(async () => {
      await record('grant-2', 'GrantRequested', 'GrantApproved');
      await record('grant-1', 'GrantRequested', 'GrantApproved', 'GrantRevoked');
      await catchUp(store, follower);
      undo('GrantRevoked');
    });

    it('are missed at the next step, at the count and at the start of the next worker', async () => {
      for (const ask of [() => follower.checkpoint(), () => catchUp(store, follower)]) {
        await expect(ask()).rejects.toMatchObject({ ...DIVERGED, position: '5' });
      }
      await expect(newFollower().verify()).rejects.toMatchObject(DIVERGED);
    });

    it('are never healed by honest appends that are given their positions: nothing of those is notarised', async () => {
      for (let round = 0; round < 3; round += 1) {
        await record('grant-3', 'GrantRequested');
        await expect(catchUp(store, follower)).rejects.toMatchObject(DIVERGED);
        await expect(catchUp(store, newFollower())).rejects.toMatchObject(DIVERGED);
      }
      expect((await store.readStream('grant-3')).map(({ position }) => position)).toEqual(['5', '6', '7']);
      expect(await size()).toBe(5);
    });

    it('end inquiries at once, and they stay ended', async () => {
      const healthy = health();
      expect([await healthy.lagMs(), await healthy.provable()]).toEqual([Infinity, false]);
      await record('grant-3', 'GrantRequested', 'GrantApproved');
      clock.advance(1_000);
      expect([await healthy.lagMs(), await healthy.provable()]).toEqual([Infinity, false]);
      expect([await health().lagMs(), await health().provable()]).toEqual([Infinity, false]);
    });
  });

  it('takes no page that was read while its end was taken out and replaced', async () => {
    await record('grant-1', 'GrantRequested', 'GrantRevoked');
    await catchUp(store, follower);
    const meanwhile: Pick<EventStore, 'readAll'> = {
      readAll: async (after, limit) => {
        undo('GrantRevoked');
        await record('grant-2', 'GrantRequested', 'GrantApproved');
        return store.readAll(after, limit);
      },
    };
    const between = { ...bound(store), ...meanwhile };
    await expect(catchUp(between, follower)).rejects.toMatchObject(DIVERGED);
    expect(await size()).toBe(2);
  });

  it('goes on being stopped when the event at its end was put back', async () => {
    await sequenced();
    const aside = `ATTACH '${join(directory, 'aside.db')}' AS aside;`;
    tamper(`${aside} CREATE TABLE aside.rows AS SELECT * FROM events WHERE position = 5`);
    tamper('DELETE FROM events WHERE position = 5');
    await expect(follower.checkpoint()).rejects.toMatchObject(DIVERGED);
    tamper(`${aside} INSERT INTO events SELECT * FROM aside.rows`);
    await expect(follower.checkpoint()).rejects.toMatchObject(DIVERGED);
    expect(await newFollower().verify()).toBe('5');
  });

  it('misses the event at its end when that was changed or moved', async () => {
    await sequenced();
    tamper('UPDATE events SET position = 9 WHERE position = 5');
    await expect(follower.checkpoint()).rejects.toMatchObject(DIVERGED);
  });

  it('is only late when the store cannot be asked', async () => {
    await sequenced();
    let broken = true;
    const flaky = newFollower({
      ...bound(store),
      readEvent: (id) => (broken ? Promise.reject(new Error('the disk is slow')) : store.readEvent(id)),
    });
    await expect(flaky.checkpoint()).rejects.toThrow('the disk is slow');
    broken = false;
    expect(await flaky.verify()).toBe('5');
  });

  describe('an event taken out before it was sequenced', () => {
    /** What it has read, and nothing else. */
    class ReadModels implements Follower {
      readonly name = 'read-models';
      read: readonly StoredEvent[] = [];
      checkpoint = async () => {
        const last = this.read.at(-1);
        return last ? { position: last.position, eventId: last.id } : null;
      };
      apply = async (batch: readonly StoredEvent[]): Promise<void> => {
        this.read = [...this.read, ...batch];
      };
    }

    it('stops both followers where it was, as long as others follow it', async () => {
      const readModels = new ReadModels();
      await sequenced();
      await catchUp(store, readModels);
      await record('grant-2', 'GrantRevoked');
      await record('grant-3', 'GrantRequested');
      tamper('DELETE FROM events WHERE position = 6');
      for (const one of [follower, readModels]) {
        await expect(catchUp(store, one)).rejects.toMatchObject({ code: 'events-missing' });
      }
      expect([await size(), readModels.read.length]).toEqual([5, 5]);
    });
  });
});

/** The store's methods as plain functions, so that single ones can be replaced. */
const bound = (store: EventStore): EventStore => ({
  append: (...args) => store.append(...args),
  readStream: (...args) => store.readStream(...args),
  headRevisions: (...args) => store.headRevisions(...args),
  readAll: (...args) => store.readAll(...args),
  readEvent: (...args) => store.readEvent(...args),
  count: (...args) => store.count(...args),
  lastPosition: () => store.lastPosition(),
  onCommit: (...args) => store.onCommit(...args),
  close: () => store.close(),
});
