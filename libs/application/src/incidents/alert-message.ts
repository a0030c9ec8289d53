import { type FaultKind, faultTable, type IncidentKind, tokyoDay, tokyoMinute } from '#domain';
import type { AlertMessage } from '#notifications';

/** What a message may say: ids, times, links, closed lists; nothing that anybody typed (decision 20). */
export interface AlertFacts {
  /** Id of the message: `messageIdOf(alert, channel, round)`. */
  readonly id: string;
  readonly alert: string;
  readonly incident: string;
  readonly agreement: string;
  readonly contact: string;
  readonly version: number;
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
  /** Business time, ISO 8601. */
  readonly declaredAt: string;
  /** Where the contact acknowledges: `AcknowledgementLinks.urlOf(alert)`. */
  readonly acknowledge: string;
  /** Where the api shows the incident to whoever may see it. */
  readonly incidentUrl: string;
  /** The latest signed checkpoint, a C2SP note; null where none could be read. */
  readonly checkpoint: string | null;
}

export const incidentUrl = (publicUrl: string, incident: string): string =>
  `${publicUrl}/v1/incidents/${incident}`;

/** What was declared, in words. */
export const incidentWords: Readonly<Record<IncidentKind, { readonly ja: string; readonly en: string }>> = {
  failure: { ja: '障害', en: 'Failure' },
  leak: { ja: '漏えい等', en: 'Leak' },
  'leak-feared': { ja: '漏えい等のおそれ', en: 'Feared leak' },
  drill: { ja: '訓練', en: 'Drill' },
};

/** What happened where a person declared it: their own words are sealed and shown to those only who sign in. */
const declared = {
  ja: '担当者が事案を宣言しました。内容はログインして確認してください。',
  en: 'Somebody in charge declared an incident. Sign in to read what it is.',
};
const drill = {
  ja: 'これは緊急時対応の訓練です。実際の事案ではありません。',
  en: 'This is a drill of the emergency plan. Nothing has happened.',
};

/**
 * The alert that a contact gets, by mail and by webhook (annex 2, 4(4)). Whoever reads it on the way learns that
 * something happened, and nothing about anybody.
 */
export function alertMessage(facts: AlertFacts): AlertMessage {
  const { id, alert, incident, agreement, contact, version, kind, cause, checkpoint } = facts;
  const { declaredAt, acknowledge, incidentUrl: url } = facts;
  return {
    id,
    contact,
    version,
    subject: `【Kiroku】${incidentWords[kind].ja}の通報 / ${incidentWords[kind].en} alert`,
    text: [japanese(facts), english(facts), ...(checkpoint === null ? [] : [checkpoint.trimEnd()])].join(
      `\n\n${RULE}\n\n`,
    ),
    payload: {
      type: 'incident.declared',
      timestamp: declaredAt,
      data: { incident, kind, cause, agreement, alert, acknowledge, incidentUrl: url, checkpoint },
    },
  };
}

const RULE = '-'.repeat(40);

/** One sentence that anybody may read on the way. */
export const whatHappened = ({
  kind,
  cause,
}: Pick<AlertFacts, 'kind' | 'cause'>): { readonly ja: string; readonly en: string } =>
  cause ? faultTable[cause] : kind === 'drill' ? drill : declared;

function japanese(facts: AlertFacts): string {
  return [
    `${incidentWords[facts.kind].ja}の通報（別紙２の４）`,
    '',
    whatHappened(facts).ja,
    '',
    `発生時刻：${inTokyo(facts.declaredAt)}（日本時間）`,
    `協定：${facts.agreement}`,
    `事案番号：${facts.incident}`,
    '',
    '受領したら、次のリンクを開いて「確認」を押してください。確認があるまで、繰り返し通報します。',
    facts.acknowledge,
    '',
    '事案の詳細（要ログイン）：',
    facts.incidentUrl,
    ...(facts.checkpoint === null ? [] : ['', '末尾に、記録の最新のチェックポイントを添付しています。']),
  ].join('\n');
}

function english(facts: AlertFacts): string {
  return [
    `${incidentWords[facts.kind].en} alert (annex 2, 4)`,
    '',
    whatHappened(facts).en,
    '',
    `Time: ${inTokyo(facts.declaredAt)} JST (${facts.declaredAt})`,
    `Agreement: ${facts.agreement}`,
    `Incident: ${facts.incident}`,
    '',
    'Please open this link and press "acknowledge". The alert is repeated until somebody does.',
    facts.acknowledge,
    '',
    'Details of the incident (sign-in required):',
    facts.incidentUrl,
    ...(facts.checkpoint === null ? [] : ['', 'The latest checkpoint of the record follows below.']),
  ].join('\n');
}

/** A minute in Tokyo: `2026-04-06 10:05`. */
export function inTokyo(instant: string): string {
  const minute = tokyoMinute(instant);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${tokyoDay(instant)} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
