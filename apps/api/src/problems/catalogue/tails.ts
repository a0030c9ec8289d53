import type { ProblemTexts } from './text.js';

/** Tails (追跡表示) of the trail; what is wrong with their query is said as of any query. */
export const tailProblems = {
  'tail-query-not-for-url': {
    status: 422,
    ja: {
      title: 'URL に書けない検索式',
      detail:
        'URL は経路上に残るため、案件（case）と本文（text）の項は書けません。検索を保存して savedSearch で指定するか、POST の本文で送ってください。',
    },
    en: {
      title: 'Query not for a URL',
      detail:
        'URLs are kept along the way, so that case: and text: have no place in one. Save the search and name it in savedSearch, or send the query in the body of a POST.',
    },
  },
  'tail-text-not-followed': {
    status: 422,
    ja: {
      title: '追跡できない本文検索',
      detail:
        '本文（text）の項は、終わりのある期間だけを調べられるため追跡できません。その項を除くか、証跡の検索を使ってください。',
    },
    en: {
      title: 'Words are not followed',
      detail:
        'Looking for words (text:) needs a period that ends, so that it cannot be followed. Leave the term out, or search the trail instead.',
    },
  },
  'tail-position-unknown': {
    status: 400,
    ja: {
      title: '存在しない位置',
      detail:
        'Last-Event-ID の位置まで記録が進んでいません。受け取った最後の id を指定するか、指定せずに始めてください。',
    },
    en: {
      title: 'No such position',
      detail:
        'The record does not reach to the position in Last-Event-ID. Send the last id that was received, or begin without one.',
    },
  },
} as const satisfies ProblemTexts;
