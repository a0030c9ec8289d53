import type { ProblemTexts } from './text.js';

/** Signing in, sessions and PINs (annex 2, 2(4)), and the terminal's certificate (annex 2, 2(2)(3)). */
export const signInProblems = {
  'session-missing': {
    status: 401,
    ja: {
      title: 'サインインが必要',
      detail: 'サインインしていないか、セッションの有効期間が過ぎています。サインインしてください。',
    },
    en: {
      title: 'Not signed in',
      detail: 'There is no session, or it is over. Sign in.',
    },
  },
  'session-elsewhere': {
    status: 401,
    ja: {
      title: '別の接続元で開かれたセッション',
      detail:
        'セッションは、開いたときと同じ証明書の接続でのみ使えます。この端末で改めてサインインしてください。',
    },
    en: {
      title: 'Session opened elsewhere',
      detail:
        'A session is good only with the certificate it was opened with. Sign in again at this terminal.',
    },
  },
  'session-ended': {
    status: 401,
    ja: {
      title: '終了したセッション',
      detail: 'このセッションは既に終了しています。続けるには改めてサインインしてください。',
    },
    en: {
      title: 'Session ended',
      detail: 'This session has ended. Sign in again to go on.',
    },
  },
  'session-exists': {
    status: 409,
    ja: {
      title: 'セッションの識別子の重複',
      detail: '同じ識別子のセッションが既に記録されています。改めてサインインしてください。',
    },
    en: {
      title: 'Session id already used',
      detail: 'A session with this id is already on record. Sign in again.',
    },
  },
  'sign-in-refused': {
    status: 401,
    ja: {
      title: 'サインイン不可',
      detail:
        'サインインできません。操作者の識別子と暗証番号を確認してください。解決しない場合は端末管理責任者に連絡してください。',
    },
    en: {
      title: 'Sign-in refused',
      detail:
        'You cannot be signed in. Check operator id and PIN; if that does not help, ask the terminal manager.',
    },
  },
  'pin-locked': {
    status: 403,
    ja: {
      title: '暗証番号のロック',
      detail: '暗証番号がロックされています。端末管理責任者に初期暗証番号の再発行を依頼してください。',
    },
    en: {
      title: 'PIN locked',
      detail: 'The PIN is locked. Ask the terminal manager to issue a new initial PIN.',
    },
  },
  'pin-change-required': {
    status: 403,
    ja: {
      title: '暗証番号の変更が必要',
      detail: '初期暗証番号のままでは操作できません。暗証番号を変更し、改めてサインインしてください。',
    },
    en: {
      title: 'PIN must be changed',
      detail: 'Nothing else is allowed with an initial PIN. Change it, then sign in again.',
    },
  },
  'pin-rejected': {
    status: 403,
    ja: {
      title: '現在の暗証番号の不一致',
      detail:
        '本人であることを確認できないため、暗証番号は変更されていません。現在の暗証番号を確認してください。',
    },
    en: {
      title: 'Present PIN not proven',
      detail: 'The PIN was not changed, because the present one could not be proven. Check the present PIN.',
    },
  },
  'credential-missing': {
    status: 409,
    ja: {
      title: '暗証番号の未発行',
      detail: '暗証番号が発行されていません。端末管理責任者に初期暗証番号の発行を依頼してください。',
    },
    en: {
      title: 'No PIN issued',
      detail: 'No PIN has been issued. Ask the terminal manager to issue an initial PIN.',
    },
  },
  'pin-malformed': {
    status: 422,
    ja: {
      title: '新しい暗証番号の形式の誤り',
      detail: '暗証番号は半角数字 6 桁から 12 桁で指定してください。',
    },
    en: {
      title: 'Malformed new PIN',
      detail: 'A PIN has 6 to 12 digits.',
    },
  },
  'pin-repeated-digit': {
    status: 422,
    ja: {
      title: '推測されやすい暗証番号（同じ数字）',
      detail: '同じ数字だけの暗証番号は使えません。別の番号を指定してください。',
    },
    en: {
      title: 'New PIN repeats one digit',
      detail: 'A PIN of one repeated digit is not allowed. Choose another.',
    },
  },
  'pin-run': {
    status: 422,
    ja: {
      title: '推測されやすい暗証番号（連番）',
      detail: '連続した数字の暗証番号は使えません。別の番号を指定してください。',
    },
    en: {
      title: 'New PIN is a run of digits',
      detail: 'A PIN of consecutive digits is not allowed. Choose another.',
    },
  },
  'pin-unchanged': {
    status: 422,
    ja: {
      title: '現在と同じ暗証番号',
      detail: '新しい暗証番号が現在のものと同じです。別の番号を指定してください。',
    },
    en: {
      title: 'New PIN is the present one',
      detail: 'The new PIN is the present one. Choose another.',
    },
  },
  'pin-reissue-by-console': {
    status: 403,
    ja: {
      title: '画面からは再発行できない暗証番号',
      detail:
        '管理・監督の役割を持つ者、その予定のある者、相手方の者の暗証番号は、システム管理者が npm run kiroku -- issue-pin で再発行します。',
    },
    en: {
      title: 'PIN to be issued on the console',
      detail:
        'The PIN of somebody who approves or oversees, is about to, or is of the other side is issued by the system’s operators with npm run kiroku -- issue-pin.',
    },
  },
  'role-missing': {
    status: 403,
    ja: {
      title: '権限のない操作',
      detail:
        'この操作に必要な役割がありません。拒否されたことは記録されます。必要な場合は役割の設定を求めてください。',
    },
    en: {
      title: 'Role missing',
      detail:
        'Your roles do not allow this operation. The denial goes on record. If you need it, ask for the role.',
    },
  },
  'terminal-certificate-missing': {
    status: 403,
    ja: {
      title: '登録端末の証明書なし',
      detail:
        'この操作は登録された端末でのみ行えます。端末の証明書で接続し、その端末でサインインしてください。',
    },
    en: {
      title: 'Terminal certificate missing',
      detail:
        'This operation needs a registered terminal. Connect with the terminal’s certificate and sign in there.',
    },
  },
  'certificate-not-trusted': {
    status: 403,
    ja: {
      title: '信頼できない証明書',
      detail:
        '提示された証明書を信頼できません。有効期間と発行元を確認し、端末管理責任者に連絡してください。',
    },
    en: {
      title: 'Certificate not trusted',
      detail:
        'The certificate shown is not trusted. Check its validity and issuer, and tell the terminal manager.',
    },
  },
  'terminal-not-valid': {
    status: 403,
    ja: {
      title: '使用できない端末',
      detail:
        'この端末またはその証明書は使用できません。errors に理由を示します。端末管理責任者に連絡してください。',
    },
    en: {
      title: 'Terminal not valid',
      detail: 'This terminal or its certificate may not be used; errors says why. Tell the terminal manager.',
    },
  },
} as const satisfies ProblemTexts;
