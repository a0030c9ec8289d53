import type { ProblemTexts } from './text.js';

/** A resident's request to be told who was given the resident's data (開示請求). */
export const disclosureRequestProblems = {
  'disclosure-request-missing': {
    status: 404,
    ja: {
      title: '該当する開示請求なし',
      detail:
        'この識別子の開示請求は受け付けられていないか、その年度の証跡の保存期間が終わっています。識別子を確認するか、先に受付を記録してください。',
    },
    en: {
      title: 'No such request for disclosure',
      detail:
        'No request for disclosure with this id is registered, or the trail of its year has ended. Check the id, or register the request first.',
    },
  },
  'disclosure-request-exists': {
    status: 409,
    ja: {
      title: '受付済みの識別子',
      detail:
        'この Idempotency-Key は、別の担当者または別の内容の開示請求の受付に使われています。新しい UUIDv7 で受付を記録してください。',
    },
    en: {
      title: 'Request for disclosure exists',
      detail:
        'This Idempotency-Key belongs to a request that somebody else registered, or that says something else. Register it with a new UUIDv7.',
    },
  },
  'disclosure-request-answered': {
    status: 409,
    ja: {
      title: '回答済みの開示請求',
      detail: 'この開示請求には既に回答しています。改めて開示するには、新たな開示請求を受け付けてください。',
    },
    en: {
      title: 'Request for disclosure answered',
      detail: 'This request has been answered already. To disclose anything more, register a new request.',
    },
  },
  'disclosure-request-extended': {
    status: 409,
    ja: {
      title: '延長済みの期限',
      detail: '回答の期限の延長は一度限りです。現在の期限までに回答してください。',
    },
    en: {
      title: 'Extended already',
      detail: 'The days for the answer are extended once. Answer by the last day that stands.',
    },
  },
  'disclosure-request-overdue': {
    status: 409,
    ja: {
      title: '期限の過ぎた開示請求',
      detail: '回答の期限が過ぎているため、延長できません。速やかに回答してください。',
    },
    en: {
      title: 'Request for disclosure overdue',
      detail: 'The days for the answer are over and can no longer be extended. Answer without delay.',
    },
  },
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
      detail:
        '受付日は、今日から遡って一年未満の暦にある日を YYYY-MM-DD の形で指定してください。誤って登録した請求は、理由を添えて「誤登録」として終え、正しい受付日で登録し直してください。',
    },
    en: {
      title: 'Malformed day of receipt',
      detail:
        'The day of receipt is a day of the calendar, today or less than a year ago, as YYYY-MM-DD. End what was registered wrongly as registered-in-error, with a remark, and register it anew.',
    },
  },
  'disclosure-due-malformed': {
    status: 422,
    ja: {
      title: '延長後の期限の誤り',
      detail:
        '延長後の期限は、現在の期限の翌日から 30 日後までの暦にある日を YYYY-MM-DD の形で指定してください。',
    },
    en: {
      title: 'Malformed day of the extension',
      detail:
        'The new last day is a day of the calendar, at most 30 days after the one that stands, as YYYY-MM-DD.',
    },
  },
  'disclosure-not-shown': {
    status: 409,
    ja: {
      title: '一覧のない開示',
      detail:
        'この開示請求では提供状況の一覧がまだ作成されていません。一覧を作成してから「開示」と記録してください。',
    },
    en: {
      title: 'Nothing was listed',
      detail:
        'No list of the provisions has been made under this request. Make it, and then record that it was disclosed.',
    },
  },
  'disclosure-answered-malformed': {
    status: 422,
    ja: {
      title: '回答日の誤り',
      detail:
        '回答日は、受付日（期限を延長した場合はその日、開示の場合は最初に一覧を作成した日以後でもあること）から今日までの暦にある日を YYYY-MM-DD の形で指定してください。',
    },
    en: {
      title: 'Malformed day of the answer',
      detail:
        'The day of the answer is a day of the calendar to today, as YYYY-MM-DD: not before the day of receipt, the day of an extension or, for a disclosure, that of the first list.',
    },
  },
  'disclosure-remark-malformed': {
    status: 422,
    ja: {
      title: '開示請求の備考の不備',
      detail: '備考は空にせず、1,000 文字以内の正しい文字列で指定するか、指定しないでください。',
    },
    en: {
      title: 'Malformed remark on a request',
      detail: 'A remark is well-formed text, not blank, of at most 1,000 characters; or leave it out.',
    },
  },
  'disclosure-remark-missing': {
    status: 422,
    ja: {
      title: '誤登録の理由なし',
      detail: '誤って登録した開示請求を終えるには、何が誤りかを備考（remark）に記載してください。',
    },
    en: {
      title: 'No word of what was registered in error',
      detail: 'To end a request as registered in error, say in the remark what was wrong.',
    },
  },
  'disclosure-looks-too-many': {
    status: 409,
    ja: {
      title: '一覧の作成回数の上限',
      detail:
        '一つの開示請求の下で作成できる一覧は 100 回までです。作成済みの一覧で回答してください。更に必要なら、この請求を終えて、登録し直してください。',
    },
    en: {
      title: 'Too many looks under one request',
      detail:
        'At most 100 lists are made under one request. Answer with one that was made; where more are needed, end this request and register it anew.',
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
} as const satisfies ProblemTexts;
