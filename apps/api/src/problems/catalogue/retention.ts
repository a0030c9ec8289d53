import type { ProblemTexts } from './text.js';

/** Retention periods, erasure (消去) and the keys behind it (annex 2, 2(5), 2(9)ウ). */
export const retentionProblems = {
  'period-malformed': {
    status: 422,
    ja: {
      title: '保存期間の形式の誤り',
      detail: '保存期間は、日・月・年いずれかの整数で P90D、P6M、P1Y のように指定してください。',
    },
    en: {
      title: 'Malformed retention period',
      detail: 'A period is a whole number of days, months or years: P90D, P6M, P1Y.',
    },
  },
  'erasure-not-found': {
    status: 404,
    ja: {
      title: '該当する消去の記録なし',
      detail: 'この識別子の消去の記録はありません。始まった直後なら、少し待ってから確認してください。',
    },
    en: {
      title: 'No such erasure',
      detail: 'No erasure with this id is on record. If it has only just begun, wait a little.',
    },
  },
  'erasure-not-started': {
    status: 409,
    ja: {
      title: '開始されていない消去',
      detail: '消去の開始が記録されていないため、先へ進めません。次の消去処理で改めて行われます。',
    },
    en: {
      title: 'Erasure not started',
      detail: 'The start of this erasure is not on record, so it cannot go on. The next run begins it again.',
    },
  },
  'erasure-not-complete': {
    status: 409,
    ja: {
      title: '完了していない消去',
      detail: '消去が完了していないため、確認済みとして記録できません。次の消去処理が続きを行います。',
    },
    en: {
      title: 'Erasure not complete',
      detail: 'The erasure is not complete, so it cannot be certified. The next run goes on with it.',
    },
  },
  'erasure-count-differs': {
    status: 409,
    ja: {
      title: '消去件数の不一致',
      detail: '消去した件数が開始時の記録と一致しません。直ちにセキュリティ責任者に連絡してください。',
    },
    en: {
      title: 'Erasure count differs',
      detail:
        'The inquiries erased are not as many as the start announced. Tell the security officer at once.',
    },
  },
  'cohort-not-due': {
    status: 409,
    ja: {
      title: '保存期間の満了前',
      detail: '保存期間がまだ過ぎていないため消去できません。最後の利用可能日の翌日以降に消去されます。',
    },
    en: {
      title: 'Cohort not due',
      detail:
        'The retention period is not over, so nothing is erased. It is due the day after the last usable day.',
    },
  },
  'erasure-hold-not-found': {
    status: 404,
    ja: {
      title: '停止中の消去処理なし',
      detail: 'この識別子で停止した消去処理は記録にありません。消去期限の一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such stopped run',
      detail: 'No stopped erasure run with this id is on record. See the list of what is due for the id.',
    },
  },
  'erasure-hold-released': {
    status: 409,
    ja: {
      title: '再開が承認済みの消去処理',
      detail: '2 名の承認がそろい、この消去処理は既に再開されています。これ以上の承認は不要です。',
    },
    en: {
      title: 'Run already released',
      detail: 'Two people have let this run go on already. Nothing more is needed.',
    },
  },
  'key-destroyed': {
    status: 409,
    ja: {
      title: '破棄済みの鍵',
      detail:
        'この鍵は破棄されたと記録されており、再び作られることはありません。セキュリティ責任者に連絡してください。',
    },
    en: {
      title: 'Key destroyed',
      detail: 'This key is on record as destroyed and is never made again. Tell the security officer.',
    },
  },
} as const satisfies ProblemTexts;
