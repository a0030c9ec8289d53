import { beforeEach, describe, expect, it } from '@jest/globals';
import { MOST_PRINTED } from '#documents';
import { LogInconsistent, LogNotFound } from '#ledger';
import type { TrailFilter } from '#read-models';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { type ListProvisions, ResidentProvisions } from './resident-provisions.js';

const CODE = '24727059608';
const FORMER = '24846016224';

const asked = (changes: Partial<ListProvisions> = {}): ListProvisions => ({
  reference: '開示請求第12号',
  requesterChecked: true,
  receivedOn: '2026-04-06',
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
  let checkpoint: () => { origin: string; size: number; root: Buffer };
  let provisions: ResidentProvisions;

  beforeEach(() => {
    memory = new InMemory();
    counted = 0;
    filters = [];
    checkpoint = () => ({ origin: 'kiroku.example/log', size: 3, root: Buffer.alloc(32, 7) });
    provisions = new ResidentProvisions(
      memory.journal,
      memory.store,
      {
        searchTrail: async (filter) => {
          filters.push(filter);
          return { rows: [], next: null, readUpTo: null };
        },
        countTrail: async (_filter, most) => ({
          count: Math.min(counted, most ?? counted),
          more: most !== null && counted > most,
          readUpTo: null,
        }),
        erasureOfCohort: async () => null,
      },
      {
        tokensFor: async (agreement, { value }) =>
          [2025, 2026].map((fiscalYear) => ({ fiscalYear, token: `${agreement}/${value}` })),
      },
      { waitFor: async (position) => ({ position, eventId: 'e-last' }) },
      () => ({ checkpoint: () => ({ note: '', checkpoint: checkpoint() }) }),
    );
  });

  const list = (changes: Partial<ListProvisions> = {}) => provisions.list(asked(changes), by('o-officer'));
  const looks = async (): Promise<number> => (await memory.entries()).length;

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
    const { provisions: found } = await list({ formerResidentCodes: [FORMER, CODE, FORMER] });
    for await (const provision of found) expect(provision).toBeUndefined();
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
    expect((await list()).log).toEqual({
      origin: 'kiroku.example/log',
      size: 3,
      root: 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=',
    });
    checkpoint = () => {
      throw new LogNotFound('here');
    };
    expect((await list()).log).toBeNull();
  });

  it('are not listed beside a log that cannot be read, and nobody has looked', async () => {
    checkpoint = () => {
      throw new LogInconsistent('checkpoint', 'is torn');
    };
    await expect(list()).rejects.toThrow(LogInconsistent);
    expect(await looks()).toBe(0);
  });
});
