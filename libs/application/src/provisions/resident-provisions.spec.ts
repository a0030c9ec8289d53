import { beforeEach, describe, expect, it } from '@jest/globals';
import { disclosureRequestStream } from '#domain';
import { MOST_PRINTED } from '#documents';
import { LogInconsistent, LogNotFound } from '#ledger';
import type { TrailFilter } from '#read-models';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { DisclosureRequests } from './disclosure-requests.js';
import { type ListProvisions, ResidentProvisions } from './resident-provisions.js';

const CODE = '24727059608';
const FORMER = '24846016224';
const REQUEST = '019d6000-0000-7000-8000-00000000000d';

const asked = (changes: Partial<ListProvisions> = {}): ListProvisions => ({
  disclosureRequest: REQUEST,
  requesterChecked: true,
  residentCode: CODE,
  formerResidentCodes: [],
  format: 'pdf',
  ...changes,
});

describe('a resident’s provisions', () => {
  let memory: InMemory;
  /** How many the read models count, what they were asked for, and how the log's checkpoint is read. */
  let counted: number;
  let filters: TrailFilter[];
  /** What happens while they are counted. */
  let counting: () => Promise<void>;
  let checkpoint: () => { origin: string; size: number; root: Buffer };
  let provisions: ResidentProvisions;
  let requests: DisclosureRequests;

  beforeEach(async () => {
    memory = new InMemory();
    counted = 0;
    filters = [];
    counting = async () => undefined;
    checkpoint = () => ({ origin: 'kiroku.example/log', size: 3, root: Buffer.alloc(32, 7) });
    provisions = new ResidentProvisions(
      memory.journal,
      memory.store,
      {
        searchTrail: async (filter) => {
          filters.push(filter);
          return { rows: [], next: null, readUpTo: null };
        },
        countTrail: async (_filter, most) => {
          await counting();
          return {
            count: Math.min(counted, most ?? counted),
            more: most !== null && counted > most,
            readUpTo: null,
          };
        },
        erasureOfCohort: async () => null,
      },
      {
        tokensFor: async (agreement, { value }) =>
          [2025, 2026].map((fiscalYear) => ({ fiscalYear, token: `${agreement}/${value}` })),
        open: (entry, field) => memory.vault.open(entry, field),
      },
      { waitFor: async (position) => ({ position, eventId: 'e-last' }) },
      () => ({ checkpoint: () => ({ note: '', checkpoint: checkpoint() }) }),
    );
    requests = new DisclosureRequests(
      memory.journal,
      memory.store,
      { disclosureRequests: () => Promise.reject(), disclosureRequestsDue: () => Promise.reject() },
      memory.vault,
      { waitFor: () => Promise.reject() },
      7,
    );
    const received = { disclosureRequest: REQUEST, reference: '開示請求第12号', receivedOn: '2026-04-06' };
    await requests.receive(received, by('o-officer'));
  });

  const list = (changes: Partial<ListProvisions> = {}) => provisions.list(asked(changes), by('o-officer'));
  const looks = async (): Promise<number> =>
    (await memory.types(disclosureRequestStream(REQUEST))).filter(
      (type) => type === 'ResidentProvisionsShown',
    ).length;
  const withdraw = (): Promise<void> =>
    requests.answer(
      REQUEST,
      { answer: 'withdrawn', answeredOn: '2026-04-06', remark: null },
      by('o-officer'),
    );

  it('are printed as long as one document holds them', async () => {
    counted = MOST_PRINTED;
    await list();
    expect(await looks()).toBe(1);
  });

  it('are not printed where there are more, and nobody has looked', async () => {
    counted = MOST_PRINTED + 1;
    await expect(list()).rejects.toMatchObject({
      refusals: [{ code: 'provisions-too-many-to-print', field: 'format' }],
    });
    expect(await looks()).toBe(0);
  });

  it.each(['json', 'csv'] as const)('are listed as %s however many there are', async (format) => {
    counted = MOST_PRINTED + 1;
    await list({ format });
    expect(await looks()).toBe(1);
  });

  it('are looked for under every code, in every year, each once', async () => {
    const { list: found } = await list({ formerResidentCodes: [FORMER, CODE, FORMER] });
    for await (const provision of found.provisions) expect(provision).toBeUndefined();
    expect(filters).toEqual([
      {
        type: 'RecordProvided',
        subjectTokens: [CODE, FORMER].flatMap((code) =>
          [2025, 2026].map((fiscalYear) => ({ fiscalYear, token: `${AGREEMENT}/${code}` })),
        ),
      },
    ]);
  });

  it('tell where the log stood, or that nothing was published yet', async () => {
    expect((await list()).list.log).toEqual({
      origin: 'kiroku.example/log',
      size: 3,
      root: 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=',
    });
    checkpoint = () => {
      throw new LogNotFound('here');
    };
    expect((await list()).list.log).toBeNull();
  });

  it('bear the number of their request and its last day on paper, and the number nowhere else', async () => {
    const extension = { dueOn: '2026-05-20', reason: '件数が多いため' };
    await requests.extend(REQUEST, extension, by('o-officer'));
    const head = { disclosureRequest: REQUEST, receivedOn: '2026-04-06', dueOn: '2026-05-20' };
    expect(await list()).toMatchObject({ list: head, reference: '開示請求第12号' });
    for (const format of ['json', 'csv'] as const)
      expect(await list({ format })).toEqual({ format, list: expect.objectContaining(head) });
  });

  it('are not printed once the number of their request can no longer be read', async () => {
    memory.vault.destroyKey('trail/2026');
    await expect(list()).rejects.toMatchObject({ refusals: [{ code: 'disclosure-request-missing' }] });
    expect(await looks()).toBe(0);
  });

  it('are not listed under a request of another agreement', async () => {
    const elsewhere = { ...by('o-officer'), agreement: 'another' };
    await expect(provisions.list(asked(), elsewhere)).rejects.toMatchObject({
      refusals: [{ code: 'disclosure-request-missing', field: 'disclosureRequest' }],
    });
  });

  it('are not listed under a request that was answered while the list was prepared', async () => {
    counting = withdraw;
    await expect(list()).rejects.toMatchObject({ refusals: [{ code: 'disclosure-request-answered' }] });
    expect(await looks()).toBe(0);
  });

  it('are not listed beside a log that cannot be read, and nobody has looked', async () => {
    checkpoint = () => {
      throw new LogInconsistent('checkpoint', 'is torn');
    };
    await expect(list()).rejects.toThrow(LogInconsistent);
    expect(await looks()).toBe(0);
  });
});
