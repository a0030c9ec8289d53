import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseEntry } from '#domain';
import { AGREEMENT, InMemory } from '../testing/in-memory.js';
import { FailureCounter } from './failure-counter.js';

describe('failures before an identity is known', () => {
  let memory: InMemory;
  let failures: FailureCounter;
  beforeEach(() => {
    memory = new InMemory();
    failures = new FailureCounter(memory.journal, { agreement: AGREEMENT, mostSources: 2 });
  });

  /** What is on record: source (opened), kind, minute and count. */
  async function counted(): Promise<unknown[]> {
    const entries = (await memory.entries()).map(parseEntry);
    return Promise.all(
      entries.map(async (entry) => {
        const { kind, minute, count } = entry.data;
        const source = await memory.vault.open(entry, 'source');
        return [source.state === 'open' ? source.value : null, kind, minute, count];
      }),
    );
  }

  it('are one event for each source, kind and minute', async () => {
    failures.count('192.0.2.7', 'unknown-operator');
    failures.count('192.0.2.7', 'unknown-operator');
    failures.count('192.0.2.7', 'unknown-token');
    failures.count('192.0.2.8', 'unknown-operator');
    memory.clock.advance(60_000);
    failures.count('192.0.2.7', 'unknown-operator');
    await failures.flush('all');
    expect(await counted()).toEqual([
      ['192.0.2.7', 'unknown-operator', '2026-04-06T01:00Z', 2],
      ['192.0.2.7', 'unknown-token', '2026-04-06T01:00Z', 1],
      ['192.0.2.8', 'unknown-operator', '2026-04-06T01:00Z', 1],
      ['192.0.2.7', 'unknown-operator', '2026-04-06T01:01Z', 1],
    ]);
  });

  it('are written when their minute is over, and once', async () => {
    failures.count('192.0.2.7', 'unknown-token');
    await failures.flush();
    expect(await counted()).toEqual([]);
    memory.clock.advance(60_000);
    await Promise.all([failures.flush(), failures.flush()]);
    await failures.flush();
    expect(await counted()).toHaveLength(1);
  });

  it('of too many sources in a minute share one bucket; the next minute begins afresh', async () => {
    for (const host of [1, 2, 3, 4, 1]) failures.count(`192.0.2.${host}`, 'unknown-token');
    failures.count('x'.repeat(65), 'unknown-token');
    memory.clock.advance(60_000);
    failures.count('192.0.2.4', 'unknown-token');
    await failures.flush('all');
    expect((await counted()).map((row) => [(row as unknown[])[0], (row as unknown[])[3]])).toEqual([
      ['192.0.2.1', 2],
      ['192.0.2.2', 1],
      ['other', 3],
      ['192.0.2.4', 1],
    ]);
  });

  it('do not show the source in the record', async () => {
    failures.count('192.0.2.7', 'unknown-token');
    await failures.flush('all');
    const [stored] = await memory.store.readAll(null, 10);
    expect(`${stored?.stream} ${stored?.entry}`).not.toContain('192.0.2.7');
  });

  it('are neither lost nor doubled when the store fails', async () => {
    failures.count('192.0.2.7', 'unknown-token');
    for (const when of ['before', 'after'] as const) {
      memory.store.failNextAppend(when);
      await expect(failures.flush('all')).rejects.toMatchObject({ code: 'store-failed' });
    }
    await failures.flush('all');
    expect(await counted()).toEqual([['192.0.2.7', 'unknown-token', '2026-04-06T01:00Z', 1]]);
  });

  it('counted while a flush is writing are written by the next', async () => {
    failures.count('192.0.2.7', 'unknown-token');
    memory.store.beforeNextAppend(async () => {
      await Promise.resolve();
      failures.count('192.0.2.7', 'unknown-token');
      failures.count('192.0.2.7', 'unknown-token');
    });
    await failures.flush('all');
    await failures.flush('all');
    expect((await counted()).map((row) => (row as unknown[])[3])).toEqual([1, 2]);
  });
});
