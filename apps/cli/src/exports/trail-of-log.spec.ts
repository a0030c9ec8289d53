import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TrailOfLog } from './trail-of-log.js';

const entryAt = (leaf: number, type = 'SignedOut'): Buffer =>
  Buffer.from(
    JSON.stringify({
      actor: { operator: 'o-1' },
      agreement: 'a',
      at: '2026-04-01T00:00:00.000Z',
      correlation: 'c',
      data: { session: 's-1', operator: 'o-1' },
      id: `0190a000-0000-7000-8000-${String(leaf).padStart(12, '0')}`,
      stream: 'session-s-1',
      type,
      v: 1,
    }),
  );

let directory: string;
let trail: TrailOfLog;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kiroku-trail-'));
  trail = await TrailOfLog.begin(directory, '6');
});
afterEach(async () => {
  await trail.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('the trail as the entries of a log make it', () => {
  it('has a row for each up to the position, at its leaf index and one', async () => {
    await trail.take(
      0,
      [0, 1, 2, 3].map((leaf) => entryAt(leaf)),
    );
    await trail.take(
      4,
      [4, 5, 6, 7].map((leaf) => entryAt(leaf)),
    );
    await trail.take(8, [entryAt(8, 'OfAnotherVersion')]);
    const queries = await trail.finish();
    const { rows } = await queries.searchTrail({}, { limit: 10 });
    await queries.close();
    expect(rows.map(({ position }) => position)).toEqual(['6', '5', '4', '3', '2', '1']);
    expect(rows.map(({ id }) => Number(id.slice(-12)))).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it.each([
    ['is of a type that is not known', entryAt(3, 'OfAnotherVersion')],
    ['is no event', Buffer.from('null')],
    ['is no JSON', Buffer.from('{')],
  ])('is not made where an entry %s', async (_, entry) => {
    await expect(trail.take(3, [entry])).rejects.toThrow(
      /entry 3 of the log is no event that this program knows/,
    );
  });
});
