import type { ProblemTexts } from './text.js';

/** Account holders, their roles and training (art. 5; annex 2, 2(4), 2(9)). */
export const peopleProblems = {
  'operator-not-found': {
    status: 404,
    ja: {
      title: '該当する操作者なし',
      detail: 'この識別子の操作者は登録されていません。識別子を確認してください。',
    },
    en: {
      title: 'No such operator',
      detail: 'Nobody is registered under this id. Check the id.',
    },
  },
  'operator-missing': {
    status: 404,
    ja: {
      title: '未登録の操作者',
      detail: '指定された操作者は登録されていません。識別子を確認するか、先に登録してください。',
    },
    en: {
      title: 'Operator not registered',
      detail: 'The operator named is not registered. Check the id, or register the person first.',
    },
  },
  'operator-exists': {
    status: 409,
    ja: {
      title: '登録済みの操作者',
      detail: 'この識別子の操作者は既に登録されています。改めて登録すると新しい識別子が付きます。',
    },
    en: {
      title: 'Operator already registered',
      detail: 'Somebody is registered under this id already. Registering again gives a new id.',
    },
  },
  'operator-id-malformed': {
    status: 422,
    ja: {
      title: '操作者の識別子の形式の誤り',
      detail: '識別子は、小文字の英数字とハイフン 2 文字から 40 文字です。',
    },
    en: {
      title: 'Malformed operator id',
      detail: 'An operator id has 2 to 40 lower-case letters, digits and hyphens.',
    },
  },
  'side-unknown': {
    status: 422,
    ja: {
      title: '所属する側の誤り',
      detail: '所属する側には、甲（recipient）または乙（provider）を指定してください。',
    },
    en: {
      title: 'Unknown side',
      detail: 'The side is recipient (甲) or provider (乙).',
    },
  },
  'name-malformed': {
    status: 422,
    ja: {
      title: '氏名・名称の不備',
      detail: '氏名または名称は空にせず、200 文字以内の正しい文字列で指定してください。',
    },
    en: {
      title: 'Malformed name',
      detail: 'A name is well-formed text, not blank, of at most 200 characters.',
    },
  },
  'unit-malformed': {
    status: 422,
    ja: {
      title: '部署コードの形式の誤り',
      detail:
        '部署は、小文字の英数字とハイフン 40 文字以内のコードで指定してください。人の名前、住民票コード、個人番号は入れないでください。',
    },
    en: {
      title: 'Malformed unit',
      detail:
        'A unit is a code of at most 40 lower-case letters, digits and hyphens, never a person’s name, a resident code or an individual number.',
    },
  },
  'role-unknown': {
    status: 422,
    ja: {
      title: '定められていない役割',
      detail: '役割は、API 仕様（/openapi.json）に挙げたものから選んでください。',
    },
    en: {
      title: 'Unknown role',
      detail: 'Choose roles that /openapi.json lists.',
    },
  },
  'role-repeated': {
    status: 422,
    ja: {
      title: '役割の重複',
      detail: '同じ役割が 2 度指定されています。1 度だけ指定してください。',
    },
    en: {
      title: 'Role repeated',
      detail: 'A role is named twice. Name each once.',
    },
  },
  'role-not-alone': {
    status: 422,
    ja: {
      title: '操作者の役割は兼務できません',
      detail:
        '照会を行う操作者は、承認・検索・消去などの役割を兼ねることができません。役割を分けてください。',
    },
    en: {
      title: 'The operator’s role stands alone',
      detail:
        'Whoever asks the register cannot also approve, search or erase. Give the roles to different people.',
    },
  },
  'role-not-of-side': {
    status: 422,
    ja: {
      title: '所属する側に認められない役割',
      detail: '甲の者と乙の者が持てる役割は異なります。所属する側に認められた役割を指定してください。',
    },
    en: {
      title: 'Role of the other side',
      detail: 'Each side of the agreement has its own roles. Name roles of the person’s side.',
    },
  },
  'training-day-malformed': {
    status: 422,
    ja: {
      title: '研修の日の形式の誤り',
      detail: '研修の日は、実在する日を YYYY-MM-DD の形式で指定してください。',
    },
    en: {
      title: 'Malformed day of training',
      detail: 'The day of the training is a real day, written YYYY-MM-DD.',
    },
  },
  'training-in-future': {
    status: 422,
    ja: {
      title: '未来の研修',
      detail: 'まだ行われていない研修は記録できません。受講後に記録してください。',
    },
    en: {
      title: 'Training in the future',
      detail: 'A training that has not been held cannot be recorded. Record it once it was attended.',
    },
  },
  'training-validity-malformed': {
    status: 422,
    ja: {
      title: '研修の有効期限の誤り',
      detail: '有効期限は、研修の日より後、731 日以内の実在する日を YYYY-MM-DD の形式で指定してください。',
    },
    en: {
      title: 'Malformed validity of training',
      detail:
        'The last day on which the training counts is a real day after it was held, by at most 731 days, written YYYY-MM-DD.',
    },
  },
  'household-malformed': {
    status: 422,
    ja: {
      title: '世帯の氏名の不備',
      detail:
        '氏名は 20 名まで、それぞれ空にせず、200 文字以内の氏名で指定してください。同じ氏名を 2 度、また番号を入れないでください。',
    },
    en: {
      title: 'Malformed household',
      detail:
        'A household has at most 20 names, each of at most 200 characters with a letter in it. Name nobody twice, and put no numbers in.',
    },
  },
  'household-of-declarer': {
    status: 403,
    ja: {
      title: '本人による世帯の記録',
      detail: '自分の世帯は自分では記録できません。別の端末管理責任者が記録してください。',
    },
    en: {
      title: 'Household of the declarer',
      detail: 'Nobody puts their own household on record. Another terminal manager has to.',
    },
  },
  'household-of-provider': {
    status: 403,
    ja: {
      title: '乙の者の世帯',
      detail: '乙の者は照会を行わないため、世帯の氏名を記録しません。甲の取扱者を指定してください。',
    },
    en: {
      title: 'Household of somebody of the provider’s',
      detail:
        'The provider’s people ask nothing, so their households are not recorded. Name an account holder of the recipient’s side.',
    },
  },
  'operator-role-missing': {
    status: 403,
    ja: {
      title: '操作者の役割なし',
      detail:
        '照会できるのは、当日に操作者の役割を持つ者だけです。役割の提案と、別の者による承認を求めてください。',
    },
    en: {
      title: 'Not in the role of operator',
      detail:
        'Only somebody in the role of operator on that day may inquire. Have the role proposed and approved.',
    },
  },
  'operator-untrained': {
    status: 403,
    ja: {
      title: '有効な研修の受講なし',
      detail:
        'セキュリティ研修を受講していないか、その有効期限が過ぎています。研修を受け、記録を求めてください。',
    },
    en: {
      title: 'Training missing or lapsed',
      detail: 'No security training counts on that day (art. 5). Attend one and have it recorded.',
    },
  },
  'secrecy-not-acknowledged': {
    status: 403,
    ja: {
      title: '秘密保持義務の周知の記録なし',
      detail: '操作者への秘密保持義務の周知が記録されていません。周知し、記録してから申請してください。',
    },
    en: {
      title: 'Secrecy not announced',
      detail:
        'The duty of secrecy was not announced to the operator on record. Announce and record it first.',
    },
  },
} as const satisfies ProblemTexts;
