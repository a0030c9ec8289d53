/**
 * The synthetic register: the well-known residents, then as many more as asked for, made from the seed. Kept are
 * four bytes a resident (which surname, which given name); everything else is computed when somebody asks, so
 * 100,000 residents are there in milliseconds. Nobody here exists.
 */
import { foldText, residentCodeFrom, type IdentityRecord, type Question, type Sex } from '#domain';
import { draw, drawBelow, drawCommon, drawPercent } from './chance.js';
import { wellKnown, wellKnownResidents, type Resident } from './well-known.js';
import { femaleNames, maleNames, municipalities, surnames, towns } from './words.js';

export type QuestionByName = Extract<Question, { name: string }>;

/** The most residents one register can hold: the arithmetic of codes stays exact below it. */
export const MAX_RESIDENTS = 1_000_000;

const givenNames = [...maleNames, ...femaleNames];
const foldedSurnames = surnames.map(foldText);
const foldedGivenNames = givenNames.map(foldText);

/** Households of a block of ten neighbours, by size: couples, families, people on their own. */
const BLOCK = 10;
const HOUSEHOLDS = [
  [4, 2, 3, 1],
  [1, 1, 3, 5],
  [2, 2, 2, 4],
  [3, 3, 1, 1, 2],
  [1, 2, 1, 6],
] as const;

/** What each draw is for; the order is part of the data, since every seed's residents follow from it. */
enum Draw {
  Households,
  Surname,
  GivenName,
  Woman,
  BirthYear,
  BirthDay,
  BirthUnknown,
  SexUnknown,
  Deleted,
  Place,
  Town,
  Number,
  Change,
  ChangeDay,
  Codes,
}

/** Ten digits are 3,141,592,653 · i + offset mod 10^10: a permutation, so codes are unique and can be undone. */
const TEN_DIGITS = 10_000_000_000;
const STEP = 3_141_592_653;
const STEP_INVERSE = inverse(BigInt(STEP), BigInt(TEN_DIGITS));

function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, t0, t1] = [modulus, value, 0n, 1n];
  while (r1 > 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return ((t0 % modulus) + modulus) % modulus;
}

const indexOfDigits = (digits: string, offset: number): number =>
  Number(
    ((((BigInt(digits) - BigInt(offset)) * STEP_INVERSE) % BigInt(TEN_DIGITS)) + BigInt(TEN_DIGITS)) %
      BigInt(TEN_DIGITS),
  );

const RESERVED = [...wellKnownResidents.map(({ record }) => record.residentCode), wellKnown.nobody];

/** An offset under which no generated code is a well-known one (or that of `nobody`). */
function codeOffset(seed: number, generated: number): number {
  let offset = draw(seed, 0, Draw.Codes);
  while (RESERVED.some((code) => indexOfDigits(code.slice(0, 10), offset) < generated)) offset += 1;
  return offset;
}

const FIRST_BIRTH_YEAR = 1925;

const two = (value: number): string => String(value).padStart(2, '0');

export class Residents {
  private readonly generated: number;
  private readonly offset: number;
  private readonly surname: Uint16Array;
  private readonly givenName: Uint16Array;

  /** `seed`: 32 bits; `count`: how many residents there are, the well-known included. */
  constructor(
    readonly seed: number,
    readonly count: number,
  ) {
    this.generated = Math.max(0, Math.min(count, MAX_RESIDENTS) - wellKnownResidents.length);
    this.offset = codeOffset(seed, this.generated);
    this.surname = new Uint16Array(this.generated);
    this.givenName = new Uint16Array(this.generated);
    for (let index = 0; index < this.generated; index += 1) {
      this.surname[index] = drawCommon(seed, this.household(index).id, Draw.Surname, surnames.length);
      this.givenName[index] = this.drawGivenName(index);
    }
  }

  /** Every resident, the well-known first; made one by one. */
  *all(): Generator<Resident> {
    yield* wellKnownResidents;
    for (let index = 0; index < this.generated; index += 1) yield this.resident(index);
  }

  /** The holder of a resident code, deleted or not; null when it is nobody's. */
  byCode(code: string): Resident | null {
    const known = wellKnownResidents.find(({ record }) => record.residentCode === code);
    if (known) return known;
    const index = indexOfDigits(code.slice(0, 10), this.offset);
    return index < this.generated && this.code(index) === code ? this.resident(index) : null;
  }

  /**
   * Everybody whose folded name is the one asked (or begins with it, where `prefix`), with the birth date as
   * written (unknown parts match unknown parts only) and an address whose folded text begins with the one asked.
   */
  byName(question: QuestionByName): Resident[] {
    const name = foldText(question.name);
    const address = foldText(question.address ?? '');
    const prefix = question.prefix === true;
    const fits = ({ birthDate, address: at }: IdentityRecord): boolean =>
      (question.birthDate === undefined || birthDate === question.birthDate) &&
      (address === '' || foldText(at).startsWith(address));
    const known = wellKnownResidents.filter(({ record }) => {
      const folded = foldText(record.name);
      return (prefix ? folded.startsWith(name) : folded === name) && fits(record);
    });
    const others = this.named(name, prefix)
      .filter((index) => question.birthDate === undefined || this.birthDate(index) === question.birthDate)
      .map((index) => this.resident(index));
    return [...known, ...others.filter(({ record }) => fits(record))];
  }

  /** A scan of 100,000 small integers takes a tenth of a millisecond; an index would only be more code. */
  private named(name: string, prefix: boolean): number[] {
    const wanted = namePairs(name, prefix);
    const found: number[] = [];
    if (!wanted) return found;
    for (let index = 0; index < this.generated; index += 1) {
      const pair = (this.surname[index] ?? 0) * givenNames.length + (this.givenName[index] ?? 0);
      if (wanted[pair]) found.push(index);
    }
    return found;
  }

  private resident(index: number): Resident {
    const { id } = this.household(index);
    const changed = drawPercent(this.seed, index, Draw.Change, 40);
    const record: IdentityRecord = {
      residentCode: this.code(index),
      name: `${surnames[this.surname[index] ?? 0]}\u3000${givenNames[this.givenName[index] ?? 0]}`,
      birthDate: this.birthDate(index),
      sex: this.sex(index),
      address: this.address(id),
      changeReason: changed
        ? (['11', '12', '21', '31'][drawBelow(this.seed, id, Draw.Change, 4)] ?? null)
        : null,
      changedOn: changed ? this.changeDay(index) : null,
    };
    return { record, deleted: drawPercent(this.seed, index, Draw.Deleted, 1) };
  }

  private code(index: number): string {
    const digits = (index * STEP + this.offset) % TEN_DIGITS;
    return residentCodeFrom(String(digits).padStart(10, '0'));
  }

  /** Which household a resident belongs to, and their place in it: 0 and 1 the couple, then children. */
  private household(index: number): { id: number; place: number } {
    const block = Math.floor(index / BLOCK);
    const sizes =
      HOUSEHOLDS[drawBelow(this.seed, block, Draw.Households, HOUSEHOLDS.length)] ?? HOUSEHOLDS[0];
    let place = index % BLOCK;
    let number = 0;
    for (const size of sizes) {
      if (place < size) break;
      place -= size;
      number += 1;
    }
    return { id: block * BLOCK + number, place };
  }

  /** The two of a couple differ, so that families look like families. */
  private isWoman(index: number): boolean {
    const { id, place } = this.household(index);
    if (place > 1) return drawPercent(this.seed, index, Draw.Woman, 50);
    return drawPercent(this.seed, id, Draw.Woman, 50) === (place === 0);
  }

  private drawGivenName(index: number): number {
    return this.isWoman(index)
      ? maleNames.length + drawCommon(this.seed, index, Draw.GivenName, femaleNames.length)
      : drawCommon(this.seed, index, Draw.GivenName, maleNames.length);
  }

  private sex(index: number): Sex {
    if (drawPercent(this.seed, index, Draw.SexUnknown, 0.2)) return 'unknown';
    return this.isWoman(index) ? '2' : '1';
  }

  private birthDate(index: number): string {
    const { id, place } = this.household(index);
    const generation = place > 1 ? 28 : 0;
    const spread = drawBelow(this.seed, index, Draw.BirthYear, 8);
    const year = String(
      FIRST_BIRTH_YEAR + drawBelow(this.seed, id, Draw.BirthYear, 62) + generation + spread,
    );
    const day = draw(this.seed, index, Draw.BirthDay);
    const [month, date] = [two((day % 12) + 1), two(((day >>> 8) % 28) + 1)];
    const unknown = drawBelow(this.seed, index, Draw.BirthUnknown, 400);
    if (unknown === 0) return '????-??-??';
    if (unknown === 1) return `${year.slice(0, 2)}??-??-??`;
    if (unknown <= 3) return `${year}-??-??`;
    return unknown <= 6 ? `${year}-${month}-??` : `${year}-${month}-${date}`;
  }

  private address(household: number): string {
    const place = municipalities[drawCommon(this.seed, household, Draw.Place, municipalities.length)];
    const town = towns[drawBelow(this.seed, household, Draw.Town, towns.length)];
    const number = draw(this.seed, household, Draw.Number);
    const chome = ['一', '二', '三', '四', '五'][number % 5];
    return `${place}${town}${chome}丁目${((number >>> 4) % 30) + 1}番${((number >>> 12) % 40) + 1}号`;
  }

  private changeDay(index: number): string {
    const day = draw(this.seed, index, Draw.ChangeDay);
    return `${2010 + (day % 15)}-${two(((day >>> 8) % 12) + 1)}-${two(((day >>> 16) % 28) + 1)}`;
  }
}

/** Marks every pair of surname and given name that spells the folded name; null when none does. */
function namePairs(name: string, prefix: boolean): Uint8Array | null {
  const pairs = new Uint8Array(surnames.length * givenNames.length);
  let any = false;
  const mark = (surname: number, accepts: (given: string) => boolean): void => {
    foldedGivenNames.forEach((given, index) => {
      if (!accepts(given)) return;
      pairs[surname * givenNames.length + index] = 1;
      any = true;
    });
  };
  foldedSurnames.forEach((surname, index) => {
    if (prefix && surname.startsWith(name)) mark(index, () => true);
    else if (name.startsWith(surname)) {
      const rest = name.slice(surname.length);
      mark(index, (given) => (prefix ? given.startsWith(rest) : given === rest));
    }
  });
  return any ? pairs : null;
}
