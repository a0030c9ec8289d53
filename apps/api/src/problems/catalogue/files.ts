import type { ProblemTexts } from './text.js';

/**
 * Files (ファイル) that are handed over: exports of the trail, and the list of a resident's provisions. `trail-behind` also
 * refuses what an officer does where a saved search has to tell first whether it is about them.
 */
export const fileProblems = {
  'files-of-person': {
    status: 429,
    ja: {
      title: '受け取り中のファイルの上限（一人あたり）',
      detail:
        '一人が同時に受け取れるファイルは、セッションを合わせて 4 件までです。受け取りが終わってからやり直してください。何も記録されていません。',
    },
    en: {
      title: 'Too many files of one person',
      detail:
        'One person fetches at most 4 files at once, in all sessions together. Let one of them end first. Nothing was put on record.',
    },
  },
  'files-of-process': {
    status: 503,
    ja: {
      title: '受け取り中のファイルの上限',
      detail:
        'ここで同時に引き渡せるファイルの上限に達しています。少し待ってからやり直してください。何も記録されていません。',
    },
    en: {
      title: 'Too many files',
      detail:
        'As many files are handed over here as may be at once. Wait a little and try again. Nothing was put on record.',
    },
  },
  'trail-behind': {
    status: 503,
    ja: {
      title: '検索用の表の遅れ',
      detail:
        '記録の最新の部分がまだ検索用の表に反映されていないため、漏れのない一覧の作成や、漏れのない確認ができません。少し待ってから改めて求めてください。',
    },
    en: {
      title: 'The trail is behind',
      detail:
        'What was recorded last has not been read into the trail yet, so a list would not be complete, and nobody can tell what a search finds. Ask again in a moment.',
    },
  },
} as const satisfies ProblemTexts;
