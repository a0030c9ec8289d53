import { beforeEach, describe, expect, it } from '@jest/globals';
import { disclosureRequestStream } from '#domain';
import type { DisclosureRequestRow } from '#read-models';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { DisclosureRequests, type ReceivedRequest } from './disclosure-requests.js';

const DAY_MS = 86_400_000;
const OFFICER = by('o-officer');

const id = (n: number): string => `019d6000-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** The story's day is 2026-04-06. */
const asked = (n: number, changes: Partial<ReceivedRequest> = {}): ReceivedRequest => ({
  disclosureRequest: id(n),
  reference: `第${n}号`,
  receivedOn: '2026-04-06',
  ...changes,
});

describe('the register of requests for disclosure', () => {
  let memory: InMemory;
  let register: DisclosureRequests;
  /** What the read models say is due, whatever the streams say; and whether they have read all there is. */
  let candidates: string[];
  let behind: boolean;
  let looked: { before: string; limit: number }[];
  let rows: DisclosureRequestRow[];

  beforeEach(() => {
    memory = new InMemory();
    [candidates, behind, looked, rows] = [[], false, [], []];
    register = new DisclosureRequests(
      memory.journal,
      memory.store,
      {
        disclosureRequests: async () => ({ rows, next: null, readUpTo: null }),
        disclosureRequestsDue: async (_agreement, before, limit) => {
          looked.push({ before, limit });
          return candidates.slice(0, limit);
        },
      },
      memory.vault,
      { waitFor: async (position) => (behind ? null : { position, eventId: 'e-last' }) },
      7,
    );
  });

  const types = (n: number) => memory.types(disclosureRequestStream(id(n)));
  const withdraw = (n: number) =>
    register.answer(id(n), { answer: 'withdrawn', answeredOn: '2026-04-06', remark: null }, OFFICER);
  const anyDue = () => register.anyDue(AGREEMENT);
  /** Lets business time pass to a day with so many days left for what was received on the first. */
  const passToDaysLeft = (days: number) => memory.clock.advance((29 - days) * DAY_MS);

  it('registers a request once, however often it is sent', async () => {
    const registered = {
      disclosureRequest: id(1),
      state: 'open',
      receivedOn: '2026-04-06',
      dueOn: '2026-05-05',
      daysLeft: 29,
      extended: false,
      looks: 0,
      answer: null,
      answeredOn: null,
    };
    expect(await register.receive(asked(1), OFFICER)).toEqual(registered);
    expect(await register.receive(asked(1), OFFICER)).toEqual(registered);
    expect(await types(1)).toEqual(['DisclosureRequestReceived']);
    for (const [other, context] of [
      [asked(1, { reference: '第2号' }), OFFICER],
      [asked(1), by('o-other')],
      [asked(1), { ...OFFICER, agreement: 'another' }],
    ] as const)
      await expect(register.receive(other, context)).rejects.toMatchObject({
        refusals: [{ code: 'disclosure-request-exists' }],
      });
    for (const entry of await memory.entries()) expect(entry).not.toContain('第1号');
  });

  it('registers a request once that is sent twice at once', async () => {
    const both = await Promise.all([
      register.receive(asked(1), OFFICER),
      register.receive(asked(1), OFFICER),
    ]);
    expect(both.map(({ state }) => state)).toEqual(['open', 'open']);
    expect(await types(1)).toEqual(['DisclosureRequestReceived']);
  });

  it('counts the days that are left, and none for what was answered', async () => {
    const row = { extended: false, looks: 0, answer: null, answeredOn: null, receivedOn: '2026-03-01' };
    rows = [
      { ...row, disclosureRequest: id(1), state: 'open', dueOn: '2026-04-05' },
      { ...row, disclosureRequest: id(2), state: 'answered', dueOn: '2026-04-30' },
    ];
    const { disclosureRequests } = await register.list(AGREEMENT, { limit: 50, cursor: null });
    expect(disclosureRequests.map(({ daysLeft }) => daysLeft)).toEqual([-1, null]);
  });

  it('shows what is sealed on record, once for a person, and no longer than its year is kept', async () => {
    await register.receive(asked(1), OFFICER);
    await register.extend(id(1), { dueOn: '2026-05-20', reason: '件数が多いため' }, OFFICER);
    const report = { reference: '第1号', receivedBy: 'o-officer', extensionReason: '件数が多いため' };
    expect(await register.show(id(1), OFFICER)).toMatchObject({ ...report, remark: null, daysLeft: 44 });
    await register.answer(
      id(1),
      { answer: 'refused', answeredOn: '2026-04-06', remark: '本人と確認できず' },
      OFFICER,
    );
    expect(await register.show(id(1), OFFICER)).toMatchObject({ ...report, remark: '本人と確認できず' });
    expect((await types(1)).filter((type) => type === 'DisclosureRequestViewed')).toHaveLength(1);
    memory.vault.destroyKey('trail/2026');
    const gone = { reference: null, extensionReason: null, remark: null };
    expect(await register.show(id(1), by('o-other'))).toMatchObject({ ...gone, answer: 'refused' });
    expect((await types(1)).filter((type) => type === 'DisclosureRequestViewed')).toHaveLength(2);
  });

  it('has no request that nobody registered, nor one of another agreement', async () => {
    await register.receive(asked(1), OFFICER);
    const missing = { refusals: [{ code: 'disclosure-request-missing', field: 'disclosureRequest' }] };
    const elsewhere = { ...OFFICER, agreement: 'another' };
    await expect(register.show(id(2), OFFICER)).rejects.toMatchObject(missing);
    await expect(register.show(id(1), elsewhere)).rejects.toMatchObject(missing);
    await expect(
      register.extend(id(1), { dueOn: '2026-05-20', reason: '理由' }, elsewhere),
    ).rejects.toMatchObject(missing);
    expect(await types(1)).toEqual(['DisclosureRequestReceived']);
  });

  it('takes one of two answers that come at once', async () => {
    await register.receive(asked(1), OFFICER);
    const answers = await Promise.allSettled([withdraw(1), withdraw(1)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { refusals: [{ code: 'disclosure-request-answered' }] },
    });
    expect(await types(1)).toEqual(['DisclosureRequestReceived', 'DisclosureRequestAnswered']);
  });

  describe('has something due', () => {
    beforeEach(async () => {
      await register.receive(asked(1), OFFICER);
      candidates = [id(1)];
    });

    it.each([
      [7, false],
      [6, true],
      [0, true],
      [-1, true],
    ])('with %i days left: %s', async (days, due) => {
      passToDaysLeft(days);
      expect(await anyDue()).toBe(due);
    });

    it('not once it was answered or extended, whatever the read models still say', async () => {
      await register.receive(asked(2), OFFICER);
      candidates = [id(1), id(2)];
      passToDaysLeft(3);
      await withdraw(1);
      expect(await anyDue()).toBe(true);
      await register.extend(id(2), { dueOn: '2026-05-20', reason: '件数が多いため' }, OFFICER);
      expect(await anyDue()).toBe(false);
    });

    it('though it was extended, by too few days', async () => {
      passToDaysLeft(3);
      await register.extend(id(1), { dueOn: '2026-05-08', reason: '件数が多いため' }, OFFICER);
      expect(await anyDue()).toBe(true);
    });

    it('not once it is known to have been registered in error', async () => {
      passToDaysLeft(-1);
      const ended = {
        answer: 'registered-in-error',
        answeredOn: '2026-04-06',
        remark: '受付日の誤記',
      } as const;
      await register.answer(id(1), ended, OFFICER);
      expect(await anyDue()).toBe(false);
    });

    it('though the read models are behind, but nobody can tell then that nothing is', async () => {
      behind = true;
      passToDaysLeft(3);
      expect(await anyDue()).toBe(true);
      candidates = [];
      expect(await anyDue()).toBeNull();
      behind = false;
      expect(await anyDue()).toBe(false);
    });

    it('of a hundred at most at one look; where all of those are answered nobody can tell', async () => {
      candidates = Array.from({ length: 150 }, () => id(1));
      passToDaysLeft(3);
      await withdraw(1);
      expect(await anyDue()).toBeNull();
      expect(looked).toEqual([{ before: '2026-05-09', limit: 100 }]);
    });
  });
});
