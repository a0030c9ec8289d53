import type { ProblemTexts } from './text.js';

/** The agreement (協定), service hours (schedule 2(4)) and suspensions (art. 6). */
export const agreementProblems = {
  'agreement-exists': {
    status: 409,
    ja: {
      title: '記録済みの協定',
      detail: 'この識別子の協定は既に記録されています。別の識別子を指定してください。',
    },
    en: {
      title: 'Agreement already on record',
      detail: 'An agreement with this id is on record already. Choose another id.',
    },
  },
  'agreement-missing': {
    status: 409,
    ja: {
      title: '協定の記録なし',
      detail: 'この操作の前提となる協定が記録されていません。先に協定を記録してください。',
    },
    en: {
      title: 'Agreement not on record',
      detail: 'The agreement that this rests on is not on record. Record it first.',
    },
  },
  'agreement-id-malformed': {
    status: 422,
    ja: {
      title: '協定の識別子の形式の誤り',
      detail:
        '協定の識別子は、小文字の英数字とハイフン 40 文字以内で、住民票コードや個人番号を含められません。',
    },
    en: {
      title: 'Malformed agreement id',
      detail:
        'An agreement id has at most 40 lower-case letters, digits and hyphens, and holds no resident code or individual number.',
    },
  },
  'party-malformed': {
    status: 422,
    ja: {
      title: '当事者の名称の不備',
      detail:
        '甲と乙の名称は空にせず、200 文字以内の正しい文字列で指定してください。住民票コード、個人番号、見えない文字は使えません。',
    },
    en: {
      title: 'Malformed party',
      detail:
        'The name of each party is text of 1 to 200 visible characters, without a resident code or an individual number.',
    },
  },
  'case-pattern-missing': {
    status: 422,
    ja: {
      title: '案件番号の形式の定めなし',
      detail:
        '案件番号の形式が定められていない事務があります。協定に定める事務すべてについて指定してください。',
    },
    en: {
      title: 'Case pattern missing',
      detail: 'An affair has no pattern for its case references. Give one for every affair of the agreement.',
    },
  },
  'case-pattern-malformed': {
    status: 422,
    ja: {
      title: '案件番号の形式の定めの不備',
      detail:
        '案件番号の形式は、単独で正しい 200 文字以内の正規表現とし、住民票コードや個人番号に一致しないものにしてください。',
    },
    en: {
      title: 'Malformed case pattern',
      detail:
        'A case pattern is a regular expression, whole by itself, of at most 200 characters, that fits neither a resident code nor an individual number.',
    },
  },
  'case-pattern-unlisted': {
    status: 422,
    ja: {
      title: '協定にない事務の案件番号の形式',
      detail: '協定に定めのない事務の案件番号の形式が含まれています。除いてください。',
    },
    en: {
      title: 'Case pattern of an unlisted affair',
      detail: 'There is a case pattern for an affair that the agreement does not list. Leave it out.',
    },
  },
  'deadline-out-of-range': {
    status: 422,
    ja: {
      title: '照会の期限の範囲外',
      detail: '照会の期限は 1 ミリ秒から 3,600,000 ミリ秒（1 時間）までの整数で指定してください。',
    },
    en: {
      title: 'Deadline out of range',
      detail: 'The deadline of an inquiry is a whole number of milliseconds from 1 to 3,600,000 (an hour).',
    },
  },
  'termination-already-proposed': {
    status: 409,
    ja: {
      title: '協定の廃止の申出済み',
      detail: '協定の廃止は既に申し出られ、乙との協議を待っています。',
    },
    en: {
      title: 'Termination already proposed',
      detail: 'The end of the agreement was proposed already and waits for the provider.',
    },
  },
  'termination-not-proposed': {
    status: 409,
    ja: {
      title: '協定の廃止の申出なし',
      detail: '協定の廃止は、甲の申出があってから決定できます（協定第10条）。',
    },
    en: {
      title: 'Termination not proposed',
      detail: 'The end of the agreement is decided only after the recipient proposed it (art. 10).',
    },
  },
  'hours-without-provider': {
    status: 403,
    ja: {
      title: '提供者の関与のない時間帯',
      detail:
        '送受信可能時間帯は乙が定めるものです（別記2(4)）。提案または承認の少なくとも一方を乙の者が行ってください。',
    },
    en: {
      title: 'Service hours without the provider',
      detail:
        'The service hours are the provider’s (schedule 2(4)): somebody of its side must propose or approve them.',
    },
  },
  'hours-empty': {
    status: 422,
    ja: {
      title: '時間帯の指定なし',
      detail: '送受信可能時間帯を少なくとも一つ指定してください。すべて止める場合は提供の停止を用います。',
    },
    en: {
      title: 'No service hours',
      detail: 'Give at least one opening. To stop altogether is a suspension.',
    },
  },
  'hours-malformed': {
    status: 422,
    ja: {
      title: '時間帯の誤り',
      detail:
        '曜日は 0（日曜）から 6、時刻は東京時間の 0 時からの分（0 から 1,440）で、始まりを終わりより前にしてください。',
    },
    en: {
      title: 'Malformed service hours',
      detail:
        'A weekday is 0 (Sunday) to 6; times are minutes since midnight in Tokyo, 0 to 1,440, the first before the last.',
    },
  },
  'hours-overlapping': {
    status: 422,
    ja: {
      title: '時間帯の重なり',
      detail: '同じ曜日の時間帯が重なっています。重ならないように分けてください。',
    },
    en: {
      title: 'Overlapping service hours',
      detail: 'Two openings of one weekday overlap. Separate or join them.',
    },
  },
  'hours-too-many': {
    status: 422,
    ja: {
      title: '多すぎる時間帯',
      detail: '送受信可能時間帯の数が上限を超えています。まとめて減らしてください。',
    },
    en: {
      title: 'Too many openings',
      detail: 'There are more openings than allowed. Join some of them.',
    },
  },
  'closed-day-malformed': {
    status: 422,
    ja: {
      title: '休止日の形式の誤り',
      detail: '休止日は、実在する日を YYYY-MM-DD の形式で指定してください。',
    },
    en: {
      title: 'Malformed closed day',
      detail: 'A closed day is a real day, written YYYY-MM-DD.',
    },
  },
  'closed-day-repeated': {
    status: 422,
    ja: {
      title: '休止日の重複',
      detail: '同じ休止日が 2 度指定されています。1 度だけ指定してください。',
    },
    en: {
      title: 'Closed day repeated',
      detail: 'A closed day is named twice. Name each once.',
    },
  },
  'closed-days-too-many': {
    status: 422,
    ja: {
      title: '多すぎる休止日',
      detail: '休止日の数が上限を超えています。近い期間の分だけを指定してください。',
    },
    en: {
      title: 'Too many closed days',
      detail: 'There are more closed days than allowed. Name those of the nearer future only.',
    },
  },
  'suspension-exists': {
    status: 409,
    ja: {
      title: '停止の識別子の重複',
      detail: '同じ識別子の提供の停止が既に記録されています。改めて停止してください。',
    },
    en: {
      title: 'Suspension already exists',
      detail: 'A suspension with this id is on record already. Suspend again.',
    },
  },
  'suspension-not-open': {
    status: 409,
    ja: {
      title: '解除できる停止なし',
      detail: 'この識別子の提供の停止は存在しないか、既に解除されています。識別子を確認してください。',
    },
    en: {
      title: 'Suspension not open',
      detail: 'There is no such suspension, or it was lifted. Check the id.',
    },
  },
  'suspensions-too-many': {
    status: 409,
    ja: {
      title: '多すぎる停止',
      detail: '解除されていない提供の停止が上限に達しています。不要な停止を解除してから停止してください。',
    },
    en: {
      title: 'Too many suspensions',
      detail: 'As many suspensions as allowed are open. Lift those that are not needed, then suspend.',
    },
  },
} as const satisfies ProblemTexts;
