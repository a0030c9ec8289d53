import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventDraft, parseEntry } from '#domain';
import type { NewEvent } from '#event-store';
import { AGREEMENT, InMemory } from './in-memory.js';

const event = (id: string, entry = `{"id":"${id}"}`): NewEvent => ({ id, type: 'Tested', entry });
const code = (code: string) => expect.objectContaining({ code });

describe('the event store in memory', () => {
  let memory: InMemory;
  beforeEach(() => {
    memory = new InMemory();
  });
  afterEach(() => memory.store.close());

  it('appends at the expected revision, in one global order', async () => {
    const { store } = memory;
    await store.append('a', 'no-stream', [event('1'), event('2')]);
    await store.append('b', 'no-stream', [event('3')]);
    await store.append('a', 1, [event('4')]);
    expect((await store.readStream('a')).map(({ id, revision }) => [id, revision])).toEqual([
      ['1', 0],
      ['2', 1],
      ['4', 2],
    ]);
    expect(await store.headRevisions(['b', 'none', 'a'])).toEqual([0, -1, 2]);
    const first = await store.readAll(null, 3);
    const rest = await store.readAll(first[2]?.position ?? null, 3);
    expect([...first, ...rest].map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    expect(await store.lastPosition()).toBe(rest[0]?.position);
    expect((await store.readEvent('3'))?.stream).toBe('b');
  });

  it('refuses another revision, and writes nothing', async () => {
    const { store } = memory;
    await store.append('a', 'no-stream', [event('1')]);
    await expect(store.append('a', 'no-stream', [event('2')])).rejects.toEqual(code('revision-conflict'));
    await expect(store.append('a', 3, [event('2')])).rejects.toEqual(code('revision-conflict'));
    await expect(store.append('b', 0, [event('2')])).rejects.toEqual(code('revision-conflict'));
    expect(await store.readEvent('2')).toBeNull();
  });

  it('answers a resend with the first receipts, whatever was appended since', async () => {
    const { store } = memory;
    const receipts = await store.append('a', 'no-stream', [event('1'), event('2')]);
    await store.append('a', 1, [event('3')]);
    expect(await store.append('a', 'no-stream', [event('1'), event('2')])).toEqual(receipts);
    expect(await store.headRevisions(['a'])).toEqual([2]);
  });

  it('refuses an id that is used for other bytes or elsewhere', async () => {
    const { store } = memory;
    await store.append('a', 'no-stream', [event('1')]);
    await expect(store.append('a', 'no-stream', [event('1', '{}')])).rejects.toEqual(
      code('duplicate-event-id'),
    );
    await expect(store.append('b', 'no-stream', [event('1')])).rejects.toEqual(code('duplicate-event-id'));
    await expect(store.append('b', 'no-stream', [event('2'), event('2')])).rejects.toEqual(
      code('duplicate-event-id'),
    );
  });

  it('refuses an entry of 65,536 bytes, and a changed one', async () => {
    const { store } = memory;
    const large = event('1', `"${'x'.repeat(65_534)}"`);
    await expect(store.append('a', 'no-stream', [large])).rejects.toEqual(code('entry-too-large'));
    await store.append('a', 'no-stream', [event('2')]);
    store.tamper('a', 0, '{"id":"3"}');
    await expect(store.readStream('a')).rejects.toEqual(code('forged-event'));
  });

  it('counts what stands at or before a position, misses what was taken out, and gives a free end away', async () => {
    const { store } = memory;
    await store.append('a', 'no-stream', [event('1'), event('2')]);
    await store.append('b', 'no-stream', [event('3')]);
    expect(await Promise.all(['1', '3'].map((position) => store.count(position)))).toEqual([1, 3]);
    store.remove('3');
    expect(await store.append('b', 'no-stream', [event('4')])).toMatchObject([{ position: '3' }]);
    store.remove('2');
    expect(await store.count('3')).toBe(2);
    await expect(store.readAll(null, 3)).rejects.toMatchObject({ code: 'events-missing', after: '1' });
  });

  it('tells of a commit, until told not to', async () => {
    let hints = 0;
    const end = memory.store.onCommit(() => {
      hints += 1;
    });
    await memory.store.append('a', 'no-stream', [event('1')]);
    await Promise.resolve();
    end();
    await memory.store.append('a', 0, [event('2')]);
    await Promise.resolve();
    expect(hints).toBe(1);
  });

  it('fails before or after the write when told to; a resend then tells which', async () => {
    const { store } = memory;
    store.failNextAppend('before');
    await expect(store.append('a', 'no-stream', [event('1')])).rejects.toEqual(code('store-failed'));
    expect(await store.headRevisions(['a'])).toEqual([-1]);
    store.failNextAppend('after');
    await expect(store.append('a', 'no-stream', [event('1')])).rejects.toEqual(code('store-failed'));
    expect(await store.append('a', 'no-stream', [event('1')])).toHaveLength(1);
    expect(await store.headRevisions(['a'])).toEqual([0]);
  });
});

describe('the vault in memory', () => {
  const header = {
    v: 1,
    stream: 'inquiry-i-1',
    at: '2026-04-06T01:00:00.000Z',
    agreement: AGREEMENT,
    actor: { operator: 'o-sato' },
    correlation: 'c-1',
  } as const;
  const subject = { kind: 'resident-code', value: '24727059608' } as const;
  const received: EventDraft = {
    ...header,
    id: 'e-1',
    type: 'InquiryReceived',
    data: {
      inquiry: 'i-1',
      purpose: 'rtva-67:acceptance',
      caseReference: 'NR-1',
      form: 'by-code',
      question: { residentCode: '24727059608' },
      subjects: [subject],
      operator: 'o-sato',
      terminal: 't-1',
      grant: 'g-1',
      usableThrough: '2026-07-05',
      deadline: '2026-04-06T01:00:30.000Z',
      lease: 'api-1',
    },
  };
  const provided: EventDraft = {
    ...header,
    id: 'e-2',
    type: 'RecordProvided',
    data: { inquiry: 'i-1', number: 1, record: { name: '佐藤' }, subjects: [] },
  };
  const cohort = `cohort/${AGREEMENT}/rtva-67:acceptance/2026-07-05`;

  it('keeps clear fields in the data and everything else in boxes', async () => {
    const { vault } = new InMemory();
    const [sealed] = await vault.seal([received], []);
    const entry = parseEntry(sealed?.entry ?? '');
    expect(Object.keys(entry.data)).not.toContain('question');
    expect(Object.keys(entry.sealed ?? {}).sort()).toEqual(['question', 'subjects']);
    expect(sealed?.entry).not.toContain('24727059608');
    expect(await vault.open(entry, 'question')).toEqual({
      state: 'open',
      value: { residentCode: '24727059608' },
    });
  });

  it('gives one data key to an inquiry, which dies with its cohort', async () => {
    const { vault } = new InMemory();
    const first = (await vault.seal([received], [])).map(({ entry }) => parseEntry(entry));
    const second = (await vault.seal([provided], first)).map(({ entry }) => parseEntry(entry));
    expect(second[0]?.keys).toEqual(first[0]?.keys);
    vault.destroyKey(cohort);
    const [entry] = second;
    expect(entry && (await vault.open(entry, 'record'))).toEqual({ state: 'shredded' });
    await expect(vault.seal([provided], first)).rejects.toEqual(code('key-gone'));
  });

  it('refuses identity fields that no event gives a cohort', async () => {
    await expect(new InMemory().vault.seal([provided], [])).rejects.toThrow('name the cohort');
  });

  it('finds a resident by the same token that it sealed, until the year dies', async () => {
    const { vault } = new InMemory();
    const [sealed] = await vault.seal([received], []);
    const entry = parseEntry(sealed?.entry ?? '');
    const [token] = await vault.tokensFor(AGREEMENT, subject);
    expect(await vault.openTokens(entry)).toEqual([token?.token]);
    vault.destroyKey('subject/2026');
    expect(await vault.openTokens(entry)).toEqual([]);
    expect(await vault.tokensFor(AGREEMENT, subject)).toEqual([]);
  });
});
