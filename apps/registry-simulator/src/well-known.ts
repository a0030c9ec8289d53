/**
 * The residents that stories, the demo and its guide may name: the same whatever seed and number are configured.
 * Their names do not occur among the generated ones, so what a search for them finds never changes.
 */
import { residentCodeFrom, type IdentityRecord } from '#domain';

/** A resident as the provider keeps them. */
export interface Resident {
  readonly record: IdentityRecord;
  /** Struck off (death, departure): asked for by code, only that much is said. */
  readonly deleted: boolean;
  /** Set where every answer about this resident wrongly carries an individual number. */
  readonly individualNumber?: string;
}

/** What to ask, and what comes of it. */
export const wellKnown = {
  /** Found: one plain record. */
  found: '24727059608',
  /** Found: name and address with variants, variation selectors and private-use code points. */
  rareCharacters: '24846016224',
  /** Deleted record. */
  deleted: '25208017643',
  /** Not found: a right check digit, and nobody's. */
  nobody: '99999999995',
  /** Found, with an individual number that must be discarded unstored. */
  withIndividualNumber: '20000000010',
  /** Several: three namesakes born on the same day. */
  several: { name: '古賀 稔彦', birthDate: '1961-04-01' },
  /** Too many: 25 namesakes in one dormitory. */
  tooMany: { name: '寮 住人', address: '茨城県つくば市天久保' },
  /** Found: born in 1948, month and day unknown; only the unknown parts as unknown match. */
  partlyUnknown: { name: '戸籍 不詳', birthDate: '1948-??-??' },
} as const;

/** An individual number that is nobody's, with a right check digit. */
export const STRAY_INDIVIDUAL_NUMBER = '123456789018';

const plain: IdentityRecord = {
  residentCode: wellKnown.found,
  name: '記録 花子',
  birthDate: '1985-07-23',
  sex: '2',
  address: '東京都千代田区霞が関二丁目1番3号',
  changeReason: '12',
  changedOn: '2021-04-01',
};

const living = (record: Partial<IdentityRecord>): Resident => ({
  record: { ...plain, changeReason: null, changedOn: null, ...record },
  deleted: false,
});

const namesakes = ['3000000001', '3000000002', '3000000003'].map((digits, index) =>
  living({
    ...wellKnown.several,
    residentCode: residentCodeFrom(digits),
    sex: '1',
    address: `福岡県柳川市三橋町${index + 1}番地`,
  }),
);

const boarders = Array.from({ length: 25 }, (_, index) =>
  living({
    residentCode: residentCodeFrom(String(4_000_000_001 + index)),
    name: wellKnown.tooMany.name,
    birthDate: `${1995 + (index % 8)}-04-${String(index + 1).padStart(2, '0')}`,
    sex: 'unknown',
    address: `${wellKnown.tooMany.address}一丁目1番地 ${101 + index}号室`,
  }),
);

export const wellKnownResidents: readonly Resident[] = [
  { record: plain, deleted: false },
  living({
    residentCode: wellKnown.rareCharacters,
    name: '𠮷\u{E0101}﨑 葛\u{E0100}\uE001',
    birthDate: '1948-11-??',
    sex: '1',
    address: '奈良県葛\u{E0100}城市辻\u{E0100}町\uE020番地 髙栁荘',
    changeReason: '31',
    changedOn: '2019-05-07',
  }),
  {
    record: {
      ...plain,
      residentCode: wellKnown.deleted,
      name: '消除 太郎',
      birthDate: '1931-02-14',
      sex: '1',
    },
    deleted: true,
  },
  {
    ...living({ residentCode: wellKnown.withIndividualNumber, name: '番号 混入', birthDate: '1990-01-09' }),
    individualNumber: STRAY_INDIVIDUAL_NUMBER,
  },
  living({ ...wellKnown.partlyUnknown, residentCode: residentCodeFrom('5000000001'), sex: 'unknown' }),
  ...namesakes,
  ...boarders,
];
