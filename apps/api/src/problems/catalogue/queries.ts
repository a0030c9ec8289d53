import type { ProblemText, ProblemTexts } from './text.js';

/** A query that cannot be read as one. Where it is wrong is told beside the code; what was typed there never. */
const unreadable = (
  ja: readonly [title: string, remedy: string],
  en: readonly [title: string, remedy: string],
): ProblemText => ({
  status: 422,
  ja: { title: ja[0], detail: `${ja[1]}検索式の中の位置は errors の at と length に示します。` },
  en: { title: en[0], detail: `${en[1]} Where it is wrong in the query is told by at and length in errors.` },
});

/** The query language of the trail (docs/query-language.md). */
export const queryProblems = {
  'query-empty': unreadable(
    ['検索式に項なし', '検索式には「項目:値」の項が一つ以上必要です。'],
    ['Empty query', 'A query needs at least one term in the form field:value.'],
  ),
  'query-malformed': unreadable(
    ['検索式の文字の誤り', '検索式に文字として不完全な符号が含まれています。入力し直してください。'],
    ['Malformed text in the query', 'The query holds half a character. Type it again.'],
  ),
  'query-too-long': unreadable(
    [
      '長すぎる検索式',
      '検索式が長すぎます（標準形にしたものを含みます）。短くするか、検索を分けてください。',
    ],
    [
      'Query too long',
      'The query, or its canonical form, is too long. Shorten it, or ask in several searches.',
    ],
  ),
  'query-too-deep': unreadable(
    ['深すぎる入れ子', '検索式の括弧や否定の入れ子が深すぎます。括弧を減らしてください。'],
    [
      'Query nested too deep',
      'The query has too many parentheses or negations inside each other. Flatten it.',
    ],
  ),
  'query-too-many-terms': unreadable(
    ['多すぎる項', '検索式の項が多すぎます。検索を分けてください。'],
    ['Too many terms', 'The query has too many terms. Ask in several searches.'],
  ),
  'query-quote-open': unreadable(
    ['閉じていない引用符', '引用符が閉じられていません。「" "」または鉤括弧を組にして値を囲んでください。'],
    ['Quote not closed', 'A quote is opened and not closed. Close it, or escape it inside a quoted value.'],
  ),
  'query-escape-unknown': unreadable(
    [
      '認められないエスケープ',
      '二重引用符の中の「\\」の後には「"」か「\\」だけを書けます。「\\」自体は「\\\\」と書きます。',
    ],
    ['Unknown escape', 'In double quotes a backslash stands before a quote or another backslash only.'],
  ),
  'query-character-unexpected': unreadable(
    [
      '余分な文字',
      '値に続けて余分な文字があるか、値の途中に「*」があります。空白で区切るか、値を引用符で囲んでください。',
    ],
    [
      'Unexpected character',
      'Something touches a value, or a star stands inside one. Put a space between, or quote the value.',
    ],
  ),
  'query-parentheses-unbalanced': unreadable(
    ['括弧の不一致', '検索式の括弧が対応していません。開いた括弧を閉じてください。'],
    ['Unbalanced parentheses', 'A parenthesis of the query has no partner. Close what is opened.'],
  ),
  'query-term-missing': unreadable(
    ['欠けている項', 'AND・OR・NOT や括弧には「項目:値」の項が必要です。項を補うか、それを除いてください。'],
    [
      'Missing term',
      'AND, OR, NOT and parentheses need a term beside or in them. Add it, or leave them out.',
    ],
  ),
  'query-field-missing': unreadable(
    [
      '項目名のない語',
      'すべてを対象とする検索はできません。語の前に項目名とコロンを付けてください（例 operator:o-17）。',
    ],
    [
      'Word without a field',
      'There is no search in everything. Put a field and a colon before the word, as in operator:o-17.',
    ],
  ),
  'query-field-unknown': unreadable(
    ['存在しない項目', 'その名前の項目はありません。検索式の説明にある項目名を使ってください。'],
    ['Unknown field', 'There is no such field. Use one that the page on the query language lists.'],
  ),
  'query-value-missing': unreadable(
    ['値のない項目', '項目に値がありません。コロンの後に、空白を入れずに値を続けてください。'],
    ['Missing value', 'A field has no value. Write it behind the colon, without a space.'],
  ),
  'query-value-malformed': unreadable(
    ['値の形式の誤り', 'この項目にその形式の値はありません。識別子や案件番号の形式を確認してください。'],
    [
      'Malformed value',
      'No value of this field looks like that. Check the form of the id or the case reference.',
    ],
  ),
  'query-value-unlisted': unreadable(
    ['一覧にない値', 'この項目に使える値は一覧に限られます。検索式の説明にある値を使ってください。'],
    ['Unlisted value', 'This field has a list of values. Use one that the page on the query language gives.'],
  ),
  'query-prefix-not-allowed': unreadable(
    [
      '前方一致のできない項目',
      '末尾の「*」による前方一致は案件（case）だけに使えます。値全体を書いてください。',
    ],
    ['No search by beginning here', 'Only case may end in a star. Write the whole value.'],
  ),
  'query-range-malformed': unreadable(
    ['日時の形式の誤り', '日時は 2026-04、2026-04-01T09:30、2026-04..2026-06 のように書いてください。'],
    ['Malformed time', 'Write times as 2026-04, 2026-04-01T09:30 or 2026-04..2026-06.'],
  ),
  'query-range-backwards': unreadable(
    ['前後が逆の期間', '検索式の期間の終わりが始まりより前です。前後を入れ替えてください。'],
    ['Range ends before it begins', 'A range of the query ends before it begins. Exchange its ends.'],
  ),
  'query-text-unbounded': unreadable(
    [
      '本文検索の期間の不足',
      '本文（text）の検索には、検索式の at または期間の指定で92日以内の期間が必要です。',
    ],
    [
      'Search in text without a period',
      'A search with text: needs a period of at most 92 days, by at: or by the bounds of the request.',
    ],
  ),
  'identifier-in-query': unreadable(
    [
      '検索式に住民票コード又は個人番号',
      '検索式や個々の条件に住民票コードや個人番号は書けません。住民は residentCode で指定してください。個人番号での検索はできません。',
    ],
    [
      'Resident code or individual number in the query',
      'Neither a query nor a filter beside it may hold such a number. Name the resident in residentCode; an individual number is never searched for.',
    ],
  ),
  'text-search-too-wide': {
    status: 422,
    ja: {
      title: '広すぎる本文検索',
      detail:
        '開いて調べる記録が 5,000 件を超えます。期間を短くするか、種別や操作者などの項を加えてください。',
    },
    en: {
      title: 'Search in text too wide',
      detail:
        'More than 5,000 events would have to be opened. Shorten the period, or add terms such as type or operator.',
    },
  },
  'histogram-too-fine': {
    status: 422,
    ja: {
      title: '細かすぎる件数の分布',
      detail: '区間が 1,000 を超えます。期間を短くするか、長い区間（day、month）を指定してください。',
    },
    en: {
      title: 'Histogram too fine',
      detail: 'There would be more than 1,000 bars. Shorten the period, or count by the day or month.',
    },
  },
} as const satisfies ProblemTexts;
