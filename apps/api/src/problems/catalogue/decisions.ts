import type { ProblemTexts } from './text.js';

/** What holds for every proposal and approval: who acts (four eyes, decision 17), from which day, and why. */
export const decisionProblems = {
  'person-required': {
    status: 403,
    ja: {
      title: '人による操作が必要',
      detail: 'この操作は、サインインした人が行う必要があります。サインインして操作してください。',
    },
    en: {
      title: 'A person is required',
      detail: 'Only a person may do this, not the system. Sign in and do it yourself.',
    },
  },
  'init-only': {
    status: 403,
    ja: {
      title: '初期設定でのみ可能な操作',
      detail:
        'この操作は初期設定のときだけ行えます。その後は、登録、役割の提案、別の者による承認の順に行ってください。',
    },
    en: {
      title: 'Only at initialisation',
      detail:
        'Only init may do this. Afterwards register the person, propose roles, and have a second person approve.',
    },
  },
  'approver-is-proposer': {
    status: 403,
    ja: {
      title: '提案者本人による承認',
      detail: '提案した者は承認できません。別の権限者に承認を依頼してください。',
    },
    en: {
      title: 'Approver is the proposer',
      detail: 'Nobody approves an own proposal. Ask another authorised person.',
    },
  },
  'approver-is-person-concerned': {
    status: 403,
    ja: {
      title: '対象者本人による承認',
      detail: '対象となる本人は承認できません。別の権限者に承認を依頼してください。',
    },
    en: {
      title: 'Approver is the person concerned',
      detail: 'Nobody approves what concerns their own account. Ask another authorised person.',
    },
  },
  'approver-is-requester': {
    status: 403,
    ja: {
      title: '申請者本人による決定',
      detail: '申請した者は決定できません。別の端末管理責任者に依頼してください。',
    },
    en: {
      title: 'Decided by the requester',
      detail: 'Nobody decides an own request. Ask another terminal manager.',
    },
  },
  'approver-is-holder': {
    status: 403,
    ja: {
      title: '利用者本人による決定',
      detail: '利用の承認を受ける本人は決定できません。別の端末管理責任者に依頼してください。',
    },
    en: {
      title: 'Decided by the holder',
      detail: 'Nobody decides about a grant they would hold. Ask another terminal manager.',
    },
  },
  'approver-not-different': {
    status: 403,
    ja: {
      title: '同じ者による 2 度目の承認',
      detail: '2 名の承認が必要です。既に承認した者とは別の権限者に依頼してください。',
    },
    en: {
      title: 'Same approver twice',
      detail: 'Two different people must approve. Ask somebody other than the first.',
    },
  },
  'recipient-only': {
    status: 403,
    ja: {
      title: '甲のみ可能な操作',
      detail: '協定により、この操作は甲（照会する側）だけが行えます。',
    },
    en: {
      title: 'Recipient only',
      detail: 'Under the agreement only the recipient (甲) may do this.',
    },
  },
  'provider-only': {
    status: 403,
    ja: {
      title: '乙のみ可能な操作',
      detail: '協定により、この操作は乙（提供する側）だけが行えます。',
    },
    en: {
      title: 'Provider only',
      detail: 'Under the agreement only the provider (乙) may do this.',
    },
  },
  'approver-of-other-side': {
    status: 403,
    ja: {
      title: '相手方の者による承認は不可',
      detail: '役割は、本人と同じ側（甲または乙）の者が承認します。同じ側の別の者に承認を求めてください。',
    },
    en: {
      title: 'Approver of the other side',
      detail:
        'Roles are approved by somebody of the same side of the agreement as the person concerned. Ask somebody there.',
    },
  },
  'proposal-exists': {
    status: 409,
    ja: {
      title: '提案の識別子の重複',
      detail: '同じ識別子の提案が既にあります。改めて提案してください。',
    },
    en: {
      title: 'Proposal already exists',
      detail: 'There is a proposal with this id already. Propose again.',
    },
  },
  'proposal-missing': {
    status: 404,
    ja: {
      title: '承認を待つ提案なし',
      detail: 'この識別子で承認を待つ提案はありません。識別子を確認するか、改めて提案してください。',
    },
    en: {
      title: 'No such open proposal',
      detail: 'No proposal with this id waits for approval. Check the id, or propose anew.',
    },
  },
  'effective-from-malformed': {
    status: 422,
    ja: {
      title: '適用開始日の形式の誤り',
      detail: '適用開始日は、実在する日を YYYY-MM-DD の形式で指定してください。',
    },
    en: {
      title: 'Malformed first day',
      detail: 'The first day is a real day, written YYYY-MM-DD.',
    },
  },
  'effective-from-past': {
    status: 422,
    ja: {
      title: '過去の適用開始日',
      detail: '適用開始日を過去にさかのぼらせることはできません。本日以降の日で改めて提案してください。',
    },
    en: {
      title: 'First day is past',
      detail: 'Nothing takes effect in retrospect. Propose it again from today or later.',
    },
  },
  'reason-malformed': {
    status: 422,
    ja: {
      title: '理由の不備',
      detail: '理由は空にせず、1,000 文字以内の正しい文字列で指定してください。',
    },
    en: {
      title: 'Malformed reason',
      detail: 'A reason is well-formed text, not blank, of at most 1,000 characters.',
    },
  },
} as const satisfies ProblemTexts;
