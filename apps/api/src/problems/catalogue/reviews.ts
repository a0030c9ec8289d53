import type { ProblemTexts } from './text.js';

/** Reviews (点検), the daily sign-off, and the watch list of protected persons (annex 2, 2(4)). */
export const reviewProblems = {
  'review-missing': {
    status: 404,
    ja: {
      title: '該当する点検なし',
      detail: 'この識別子の点検は記録にありません。点検の一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such review',
      detail: 'No review with this id is on record. See the list of reviews for the id.',
    },
  },
  'review-closed': {
    status: 409,
    ja: {
      title: '終了した点検',
      detail:
        '点検は所見を付して終了しているため、書き加えることも改めて終了することもできません。続きがあれば事案を宣言してください。',
    },
    en: {
      title: 'Review closed',
      detail:
        'The review was closed with a finding; nothing is added to it any more. Declare an incident for what goes on.',
    },
  },
  'reviewer-is-person-concerned': {
    status: 403,
    ja: {
      title: '本人による点検',
      detail:
        '点検の対象となった本人（保存検索が本人の操作を見つけた場合を含みます）は、書き加えることも終了することも、その日を確認することもできません。別の担当者が行ってください。',
    },
    en: {
      title: 'Reviewer is the person concerned',
      detail:
        'Nobody adds to or closes a review of their own conduct, or of a saved search that found something they did, or signs off a day on which they inquired. Somebody else has to.',
    },
  },
  'review-note-malformed': {
    status: 422,
    ja: {
      title: '点検の経過の不備',
      detail: '経過は空にせず、1,000 文字以内の正しい文字列で指定してください。',
    },
    en: {
      title: 'Malformed note to a review',
      detail: 'A note is well-formed text, not blank, of at most 1,000 characters. Divide a longer one.',
    },
  },
  'review-conclusion-unlisted': {
    status: 422,
    ja: {
      title: '点検の結論の誤り',
      detail:
        '結論には explained（業務上の理由あり）、false-alarm（検知の誤り）、improper（不適正な利用）のいずれかを指定してください。',
    },
    en: {
      title: 'Unknown conclusion of a review',
      detail: 'The conclusion is explained, false-alarm or improper.',
    },
  },
  'review-finding-malformed': {
    status: 422,
    ja: {
      title: '点検の所見の不備',
      detail:
        '所見は空にせず、1,000 文字以内の正しい文字列で指定してください。詳細は先に経過として書き加えられます。',
    },
    en: {
      title: 'Malformed finding of a review',
      detail:
        'A finding is well-formed text, not blank, of at most 1,000 characters. Add details as notes before.',
    },
  },
  'review-incident-missing': {
    status: 422,
    ja: {
      title: '事案のない不適正利用の結論',
      detail:
        '不適正な利用と結論するには、宣言済みの事案の識別子が必要です（別紙2の4(4)）。先に事案を宣言し、その識別子を incident に指定してください。',
    },
    en: {
      title: 'No incident for improper use',
      detail:
        'Improper use is concluded with the id of a declared incident (annex 2, 4(4)). Declare the incident first, and give its id as incident.',
    },
  },
  'review-day-malformed': {
    status: 422,
    ja: { title: '点検日の誤り', detail: '点検する日は、暦にある日を YYYY-MM-DD の形で指定してください。' },
    en: { title: 'Malformed day', detail: 'The day to sign off is a day of the calendar, as YYYY-MM-DD.' },
  },
  'review-day-not-over': {
    status: 422,
    ja: {
      title: '終わっていない日の確認',
      detail: 'この日はまだ終わっていません（東京の日付）。翌日以降に確認してください。',
    },
    en: { title: 'Day not over', detail: 'This day is not over yet in Tokyo. Sign it off once it is.' },
  },
  'review-day-before-agreement': {
    status: 422,
    ja: {
      title: '協定締結前の日の確認',
      detail: 'この日は協定の締結より前で、点検する操作履歴がありません。日付を確認してください。',
    },
    en: {
      title: 'Day before the agreement',
      detail:
        'The agreement was concluded after this day, so there is nothing of it to look at. Check the date.',
    },
  },
  'review-day-signed': {
    status: 409,
    ja: {
      title: '確認済みの日',
      detail: 'この日は既に確認されています。気付いたことがあれば事案を宣言してください。',
    },
    en: {
      title: 'Day signed off already',
      detail: 'This day was signed off before. Declare an incident for what was noticed since.',
    },
  },
  'review-day-changed': {
    status: 409,
    ja: {
      title: '表示後に変わった件数',
      detail:
        '送られた件数は、現在のその日の件数と一致しません。未確認の日を改めて表示し、内容を確かめてから確認してください。',
    },
    en: {
      title: 'Counts of the day have changed',
      detail:
        'The counts that were sent are not those of the day as it is now. Look at the unsigned days again, and sign what you see.',
    },
  },
  'review-remark-malformed': {
    status: 422,
    ja: {
      title: '点検の備考の不備',
      detail: '備考は 1,000 文字以内の正しい文字列で指定するか、指定しないでください。',
    },
    en: {
      title: 'Malformed remark',
      detail: 'A remark is well-formed text, not blank, of at most 1,000 characters; or leave it out.',
    },
  },
  'watch-exists': {
    status: 409,
    ja: {
      title: '見守り名簿の識別子の重複',
      detail: 'この識別子の登録は既に記録されています。改めて登録すると新しい識別子が付きます。',
    },
    en: {
      title: 'Entry of the watch list exists',
      detail:
        'An entry with this id is on record already. Putting the person on the list again gives a new id.',
    },
  },
  'watch-missing': {
    status: 404,
    ja: {
      title: '該当する見守りなし',
      detail:
        'この識別子の登録は見守り名簿にないか、既に終了しています。名簿の一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such entry on the watch list',
      detail: 'No entry with this id is on the watch list, or it has ended. See the list for the id.',
    },
  },
  'watch-until-malformed': {
    status: 422,
    ja: {
      title: '見守り期限の誤り',
      detail: '期限は今日以降の日を YYYY-MM-DD の形で指定してください。期限がなければ指定しないでください。',
    },
    en: {
      title: 'Malformed end of watching',
      detail: 'The last day is today or later, as YYYY-MM-DD; leave it out where there is no end.',
    },
  },
} as const satisfies ProblemTexts;

/** Saved searches (保存検索) of the trail; what is wrong with their query is said as of any query. */
export const savedSearchProblems = {
  'saved-search-exists': {
    status: 409,
    ja: {
      title: '保存検索の識別子の重複',
      detail: 'この識別子の保存検索は既に記録されています。改めて保存すると新しい識別子が付きます。',
    },
    en: {
      title: 'Saved search exists',
      detail: 'A saved search with this id is on record already. Saving again gives a new id.',
    },
  },
  'saved-search-missing': {
    status: 404,
    ja: {
      title: '該当する保存検索なし',
      detail:
        'この識別子の保存検索はないか、共有されていないか、削除されています。一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such saved search',
      detail:
        'There is no saved search with this id, or it is not shared, or it was removed. See the list for the id.',
    },
  },
  'saved-search-of-other': {
    status: 403,
    ja: {
      title: '他の担当者の保存検索',
      detail:
        '共有された保存検索を変更できるのも、しきい値のあるものを削除できるのも作成者だけです。同じ条件で新しく保存してください。作成者が保存検索を使えなくなった後は、その検索に操作が該当しない別の担当者が削除できます。',
    },
    en: {
      title: 'Saved search of somebody else',
      detail:
        'A shared search is changed by its owner only, and so is one with a threshold removed. Save the same query as one of your own. Once its owner may save searches no more, another officer removes it who did nothing that it finds.',
    },
  },
  'saved-search-name-malformed': {
    status: 422,
    ja: {
      title: '保存検索の名前の不備',
      detail: '名前は空にせず、住民票コードや個人番号を含まない 60 文字以内の文字列で指定してください。',
    },
    en: {
      title: 'Malformed name of a saved search',
      detail:
        'A name is well-formed text, not blank, of at most 60 characters, without resident codes and individual numbers.',
    },
  },
  'saved-search-threshold-malformed': {
    status: 422,
    ja: {
      title: '保存検索のしきい値の不備',
      detail: 'しきい値は、件数 1〜10,000、日数 1〜31 の整数で指定するか、指定しないでください。',
    },
    en: {
      title: 'Malformed threshold of a saved search',
      detail: 'A threshold has a count of 1 to 10,000 and 1 to 31 days, in whole numbers; or is left out.',
    },
  },
  'saved-search-period-over': {
    status: 422,
    ja: {
      title: '終わった期間へのしきい値',
      detail:
        '検索式の日時に当てはまる操作は今後ないため、しきい値を付けても点検が開くことはありません。日時を外すか、これからの期間にするか、しきい値を外してください。',
    },
    en: {
      title: 'Threshold over a period that is over',
      detail:
        'Nothing that is still to come can match the at: of the query, so that its threshold would never open a review. Leave at: out, give a period that goes on, or leave the threshold out.',
    },
  },
} as const satisfies ProblemTexts;
