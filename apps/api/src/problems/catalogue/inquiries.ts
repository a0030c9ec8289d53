import type { ProblemTexts } from './text.js';

/**
 * What stands against an inquiry (照会), and what became of it (art. 1). A refusal is on record under the inquiry's
 * id: the same id gives the same refusal again, so what was mended is asked under a new one (decision 18).
 */
export const inquiryProblems = {
  'agreement-not-in-force': {
    status: 403,
    ja: {
      title: '効力のある協定なし',
      detail: '照会の根拠となる協定が記録されていないため、照会できません。協定の記録を確認してください。',
    },
    en: {
      title: 'No agreement in force',
      detail: 'No agreement that allows inquiries is on record. See to it that the agreement is recorded.',
    },
  },
  'agreement-terminated': {
    status: 403,
    ja: {
      title: '廃止された協定',
      detail: '協定は廃止されているため、この操作はできません。消去と秘密保持の義務は廃止後も続きます。',
    },
    en: {
      title: 'Agreement terminated',
      detail:
        'The agreement has ended, so this cannot be done any more. The duties of erasure and secrecy go on.',
    },
  },
  'contact-missing': {
    status: 422,
    ja: {
      title: '連絡先のない当事者',
      detail:
        '緊急時の連絡先を相手方が確認していない当事者があるため、照会できません（別紙2の4(1)）。連絡先の登録と確認が済んだ後、新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Party without a contact',
      detail:
        'A party has no contact for emergencies that the other has confirmed, so nothing may be asked (annex 2, 4(1)). Ask with a new Idempotency-Key once both are registered and confirmed.',
    },
  },
  'purpose-unlisted': {
    status: 422,
    ja: {
      title: '協定にない事務',
      detail: '指定された事務またはその段階は協定に定められていません。協定に定める事務を指定してください。',
    },
    en: {
      title: 'Purpose not listed',
      detail: 'The agreement does not list this affair and step. Name a purpose that it lists.',
    },
  },
  'case-reference-missing': {
    status: 422,
    ja: {
      title: '案件番号なし',
      detail:
        '照会には、対象となる申請の案件番号が必要です。案件番号を指定し、新しい照会として送ってください。',
    },
    en: {
      title: 'Case reference missing',
      detail: 'An inquiry belongs to a case. Give the case reference and send it as a new inquiry.',
    },
  },
  'case-reference-malformed': {
    status: 422,
    ja: {
      title: '案件番号の形式の誤り',
      detail:
        '案件番号がこの事務の形式に合わないか、住民票コードや個人番号、見えない文字を含みます。番号を確認し、新しい照会として送ってください。',
    },
    en: {
      title: 'Malformed case reference',
      detail:
        'The case reference does not have the form agreed for this affair, or holds a resident code, an individual number or characters that nobody sees. Check it and send a new inquiry.',
    },
  },
  'question-malformed': {
    status: 422,
    ja: {
      title: '照会内容の不備',
      detail:
        '住民票コード 11 桁のみ、または氏名に生年月日か住所の少なくとも一方を加えて指定し、新しい照会として送ってください。',
    },
    en: {
      title: 'Malformed question',
      detail:
        'Ask by the 11 digits of a resident code alone, or by name with at least one of birth date and address, as a new inquiry.',
    },
  },
  'check-digit-wrong': {
    status: 422,
    ja: {
      title: '住民票コードの検査数字の不一致',
      detail: '住民票コードの検査数字が合いません。番号を確認し、入力し直してください。',
    },
    en: {
      title: 'Check digit wrong',
      detail: 'The check digit of the resident code does not fit. Check the number and enter it again.',
    },
  },
  'individual-number-not-allowed': {
    status: 422,
    ja: {
      title: '個人番号による照会は不可',
      detail:
        'この協定では個人番号を照会に使えません。個人番号を除き、住民票コードまたは氏名等で新しく照会してください。',
    },
    en: {
      title: 'Individual number not allowed',
      detail:
        'This agreement does not allow individual numbers. Leave it out and ask anew by resident code or by name.',
    },
  },
  'retention-period-missing': {
    status: 422,
    ja: {
      title: '保存期間の定めなし',
      detail:
        'この事務の本人確認情報の保存期間が定められていないため、照会できません。保存期間の提案と承認を求めてください。',
    },
    en: {
      title: 'No retention period',
      detail:
        'No retention period is in force for this purpose, so nothing may be asked. Have one proposed and approved.',
    },
  },
  'inquiry-id-taken': {
    status: 409,
    ja: {
      title: '使用済みの照会の識別子',
      detail:
        'この Idempotency-Key は別の操作者または端末の照会に使われています。新しい UUIDv7 で照会してください。',
    },
    en: {
      title: 'Inquiry id taken',
      detail:
        'This Idempotency-Key belongs to an inquiry of another operator or terminal. Ask with a new UUIDv7.',
    },
  },
  'inquiry-open': {
    status: 409,
    ja: {
      title: '処理中の照会',
      detail: 'この照会はまだ終わっていません。少し待ってから、同じ Idempotency-Key で送り直してください。',
    },
    en: {
      title: 'Inquiry still open',
      detail:
        'This inquiry has not ended yet. Wait a little and send it again with the same Idempotency-Key.',
    },
  },
  'inquiry-closed': {
    status: 409,
    ja: {
      title: '終了した照会',
      detail: 'この照会は既に終わっているため、結果を記録できません。証跡で結果を確認してください。',
    },
    en: {
      title: 'Inquiry closed',
      detail:
        'This inquiry has ended already and takes no further outcome. See the trail for what became of it.',
    },
  },
  'inquiry-not-found': {
    status: 404,
    ja: {
      title: '該当する照会なし',
      detail: 'この識別子の照会は記録にありません。識別子を確認してください。',
    },
    en: {
      title: 'No such inquiry',
      detail: 'No inquiry with this id is on record. Check the id.',
    },
  },
  'inquiry-outcome-unknown': {
    status: 409,
    ja: {
      title: '結果不明の照会',
      detail:
        'この照会は結果が分からないまま終了しました。提供件数に数えられている場合があります。必要なら新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Outcome unknown',
      detail:
        'This inquiry was closed without a known outcome; the provider may have counted a provision. If you still need it, ask with a new Idempotency-Key.',
    },
  },
  'inquiry-question-differs': {
    status: 422,
    ja: {
      title: '照会内容の不一致',
      detail:
        'この Idempotency-Key の照会とは内容が異なります。再送なら同じ内容で、別の照会なら新しい UUIDv7 で送ってください。',
    },
    en: {
      title: 'Another question under the same id',
      detail:
        'The inquiry with this Idempotency-Key asked something else. Repeat it unchanged, or use a new UUIDv7 for another question.',
    },
  },
  'inquiry-redelivered-too-often': {
    status: 409,
    ja: {
      title: '再送の上限',
      detail:
        'この照会の応答は既に上限まで再送されています。もう一度見るには、理由を付けて閲覧（disclosures）を求めてください。',
    },
    en: {
      title: 'Redelivered too often',
      detail:
        'The answer of this inquiry was given again as often as allowed. To see it once more, ask for a disclosure, with a reason.',
    },
  },
  'inquiry-without-records': {
    status: 409,
    ja: {
      title: '提供された記録のない照会',
      detail: 'この照会では本人確認情報の提供を受けていないため、閲覧できるものはありません。',
    },
    en: {
      title: 'Inquiry without records',
      detail: 'No identity information was provided for this inquiry, so there is nothing to see.',
    },
  },
  'identity-data-erased': {
    status: 410,
    ja: {
      title: '消去済みの本人確認情報',
      detail:
        'この照会の本人確認情報は保存期間の経過により消去されました。復元できません。消去の記録は erasure で確認できます。',
    },
    en: {
      title: 'Identity data erased',
      detail:
        'The identity data of this inquiry was erased when its period ended. It cannot be brought back. The member erasure, where given, names the record.',
    },
  },
  'identity-data-expired': {
    status: 410,
    ja: {
      title: '保存期間の過ぎた本人確認情報',
      detail: '本人確認情報の保存期間が過ぎているため利用できません。近く消去されます。',
    },
    en: {
      title: 'Identity data expired',
      detail: 'The period in which this identity data may be used is over. It is about to be erased.',
    },
  },
  'disclosure-not-allowed': {
    status: 403,
    ja: {
      title: '閲覧の権限なし',
      detail:
        '応答を閲覧できるのは、照会した操作者が同じ端末で行う場合か、セキュリティ責任者が監査または事故対応のために行う場合に限られます。',
    },
    en: {
      title: 'Disclosure not allowed',
      detail:
        'A stored answer is shown to the operator who asked, at the same terminal, or, for an audit or an incident, to a security officer who did not ask.',
    },
  },
  'disclosure-reason-unlisted': {
    status: 422,
    ja: {
      title: '定められていない閲覧理由',
      detail: '閲覧の理由は、API 仕様（/openapi.json）に挙げたものから選んでください。',
    },
    en: {
      title: 'Reason not listed',
      detail: 'Give one of the reasons for disclosure that /openapi.json lists.',
    },
  },
  'disclosure-note-malformed': {
    status: 422,
    ja: {
      title: '閲覧の備考の不備',
      detail: '備考は正しい文字列で 1,000 文字以内にしてください。',
    },
    en: {
      title: 'Malformed note',
      detail: 'A note is well-formed text of at most 1,000 characters.',
    },
  },
  'search-reason-missing': {
    status: 422,
    ja: {
      title: '検索理由の不備',
      detail: '証跡の検索には、1,000 文字以内の理由が必要です。理由は封印して記録されます。',
    },
    en: {
      title: 'Reason of the search missing',
      detail: 'A search of the trail needs a reason of at most 1,000 characters; it is recorded under seal.',
    },
  },
  'search-range-malformed': {
    status: 422,
    ja: {
      title: '検索期間の誤り',
      detail: '期間の始まりは終わりより前の日時にしてください。日時はタイムゾーン付きの ISO 8601 形式です。',
    },
    en: {
      title: 'Malformed range',
      detail: 'The range must begin before it ends; both are ISO 8601 with a time zone.',
    },
  },
} as const satisfies ProblemTexts;
