import type { ProblemTexts } from './text.js';

/** Terminals (端末) and the client certificates bound to them (annex 2, 2(2)(3)(4)). */
export const terminalProblems = {
  'terminal-missing': {
    status: 404,
    ja: {
      title: '未登録の端末',
      detail: '指定された端末は登録されていません。識別子を確認するか、先に登録してください。',
    },
    en: {
      title: 'Terminal not registered',
      detail: 'The terminal named is not registered. Check the id, or register it first.',
    },
  },
  'terminal-exists': {
    status: 409,
    ja: {
      title: '使用済みの端末の識別子',
      detail:
        'この識別子は既に使われています。廃止した端末の識別子も再び使えません。別の識別子を指定してください。',
    },
    en: {
      title: 'Terminal id already used',
      detail:
        'This id was used before, and an id is never used again, even of a retired terminal. Choose another.',
    },
  },
  'terminal-retired': {
    status: 403,
    ja: {
      title: '廃止された端末',
      detail: 'この端末は廃止されています。登録された別の端末を使ってください。',
    },
    en: {
      title: 'Terminal retired',
      detail: 'This terminal was taken out of use for good. Use another registered terminal.',
    },
  },
  'terminal-id-malformed': {
    status: 422,
    ja: {
      title: '端末の識別子の形式の誤り',
      detail:
        '端末の識別子は、小文字の英数字とハイフン 2 文字から 40 文字で、住民票コードや個人番号を含められません。',
    },
    en: {
      title: 'Malformed terminal id',
      detail:
        'A terminal id has 2 to 40 lower-case letters, digits and hyphens, and holds no resident code or individual number.',
    },
  },
  'label-malformed': {
    status: 422,
    ja: {
      title: '設置場所の表示の不備',
      detail:
        '設置場所の表示は空にせず 100 文字以内にしてください。人の名前、住民票コード、個人番号、見えない文字は入れないでください。',
    },
    en: {
      title: 'Malformed label',
      detail:
        'A label says where the terminal stands, in 1 to 100 visible characters; it names no person and holds no resident code or individual number.',
    },
  },
  'certificate-malformed': {
    status: 422,
    ja: {
      title: '証明書の指紋の形式の誤り',
      detail: '証明書は、DER 形式の SHA-256 を小文字の 16 進数 64 桁で指定してください。',
    },
    en: {
      title: 'Malformed certificate fingerprint',
      detail: 'A certificate is named by the SHA-256 of its DER bytes in 64 lower-case hexadecimal digits.',
    },
  },
  'certificate-already-bound': {
    status: 409,
    ja: {
      title: '登録済みの証明書',
      detail: 'この証明書は既に端末に結び付けられています。新しい証明書を発行してください。',
    },
    en: {
      title: 'Certificate already bound',
      detail: 'This certificate was bound to a terminal before, and is never bound again. Issue a new one.',
    },
  },
  'certificate-unknown': {
    status: 404,
    ja: {
      title: '未登録の証明書',
      detail: 'この証明書はどの端末にも結び付けられていません。端末管理責任者に登録を求めてください。',
    },
    en: {
      title: 'Certificate not registered',
      detail: 'This certificate is bound to no terminal. Ask the terminal manager to bind it.',
    },
  },
  'certificate-of-other-terminal': {
    status: 403,
    ja: {
      title: '別の端末の証明書',
      detail:
        'この証明書は別の端末に結び付けられています。その端末を使うか、この端末でサインインし直してください。',
    },
    en: {
      title: 'Certificate of another terminal',
      detail:
        'This certificate is bound to another terminal. Use that one, or sign in again at this terminal.',
    },
  },
  'certificate-retired': {
    status: 409,
    ja: {
      title: '失効した証明書',
      detail: 'この証明書は失効しています。端末管理責任者に新しい証明書の登録を求めてください。',
    },
    en: {
      title: 'Certificate withdrawn',
      detail: 'This certificate was withdrawn. Ask the terminal manager to bind a new one.',
    },
  },
  'certificate-expired': {
    status: 422,
    ja: {
      title: '有効期間の過ぎた証明書',
      detail: '証明書の有効期間が過ぎています。新しい証明書を発行し、端末に登録してください。',
    },
    en: {
      title: 'Certificate expired',
      detail: 'The certificate’s validity is over. Issue a new one and bind it to the terminal.',
    },
  },
  'certificate-validity-malformed': {
    status: 422,
    ja: {
      title: '証明書の有効期限の形式の誤り',
      detail: '有効期限は ISO 8601 形式の UTC の日時で指定してください。',
    },
    en: {
      title: 'Malformed validity of certificate',
      detail: 'The end of its validity is an instant in UTC, in ISO 8601.',
    },
  },
} as const satisfies ProblemTexts;
