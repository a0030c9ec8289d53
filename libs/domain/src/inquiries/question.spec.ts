import { describe, expect, it } from '@jest/globals';
import type { Question } from '../kernel/identity.js';
import { type AskedQuestion, readQuestion, sameQuestion } from './question.js';

const CODE = '24727059608';
const NUMBER = '123456789018';

const codePoints = (text: string): readonly (number | undefined)[] =>
  Array.from(text, (character) => character.codePointAt(0));

/** The question, or its refusals as `code field`. */
const read = (asked: AskedQuestion): Question | readonly string[] => {
  const result = readQuestion(asked);
  return 'question' in result
    ? result.question
    : result.refusals.map(({ code, field }) => `${code} ${field}`);
};

describe('a question by resident code', () => {
  it.each(['24727059608', '24846016224', '25208017643'])('reads %s', (residentCode) => {
    expect(read({ residentCode })).toEqual({ residentCode });
  });

  it.each([
    ['25208017644', 'check-digit-wrong question.residentCode'],
    ['2472705960', 'question-malformed question.residentCode'],
    ['247270596080', 'question-malformed question.residentCode'],
    ['', 'question-malformed question.residentCode'],
    ['2472705960X', 'question-malformed question.residentCode'],
    [' 24727059608', 'question-malformed question.residentCode'],
    ['24727059608\n', 'question-malformed question.residentCode'],
    ['２４７２７０５９６０８', 'question-malformed question.residentCode'],
  ])('does not read %j: %s', (residentCode, refusal) => {
    expect(read({ residentCode })).toEqual([refusal]);
  });

  it('has nothing beside the code; all that is wrong is said at once', () => {
    expect(read({ residentCode: CODE, name: '見本' })).toEqual(['question-malformed question.name']);
    expect(
      read({ residentCode: '25208017644', birthDate: '1961-04-12', address: '見本区', prefix: false }),
    ).toEqual([
      'question-malformed question.birthDate',
      'question-malformed question.address',
      'question-malformed question.prefix',
      'check-digit-wrong question.residentCode',
    ]);
  });
});

describe('a question by name', () => {
  const name = '見本花子';
  const address = '東京都見本区一丁目1番1号';

  it.each<[string, AskedQuestion]>([
    ['birth date', { name, birthDate: '1961-04-12' }],
    ['address', { name, address }],
    ['both', { name, birthDate: '1961-04-12', address }],
    ['the beginning of a name', { name, birthDate: '1961-04-12', prefix: true }],
  ])('reads with %s', (_, asked) => {
    expect(read(asked)).toEqual(asked);
  });

  it('says nothing of a prefix search that was not wanted', () => {
    expect(read({ name, address, prefix: false })).toEqual({ name, address });
  });

  it.each<[string, AskedQuestion, readonly string[]]>([
    ['alone', { name }, ['birthDate', 'address']],
    ['missing', { birthDate: '1961-04-12' }, ['name']],
    ['empty', { name: '', address }, ['name']],
    ['blank, ideographic spaces included', { name: ' \u3000', address }, ['name']],
    ['too long', { name: '字'.repeat(201), address }, ['name']],
    ['beside an empty address', { name, address: '' }, ['address']],
    ['beside an overlong address', { name, address: '字'.repeat(201) }, ['address']],
    ['beside an empty birth date', { name, birthDate: '' }, ['birthDate']],
    ['and nothing else at all', {}, ['name', 'birthDate', 'address']],
    ['with everything wrong', { name: '', birthDate: 'x', address: '' }, ['name', 'birthDate', 'address']],
  ])('is malformed when the name is %s', (_, asked, fields) => {
    expect(read(asked)).toEqual(fields.map((field) => `question-malformed question.${field}`));
  });

  it('counts length in characters, not in UTF-16 units', () => {
    const long = '\u{20BB7}'.repeat(200);
    expect(read({ name: long, address })).toEqual({ name: long, address });
  });

  it.each([
    ['a variation sequence', '\u{845B}\u{E0100}飾'],
    ['its base character alone', '\u{845B}飾'],
    ['a private-use character of the register', '\u{E000}\u{F8FF}\u{F0000}\u{10FFFD}'],
    ['a compatibility ideograph', '\u{FA19}'],
    ['a character outside the basic plane', '\u{20BB7}野屋'],
    ['half-width kana', 'ﾐﾎﾝ'],
    ['a decomposed kana', 'か\u3099'],
    ['spaces around it', ' 見本\u3000花子 '],
  ])('keeps %s code point for code point', (_, text) => {
    const result = read({ name: text, address: text }) as { name: string; address: string };
    expect(codePoints(result.name)).toEqual(codePoints(text));
    expect(result.address).toBe(text);
  });

  it.each(['\uD842', '\uDFB7', '見本\uD842花子', '\uDFB7\uD842'])(
    'with a lone surrogate is malformed',
    (text) => {
      expect(read({ name: text, birthDate: '1961-04-12' })).toEqual(['question-malformed question.name']);
      expect(read({ name, address: text })).toEqual(['question-malformed question.address']);
    },
  );

  it.each(['1961-04-12', '1961-04-??', '1961-??-??', '????-04-12', '1961-??-12', '19??-04-??', '2024-02-29'])(
    'takes the birth date %s',
    (birthDate) => {
      expect(read({ name, birthDate })).toEqual({ name, birthDate });
    },
  );

  it.each(['????-??-??', '19??-??-??'])(
    'takes %s, which narrows nothing, only beside an address',
    (birthDate) => {
      expect(read({ name, birthDate })).toEqual(['question-malformed question.birthDate']);
      expect(read({ name, birthDate, address })).toEqual({ name, birthDate, address });
    },
  );

  it.each([
    '1961-4-12',
    '1961/04/12',
    '1961-13-01',
    '1961-00-01',
    '1961-04-00',
    '1961-04-32',
    '196?-04-12',
    '?961-04-12',
    '1961-?4-12',
    '1961-04-12T00:00:00Z',
    '１９６１-04-12',
    '昭和36年4月12日',
    '1961-04-12\n',
  ])('does not take the birth date %j', (birthDate) => {
    expect(read({ name, birthDate })).toEqual(['question-malformed question.birthDate']);
  });

  it('that is not text at all is malformed, and nothing throws', () => {
    const asked = { name: 7, birthDate: null, address: ['x'] } as unknown as AskedQuestion;
    expect(read(asked)).toEqual([
      'question-malformed question.name',
      'question-malformed question.birthDate',
      'question-malformed question.address',
    ]);
  });
});

describe('an individual number', () => {
  const refused = (field: string) => [`individual-number-not-allowed question.${field}`];

  it('is refused in its own field, whatever stands there', () => {
    expect(read({ individualNumber: NUMBER })).toEqual(refused('individualNumber'));
    expect(read({ individualNumber: '' })).toEqual(refused('individualNumber'));
    expect(read({ residentCode: CODE, individualNumber: '1' })).toEqual(refused('individualNumber'));
  });

  it.each(['residentCode', 'name', 'birthDate', 'address'] as const)(
    'is refused in the field %s',
    (field) => {
      expect(read({ [field]: NUMBER })).toEqual(refused(field));
    },
  );

  it.each([
    ['full-width', '１２３４５６７８９０１８'],
    ['as printed on the card', '1234 5678 9018'],
    ['with hyphens', '1234-5678-9018'],
    ['with full-width hyphens', '１２３４－５６７８－９０１８'],
    ['with the long-vowel mark', '1234ー5678ー9018'],
    ['with other gaps', '12-345 678\u30009018'],
    ['after a name', '見本花子 123456789018'],
    ['within a name', '見本(1234-5678-9018)花子'],
  ])('is refused %s', (_, name) => {
    expect(read({ name, birthDate: '1961-04-12' })).toEqual(refused('name'));
  });

  it.each([
    ['twelve digits with another check digit', '123456789019'],
    ['more than twelve digits', '1234567890180'],
    ['digits across words', '見本区12番34号 室5678 電話9018'],
    ['a house number', '東京都見本区一丁目2-3-4567'],
  ])('is not seen in %s', (_, address) => {
    expect(read({ name: '見本', address })).toEqual({ name: '見本', address });
  });

  it('is refused in every field in which it stands, and hides the other faults', () => {
    expect(read({ name: NUMBER, address: NUMBER, birthDate: 'x' })).toEqual([
      ...refused('name'),
      ...refused('address'),
    ]);
  });

  it('is refused in a field that no question has, whose name is not repeated', () => {
    expect(read({ residentCode: CODE, 見本花子: NUMBER } as AskedQuestion)).toEqual([
      'individual-number-not-allowed question',
    ]);
  });
});

describe('two questions are the same', () => {
  const question: Question = { name: '見本', birthDate: '1961-04-12', address: '見本区' };

  it('whatever the order of their fields', () => {
    expect(sameQuestion(question, { address: '見本区', name: '見本', birthDate: '1961-04-12' })).toBe(true);
    expect(sameQuestion({ residentCode: CODE }, { residentCode: CODE })).toBe(true);
  });

  it.each<[string, Question]>([
    ['another name', { ...question, name: '見本 ' }],
    ['a variation selector', { ...question, name: '見\u{E0100}本' }],
    [
      'the same text in another normal form',
      { ...question, name: '見本'.normalize('NFKD').concat('\u3099') },
    ],
    ['a field less', { name: '見本', birthDate: '1961-04-12' }],
    ['a prefix search', { ...question, prefix: true }],
    ['another form', { residentCode: CODE }],
  ])('but not with %s', (_, other) => {
    expect(sameQuestion(question, other)).toBe(false);
    expect(sameQuestion(other, question)).toBe(false);
  });

  it('but not because their text runs together to the same string', () => {
    expect(sameQuestion({ name: 'a', address: 'b","c' }, { name: 'a","address":"b', address: 'c' })).toBe(
      false,
    );
  });

  it('no matter how kana or width fold for matching', () => {
    expect(sameQuestion({ name: 'みほん', address: 'x' }, { name: 'ミホン', address: 'x' })).toBe(false);
    expect(sameQuestion({ name: 'が', address: 'x' }, { name: 'か\u3099', address: 'x' })).toBe(false);
  });
});
