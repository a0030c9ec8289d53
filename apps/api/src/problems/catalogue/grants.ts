import type { ProblemTexts } from './text.js';

/** The terminal manager's approval of an operator for a terminal, purposes and a period (annex 2, 2(4)). */
export const grantProblems = {
  'grant-not-found': {
    status: 404,
    ja: {
      title: '該当する利用の承認なし',
      detail: 'この識別子の利用の承認は記録にありません。識別子を確認してください。',
    },
    en: {
      title: 'No such grant',
      detail: 'No grant with this id is on record. Check the id.',
    },
  },
  'grant-missing': {
    status: 403,
    ja: {
      title: '利用の承認なし',
      detail: '該当する利用の承認がありません。端末管理責任者に利用の承認を申請してください。',
    },
    en: {
      title: 'No grant',
      detail: 'There is no grant that fits. Request one from the terminal manager.',
    },
  },
  'grant-exists': {
    status: 409,
    ja: {
      title: '申請の識別子の重複',
      detail: '同じ識別子の申請が既にあります。改めて申請してください。',
    },
    en: {
      title: 'Grant already requested',
      detail: 'A grant with this id was requested already. Request again.',
    },
  },
  'grant-already-decided': {
    status: 409,
    ja: {
      title: '決定済みの申請',
      detail: 'この申請は既に決定されています。変更するには、取り消すか、改めて申請してください。',
    },
    en: {
      title: 'Grant already decided',
      detail: 'This request was decided already. To change it, revoke the grant or request another.',
    },
  },
  'grant-not-approved': {
    status: 403,
    ja: {
      title: '未承認の利用',
      detail: 'この利用は承認されていません。端末管理責任者に確認してください。',
    },
    en: {
      title: 'Grant not approved',
      detail: 'This grant is not approved. Ask the terminal manager.',
    },
  },
  'grant-not-yet-valid': {
    status: 403,
    ja: {
      title: '利用期間の開始前',
      detail: '利用の承認の期間がまだ始まっていません。開始日以降に操作してください。',
    },
    en: {
      title: 'Grant not yet valid',
      detail: 'The period of the grant has not begun. Wait for its first day.',
    },
  },
  'grant-expired': {
    status: 403,
    ja: {
      title: '利用期間の満了',
      detail: '利用の承認の期間が過ぎています。必要なら改めて申請してください。',
    },
    en: {
      title: 'Grant expired',
      detail: 'The period of the grant is over. If you still need it, request another.',
    },
  },
  'grant-revoked': {
    status: 403,
    ja: {
      title: '取り消された利用の承認',
      detail: 'この利用の承認は取り消されています。必要なら改めて申請してください。',
    },
    en: {
      title: 'Grant revoked',
      detail: 'This grant was withdrawn. If you still need it, request another.',
    },
  },
  'grant-other-operator': {
    status: 403,
    ja: {
      title: '別の操作者の承認',
      detail: 'この利用の承認は別の操作者のものです。自分の承認を指定してください。',
    },
    en: {
      title: 'Grant of another operator',
      detail: 'This grant belongs to another operator. Name one of your own.',
    },
  },
  'grant-other-terminal': {
    status: 403,
    ja: {
      title: '別の端末の承認',
      detail: 'この利用の承認は別の端末についてのものです。承認された端末を使ってください。',
    },
    en: {
      title: 'Grant for another terminal',
      detail: 'This grant is for another terminal. Use the terminal it was approved for.',
    },
  },
  'grant-purpose-not-covered': {
    status: 403,
    ja: {
      title: '承認の範囲外の事務',
      detail: 'この事務は利用の承認に含まれていません。必要なら、この事務について申請してください。',
    },
    en: {
      title: 'Purpose not covered by the grant',
      detail: 'The grant does not cover this purpose. If you need it, request a grant that does.',
    },
  },
  'grant-prefix-not-allowed': {
    status: 403,
    ja: {
      title: '前方一致検索の承認なし',
      detail: '氏名の前方一致による照会は承認されていません。氏名全体で照会するか、承認を申請してください。',
    },
    en: {
      title: 'Prefix search not allowed',
      detail:
        'The grant does not allow search by the beginning of a name. Give the whole name, or request it.',
    },
  },
  'grant-days-malformed': {
    status: 422,
    ja: {
      title: '利用期間の誤り',
      detail: '期間の始まりと終わりは、実在する日を順に YYYY-MM-DD の形式で指定してください。',
    },
    en: {
      title: 'Malformed period of the grant',
      detail: 'First and last day are real days in this order, written YYYY-MM-DD.',
    },
  },
  'grant-from-past': {
    status: 422,
    ja: {
      title: '過去からの利用期間',
      detail: '利用期間を過去にさかのぼらせることはできません。本日以降から申請してください。',
    },
    en: {
      title: 'Grant begins in the past',
      detail: 'No right is given in retrospect. Request it from today or later.',
    },
  },
  'grant-too-long': {
    status: 422,
    ja: {
      title: '長すぎる利用期間',
      detail: '利用期間が上限を超えています。期間を短くし、必要なら後で改めて申請してください。',
    },
    en: {
      title: 'Grant too long',
      detail: 'The period is longer than allowed. Shorten it, and request again later if need be.',
    },
  },
  'purposes-empty': {
    status: 422,
    ja: {
      title: '事務の指定なし',
      detail: '事務を少なくとも一つ指定してください。',
    },
    en: {
      title: 'No purpose named',
      detail: 'Name at least one purpose.',
    },
  },
  'purpose-repeated': {
    status: 422,
    ja: {
      title: '事務の重複',
      detail: '同じ事務が 2 度指定されています。1 度だけ指定してください。',
    },
    en: {
      title: 'Purpose repeated',
      detail: 'A purpose is named twice. Name each once.',
    },
  },
} as const satisfies ProblemTexts;
