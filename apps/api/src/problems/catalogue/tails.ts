import type { ProblemTexts } from './text.js';

/** Tails (追跡表示) of the trail; what is wrong with their query is said as of any query. */
export const tailProblems = {
  'tail-query-not-for-url': {
    status: 422,
    ja: {
      title: 'URL に書けない検索式',
      detail:
        'URL は経路上に残るため、案件（case）と本文（text）の項、住民、理由は書けません。検索を保存して savedSearch で指定するか、POST の本文で送ってください。',
    },
    en: {
      title: 'Query not for a URL',
      detail:
        'URLs are kept along the way: case: and text:, a resident and a reason have no place in one. Save the search and name it in savedSearch, or send it in the body of a POST.',
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
  'tails-of-person': {
    status: 429,
    ja: {
      title: '追跡表示の上限（一人あたり）',
      detail:
        '一人が同時に開ける追跡表示は、セッションを合わせて 4 件までです。どれかを閉じてから始めてください。',
    },
    en: {
      title: 'Too many tails of one person',
      detail:
        'One person follows the trail at most 4 times at once, in all sessions together. Close one of them first.',
    },
  },
  'tails-of-process': {
    status: 503,
    ja: {
      title: '追跡表示の上限',
      detail: 'ここで同時に開ける追跡表示の上限に達しています。少し待ってからやり直してください。',
    },
    en: {
      title: 'Too many tails',
      detail: 'As many follow the trail here as may at once. Wait a little and try again.',
    },
  },
} as const satisfies ProblemTexts;
