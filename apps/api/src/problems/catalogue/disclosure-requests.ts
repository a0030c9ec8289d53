import type { ProblemTexts } from './text.js';

/** A resident's request to be told who was given the resident's data (開示請求). */
export const disclosureRequestProblems = {
  'disclosure-reference-malformed': {
    status: 422,
    ja: {
      title: '開示請求の番号の不備',
      detail:
        '開示請求の番号は、数字を含み、住民票コードや個人番号を含まない 64 文字以内の文字列で指定してください。',
    },
    en: {
      title: 'Malformed reference of a request for disclosure',
      detail:
        'The reference of the request has at most 64 characters, a digit among them, and no resident code or individual number.',
    },
  },
  'disclosure-requester-unchecked': {
    status: 422,
    ja: {
      title: '本人確認なしの開示',
      detail:
        '提供状況を示せるのは、請求者が本人（または代理人）であることを確認した後だけです。確認してから requesterChecked を true にしてください。',
    },
    en: {
      title: 'Requester not checked',
      detail:
        'The list is shown once it was checked that the requester is the resident, or may ask for the resident. Then set requesterChecked to true.',
    },
  },
  'disclosure-received-malformed': {
    status: 422,
    ja: {
      title: '開示請求の受付日の誤り',
      detail: '受付日は、今日以前の暦にある日を YYYY-MM-DD の形で指定してください。',
    },
    en: {
      title: 'Malformed day of receipt',
      detail: 'The day of receipt is a day of the calendar, today or before, as YYYY-MM-DD.',
    },
  },
  'former-codes-too-many': {
    status: 422,
    ja: {
      title: '変更前の住民票コードが多すぎます',
      detail: '変更前の住民票コードは 10 件まで指定できます。その住民のものだけを指定してください。',
    },
    en: {
      title: 'Too many former resident codes',
      detail: 'At most 10 former resident codes are given, and only those of this resident.',
    },
  },
  'provisions-too-many-to-print': {
    status: 422,
    ja: {
      title: '印刷する件数の超過',
      detail: '提供の件数が 5,000 件を超えるため、PDF では作成できません。csv か json で求めてください。',
    },
    en: {
      title: 'Too many provisions to print',
      detail: 'There are more than 5,000 provisions, too many for a PDF. Ask for csv or json.',
    },
  },
  'trail-behind': {
    status: 503,
    ja: {
      title: '検索用の表の遅れ',
      detail:
        '記録の最新の部分がまだ検索用の表に反映されていないため、漏れのない一覧を作れません。少し待ってから改めて求めてください。',
    },
    en: {
      title: 'The trail is behind',
      detail:
        'What was recorded last has not been read into the trail yet, so the list would not be complete. Ask again in a moment.',
    },
  },
} as const satisfies ProblemTexts;
