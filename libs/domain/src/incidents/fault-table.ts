import type { FaultKind, IncidentKind } from './incident.events.js';

/** What a fault means. */
export interface FaultMeaning {
  /** The incident that is declared for it. */
  readonly incident: IncidentKind;
  /**
   * How it ends.
   *
   * - `observation`: a watcher sees it end; the incident cannot be closed before.
   * - `success`: a later good answer ends it; the incident may be closed before.
   * - `close`: nothing ends it but somebody who has looked and closes the incident.
   */
  readonly clears: 'observation' | 'success' | 'close';
  /** One sentence that says what happened, for the alert. */
  readonly en: string;
  readonly ja: string;
}

/**
 * Every kind of fault. A leak is feared where a number came that must not come, and where something else than this
 * program put rows into the store or took some out: whoever can do that can also read. The rest is failure.
 */
export const faultTable: Readonly<Record<FaultKind, FaultMeaning>> = {
  'erasure-overdue': {
    incident: 'failure',
    clears: 'observation',
    en: 'Identity data whose retention has ended has not been erased in time.',
    ja: '保存期間が満了した本人確認情報が、期限までに消去されていません。',
  },
  'erasure-failed': {
    incident: 'failure',
    clears: 'observation',
    en: 'An erasure run failed.',
    ja: '本人確認情報の消去処理が失敗しました。',
  },
  'clock-wrong': {
    incident: 'failure',
    clears: 'observation',
    en: 'The clock or the backlog of erasures is not believable; erasure waits for two people.',
    ja: '時刻又は消去の滞留が不自然なため、消去を保留し、２名の確認を待っています。',
  },
  'provider-unreachable': {
    incident: 'failure',
    clears: 'success',
    en: 'The provider of identity information cannot be reached.',
    ja: '本人確認情報の提供元に接続できません。',
  },
  'provider-answers-wrongly': {
    incident: 'failure',
    clears: 'success',
    en: 'The provider of identity information answers wrongly.',
    ja: '本人確認情報の提供元の応答が正しくありません。',
  },
  'individual-number-received': {
    incident: 'leak-feared',
    clears: 'close',
    en: 'An answer of the provider held an individual number; it was discarded.',
    ja: '提供元の応答に個人番号が含まれていました（当該個人番号は破棄しました。）。',
  },
  unrecorded: {
    incident: 'failure',
    clears: 'close',
    en: 'An answer of the provider could not be recorded, and was withheld.',
    ja: '提供元の応答を記録できなかったため、応答を引き渡しませんでした。',
  },
  'forged-event': {
    incident: 'leak-feared',
    clears: 'close',
    en: 'The record holds an event that this system did not write.',
    ja: '記録に、このシステムが書き込んでいないイベントがあります。',
  },
  'events-missing': {
    incident: 'leak-feared',
    clears: 'close',
    en: 'Events are missing from the record.',
    ja: '記録からイベントが失われています。',
  },
  'follower-diverged': {
    incident: 'failure',
    clears: 'observation',
    en: 'Tables or the log do not agree with the record that they follow.',
    ja: '検索用の表又はログが、元となる記録と一致していません。',
  },
  'log-late': {
    incident: 'failure',
    clears: 'observation',
    en: 'The verifiable log is behind the record.',
    ja: '検証可能ログへの登録が遅れています。',
  },
  'log-not-verifying': {
    incident: 'failure',
    clears: 'observation',
    en: 'The verifiable log does not verify.',
    ja: '検証可能ログの検証に失敗しました。',
  },
  'log-uncosigned': {
    incident: 'failure',
    clears: 'observation',
    en: 'A witness has not cosigned the verifiable log for too long.',
    ja: '検証可能ログに対する証人の連署が、長時間得られていません。',
  },
  'log-forked': {
    incident: 'leak-feared',
    clears: 'observation',
    en: 'A witness knows another history of the verifiable log: it was rewritten, or is an old copy.',
    ja: '検証可能ログと異なる履歴を証人が保持しています（書換え又は古い複製への復元のおそれ）。',
  },
  'counter-closed': {
    incident: 'failure',
    clears: 'observation',
    en: 'Inquiries are refused, because what they record could not be proven in time.',
    ja: '記録を期限内に証明できないため、照会の受付を停止しています。',
  },
  'key-trouble': {
    incident: 'failure',
    clears: 'observation',
    en: 'Keys cannot be used.',
    ja: '暗号鍵を使用できません。',
  },
  'store-failed': {
    incident: 'failure',
    clears: 'observation',
    en: 'The record cannot be written or read.',
    ja: '記録の書込み又は読出しができません。',
  },
  'duty-failing': {
    incident: 'failure',
    clears: 'observation',
    en: 'A duty of this system keeps failing.',
    ja: 'このシステムの定常処理が繰り返し失敗しています。',
  },
  'worker-silent': {
    incident: 'failure',
    clears: 'observation',
    en: 'The worker gives no sign of life.',
    ja: '常駐処理（ワーカー）からの応答がありません。',
  },
  'api-silent': {
    incident: 'failure',
    clears: 'observation',
    en: 'No api process gives a sign of life.',
    ja: 'API プロセスからの応答がありません。',
  },
  'review-unsigned': {
    incident: 'failure',
    clears: 'observation',
    en: 'The operations of a day were not looked through and signed off in time.',
    ja: '日次点検（操作履歴の確認）が期限までに行われていません。',
  },
  'disclosure-due': {
    incident: 'failure',
    clears: 'observation',
    en: 'A request of a resident for disclosure is due soon, or overdue, and has not been answered.',
    ja: '本人からの開示請求の回答期限が迫っているか過ぎており、まだ回答していません。',
  },
  'feed-stalled': {
    incident: 'failure',
    clears: 'observation',
    en: 'The record cannot be brought to the security monitoring (SIEM).',
    ja: '監視システム（SIEM）に記録を送ることができません。',
  },
  'mark-forged': {
    incident: 'failure',
    clears: 'close',
    en: 'Somebody else than this system changed or took away what it remembers of its own work; something may have gone unnoticed.',
    ja: '処理の進み具合を示す内部の記録が、このシステム以外の手で変更又は削除されました（この間の検知漏れのおそれ）。',
  },
};
