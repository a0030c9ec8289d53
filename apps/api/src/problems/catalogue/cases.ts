import type { ProblemTexts } from './text.js';

/** The register of cases (案件台帳). Of a reference that is missing or malformed `inquiries` speaks. */
export const caseProblems = {
  'case-affair-unlisted': {
    status: 422,
    ja: {
      title: '協定にない事務の案件',
      detail: 'この事務は協定にありません。協定に定める事務の識別子を指定してください。',
    },
    en: {
      title: 'Affair not listed',
      detail: 'The agreement does not list this affair. Name one that it lists.',
    },
  },
  'case-opened-malformed': {
    status: 422,
    ja: {
      title: '案件の受付日の誤り',
      detail: '受付日は、暦にある今日までの日を YYYY-MM-DD の形で指定してください。',
    },
    en: {
      title: 'Malformed first day of a case',
      detail: 'The first day of a case is a day of the calendar, YYYY-MM-DD, today at the latest.',
    },
  },
  'case-closed-malformed': {
    status: 422,
    ja: {
      title: '案件の終了日の誤り',
      detail:
        '終了日は、受付日から今日までの日を YYYY-MM-DD の形で指定してください。終了していない案件では空とします。',
    },
    en: {
      title: 'Malformed last day of a case',
      detail:
        'The last day of a case is a day from the first one to today, YYYY-MM-DD; there is none while it is open.',
    },
  },
  'case-repeated': {
    status: 422,
    ja: {
      title: '案件の重複',
      detail: '同じ案件が一度の登録に二度含まれています。現在の内容だけを送ってください。',
    },
    en: {
      title: 'Case given twice',
      detail: 'The same case was handed over twice at once. Send it once, as it stands now.',
    },
  },
  'case-not-registered': {
    status: 404,
    ja: {
      title: '登録のない案件',
      detail: 'この事務とこの番号の案件は台帳にありません。番号を確認し、必要であれば登録してください。',
    },
    en: {
      title: 'No such case',
      detail:
        'The register has no case of this affair and reference. Check the reference, or hand the case over.',
    },
  },
  'case-file-not-unicode': {
    status: 422,
    ja: {
      title: '文字コードの異なるファイル',
      detail: 'ファイルが UTF-8 ではありません。UTF-8（BOM の有無は問いません）で保存し直してください。',
    },
    en: {
      title: 'File is not UTF-8',
      detail: 'The file is not in UTF-8. Save it as UTF-8, with or without a byte order mark.',
    },
  },
  'case-file-heading-malformed': {
    status: 422,
    ja: {
      title: '見出し行の誤り',
      detail:
        '最初の行に affair, caseReference, openedOn, closedOn（事務、案件番号、受付日、終了日）の四列を一度ずつ書いてください。',
    },
    en: {
      title: 'Malformed heading',
      detail:
        'The first row names the four columns affair, caseReference, openedOn and closedOn, each once and no other.',
    },
  },
  'case-file-row-malformed': {
    status: 422,
    ja: {
      title: '読めない行',
      detail:
        '行の列数が見出しと異なるか、引用符が正しく閉じられていません。row に示す行を直してください。何も登録されていません。',
    },
    en: {
      title: 'Unreadable row',
      detail:
        'A row has more or fewer cells than the heading, or a quotation mark is not closed. Mend the row that row names; nothing was registered.',
    },
  },
  'case-file-rows-out-of-range': {
    status: 422,
    ja: {
      title: '行数の範囲外',
      detail:
        '一つのファイルの案件は 1 件から 1,000 件までです。分けて送ってください。何も登録されていません。',
    },
    en: {
      title: 'Too few or too many rows',
      detail: 'A file has 1 to 1,000 cases. Send it in parts; nothing was registered.',
    },
  },
} as const satisfies ProblemTexts;
