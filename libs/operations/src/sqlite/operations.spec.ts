import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { movableClock, type MovableClock } from '../movable-clock.js';
import { openOperations, type Operations } from './operations.js';

describe('operations in one file', () => {
  let directory: string;
  let file: string;
  let clock: MovableClock;
  let opened: Operations[];
  const open = (): Operations => {
    const operations = openOperations({ file, clock });
    opened.push(operations);
    return operations;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-operations-'));
    file = join(directory, 'operations.db');
    clock = movableClock('2026-04-01T00:00:00.000Z');
    opened = [];
  });
  afterEach(() => {
    for (const operations of opened) operations.close();
    rmSync(directory, { recursive: true });
  });

  describe('sessions', () => {
    const session = {
      id: 's1',
      operator: 'op-1',
      terminal: 'term-1',
      certificate: 'ab'.repeat(32),
      pinChangeOnly: false,
    };

    it('are found by their token, in another process too', () => {
      const { token, expiresAt } = open().sessions.open(session, 1000);
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(expiresAt).toBe(clock.realNow() + 1000);
      expect(open().sessions.find(token)).toEqual({ ...session, expiresAt });
    });

    it('may have neither terminal nor certificate, and may allow nothing but changing the PIN', () => {
      const officer = { ...session, terminal: null, certificate: null, pinChangeOnly: true };
      const { sessions } = open();
      expect(sessions.find(sessions.open(officer, 1000).token)).toMatchObject(officer);
    });

    it('are not found by any other text', () => {
      const { sessions } = open();
      const { token } = sessions.open(session, 1000);
      for (const text of ['', 'x', token.slice(1), `${token}A`, token.toLowerCase(), '\u0000', '照会']) {
        expect(sessions.find(text)).toBeNull();
      }
    });

    it('leave no token on disk', () => {
      const { sessions } = open();
      const { token } = sessions.open(session, 1000);
      const bytes = Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
      expect(bytes.includes('op-1')).toBe(true);
      expect(bytes.includes(token)).toBe(false);
      expect(bytes.includes(Buffer.from(token, 'base64url'))).toBe(false);
    });

    it('end at their expiry, in real time', () => {
      const { sessions } = open();
      const { token } = sessions.open(session, 1000);
      clock.skewBusiness(86_400_000);
      clock.advance(999);
      expect(sessions.find(token)).not.toBeNull();
      clock.advance(1);
      expect(sessions.find(token)).toBeNull();
    });

    it('end when they are closed', () => {
      const { sessions } = open();
      const { token } = sessions.open(session, 1000);
      sessions.close('s1');
      expect(sessions.find(token)).toBeNull();
    });

    it('of one operator are closed together, those of others go on', () => {
      const { sessions } = open();
      const first = sessions.open(session, 1000);
      const second = sessions.open({ ...session, id: 's2' }, 1000);
      const other = sessions.open({ ...session, id: 's3', operator: 'op-2' }, 1000);
      sessions.closeAllOf('op-1');
      expect([first, second].map(({ token }) => sessions.find(token))).toEqual([null, null]);
      expect(sessions.find(other.token)?.id).toBe('s3');
    });

    it('that have expired are swept away, the living stay', () => {
      const { sessions } = open();
      sessions.open(session, 1000);
      const living = sessions.open({ ...session, id: 's2' }, 2000);
      clock.advance(1000);
      sessions.sweep();
      const reader = new Database(file, { readonly: true });
      expect(reader.prepare('SELECT id FROM sessions').pluck().all()).toEqual(['s2']);
      reader.close();
      expect(sessions.find(living.token)?.id).toBe('s2');
    });
  });

  describe('a lease', () => {
    it('goes to one of two processes', () => {
      const [one, other] = [open().leases, open().leases];
      expect(one.acquire('worker', 'a', 1000)).toEqual({
        name: 'worker',
        holder: 'a',
        fence: 1,
        until: clock.realNow() + 1000,
      });
      expect(other.acquire('worker', 'b', 1000)).toBeNull();
    });

    it('is renewed by its holder under the same fence', () => {
      const { leases } = open();
      leases.acquire('worker', 'a', 1000);
      clock.advance(500);
      expect(leases.acquire('worker', 'a', 1000)).toMatchObject({ fence: 1, until: clock.realNow() + 1000 });
    });

    it('passes to another under a higher fence once it has run out, in real time', () => {
      const [one, other] = [open().leases, open().leases];
      one.acquire('worker', 'a', 1000);
      clock.skewBusiness(86_400_000);
      clock.advance(999);
      expect(other.acquire('worker', 'b', 1000)).toBeNull();
      clock.advance(1);
      expect(other.acquire('worker', 'b', 1000)?.fence).toBe(2);
      expect(one.acquire('worker', 'a', 1000)).toBeNull();
    });

    it('never shows a fence twice to different holders, through releases and restarts', () => {
      const fences = ['a', 'b', 'a', 'c', 'b'].map((holder) => {
        const operations = openOperations({ file, clock });
        const fence = operations.leases.acquire('worker', holder, 1000)?.fence;
        operations.leases.release('worker', holder);
        operations.close();
        return fence;
      });
      expect(fences).toEqual([1, 2, 3, 4, 5]);
    });

    it('is released by its holder only', () => {
      const { leases } = open();
      leases.acquire('worker', 'a', 1000);
      leases.release('worker', 'b');
      expect(leases.acquire('worker', 'b', 1000)).toBeNull();
      leases.release('worker', 'a');
      expect(leases.acquire('worker', 'b', 1000)?.fence).toBe(2);
    });

    it('can be read living, run out, and never taken', () => {
      const { leases } = open();
      expect(leases.read('worker')).toBeNull();
      const lease = leases.acquire('worker', 'a', 1000);
      clock.advance(5000);
      expect(leases.read('worker')).toEqual(lease);
    });

    it('of a clock that was put back since has run out: its holder may be long dead', () => {
      const ahead = openOperations({ file, clock: movableClock('2036-04-01T00:00:00.000Z') });
      ahead.leases.acquire('worker', 'a', 1000);
      ahead.close();
      const { leases } = open();
      expect(leases.read('worker')?.until).toBeLessThan(clock.realNow());
      expect(leases.acquire('worker', 'b', 1000)).toMatchObject({ fence: 2, until: clock.realNow() + 1000 });
    });

    it('is still its holder’s when the clock is put back by a minute', () => {
      const ahead = openOperations({ file, clock: movableClock('2026-04-01T00:01:00.000Z') });
      const lease = ahead.leases.acquire('worker', 'a', 1000);
      ahead.close();
      const { leases } = open();
      expect(leases.read('worker')).toEqual(lease);
      expect(leases.acquire('worker', 'b', 1000)).toBeNull();
      expect(leases.acquire('worker', 'a', 1000)?.fence).toBe(1);
    });

    it('has its fence lifted above what others have seen, and not lowered', () => {
      const { leases } = open();
      leases.acquire('worker', 'a', 1000);
      expect(leases.liftFence('worker', 'a', 7)).toMatchObject({ fence: 8, until: clock.realNow() + 1000 });
      expect(leases.liftFence('worker', 'a', 7)).toMatchObject({ fence: 8 });
      expect(leases.liftFence('worker', 'a', 8)).toMatchObject({ fence: 9 });
      expect(leases.liftFence('worker', 'a', 0)).toMatchObject({ fence: 9 });
      expect(leases.acquire('worker', 'a', 1000)?.fence).toBe(9);
      leases.release('worker', 'a');
      expect(leases.acquire('worker', 'b', 1000)?.fence).toBe(10);
    });

    it('has its fence lifted by nobody but its living holder', () => {
      const { leases } = open();
      expect(leases.liftFence('worker', 'a', 7)).toBeNull();
      leases.acquire('worker', 'a', 1000);
      expect(leases.liftFence('worker', 'b', 7)).toBeNull();
      clock.advance(1000);
      expect(leases.liftFence('worker', 'a', 7)).toBeNull();
      expect(leases.acquire('worker', 'b', 1000)?.fence).toBe(2);
    });

    it('has no fence beyond what can be counted on', () => {
      const { leases } = open();
      leases.acquire('worker', 'a', 1000);
      for (const seen of [Number.MAX_SAFE_INTEGER, Infinity, Number.NaN, 1.5])
        expect(() => leases.liftFence('worker', 'a', seen)).toThrow(RangeError);
      expect(leases.read('worker')?.fence).toBe(1);
    });

    it('of one name says nothing about another', () => {
      const { leases } = open();
      leases.acquire('worker', 'a', 1000);
      expect(leases.acquire('api-1', 'b', 1000)?.fence).toBe(1);
    });
  });

  describe('a mark', () => {
    it('is null until written, then the last value written, in every process', () => {
      const [one, other] = [open().marks, open().marks];
      expect(one.read('last-erasure')).toBeNull();
      one.write('last-erasure', { at: '2026-04-01', ms: 5 });
      one.write('last-erasure', { at: '2026-04-02', ms: 6 });
      expect(other.read('last-erasure')).toEqual({ at: '2026-04-02', ms: 6 });
    });
  });

  describe('the file', () => {
    it('can be read by its owner only', () => {
      open();
      expect(statSync(file).mode & 0o777).toBe(0o600);
    });

    it('of a newer program is refused', () => {
      open().close();
      opened = [];
      const newer = new Database(file);
      newer.pragma('user_version = 99');
      newer.close();
      expect(() => openOperations({ file, clock })).toThrow(/has schema 99, this program knows 1/);
    });
  });
});
