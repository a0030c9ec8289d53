import { describe, expect, it } from '@jest/globals';
import type { Entry } from './event.js';
import { UnknownSchemaVersion, upcast, type Upcasters } from './upcast.js';

const entry = (v: number, data: Entry['data'], type = 'ParcelSent'): Entry => ({
  id: '01968f00-0000-7000-8000-000000000001',
  type,
  v,
  stream: 'parcel-1',
  at: '2026-04-10T01:00:00.000Z',
  agreement: 'agreement-1',
  actor: { system: 'init' },
  correlation: '01968f00-0000-7000-8000-000000000002',
  data,
  sealed: { remark: { key: 'key-1', box: 'AAAA' } },
});

/** 1 → 2 renames `kg` to `grams`; 2 → 3 adds `fragile`. */
const upcasters: Upcasters = {
  ParcelSent: [
    (old) => ({ ...old, data: { grams: Number(old.data['kg']) * 1_000 } }),
    (old) => ({ ...old, data: { ...old.data, fragile: false } }),
  ],
};

describe('an entry of an old schema version', () => {
  it.each([
    [1, { kg: 2 }],
    [2, { grams: 2_000 }],
    [3, { grams: 2_000, fragile: false }],
  ])('%i is lifted to the current one, version by version', (v, data) => {
    expect(upcast(entry(v, data), 3, upcasters)).toEqual(entry(3, { grams: 2_000, fragile: false }));
  });

  it('is lifted no further than asked', () => {
    expect(upcast(entry(1, { kg: 2 }), 2, upcasters)).toEqual(entry(2, { grams: 2_000 }));
  });

  it('itself stays as it was stored', () => {
    const stored = entry(1, { kg: 2 });
    const text = JSON.stringify(stored);
    upcast(stored, 3, upcasters);
    expect(JSON.stringify(stored)).toBe(text);
  });

  it('cannot be lied about by a step that sets the version itself', () => {
    const lying: Upcasters = { ParcelSent: [(old) => ({ ...old, v: 9 })] };
    expect(upcast(entry(1, {}), 2, lying).v).toBe(2);
  });
});

describe('an entry that this program cannot read', () => {
  it.each<[string, number, number, Upcasters]>([
    ['is of a newer version', 4, 3, upcasters],
    ['has no steps at all', 1, 2, {}],
    ['has a step too few', 1, 4, upcasters],
    ['has a version below the first', 0, 3, upcasters],
    ['has a version between two', 1.5, 3, upcasters],
    ['has no number for a version', Number.NaN, 3, upcasters],
  ])('%s: it is refused, rather than misread', (_, found, known, steps) => {
    const lift = () => upcast(entry(found, { kg: 2 }), known, steps);
    expect(lift).toThrow(UnknownSchemaVersion);
    expect(lift).toThrow(`event ParcelSent has schema version ${found}, this program knows ${known}`);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'bears the name of an object\u2019s own method (%s)',
    (type) => {
      expect(() => upcast(entry(1, {}, type), 2, upcasters)).toThrow(UnknownSchemaVersion);
    },
  );
});
