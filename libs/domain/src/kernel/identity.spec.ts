import { describe, expect, it } from '@jest/globals';
import {
  byNameAndBirthDate,
  byResidentCode,
  foldText,
  hasKnownPart,
  holdsIdentifier,
  holdsIndividualNumber,
  type IdentityRecord,
  isBirthDate,
  isCompleteBirthDate,
  isIndividualNumber,
  isResidentCode,
  isWellFormedText,
  residentCodeFrom,
  subjectsOfQuestion,
  subjectsOfRecord,
} from './identity.js';

/** The same digits at every run (an MLCG with a fixed seed); `length` of them. */
function* digitStrings(length: number, count: number): Generator<string> {
  let seed = 20_260_401;
  for (let made = 0; made < count; made += 1) {
    let digits = '';
    while (digits.length < length) {
      seed = (seed * 48_271) % 2_147_483_647;
      digits += String(seed % 10);
    }
    yield digits;
  }
}

/** Every way to get one digit wrong. */
const withOneDigitChanged = (code: string): string[] =>
  Array.from(code).flatMap((digit, index) =>
    Array.from('0123456789')
      .filter((other) => other !== digit)
      .map((other) => code.slice(0, index) + other + code.slice(index + 1)),
  );

describe('a resident code', () => {
  it.each(['24727059608', '24846016224', '25208017643', '00000000000'])('%s is valid', (code) => {
    expect(isResidentCode(code)).toBe(true);
    expect(residentCodeFrom(code.slice(0, 10))).toBe(code);
  });

  it.each([
    '25208017644',
    '2520801764',
    '252080176430',
    '2520801764X',
    ' 25208017643',
    '25208017643\n',
    '２５２０８０１７６４３',
    '',
    null,
    undefined,
    25_208_017_643,
    ['25208017643'],
  ])('%j is not', (code) => {
    expect(isResidentCode(code)).toBe(false);
  });

  it('keeps its leading zeros', () => {
    const code = residentCodeFrom('0000000001');
    expect(code).toBe('00000000019');
    expect(isResidentCode(code)).toBe(true);
    expect(isResidentCode(String(Number(code)))).toBe(false);
  });

  it('can be made of any ten digits', () => {
    for (const ten of digitStrings(10, 500)) expect(isResidentCode(residentCodeFrom(ten))).toBe(true);
  });

  it('is never valid with its check digit changed', () => {
    for (const ten of digitStrings(10, 200)) {
      const code = residentCodeFrom(ten);
      const wrong = withOneDigitChanged(code).filter((other) => other.startsWith(ten));
      expect(wrong.filter(isResidentCode)).toEqual([]);
    }
  });

  it('catches a wrong digit, except between the two remainders that share the check digit 0', () => {
    for (const code of ['24727059608', '24846016224', '25208017643']) {
      const missed = withOneDigitChanged(code).filter(isResidentCode);
      expect(missed.every((other) => other.endsWith('0'))).toBe(true);
    }
  });
});

describe('an individual number', () => {
  it('is twelve digits with a check digit', () => {
    expect(isIndividualNumber('123456789018')).toBe(true);
    expect(withOneDigitChanged('123456789018').filter(isIndividualNumber)).toEqual([]);
  });

  it.each([
    '123456789019',
    '12345678901',
    '1234567890180',
    '１２３４５６７８９０１８',
    '1234 5678 9018',
    '',
    null,
    7,
  ])('is not %j', (value) => {
    expect(isIndividualNumber(value)).toBe(false);
  });

  it.each([
    '123456789018',
    '１２３４５６７８９０１８',
    '1234 5678 9018',
    '1234\u30005678\u30009018',
    '1234-5678-9018',
    '1234−5678−9018',
    '1234–5678-9018',
    '１２３４ー５６７８ー９０１８',
    ' 12.34 567-89018 ',
    '番号は123456789018です',
    '番号 1234-5678-9018、見本花子',
    '000000000000 123456789018',
    '1234\u200B5678\u200B9018',
    '1\u200B2\u200D3\u20604\uFEFF5678\u00AD9018',
    '番号 1234\u200B-5678-\u200B9018',
    '1\uFE0F23456789018',
    '1234\u00005678\u00009018',
  ])('stands somewhere in %j', (text) => {
    expect(holdsIndividualNumber(text)).toBe(true);
  });

  it.each([
    '123456789019',
    '1234567890180',
    '9123456789018',
    '24727059608',
    '一丁目2番3号 4567号室',
    '見本花子',
    '',
    null,
    undefined,
    123_456_789_018,
  ])('does not stand in %j', (text) => {
    expect(holdsIndividualNumber(text)).toBe(false);
  });

  it('is looked for in time that grows with the text, not faster', () => {
    const hostile = '1234 5678 '.repeat(20_000);
    expect(holdsIndividualNumber(hostile)).toBe(false);
    expect(holdsIndividualNumber(`${hostile}123456789018`)).toBe(true);
  });
});

describe('an identifier of a resident', () => {
  it.each([
    ['a resident code', '24727059608'],
    ['an individual number', '123456789018'],
    ['a full-width one', '２４７２７０５９６０８'],
    ['one in groups', '2472-7059-608'],
    ['one in other groups', '24 727 059 608'],
    ['one with more than one separator between the groups', '1234 - 5678 - 9018'],
    ['one with zero-width spaces in it', '247\u200B27059\u200B608'],
    ['one with a soft hyphen and a joiner in it', '247\u00AD27059\u2060608'],
    ['one with control characters in it', '247\u000027059\u0001608'],
    ['one among words', '窓口24727059608番'],
    ['one among letters', 't-24727059608-a'],
    ...Array.from('/\uFF0F\u2044\u2215,、，|：:*+~〜・(=\u30FC…', (sign): [string, string] => [
      `one in groups with ${sign} between them`,
      `第247${sign}270${sign}59608号`,
    ]),
    ['one in brackets', '(247)(270)(59608)'],
    ['one in digits of Arabic', '第٢٤٧٢٧٠٥٩٦٠٨号'],
    ['one in digits that stand beside others in Unicode', '\u{1D7DA}\u{1D7DC}727\u{1D7D8}59608'],
    ['one in kanji', '第二四七二七〇五九六〇八号'],
    ['one in kanji and other digits, in groups', '二四七-270-五九六零８'],
    ['one after a year', '2026-24727059608'],
    ['one between other numbers', '1 2472-7059-608 2'],
  ])('stands in a text: %s', (_what, text) => {
    expect(holdsIdentifier(text)).toBe(true);
  });

  it.each([
    'SK-2026-000123',
    't-counter-3',
    '第1窓口',
    '24727059609',
    '2472705960',
    '124727059608123',
    '霞が関2-1-3',
    '霞が関二丁目一番三号',
    '247と270と59608',
    '2026-04-01',
    '',
  ])('does not stand in %j', (text) => {
    expect(holdsIdentifier(text)).toBe(false);
  });

  it('is looked for in time that grows with the text, not faster', () => {
    const hostile = '12345 '.repeat(20_000);
    expect(holdsIdentifier(`${hostile}x`)).toBe(false);
    expect(holdsIdentifier(`${'5 /'.repeat(20_000)}x${'٥'.repeat(20_000)}`)).toBe(false);
    expect(holdsIdentifier(`${'9'.repeat(100_000)}x24727059608`)).toBe(true);
  });
});

describe('a birth date', () => {
  it.each([
    ['1961-04-12', true, true],
    ['1961-04-??', false, true],
    ['1961-??-??', false, true],
    ['????-??-12', false, true],
    ['19??-??-??', false, false],
    ['????-??-??', false, false],
  ])('%s: complete %s, something known %s', (date, complete, known) => {
    expect(isBirthDate(date)).toBe(true);
    expect(isCompleteBirthDate(date)).toBe(complete);
    expect(hasKnownPart(date)).toBe(known);
  });

  it('may be a day that no calendar has: a register is quoted, not corrected', () => {
    expect(isBirthDate('1900-02-30')).toBe(true);
  });

  it.each(['1961-13-01', '1961-00-01', '1961-01-00', '1961-01-32', '1???-01-01', '', null, 19_610_412])(
    'is not %j',
    (value) => {
      expect(isBirthDate(value)).toBe(false);
    },
  );
});

describe('text', () => {
  it.each(['', '見本', '\u{845B}\u{E0100}', '\u{E000}\u{10FFFD}', '\u{20BB7}', '\u0000'])(
    '%j is well formed',
    (text) => {
      expect(isWellFormedText(text)).toBe(true);
    },
  );

  it.each(['\uD842', '\uDFB7', 'a\uD842b', '\uDFB7\uD842', null, undefined, 7])('%j is not', (text) => {
    expect(isWellFormedText(text)).toBe(false);
  });
});

describe('folding, for matching only,', () => {
  it.each([
    ['hiragana and katakana', 'みほん', 'ミホン'],
    ['half-width kana', 'ﾐﾎﾝ', 'ミホン'],
    ['half-width voiced kana', 'ｶﾞ', 'ガ'],
    ['a decomposed voiced kana', 'か\u3099', 'ガ'],
    ['small and rare kana', 'ぁゔゖ', 'ァヴヶ'],
    ['full-width letters', 'ＡＢｃ', 'ABC'],
    ['spaces of every width', ' 見本\u3000花\u00A0子\t', '見本花子'],
    ['an ideographic variation sequence', '\u{845B}\u{E0100}', '\u{845B}'],
    ['the last variation selector', '\u{845B}\u{E01EF}', '\u{845B}'],
    ['a standardised variation sequence', '\u{FA19}\u{FE00}', '\u{795E}'],
  ])('makes %s one', (_, text, folded) => {
    expect(foldText(text)).toBe(folded);
    expect(foldText(folded)).toBe(folded);
  });

  it.each([
    ['different characters', '\u{9AD8}', '\u{9AD9}'],
    ['private-use characters', '\u{E000}', '\u{E001}'],
    ['a long vowel and its vowel', 'オー', 'オオ'],
  ])('leaves %s apart', (_, left, right) => {
    expect(foldText(left)).not.toBe(foldText(right));
  });
});

describe('the identifiers of a resident', () => {
  const record: IdentityRecord = {
    residentCode: '24727059608',
    name: 'みほん\u3000花子',
    birthDate: '1961-04-12',
    sex: 'unknown',
    address: '見本区',
    changeReason: null,
    changedOn: null,
  };

  it('are the code, and name with birth date', () => {
    expect(subjectsOfRecord(record)).toEqual([
      byResidentCode('24727059608'),
      { kind: 'name-birth-date', value: 'ミホン花子\u001F1961-04-12' },
    ]);
  });

  it('are the code alone where the birth date is incomplete', () => {
    expect(subjectsOfRecord({ ...record, birthDate: '1961-??-12' })).toEqual([byResidentCode('24727059608')]);
  });

  it('in a question are those of the record that it finds', () => {
    expect(subjectsOfQuestion({ residentCode: '24727059608' })).toEqual([byResidentCode('24727059608')]);
    expect(subjectsOfQuestion({ name: 'ﾐﾎﾝ花子', birthDate: '1961-04-12', address: 'x' })).toEqual([
      subjectsOfRecord(record)[1],
    ]);
  });

  it.each([
    ['the beginning of a name', { name: 'みほん', birthDate: '1961-04-12', prefix: true }],
    ['an incomplete birth date', { name: 'みほん花子', birthDate: '1961-04-??' }],
    ['an address', { name: 'みほん花子', address: '見本区' }],
  ])('are none in a question by name and %s', (_, question) => {
    expect(subjectsOfQuestion(question)).toEqual([]);
  });

  it('cannot be made to collide by a name that contains the separator', () => {
    const tricked = byNameAndBirthDate('花子\u001F1961-04-12', '1970-01-01');
    expect(tricked.value).not.toBe(byNameAndBirthDate('花子', '1961-04-12').value);
    expect(tricked.value.endsWith('\u001F1970-01-01')).toBe(true);
  });
});
