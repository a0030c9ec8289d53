import type { ProblemTexts } from './text.js';

/** Incidents (事案): failures and leaks, feared ones included, and drills (annex 2, 4(4)). */
export const incidentProblems = {
  'incident-not-found': {
    status: 404,
    ja: {
      title: '該当する事案なし',
      detail: 'この識別子の事案は記録にありません。事案の一覧で識別子を確認してください。',
    },
    en: {
      title: 'No such incident',
      detail: 'No incident with this id is on record. See the list of incidents for the id.',
    },
  },
  'incident-missing': {
    status: 404,
    ja: {
      title: '宣言されていない事案',
      detail: 'この事案は宣言されていません。識別子を確認するか、先に宣言してください。',
    },
    en: {
      title: 'Incident not declared',
      detail: 'This incident was not declared. Check the id, or declare it first.',
    },
  },
  'incident-exists': {
    status: 409,
    ja: {
      title: '事案の識別子の重複',
      detail: 'この識別子の事案は既に記録されています。改めて宣言すると新しい識別子が付きます。',
    },
    en: {
      title: 'Incident already declared',
      detail: 'An incident with this id is on record already. Declaring again gives a new id.',
    },
  },
  'incidents-too-many': {
    status: 409,
    ja: {
      title: '多すぎる未終結の事案',
      detail:
        '一方の当事者が宣言した未終結の事案は 20 件（漏えい又はそのおそれは 40 件）までです。終わったものを終結するか、既にある事案に経過として書き加えてください。',
    },
    en: {
      title: 'Too many open incidents',
      detail:
        'People of one party have at most 20 open incidents declared (40 for a leak or the fear of one). Close what is over, or add a note to one that is open.',
    },
  },
  'incident-closed': {
    status: 409,
    ja: {
      title: '終結した事案',
      detail:
        '事案は終結しているため、書き加えることも改めて終結することもできません。続きがあれば新しい事案を宣言してください。',
    },
    en: {
      title: 'Incident closed',
      detail:
        'The incident is closed; nothing is added to it any more. Declare another one for what goes on.',
    },
  },
  'incident-kind-unknown': {
    status: 422,
    ja: {
      title: '事案の種別の誤り',
      detail:
        '種別には failure（障害）、leak（漏えい）、leak-feared（漏えいのおそれ）、drill（訓練）のいずれかを指定してください。',
    },
    en: {
      title: 'Unknown kind of incident',
      detail: 'The kind is failure, leak, leak-feared or drill.',
    },
  },
  'incident-party-unreached': {
    status: 409,
    ja: {
      title: '連絡が届いていない当事者',
      detail:
        'errors の field に示す当事者の連絡先に、まだ一人も届いていません（別紙2の4(4)）。連絡先を確かめ、通報が届くか確認されるかしてから終結してください。',
    },
    en: {
      title: 'Nobody of a party was reached',
      detail:
        'Nobody was reached yet of the party that field names in errors (annex 2, 4(4)). See to its contacts, and close once an alert has arrived or is acknowledged.',
    },
  },
  'incident-fault-stands': {
    status: 409,
    ja: {
      title: '続いている異常',
      detail: 'この事案の異常は解消していません。原因を除き、解消が記録されてから終結してください。',
    },
    en: {
      title: 'Fault still stands',
      detail:
        'What this incident is about is not over. Mend its cause, and close once it is on record as cleared.',
    },
  },
  'description-malformed': {
    status: 422,
    ja: {
      title: '事案の説明の不備',
      detail:
        '説明は空にせず、1,000 文字以内の正しい文字列で指定してください。続きは経過として書き加えられます。',
    },
    en: {
      title: 'Malformed description',
      detail:
        'A description is well-formed text, not blank, of at most 1,000 characters. Notes take what comes after it.',
    },
  },
  'note-malformed': {
    status: 422,
    ja: {
      title: '経過の不備',
      detail:
        '経過は空にせず、1,000 文字以内の正しい文字列で指定してください。長いものは分けて書き加えられます。',
    },
    en: {
      title: 'Malformed note',
      detail: 'A note is well-formed text, not blank, of at most 1,000 characters. Divide a longer one.',
    },
  },
  'finding-malformed': {
    status: 422,
    ja: {
      title: '所見の不備',
      detail:
        '所見は空にせず、1,000 文字以内の正しい文字列で指定してください。詳細は先に経過として書き加えられます。',
    },
    en: {
      title: 'Malformed finding',
      detail:
        'A finding is well-formed text, not blank, of at most 1,000 characters. Add details as notes before.',
    },
  },
} as const satisfies ProblemTexts;
