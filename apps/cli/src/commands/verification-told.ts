import { type CheckFault, type FullVerification, placeOf } from '#application';
import type { Verification } from '#ledger';

const SHOWN_FAULTS = 20;

/** The result for people, in Japanese and English. */
export function told(result: Verification | FullVerification): string {
  if (isBeforeLog(result)) return `${events(result)}${NO_LOG_YET}`;
  const head = `ログ log: ${result.origin ?? '?'}\n件数 entries: ${result.entries} / ${result.size ?? '?'}\n${events(result)}ルート root: ${result.root ?? '?'}\n${witnesses(result)}`;
  if (!result.ok) {
    const more = result.faults.length - SHOWN_FAULTS;
    const listed = result.faults.slice(0, SHOWN_FAULTS).map(faultLine).join('');
    const beyond = result.stopped ? '  … 一覧の限界 and more than can be listed\n' : '';
    return `${head}不一致 FAULTS: ${result.faults.length}\n${listed}${more > 0 ? `  … ${more} more\n` : ''}${beyond}`;
  }
  return result.selfConsistentOnly
    ? `${head}自己整合のみ self-consistent only: no --key was given, so anybody may have written this log\n`
    : `${head}検証済み verified: ${'events' in result ? 'every event, its MAC and its place, ' : ''}every entry, hash, the root and the signature hold\n`;
}

const isBeforeLog = (result: Verification | FullVerification): boolean =>
  result.ok && 'begun' in result && !result.begun;

const NO_LOG_YET = `ログはまだない: ワーカーがまだ一度も動いていない。各行と認証コードに矛盾はないが、欠けた行がないことはまだ何も証明しない
no log yet: no worker has run. Every row and its MAC hold, and nothing proves yet that none is missing; start the worker
`;

/** How much of the events table was read, and what the log does not have yet; nothing where only a log was checked. */
function events(result: Verification | FullVerification): string {
  if (!('events' in result)) return '';
  const waiting = result.unsequenced ? `（未収録 not yet sequenced: ${result.unsequenced}）` : '';
  return `イベント events: ${result.events}${waiting}\n`;
}

/** Who has cosigned and when, and how many earlier checkpoints the log was held against. */
function witnesses({ witnessed, earlier }: Pick<Verification, 'witnessed' | 'earlier'>): string {
  const lines = witnessed.map(
    ({ name, time }) => `証人 witness: ${name} ${new Date(time * 1_000).toISOString()}\n`,
  );
  return `${lines.join('')}${earlier === 0 ? '' : `以前のチェックポイント earlier checkpoints: ${earlier}\n`}`;
}

/** Each kind of fault in Japanese; the fault itself brings its English sentence. */
const inJapanese: Readonly<Record<CheckFault['kind'], string>> = {
  'checkpoint-missing': 'チェックポイントがない',
  'checkpoint-malformed': 'チェックポイントの形式が誤り',
  'checkpoint-signature': '与えられた鍵による署名がない',
  'checkpoint-origin': 'ログの名前が鍵の名前と異なる',
  'checkpoint-root': 'ルートが内容と一致しない',
  'checkpoint-behind': '以前のチェックポイントより短い（末尾の切断か古い複製）',
  'checkpoint-fork': '以前のチェックポイントの続きではない（書き換え）',
  'witness-missing': '与えられた証人の署名がない',
  'bundle-missing': 'エントリの束がない',
  'bundle-malformed': 'エントリの束の形式が誤り',
  'tile-missing': 'タイルがない',
  'tile-malformed': 'タイルの形式が誤り',
  'tile-hash': 'タイルのハッシュが内容と一致しない',
  'entry-hash': 'エントリが記録時のものと異なる',
  'entry-malformed': 'エントリがイベントの JSON ではない',
  'event-repeated': '同じイベントが二度ある',
  'checkpoint-row': 'データベースのチェックポイントが自らの署名と一致しない',
  'log-schema': '表・索引・トリガーが Kiroku の作ったものと異なる',
  'leaf-index': '索引がエントリと一致しない',
  unreadable: 'ファイルを読めない',
  'log-gone': 'ログが消えている（存在した記録がある）',
  'marks-unreadable': 'ログがなく、その有無を覚えているファイルも読めない',
  'event-missing': '行がない（削除）',
  'event-differs': '行の内容がログのエントリと異なる',
  'event-forged': '行の認証コード（MAC）が合わない（改変・移動・偽造）',
  'event-hash': '行のハッシュが内容と一致しない',
  'event-revision': 'ストリームの版が連続していない',
  'event-hidden': '表の索引から行にたどり着けない',
  'events-schema': '表・索引・トリガーが Kiroku の作ったものと異なる',
  'event-malformed': '行の形式が誤り',
  'event-stray': 'あり得ない位置に行がある',
  'event-late': 'ログへの収録が遅れている',
  'events-unreadable': 'イベントの表を読めない',
};

function faultLine(fault: CheckFault): string {
  const { kind, message, expected, found } = fault;
  const stream = 'stream' in fault ? ` (${fault.stream})` : '';
  const values = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
  return `  ${placeOf(fault)}${stream}: ${inJapanese[kind]} / ${message}${values ? ` (${values})` : ''}\n`;
}
