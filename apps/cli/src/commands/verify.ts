import { readFileSync } from 'node:fs';
import { type Fault, type FaultKind, type Verification, verifyLog } from '#ledger';
import { verifyProof } from './proof.js';

const SHOWN_FAULTS = 20;

export interface VerifyOptions {
  readonly proof?: string;
  readonly entry?: string;
  readonly key?: readonly string[];
  readonly witness?: readonly string[];
  /** Files of checkpoints that the log must continue. */
  readonly seen?: readonly string[];
  readonly json?: boolean;
}

/** Checks a log, or with `proof` a proof, from files alone. Returns 0 when it holds, 1 on any fault, 2 when it cannot be asked. */
export async function verify(directory: string | undefined, options: VerifyOptions): Promise<number> {
  const { proof, ...rest } = options;
  const wrong = misused(directory, options);
  if (wrong !== null) {
    process.stderr.write(`${wrong}\n`);
    return 2;
  }
  if (proof !== undefined) return verifyProof({ proof, ...rest });
  return verifyWholeLog(directory ?? '', options);
}

/** What is wrong with the call; null for nothing. */
function misused(directory: string | undefined, { proof, entry, seen }: VerifyOptions): string | null {
  if ((directory === undefined) === (proof === undefined))
    return 'ログの場所か --proof のどちらか一つ give either a log or --proof';
  if (proof === undefined && entry !== undefined)
    return '--entry は --proof とともに --entry goes with --proof';
  if (proof !== undefined && seen !== undefined) return '--seen はログとともに --seen goes with a log';
  return null;
}

async function verifyWholeLog(directory: string, options: VerifyOptions): Promise<number> {
  const { key = [], witness = [], seen = [], json } = options;
  try {
    const result = await verifyLog({
      directory,
      verifierKey: key,
      witnessKeys: witness,
      seen: seen.map((file) => ({ place: file, note: readFileSync(file, 'utf8') })),
      ...(process.stderr.isTTY ? { onProgress: tellProgress } : {}),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
    return result.ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

function tellProgress(entries: number, size: number): void {
  const percent = size === 0 ? 100 : Math.floor((100 * entries) / size);
  process.stderr.write(`\r検証中 verifying: ${entries} / ${size} (${percent}%)`);
}

/** The result for people, in Japanese and English. */
function told(result: Verification): string {
  const head = `ログ log: ${result.origin ?? '?'}\n件数 entries: ${result.entries} / ${result.size ?? '?'}\nルート root: ${result.root ?? '?'}\n${witnesses(result)}`;
  if (!result.ok) {
    const more = result.faults.length - SHOWN_FAULTS;
    const listed = result.faults.slice(0, SHOWN_FAULTS).map(faultLine).join('');
    const beyond = result.stopped ? '  … 一覧の限界 and more than can be listed\n' : '';
    return `${head}不一致 FAULTS: ${result.faults.length}\n${listed}${more > 0 ? `  … ${more} more\n` : ''}${beyond}`;
  }
  return result.selfConsistentOnly
    ? `${head}自己整合のみ self-consistent only: no --key was given, so anybody may have written this log\n`
    : `${head}検証済み verified: every entry, hash, the root and the signature hold\n`;
}

/** Who has cosigned and when, and how many earlier checkpoints the log was held against. */
function witnesses({ witnessed, earlier }: Verification): string {
  const lines = witnessed.map(
    ({ name, time }) => `証人 witness: ${name} ${new Date(time * 1_000).toISOString()}\n`,
  );
  return `${lines.join('')}${earlier === 0 ? '' : `以前のチェックポイント earlier checkpoints: ${earlier}\n`}`;
}

/** Each kind of fault in Japanese; the fault itself brings its English sentence. */
const inJapanese: Readonly<Record<FaultKind, string>> = {
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
  'leaf-index': '索引がエントリと一致しない',
  unreadable: 'ファイルを読めない',
};

function faultLine({ kind, path, entry, message, expected, found }: Fault): string {
  const place = entry === undefined ? path : `${path} entry ${entry}`;
  const values = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
  return `  ${place}: ${inJapanese[kind]} / ${message}${values ? ` (${values})` : ''}\n`;
}
