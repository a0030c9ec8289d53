import type { ProblemTexts } from './text.js';

/** Requests that cannot become a command (decision 17), and things that are not there. */
export const requestProblems = {
  'request-malformed': {
    status: 400,
    ja: {
      title: 'リクエストの形式の誤り',
      detail:
        'リクエストの形式が正しくないため受け付けられません。errors に示す項目を直して送り直してください。',
    },
    en: {
      title: 'Malformed request',
      detail: 'The request cannot be read as a command. Mend the fields named in errors and send it again.',
    },
  },
  'field-malformed': {
    status: 400,
    ja: {
      title: '項目の形式の誤り',
      detail: 'この項目の型または長さが正しくありません。API 仕様（/openapi.json）の形式に合わせてください。',
    },
    en: {
      title: 'Malformed field',
      detail: 'The field is of the wrong type or length. Give it the form that /openapi.json describes.',
    },
  },
  'field-unknown': {
    status: 400,
    ja: {
      title: '定義されていない項目',
      detail:
        'この操作で定義されていない項目が含まれています。API 仕様（/openapi.json）にない項目を除いてください。field は、それを含む項目（cases.0 など）です。',
    },
    en: {
      title: 'Unknown field',
      detail:
        'The request holds a field that this operation does not know. Leave out what /openapi.json does not list. Where it is inside another one, such as cases.0, field names that one.',
    },
  },
  'idempotency-key-missing': {
    status: 400,
    ja: {
      title: '識別子（Idempotency-Key）の不備',
      detail:
        '照会と開示請求の受付には、小文字の UUIDv7 を Idempotency-Key ヘッダーに付けてください。新しいものには新しい値を、再送には同じ値を使います。',
    },
    en: {
      title: 'Idempotency-Key missing',
      detail:
        'An inquiry, or a request for disclosure, needs a lower-case UUIDv7 in the Idempotency-Key header: a new one for a new one, the same one to repeat.',
    },
  },
  'cursor-unknown': {
    status: 400,
    ja: {
      title: '続きの位置の不一致',
      detail:
        'cursor がこの検索のものではありません。同じ条件の検索で返された next を指定するか、最初から検索してください。',
    },
    en: {
      title: 'Unknown cursor',
      detail:
        'The cursor does not belong to this search. Use next from a page with the same filters, or begin again.',
    },
  },
  'route-not-found': {
    status: 404,
    ja: {
      title: '存在しない操作',
      detail: 'この URL とメソッドの操作はありません。API 仕様（/openapi.json）を確認してください。',
    },
    en: {
      title: 'No such operation',
      detail: 'There is no operation at this URL and method. See /openapi.json.',
    },
  },
  'event-not-found': {
    status: 404,
    ja: {
      title: '該当するイベントなし',
      detail: 'この識別子のイベントは証跡にありません。識別子を確認してください。',
    },
    en: {
      title: 'No such event',
      detail: 'The trail holds no event with this id. Check the id.',
    },
  },
  'too-large': {
    status: 413,
    ja: {
      title: '上限を超える大きさ',
      detail: '送信または記録しようとした内容が上限を超えています。内容を短くして送り直してください。',
    },
    en: {
      title: 'Too large',
      detail: 'What was sent, or was to be recorded, is larger than allowed. Shorten it and send it again.',
    },
  },
  'media-type-unsupported': {
    status: 415,
    ja: {
      title: '対応していないデータ形式',
      detail: '本文は application/json で送ってください。',
    },
    en: {
      title: 'Unsupported media type',
      detail: 'Send the body as application/json.',
    },
  },
  'file-not-csv': {
    status: 415,
    ja: {
      title: 'CSV ではないファイル',
      detail: 'この操作は CSV のファイルを受け付けます。Content-Type を text/csv として送ってください。',
    },
    en: {
      title: 'Not a CSV file',
      detail: 'This operation takes a CSV file. Send it with the Content-Type text/csv.',
    },
  },
} as const satisfies ProblemTexts;
