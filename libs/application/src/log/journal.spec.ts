import { beforeEach, describe, expect, it } from '@jest/globals';
import { accept, type AnyEvent, type Decision, refuse, refuseOnRecord } from '#domain';
import { type CommandContext, Journal, type RecordedAny } from '../journal.js';
import { by, InMemory } from '../testing/in-memory.js';

const STREAM = 'key-trail/2026';
const generated: AnyEvent = { type: 'KeyGenerated', data: { key: 'trail/2026', kind: 'trail' } };
const destroyed: AnyEvent = { type: 'KeyDestroyed', data: { key: 'trail/2026', kind: 'trail' } };
/** The types of a stream's events: all that these specifications decide on. */
const types = {
  initial: [] as readonly string[],
  evolve: (state: readonly string[], event: RecordedAny): readonly string[] => [...state, event.type],
};

describe('the journal', () => {
  let memory: InMemory;
  let context: CommandContext;
  beforeEach(() => {
    memory = new InMemory();
    context = by('o-ito');
  });
  const decide = (decider: (state: readonly string[], now: string) => Decision, journal = memory.journal) =>
    journal.decide(STREAM, types, context, decider);
  const ids = async () => (await memory.store.readStream(STREAM)).map(({ id }) => id);

  it('records what was decided with header, actor and time of the command', async () => {
    const { receipts, state } = await decide(() => accept(generated));
    expect(state).toEqual([]);
    expect(receipts).toHaveLength(1);
    expect(await memory.recorded(STREAM)).toEqual([
      {
        ...generated,
        id: receipts[0]?.id,
        v: 1,
        stream: STREAM,
        at: memory.clock.now(),
        agreement: context.agreement,
        actor: context.actor,
        correlation: context.correlation,
      },
    ]);
  });

  it('appends nothing for a decision without events', async () => {
    expect((await decide(() => accept())).receipts).toEqual([]);
    expect(await memory.store.lastPosition()).toBeNull();
  });

  it('throws the reasons of a refusal, and records nothing unless the refusal asks for it', async () => {
    await expect(decide(() => refuse({ code: 'no' }))).rejects.toMatchObject({
      refusals: [{ code: 'no' }],
    });
    expect(await memory.store.lastPosition()).toBeNull();
  });

  it('throws a refusal that is an event only once that event is recorded', async () => {
    const refusal = refuseOnRecord([{ code: 'no' }], generated);
    await expect(decide(() => refusal)).rejects.toMatchObject({ refusals: [{ code: 'no' }] });
    expect(await memory.types(STREAM)).toEqual(['KeyGenerated']);
    memory.store.failNextAppend('before');
    await expect(decide(() => refusal)).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('decides again, on what is there then and with new ids, when somebody else wrote first', async () => {
    const other = new Journal(memory.store, memory.vault, memory.clock);
    memory.store.beforeNextAppend(async () => {
      await decide(() => accept(generated), other);
    });
    const seen: (readonly string[])[] = [];
    const { state, receipts } = await decide((latest) => {
      seen.push(latest);
      return latest.length ? accept(destroyed) : accept(generated);
    });
    expect(seen).toEqual([[], ['KeyGenerated']]);
    expect(state).toEqual(['KeyGenerated']);
    expect(await memory.types(STREAM)).toEqual(['KeyGenerated', 'KeyDestroyed']);
    expect((await ids())[1]).toBe(receipts[0]?.id);
    expect(new Set(await ids()).size).toBe(2);
  });

  it('gives up after eight conflicts in a row, with nothing of its own recorded', async () => {
    const other = new Journal(memory.store, memory.vault, memory.clock);
    let decisions = 0;
    const interrupt = (): void =>
      memory.store.beforeNextAppend(async () => {
        await decide(() => accept(destroyed), other);
      });
    await expect(
      decide(() => {
        decisions += 1;
        interrupt();
        return accept(generated);
      }),
    ).rejects.toMatchObject({ code: 'revision-conflict' });
    expect(decisions).toBe(8);
    expect(await memory.types(STREAM)).not.toContain('KeyGenerated');
  });

  it('never serves a stream from memory that another process has written since', async () => {
    await decide(() => accept(generated));
    expect((await memory.journal.load(STREAM)).revision).toBe(0);
    const other = new Journal(memory.store, memory.vault, memory.clock);
    await decide(() => accept(destroyed), other);
    const { revision, entries, recorded } = await memory.journal.load(STREAM);
    expect([revision, entries.length, recorded.map(({ type }) => type)]).toEqual([
      1,
      2,
      ['KeyGenerated', 'KeyDestroyed'],
    ]);
  });

  it('reads a stream that has not moved once, and remembers what it wrote itself', async () => {
    let reads = 0;
    const store = new Proxy(memory.store, {
      get: (target, name) => {
        if (name === 'readStream') reads += 1;
        const method = Reflect.get(target, name) as (...args: never[]) => unknown;
        return method.bind(target);
      },
    });
    const journal = new Journal(store, memory.vault, memory.clock);
    await decide(() => accept(generated), journal);
    expect(reads).toBe(1);
    await decide(() => accept(destroyed), journal);
    expect((await journal.load(STREAM)).revision).toBe(1);
    expect(reads).toBe(1);
  });

  it('does not remember an append that failed', async () => {
    await decide(() => accept(generated));
    memory.store.failNextAppend('before');
    await expect(decide(() => accept(destroyed))).rejects.toMatchObject({ code: 'store-failed' });
    expect((await memory.journal.load(STREAM)).revision).toBe(0);
  });

  it('says whether any of several streams has moved', async () => {
    const loaded = await memory.journal.loadAll([STREAM, 'key-trail/2027']);
    expect(loaded.map(({ revision }) => revision)).toEqual([-1, -1]);
    expect(await memory.journal.haveMoved(loaded)).toBe(false);
    await decide(() => accept(generated));
    expect(await memory.journal.haveMoved(loaded)).toBe(true);
  });
});
