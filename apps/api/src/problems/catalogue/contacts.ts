import type { ProblemTexts } from './text.js';

/** The contacts (連絡先) that each party tells the other (annex 2, 4(1)). */
export const contactProblems = {
  'contact-not-found': {
    status: 404,
    ja: {
      title: '該当する連絡先なし',
      detail: 'この識別子の連絡先はないか、削除されています。連絡先の一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such contact',
      detail: 'There is no contact with this id, or it was removed. See the list of contacts for the id.',
    },
  },
  'contact-unknown': {
    status: 404,
    ja: {
      title: '登録されていない連絡先',
      detail: 'この連絡先は登録されていないか、既に削除されています。連絡先の一覧を見直してください。',
    },
    en: {
      title: 'Contact not registered',
      detail: 'This contact is not registered, or was removed meanwhile. Look at the list again.',
    },
  },
  'contact-exists': {
    status: 409,
    ja: {
      title: '連絡先の識別子の重複',
      detail: 'この識別子の連絡先は既に記録されています。改めて登録すると新しい識別子が付きます。',
    },
    en: {
      title: 'Contact already on record',
      detail: 'A contact with this id is on record already. Registering again gives a new id.',
    },
  },
  'contact-last': {
    status: 409,
    ja: {
      title: '最後の連絡先',
      detail:
        '当事者の最後の連絡先、または相手方が確認した最後の連絡先は削除できません。変更するか、別の連絡先を登録して相手方の確認を得てから削除してください。',
    },
    en: {
      title: 'Last contact of a party',
      detail:
        'Neither the last contact of a party nor the last one that the other has confirmed is removed. Change it, or register another, have it confirmed, and then remove this one.',
    },
  },
  'contacts-too-many': {
    status: 409,
    ja: {
      title: '多すぎる連絡先',
      detail: '連絡先は当事者ごとに 20 件までです。使わないものを削除してから登録してください。',
    },
    en: {
      title: 'Too many contacts',
      detail: 'A party has at most 20 contacts. Remove one that is not needed, then register.',
    },
  },
  'contact-changes-too-many': {
    status: 409,
    ja: {
      title: '多すぎる連絡先の変更',
      detail:
        '同じ連絡先の変更は 1 時間に 10 回までです。時間をおいて変更するか、別の連絡先を登録してください。',
    },
    en: {
      title: 'Contact changed too often',
      detail: 'A contact is changed at most 10 times an hour. Change it later, or register another one.',
    },
  },
  'contact-of-other-party': {
    status: 403,
    ja: {
      title: '相手方の連絡先',
      detail: '連絡先を登録、変更、削除できるのは、その当事者の者だけです。相手方に依頼してください。',
    },
    en: {
      title: 'Contact of the other party',
      detail: 'Only people of its own party register, change or remove a contact. Ask the other party to.',
    },
  },
  'contact-of-own-party': {
    status: 403,
    ja: {
      title: '自らの側の連絡先',
      detail: '連絡先を確認するのは、通知を受けた相手方です（別紙2の4(1)）。相手方の確認を待ってください。',
    },
    en: {
      title: 'Contact of one’s own party',
      detail:
        'A contact is confirmed by the party that was told of it (annex 2, 4(1)). Wait for the other one.',
    },
  },
  'contact-version-outdated': {
    status: 409,
    ja: {
      title: '変更された連絡先',
      detail:
        '確認しようとした版の連絡先は、現在の版ではありません。現在の内容を見てから、その版を確認してください。',
    },
    en: {
      title: 'Contact changed meanwhile',
      detail:
        'The version to be confirmed is not the present one. Look at the contact, and confirm what it says now.',
    },
  },
  'channels-empty': {
    status: 422,
    ja: {
      title: '連絡手段の指定なし',
      detail: '連絡先には、メールまたは webhook の連絡手段を少なくとも一つ指定してください。',
    },
    en: {
      title: 'No channel',
      detail: 'Give at least one way to reach the contact, by mail or by webhook.',
    },
  },
  'channels-too-many': {
    status: 422,
    ja: {
      title: '多すぎる連絡手段',
      detail: '連絡手段は連絡先ごとに 5 件までです。確実に届くものから順に指定してください。',
    },
    en: {
      title: 'Too many channels',
      detail: 'A contact has at most 5 channels. Give those that surely arrive, in this order.',
    },
  },
  'channel-malformed': {
    status: 422,
    ja: {
      title: '連絡手段の誤り',
      detail:
        'メールは名前を付けない 254 文字以内の一つのメールアドレス、webhook は 2,000 文字以内の https の URL（利用者情報と # 以降を除く。）で指定してください。',
    },
    en: {
      title: 'Malformed channel',
      detail:
        'Mail needs one bare address of at most 254 characters; a webhook an https URL of at most 2,000, without user information and fragment.',
    },
  },
  'channel-repeated': {
    status: 422,
    ja: {
      title: '連絡手段の重複',
      detail: '同じ連絡手段が 2 度指定されています。1 度だけ指定してください。',
    },
    en: {
      title: 'Channel repeated',
      detail: 'A channel is named twice. Name each once.',
    },
  },
} as const satisfies ProblemTexts;
