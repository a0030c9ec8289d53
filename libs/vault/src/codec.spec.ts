import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { catalogue, residentCodeFrom, subjectsOfQuestion, type Entry, type EventDraft } from '#domain';
import type { Vault } from './port.js';
import {
  CANARY,
  COHORT,
  draft,
  everything,
  inquiry,
  INQUIRY,
  Place,
  sealOne,
  tampered,
} from './specimens.contract.js';

const place = new Place();
let vault: Vault;
beforeAll(async () => {
  vault = await place.open();
});
afterAll(() => place.remove());

const refusal = (drafts: readonly EventDraft[], history: readonly Entry[] = []): Promise<unknown> =>
  vault.seal(drafts, history).then(
    () => 'sealed',
    (error: unknown) => (error as Error).name,
  );

const opened = async (entry: Entry, field: string): Promise<unknown> => {
  const answer = await vault.open(entry, field);
  return answer.state === 'open' ? answer.value : answer.state;
};

describe('Sealing an event', () => {
  it('keeps clear fields readable and puts each other one into a box of its own', async () => {
    const entry = await sealOne(vault, everything());

    expect(Object.keys(entry.data)).toEqual(['inquiry', 'person', 'purpose', 'usableThrough']);
    expect(Object.entries(entry.sealed ?? {}).map(([field, { key }]) => [field, key])).toEqual([
      ['name', 'person/op-7'],
      ['note', 'trail/2026'],
      ['secret', INQUIRY],
      ['subjects', 'trail/2026'],
    ]);
    expect(Object.entries(entry.keys ?? {}).map(([key, { cohort }]) => [key, cohort])).toEqual([
      [INQUIRY, COHORT],
    ]);
  });

  it('writes the RFC 8785 text of the whole entry', async () => {
    const events = [
      everything(),
      everything(
        { secret: '\u0000"\\\u2028𠮷\uE000', note: null, usableThrough: undefined },
        { actor: { system: 'init' } },
      ),
      draft('InquiryRefused', {
        inquiry: INQUIRY,
        purpose: null,
        caseReference: null,
        operator: 'op-1',
        terminal: 't-1',
        reasons: ['b', 'a'],
        subjects: [],
      }),
    ];
    for (const { entry } of await vault.seal(events, [])) {
      expect(entry).toBe(canonicalize(JSON.parse(entry)));
    }
  });

  it('shows nothing of what is sealed', async () => {
    const [sealed] = await vault.seal([everything()], []);

    expect(sealed?.entry).not.toContain(CANARY);
    expect(sealed?.entry).not.toContain('24727059608');
  });

  it('leaves out sealed and keys where there is nothing of them', async () => {
    const event = draft('InquiryOutcomeUnknown', { inquiry: INQUIRY, cause: 'abandoned' });
    const entry = await sealOne(vault, event);

    expect(entry).toEqual(event);
  });

  it('seals null like a value, and leaves out what is undefined', async () => {
    const entry = await sealOne(vault, everything({ note: null, name: undefined }));

    expect(entry.sealed?.['note']?.box.length).toBe(entry.sealed?.['secret']?.box.length);
    expect(await opened(entry, 'note')).toBeNull();
    expect(entry.sealed).not.toHaveProperty('name');
  });

  it('takes the trail of the fiscal year in Tokyo', async () => {
    const at = ['2027-03-31T14:59:59.999Z', '2027-03-31T15:00:00.000Z'];
    const entries = await Promise.all(at.map((instant) => sealOne(vault, everything({}, { at: instant }))));

    expect(entries.map((entry) => entry.sealed?.['note']?.key)).toEqual(['trail/2026', 'trail/2027']);
  });

  it('gives back what was sealed, for every lifetime', async () => {
    const secret = { name: '𠮷野家\u{E0101}', parts: [1, -0.5, true, null, { deep: '\uE000' }] };
    const entry = await sealOne(vault, everything({ secret }));

    expect(await opened(entry, 'secret')).toEqual(secret);
    expect(await opened(entry, 'note')).toBe(`why: ${CANARY}`);
    expect(await opened(entry, 'name')).toBe(CANARY);
  });
});

describe('The events of the catalogue', () => {
  const received = (question: object) =>
    draft('InquiryReceived', {
      inquiry: INQUIRY,
      purpose: 'rtva-59-1:examination',
      caseReference: 'C-1',
      form: 'by-code',
      question,
      subjects: subjectsOfQuestion(question as never),
      operator: 'op-1',
      terminal: 't-1',
      grant: 'g-1',
      usableThrough: '2026-06-30',
      deadline: '2026-04-01T00:30:10.000Z',
      lease: 'l-1',
    });

  it('are sealed and opened as one inquiry', async () => {
    const question = { residentCode: residentCodeFrom('2472705960') };
    const first = await sealOne(vault, received(question));
    const record = { residentCode: question.residentCode, name: CANARY };
    const [provided, one] = await vault.seal(
      [
        draft('InformationProvided', {
          inquiry: INQUIRY,
          purpose: 'p',
          outcome: 'found',
          records: 1,
          message: 'm',
        }),
        draft('RecordProvided', { inquiry: INQUIRY, number: 1, record, subjects: [] }),
      ],
      [first],
    );

    expect(await opened(first, 'question')).toEqual(question);
    expect(JSON.parse(provided?.entry ?? '')).not.toHaveProperty('sealed');
    expect(await opened(JSON.parse(one?.entry ?? '') as Entry, 'record')).toEqual(record);
  });

  it('declare a lifetime for every field that is stored', () => {
    expect(Object.values(catalogue).every(({ lifetimes }) => Object.keys(lifetimes).length > 0)).toBe(true);
  });
});

describe('The data key of an inquiry', () => {
  it('is carried by each event, so that each opens on its own', async () => {
    const first = await sealOne(vault, everything());
    const second = await sealOne(vault, everything({ secret: 'later', usableThrough: undefined }), [first]);

    expect(second.keys?.[INQUIRY]?.cohort).toBe(COHORT);
    expect(second.keys?.[INQUIRY]?.wrap).not.toBe(first.keys?.[INQUIRY]?.wrap);
    expect(await opened(second, 'secret')).toBe('later');
  });

  it('is the same one within the stream: the box opens by the wrap of the earlier event', async () => {
    const first = await sealOne(vault, everything());
    const second = await sealOne(vault, everything({ secret: 'later' }), [first]);
    const swapped = { ...second, ...(first.keys ? { keys: first.keys } : {}) };

    expect(await opened(swapped, 'secret')).toBe('later');
  });

  it('is a fresh one for each stream', async () => {
    const [one, two] = [
      await sealOne(vault, inquiry('i-1', '2026-06-30')),
      await sealOne(vault, inquiry('i-1', '2026-06-30')),
    ];
    const swapped = { ...one, ...(two.keys ? { keys: two.keys } : {}) };

    await expect(vault.open(swapped, 'secret')).rejects.toMatchObject({ code: 'seal-broken' });
  });

  it('is one for all drafts of the first append', async () => {
    const later = draft('RecordProvided', { inquiry: INQUIRY, number: 1, record: 'r', subjects: [] });
    const entries = (await vault.seal([everything(), later], [])).map(
      ({ entry }) => JSON.parse(entry) as Entry,
    );

    expect(entries[0]?.keys).toEqual(entries[1]?.keys);
    expect(await opened(entries[1] as Entry, 'record')).toBe('r');
  });
});

describe('A draft is refused with a TypeError before any key is made', () => {
  const other = { usableThrough: '2031-01-01', person: 'op-refused' };
  const cases: readonly (readonly [string, readonly EventDraft[]])[] = [
    ['a lone surrogate in an identity field', [everything({ ...other, secret: { name: 'a\uD800' } })]],
    ['a lone surrogate in a key of an object', [everything({ ...other, secret: { '\uDC00': 1 } })]],
    [
      'a lone surrogate in a subject',
      [everything({ ...other, subjects: [{ kind: 'resident-code', value: '\uD800' }] })],
    ],
    ['a lone surrogate in a clear field', [everything({ ...other, purpose: '\uD800' })]],
    ['a lone surrogate in the header', [everything(other, { correlation: '\uDFFF' })]],
    ['a lone surrogate in the second draft', [everything(other), everything({ ...other, note: '\uD800' })]],
    ['a number that is not finite', [everything({ ...other, secret: Number.NaN })]],
    ['a function', [everything({ ...other, secret: [() => 1] })]],
    ['a date', [everything({ ...other, secret: new Date(0) })]],
    ['an unknown type', [draft('NoSuchEvent', {})]],
    ['another version', [everything(other, { v: 2 })]],
    ['a field without a lifetime', [everything({ ...other, extra: 1 })]],
    ['no person', [everything({ ...other, person: '' })]],
    ['subjects that are none', [everything({ ...other, subjects: ['24727059608'] })]],
    ['a time that is none', [everything(other, { at: 'yesterday' })]],
    ['identity fields without an inquiry', [everything({ ...other, inquiry: 7 })]],
    ['an agreement with a slash', [everything(other, { agreement: 'a/b' })]],
    ['no day that names the cohort', [everything({ ...other, usableThrough: 'soon' })]],
    ['two drafts that name the cohort', [everything(other), everything(other)]],
    [
      'drafts of two inquiries',
      [everything(other), everything({ inquiry: 'i-2', usableThrough: undefined })],
    ],
    ['drafts of two streams', [everything(other), everything(other, { stream: 'inquiry-2' })]],
  ];

  it.each(cases)('%s', async (_why, drafts) => {
    expect(await refusal(drafts)).toBe('TypeError');
    expect((await vault.living('cohort')).some((id) => id.endsWith('2031-01-01'))).toBe(false);
    expect(await vault.living('person')).not.toContain('op-refused');
  });

  it('a history of another stream', async () => {
    const first = await sealOne(vault, everything());

    expect(await refusal([everything({}, { stream: 'inquiry-2' })], [first])).toBe('TypeError');
  });

  it('and never says the value', async () => {
    await expect(vault.seal([everything({ secret: `${CANARY}\uD800` })], [])).rejects.not.toThrow(CANARY);
  });
});

describe('The wrap in the history', () => {
  it('of another inquiry, cohort or agreement is broken', async () => {
    const first = await sealOne(vault, everything());
    const wrapped = first.keys?.[INQUIRY] ?? { cohort: '', wrap: '' };
    await sealOne(vault, inquiry('i-2', '2026-07-01'));
    const moved = { ...wrapped, cohort: COHORT.replace('06-30', '07-01') };
    const forged = { ...wrapped, wrap: tampered(wrapped.wrap) };

    for (const wrap of [moved, forged]) {
      const history = [{ ...first, keys: { [INQUIRY]: wrap } }];
      await expect(vault.seal([everything()], history)).rejects.toMatchObject({ name: 'SealBroken' });
    }
  });

  it('under a cohort that this key store never had means another key store, not a new key', async () => {
    const first = await sealOne(vault, everything());
    const strange = { cohort: 'agr-1/p/2040-01-01', wrap: first.keys?.[INQUIRY]?.wrap ?? '' };

    await expect(
      vault.seal([everything()], [{ ...first, keys: { [INQUIRY]: strange } }]),
    ).rejects.toMatchObject({
      code: 'vault-unavailable',
    });
    expect(await vault.living('cohort')).not.toContain('agr-1/p/2040-01-01');
  });
});
