import { beforeEach, describe, expect, it } from '@jest/globals';
import { GenuineMarks } from '#operations';
import { by, InMemory } from '../testing/in-memory.js';
import { PolicyMark, type PolicyPosition } from './policy-mark.js';

describe('the mark of a policy', () => {
  let memory: InMemory;
  let kept: Map<string, string>;
  let writes: number;
  let marks: GenuineMarks;
  beforeEach(() => {
    memory = new InMemory();
    [kept, writes] = [new Map(), 0];
    const table = {
      read: (name: string) => JSON.parse(kept.get(name) ?? 'null') as never,
      write: (name: string, value: unknown) => {
        writes += 1;
        kept.set(name, JSON.stringify(value));
      },
    };
    marks = new GenuineMarks(table, Buffer.alloc(32, 1));
  });

  /** A process of its own. */
  const process = (): PolicyMark<PolicyPosition> =>
    new PolicyMark('policy', marks, memory.store, memory.clock);
  /** One more event; where it stands. */
  async function happens(session: string): Promise<PolicyPosition> {
    const signedIn = { type: 'SignedIn', data: { session, operator: 'o-1', terminal: null } } as const;
    await memory.journal.append(await memory.journal.load(`session-${session}`), [signedIn], by('o-1'));
    const last = (await memory.store.readAll(null, 100)).at(-1);
    return { position: last?.position ?? null, eventId: last?.id ?? null };
  }

  it('is none before one was made, and is taken up by every other process', async () => {
    const first = process();
    expect([await first.takeUp(), first.current, first.latest()]).toEqual(['none', null, null]);
    const mark = await happens('one');
    first.keep(mark);
    expect([await first.takeUp(), first.current]).toEqual(['own', mark]);
    const second = process();
    expect([second.current, second.latest()]).toEqual([null, mark]);
    expect([await second.takeUp(), second.current]).toEqual(['taken', mark]);
  });

  it('is gone on from where another process has kept it', async () => {
    const [first, second] = [process(), process()];
    first.keep(await happens('one'));
    await second.takeUp();
    const further = await happens('two');
    second.keep(further);
    expect([await first.takeUp(), first.current]).toEqual(['taken', further]);
  });

  it('of the beginning is of every history; one of another history is not taken up', async () => {
    const mark = process();
    marks.write('policy', { position: null, eventId: null });
    expect(await mark.takeUp()).toBe('taken');
    const { position } = await happens('one');
    marks.write('policy', { position, eventId: 'of-another-store' });
    const other = process();
    expect([await other.takeUp(), other.current]).toEqual(['foreign', null]);
  });

  it('of another hand, or that is gone, is not taken up, and is put back by who knows better', async () => {
    const first = process();
    const at = await happens('one');
    const lose = [
      async () => void kept.set('policy', JSON.stringify(await happens('x'))),
      async () => kept.clear(),
    ];
    for (const [index, how] of lose.entries()) {
      first.keep(at);
      await how();
      const said = index === 0 ? 'forged' : 'none';
      expect([await process().takeUp(), process().latest()]).toEqual([said, null]);
      expect([await first.takeUp(), first.current]).toEqual(['lost', at]);
      first.restore();
      expect([await first.takeUp(), await process().takeUp()]).toEqual(['own', 'taken']);
    }
  });

  it('that is older, and genuine, is gone on from: what follows comes again', async () => {
    const first = process();
    const at = await happens('one');
    first.keep(at);
    const older = kept.get('policy') ?? '';
    first.keep(await happens('two'));
    kept.set('policy', older);
    expect([await first.takeUp(), first.current]).toEqual(['taken', at]);
  });

  it('that only moved is kept now and then, and not twice', async () => {
    const mark = process();
    mark.keep(await happens('one'));
    mark.moveTo(await happens('two'));
    mark.keepNowAndThen();
    expect(writes).toBe(1);
    memory.clock.advance(5_000);
    mark.keepNowAndThen();
    mark.keepNowAndThen();
    expect(writes).toBe(2);
    memory.clock.advance(60_000);
    mark.keepNowAndThen();
    expect(writes).toBe(2);
    // One that was never kept is kept at once: a crash must not begin all over.
    const fresh = process();
    fresh.moveTo(await happens('three'));
    fresh.keepNowAndThen();
    expect(writes).toBe(3);
  });
});
