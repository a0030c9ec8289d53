import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { Contacts, WatchList } from '#application';
import { type AnyEvent, contactStream, keyStream, operatorStream, watchStream } from '#domain';
import { AGREEMENT, DAY, HANAKO, House } from './house.js';

/** Monday, 10:00 in Tokyo. */
const MONDAY = '2026-04-06T01:00:00.000Z';

describe('a retention run, of the keys of persons', () => {
  let house: House;
  afterEach(() => house.close());
  beforeEach(async () => {
    house = await House.open(MONDAY, { trailYears: 1 });
  });

  const record = async (stream: string, ...facts: readonly AnyEvent[]): Promise<void> => {
    const { journal } = house;
    for (const fact of facts) await journal.append(await journal.load(stream), [fact], house.context);
  };
  const officer = () => ({ ...house.context, actor: { operator: 'o-officer' } });
  const watchList = () => new WatchList(house.journal, house.vault, house.queries);
  const watch = async (until: string | null = null): Promise<string> => {
    const { residentCode } = HANAKO;
    return (await watchList().watch({ residentCode, until, reason: '支援措置' }, officer())).entry;
  };
  const codeOf = async (entry: string): Promise<unknown> => {
    const [stored] = (await house.journal.load(watchStream(entry))).entries;
    if (!stored) throw new Error('no such entry');
    const opened = await house.vault.open(stored, 'residentCode');
    return opened.state === 'open' ? opened.value : opened.state;
  };
  const run = async (days = 0) => {
    house.clock.advance(days * DAY);
    await house.settle();
    return house.run();
  };
  const destroyed = (id: string) => house.types(keyStream(`person/${id}`));

  it('ends that of a protected person the day after somebody took them off the list', async () => {
    const [ended, stays] = [await watch(), await watch()];
    await watchList().end(ended, '支援措置の終了', officer());
    const roots = await house.roots();
    expect(await run()).toMatchObject({ state: 'done' });
    expect([await codeOf(ended), await destroyed(ended)]).toEqual([HANAKO.residentCode, []]);
    expect(await run(1)).toMatchObject({ state: 'done' });
    expect(await codeOf(ended)).toBe('shredded');
    expect(await destroyed(ended)).toEqual(['KeyGenerated', 'KeyDestroyed']);
    expect(await codeOf(stays)).toBe(HANAKO.residentCode);
    // What was copied before opens nothing either: the root is another.
    expect(await house.roots()).not.toEqual(roots);
    const before = await house.store.lastPosition();
    await run();
    expect(await house.store.lastPosition()).toBe(before);
  });

  it('ends that of a protected person after the last day that was set', async () => {
    const entry = await watch('2026-04-07');
    await run(1);
    expect(await codeOf(entry)).toBe(HANAKO.residentCode);
    await run(1);
    expect(await codeOf(entry)).toBe('shredded');
    expect(await watchList().show(entry, officer())).toMatchObject({
      residentCode: null,
      until: '2026-04-07',
    });
  });

  it('ends none by a clock that jumped, before two people have looked', async () => {
    const entry = await watch('2026-04-30');
    await run();
    expect(await run(60)).toMatchObject({ state: 'held' });
    expect(await codeOf(entry)).toBe(HANAKO.residentCode);
  });

  it('ends that of a removed contact with the trail of the year in which it was removed', async () => {
    const [removed, stays] = [uuidv7(), uuidv7()];
    const registered = (contact: string) => ({
      type: 'ContactRegistered',
      data: {
        contact,
        party: 'recipient',
        version: 1,
        name: '当直 一郎',
        kinds: ['mail'],
        channels: [{ kind: 'mail', address: 'a@recipient.example' }],
      },
    });
    await record(contactStream(AGREEMENT, 'recipient'), registered(removed), registered(stays), {
      type: 'ContactRemoved',
      data: { contact: removed, party: 'recipient' },
    });
    const nameOf = async (contact: string): Promise<unknown> => {
      const { entries } = await house.journal.load(contactStream(AGREEMENT, 'recipient'));
      const entry = entries.find(({ data }) => data['contact'] === contact);
      if (!entry) throw new Error('no such contact');
      const opened = await house.vault.open(entry, 'name');
      return opened.state === 'open' ? opened.value : opened.state;
    };
    await run();
    // Fiscal 2026 and one year more: through 2028-03-31. Two people would have to release it later on.
    house.clock.advance(Date.parse('2028-03-31T01:00:00.000Z') - Date.parse(house.clock.now()));
    expect(await nameOf(removed)).toBe('当直 一郎');
    house.marks.write('retention-clock', null);
    await run();
    expect(await nameOf(removed)).toBe('当直 一郎');
    await run(1);
    expect([await nameOf(removed), await nameOf(stays)]).toEqual(['shredded', '当直 一郎']);
    expect((await new Contacts(house.journal, house.vault).list(AGREEMENT)).map(({ name }) => name)).toEqual([
      '当直 一郎',
    ]);
  });

  it('leaves those of account holders, and goes on after a crash in between', async () => {
    const registered = {
      type: 'OperatorRegistered',
      data: { operator: 'o-sato', side: 'recipient', name: '佐藤 花子', unit: 'a' },
    };
    await record(operatorStream('o-sato'), registered);
    const entry = await watch();
    await watchList().end(entry, '終了', officer());
    house.clock.advance(DAY);
    await house.settle();
    const vault = new Proxy(house.vault, {
      get: (target, name) =>
        name === 'rotateRoot'
          ? () => Promise.reject(new Error('killed'))
          : (Reflect.get(target, name) as unknown),
    });
    const roots = await house.roots();
    await expect(house.run(1, { vault })).rejects.toThrow('killed');
    expect([await codeOf(entry), await house.roots()]).toEqual(['shredded', roots]);
    await run();
    expect(await house.roots()).not.toEqual(roots);
    expect(await house.vault.living('person')).toEqual(['o-sato']);
  });
});
