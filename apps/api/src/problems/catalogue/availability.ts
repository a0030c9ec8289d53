import type { ProblemTexts } from './text.js';

/**
 * What the provider or this system cannot do now. Outcomes of the provider are on record under the inquiry's id, and
 * the same id gives the same outcome again; trouble of this system before that is not an outcome.
 */
export const availabilityProblems = {
  'provision-suspended': {
    status: 503,
    ja: {
      title: '提供の停止中',
      detail:
        'この事務についての提供は停止されています（協定第6条）。解除された後、新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Provision suspended',
      detail:
        'The provider has suspended provision for this purpose (art. 6). Once it resumes, ask with a new Idempotency-Key.',
    },
  },
  'out-of-hours': {
    status: 422,
    ja: {
      title: '送受信可能時間帯の外',
      detail: '送受信可能時間帯ではないため照会できません。時間帯を確認し、その間に新しく照会してください。',
    },
    en: {
      title: 'Outside service hours',
      detail:
        'The register is not to be asked outside service hours. Look up the hours and ask anew within them.',
    },
  },
  'provider-unavailable': {
    status: 502,
    ja: {
      title: '提供者からの応答なし',
      detail:
        '提供者の有効な応答が得られませんでした。この照会はその結果で記録されています。時間をおいて新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Provider unavailable',
      detail:
        'The provider gave no answer that can be used, and the inquiry is on record with that outcome. Ask later with a new Idempotency-Key.',
    },
  },
  'provider-found-malformed': {
    status: 502,
    ja: {
      title: '提供者による形式不備の判定',
      detail:
        '提供者が照会を形式不備と判定しました。入力を確認して新しく照会し、繰り返す場合はシステム担当者に連絡してください。',
    },
    en: {
      title: 'Provider found the inquiry malformed',
      detail:
        'The provider could not read the inquiry. Check what was asked and ask anew; if it happens again, tell the system’s operators.',
    },
  },
  'provider-suspended': {
    status: 503,
    ja: {
      title: '提供者による提供の停止',
      detail: '提供者が停止中と応答しました。再開後、新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Provider has suspended provision',
      detail:
        'The provider answered that provision is suspended. Ask with a new Idempotency-Key once it resumes.',
    },
  },
  'provider-out-of-hours': {
    status: 503,
    ja: {
      title: '提供者の時間帯の外',
      detail:
        '提供者が時間帯の外と応答しました。送受信可能時間帯を確認し、新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Provider is out of hours',
      detail:
        'The provider answered that it is out of hours. Look up the service hours and ask with a new Idempotency-Key.',
    },
  },
  'log-not-provable': {
    status: 503,
    ja: {
      title: '記録の証明の遅れ',
      detail:
        '記録を証明するログが遅れているため、照会を停止しています。システム担当者に連絡し、復旧後に新しい Idempotency-Key で照会してください。',
    },
    en: {
      title: 'Log cannot prove the record',
      detail:
        'The log that proves the record is too far behind, so inquiries are stopped. Tell the system’s operators; afterwards ask with a new Idempotency-Key.',
    },
  },
  'store-failed': {
    status: 503,
    ja: {
      title: '記録の保存の失敗',
      detail:
        '記録を保存できたことを確認できないため、応答を返せません。復旧後、照会は同じ Idempotency-Key で送り直し、結果を確認してください。',
    },
    en: {
      title: 'Record could not be stored',
      detail:
        'It is not certain that the record was stored, so nothing is answered. Afterwards send an inquiry again with the same Idempotency-Key to learn what became of it.',
    },
  },
  'vault-unavailable': {
    status: 503,
    ja: {
      title: '鍵の保管庫の利用不可',
      detail: '鍵の保管庫を利用できません。システム担当者に連絡し、復旧後に同じ操作をやり直してください。',
    },
    en: {
      title: 'Vault unavailable',
      detail: 'The key store cannot be used. Tell the system’s operators, and repeat the request afterwards.',
    },
  },
  stopping: {
    status: 503,
    ja: {
      title: '停止処理中',
      detail:
        'システムが停止処理中です。再開後、照会は同じ Idempotency-Key で送り直し、結果を確認してください。',
    },
    en: {
      title: 'Stopping',
      detail:
        'This process is stopping. Once it is back, send an inquiry again with the same Idempotency-Key to learn what became of it.',
    },
  },
  busy: {
    status: 503,
    ja: {
      title: '処理の競合',
      detail:
        '同じ対象への操作が重なったか、確認待ちの暗証番号が多すぎます。少し待ってから同じ操作をやり直してください。',
    },
    en: {
      title: 'Busy',
      detail:
        'Too many changes to the same thing, or too many PINs to verify, at once. Wait a little and repeat the request.',
    },
  },
  'record-not-trustworthy': {
    status: 500,
    ja: {
      title: '記録の改変の疑い',
      detail:
        '保存された記録が、書き込まれたときのものと一致しません。直ちにセキュリティ責任者に連絡してください。記録には手を加えないでください。',
    },
    en: {
      title: 'Record not trustworthy',
      detail:
        'A stored record is not what was written. Tell the security officer at once, and leave the record as it is.',
    },
  },
  internal: {
    status: 500,
    ja: {
      title: '内部エラー',
      detail: '予期しないエラーが起きました。instance の値を添えてシステム担当者に連絡してください。',
    },
    en: {
      title: 'Internal error',
      detail: 'Something unexpected happened. Tell the system’s operators, with the value of instance.',
    },
  },
} as const satisfies ProblemTexts;
