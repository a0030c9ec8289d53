import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { byResidentCode, type Entry, type EventHeader } from '#domain';
import type { Vault } from './port.js';
import { AGREEMENT, everything, INQUIRY, Place, sealOne, tampered } from './specimens.contract.js';

const place = new Place();
let vault: Vault;
let entry: Entry;
beforeAll(async () => {
  vault = await place.open();
  entry = await sealOne(vault, everything());
});
afterAll(() => place.remove());

const FIELDS = ['secret', 'note', 'name', 'subjects'] as const;
const outcome = (changed: Entry, field: string): Promise<unknown> =>
  vault.open(changed, field).then(
    ({ state }) => state,
    (error: unknown) => (error as { code?: unknown }).code ?? (error as Error).name,
  );

describe('A sealed field', () => {
  const headers: readonly (readonly [string, Partial<EventHeader>])[] = [
    ['id', { id: '01900000-0000-7000-8000-00000000ffff' }],
    ['type', { type: 'AllLifetimez' }],
    ['version', { v: 2 }],
    ['stream', { stream: 'inquiry-other' }],
    ['time', { at: '2026-04-01T00:30:00.001Z' }],
    ['agreement', { agreement: 'agr-2' }],
    ['actor', { actor: { operator: 'op-2', terminal: 't-1' } }],
    ['correlation', { correlation: '\uD800' }],
  ];

  it.each(headers)('does not open after its event got another %s', async (_part, change) => {
    for (const field of FIELDS) expect(await outcome({ ...entry, ...change }, field)).toBe('seal-broken');
  });

  it('does not open as another field', async () => {
    const sealed = { ...entry.sealed, name: entry.sealed?.['note'] ?? { key: '', box: '' } };

    expect(await outcome({ ...entry, sealed }, 'name')).toBe('seal-broken');
  });

  it('does not open with any character of its box changed', async () => {
    const { key, box } = entry.sealed?.['secret'] ?? { key: '', box: '' };
    for (let at = 0; at < box.length; at += 1) {
      const changed = box.slice(0, at) + (box[at] === 'A' ? 'B' : 'A') + box.slice(at + 1);
      const sealed = { ...entry.sealed, secret: { key, box: changed } };
      expect(await outcome({ ...entry, sealed }, 'secret')).toBe('seal-broken');
    }
  });

  it('does not open with its data key in another cohort or altered', async () => {
    const { cohort, wrap } = entry.keys?.[INQUIRY] ?? { cohort: '', wrap: '' };
    await vault.ensure('cohort', ['agr-1/other/2026-06-30']);
    const changes = [
      { cohort: 'agr-1/other/2026-06-30', wrap },
      { cohort, wrap: tampered(wrap) },
      { cohort, wrap: '' },
      { cohort: '', wrap },
    ];
    for (const wrapped of changes) {
      expect(await outcome({ ...entry, keys: { [INQUIRY]: wrapped } }, 'secret')).toBe('seal-broken');
    }
  });

  it('under a name that is no key is broken', async () => {
    const sealed = { ...entry.sealed, note: { key: 'nonsense', box: entry.sealed?.['note']?.box ?? '' } };

    expect(await outcome({ ...entry, sealed }, 'note')).toBe('seal-broken');
  });

  it('under a key that was never made here means another key store, never that it was shredded', async () => {
    const sealed = { ...entry.sealed, note: { key: 'trail/1999', box: entry.sealed?.['note']?.box ?? '' } };

    expect(await outcome({ ...entry, sealed }, 'note')).toBe('vault-unavailable');
  });

  it('that is not there is a mistake of the caller', async () => {
    expect(await outcome(entry, 'inquiry')).toBe('TypeError');
    expect(await outcome(entry, 'constructor')).toBe('TypeError');
  });

  it('opens from an entry that was stored and parsed with its members in any order', async () => {
    const reversed = Object.fromEntries(Object.entries(entry).toReversed()) as unknown as Entry;

    expect(await outcome(reversed, 'secret')).toBe('open');
  });
});

describe('Subject tokens', () => {
  it('are found again by the identifier, under every living year', async () => {
    const later = await sealOne(vault, everything({}, { at: '2027-04-01T00:00:00.000Z' }));
    const wanted = await vault.tokensFor(AGREEMENT, byResidentCode('24727059608'));

    expect(wanted.map(({ fiscalYear }) => fiscalYear)).toEqual([2026, 2027]);
    expect(wanted.map(({ token }) => token)).toEqual([
      ...(await vault.openTokens(entry)),
      ...(await vault.openTokens(later)),
    ]);
  });

  it('are 43 characters that say nothing, and another agreement has others', async () => {
    const [own] = await vault.tokensFor(AGREEMENT, byResidentCode('24727059608'));
    const [foreign] = await vault.tokensFor('agr-2', byResidentCode('24727059608'));

    expect(own?.token).toMatch(/^[\w-]{43}$/);
    expect(foreign?.token).not.toBe(own?.token);
  });

  it('keep the order of the identifiers', async () => {
    const subjects = ['3', '1', '2'].map((value) => ({ kind: 'resident-code', value }));
    const tokens = await vault.openTokens(await sealOne(vault, everything({ subjects })));
    const [first] = await vault.tokensFor(AGREEMENT, byResidentCode('3'));

    expect(tokens.length).toBe(3);
    expect(tokens[0]).toBe(first?.token);
  });

  it('are opened of many events at once as of each', async () => {
    const without = await sealOne(vault, everything({ subjects: [] }));
    const own = await vault.openTokens(entry);
    expect(own).toHaveLength(1);
    expect(await vault.openTokensOfEach([entry, without, entry])).toEqual([own, [], own]);
    expect(await vault.openTokensOfEach([])).toEqual([]);
  });

  it('are none in an event without subjects', async () => {
    expect(await vault.openTokens(await sealOne(vault, everything({ subjects: [] })))).toEqual([]);
    expect(await vault.openTokens(await sealOne(vault, everything({ subjects: undefined })))).toEqual([]);
  });
});
