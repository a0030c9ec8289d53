import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isBirthDate, isResidentCode, isWellFormedText } from '#domain';
import { Residents } from './residents.js';
import { wellKnown, wellKnownResidents, type Resident } from './well-known.js';

const digestOf = (residents: Residents): string => {
  const hash = createHash('sha256');
  for (const resident of residents.all()) hash.update(JSON.stringify(resident));
  return hash.digest('hex');
};

describe('the synthetic residents', () => {
  let residents: Residents;
  let everybody: Resident[];
  beforeAll(() => {
    residents = new Residents(20_260_401, 20_000);
    everybody = [...residents.all()];
  });

  it('are the same for the same seed, today and next year', () => {
    expect(digestOf(new Residents(20_260_401, 3000))).toBe(
      '24cce3fa75202676c6ac417e29809e1ad484e9e9f4d1d00f3edbe644982c6100',
    );
  });

  it('are others for another seed', () => {
    expect([...new Residents(20_260_402, 1000).all()]).not.toEqual(everybody.slice(0, 1000));
  });

  it('begin alike however many there are', () => {
    const fewer = [...new Residents(20_260_401, 1000).all()];
    expect(everybody.slice(0, 1000)).toEqual(fewer);
  });

  it('number as many as asked for, each with a valid code of their own', () => {
    const codes = new Set(everybody.map(({ record }) => record.residentCode));
    expect(codes.size).toBe(20_000);
    expect([...codes].every(isResidentCode)).toBe(true);
  });

  it('can each be found by their code', () => {
    expect(
      everybody.every(
        (resident) => residents.byCode(resident.record.residentCode)?.record.name === resident.record.name,
      ),
    ).toBe(true);
  });

  it('are written in well-formed text, with birth dates partly unknown', () => {
    expect(everybody.every(({ record }) => isBirthDate(record.birthDate))).toBe(true);
    expect(everybody.every(({ record }) => isWellFormedText(record.name + record.address))).toBe(true);
    expect(everybody.some(({ record }) => record.birthDate === '????-??-??')).toBe(true);
    expect(everybody.some(({ record }) => /^\d{4}-\d{2}-\?\?$/.test(record.birthDate))).toBe(true);
  });

  it.each<[string, RegExp]>([
    ['characters beyond the basic plane', /𠮷/u],
    ['variants', /[髙﨑]/u],
    ['variation selectors', /[葛辻]\u{E0100}/u],
    ['private-use code points', /[\uE000-\uF8FF]/u],
  ])('have %s in names and in addresses', (_what, pattern) => {
    const living = everybody.slice(wellKnownResidents.length);
    expect(living.some(({ record }) => pattern.test(record.name))).toBe(true);
    expect(living.some(({ record }) => pattern.test(record.address))).toBe(true);
  });

  it('live in families at one address, share names, and are sometimes struck off', () => {
    const counted = (key: (resident: Resident) => string): number => new Set(everybody.map(key)).size;
    expect(counted(({ record }) => record.address)).toBeLessThan(12_000);
    expect(counted(({ record }) => record.name)).toBeLessThan(10_000);
    expect(counted(({ record }) => record.name + record.birthDate)).toBeLessThan(20_000);
    expect(everybody.filter(({ deleted }) => deleted).length).toBeGreaterThan(100);
  });
});

describe('a search by name', () => {
  const residents = new Residents(20_260_401, 20_000);
  const people = [...residents.all()].slice(wellKnownResidents.length);

  it('finds who is found by reading everything', () => {
    for (const { record } of people.slice(0, 300)) {
      const hits = residents.byName({ name: record.name, birthDate: record.birthDate });
      const expected = people.filter(
        (each) => each.record.name === record.name && each.record.birthDate === record.birthDate,
      );
      expect(hits).toEqual(expect.arrayContaining(expected));
    }
  });

  it('folds: without space, selector or width it is the same name', () => {
    const [rare] = residents.byName({ name: '\u{20BB7}﨑葛\uE001', birthDate: '1948-11-??' });
    expect(rare?.record.residentCode).toBe(wellKnown.rareCharacters);
  });

  it('matches unknown parts of a birth date only as unknown', () => {
    const { name, birthDate } = wellKnown.partlyUnknown;
    expect(residents.byName({ name, birthDate })).toHaveLength(1);
    expect(residents.byName({ name, birthDate: '1948-05-01' })).toHaveLength(0);
    expect(residents.byName({ name, birthDate: '????-??-??' })).toHaveLength(0);
  });

  it('matches an address from its beginning', () => {
    const { name, address } = wellKnown.tooMany;
    expect(residents.byName({ name, address })).toHaveLength(25);
    expect(residents.byName({ name, address: `${address} 一丁目１番地101号室` })).toHaveLength(1);
    expect(residents.byName({ name, address: '天久保' })).toHaveLength(0);
  });

  it('takes the beginning of a name only when told to', () => {
    const question = { name: '佐藤', address: '東京都' };
    expect(residents.byName(question)).toHaveLength(0);
    const hits = residents.byName({ ...question, prefix: true });
    expect(hits.length).toBeGreaterThan(20);
    expect(hits.every(({ record }) => record.name.startsWith('佐藤'))).toBe(true);
    const narrower = residents.byName({ ...question, name: '佐藤 誠', prefix: true });
    expect(narrower.length).toBeGreaterThan(0);
    expect(narrower.length).toBeLessThan(hits.length);
  });
});

describe('the well-known residents', () => {
  it.each([1, 2, 20_260_401])('are there under seed %d, however small the register', (seed) => {
    const residents = new Residents(seed, 0);
    expect(residents.byCode(wellKnown.found)?.deleted).toBe(false);
    expect(residents.byCode(wellKnown.deleted)?.deleted).toBe(true);
    expect(residents.byCode(wellKnown.nobody)).toBeNull();
    expect(residents.byName(wellKnown.several)).toHaveLength(3);
  });

  it('do not change with the size of the register', () => {
    const residents = new Residents(1, 100_000);
    expect(residents.byName(wellKnown.several)).toHaveLength(3);
    expect(residents.byName(wellKnown.tooMany)).toHaveLength(25);
    expect(residents.byCode(wellKnown.nobody)).toBeNull();
    expect(isResidentCode(wellKnown.nobody)).toBe(true);
  });
});
