import type { ProblemTexts } from './text.js';

/** Exports (書き出し) of the trail; what is wrong with their query is said as of any query. */
export const exportProblems = {
  'export-exists': {
    status: 409,
    ja: {
      title: '書き出しの識別子の重複',
      detail: 'この識別子の書き出しは既に記録されています。改めて求めると新しい識別子が付きます。',
    },
    en: {
      title: 'Export exists',
      detail: 'An export with this id is on record already. Asking again gives a new id.',
    },
  },
  'export-missing': {
    status: 404,
    ja: {
      title: '該当する書き出しなし',
      detail:
        'この識別子の書き出しは記録にないか、その年度の証跡の保存期間が終わっています。識別子を確認してください。',
    },
    en: {
      title: 'No such export',
      detail: 'No export with this id is on record, or the trail of its year has ended. Check the id.',
    },
  },
  'export-of-other': {
    status: 403,
    ja: {
      title: '他の担当者の書き出し',
      detail:
        'ファイルを受け取れるのは書き出しを求めた本人だけです。必要であれば自ら書き出しを求めてください。',
    },
    en: {
      title: 'Export of somebody else',
      detail: 'The file is handed to whoever asked for the export. Ask for one of your own.',
    },
  },
  'export-not-approved': {
    status: 409,
    ja: {
      title: '承認を待つ書き出し',
      detail: '件数が多いため、別の担当者の承認が必要です。承認された後に受け取ってください。',
    },
    en: {
      title: 'Export not approved',
      detail: 'An export of so many rows needs a second person to approve it. Fetch the file afterwards.',
    },
  },
  'export-refused': {
    status: 409,
    ja: {
      title: '却下された書き出し',
      detail: 'この書き出しは別の担当者に却下されています。必要であれば、理由を改めて新たに求めてください。',
    },
    en: {
      title: 'Export refused',
      detail: 'A second person has refused this export. Where it is still needed, ask anew and say why.',
    },
  },
  'log-behind': {
    status: 503,
    ja: {
      title: 'ログの遅れ',
      detail:
        'この書き出しの証明に必要な記録がまだログに含まれていません。何も失われていません。少し待ってから改めて受け取ってください。',
    },
    en: {
      title: 'The log is behind',
      detail:
        'The log does not hold yet what this export has to prove. Nothing is lost: fetch the file again in a moment.',
    },
  },
  'export-approval-not-needed': {
    status: 409,
    ja: {
      title: '承認の不要な書き出し',
      detail: 'この書き出しは承認を必要としないか、既に承認されています。承認も却下もできません。',
    },
    en: {
      title: 'No approval needed',
      detail: 'This export needs no approval, or has one already. There is nothing to approve or to refuse.',
    },
  },
  'export-fetched-already': {
    status: 409,
    ja: {
      title: '引き渡し済みの書き出し',
      detail: 'ファイルの引き渡しは一度限りです。もう一度必要であれば、改めて書き出しを求めてください。',
    },
    en: {
      title: 'Export fetched already',
      detail: 'The file of an export is handed over once. Ask for the export anew.',
    },
  },
} as const satisfies ProblemTexts;
