import { type Fault, type FaultKind, type Verification, verifyLog } from '#ledger';
import { verifyProof } from './proof.js';

const SHOWN_FAULTS = 20;

export interface VerifyOptions {
  readonly proof?: string;
  readonly entry?: string;
  readonly key?: readonly string[];
  readonly witness?: readonly string[];
  readonly json?: boolean;
}

/** Checks a log, or with `proof` a proof, from files alone. Returns 0 when it holds, 1 on any fault, 2 when it cannot be asked. */
export async function verify(directory: string | undefined, options: VerifyOptions): Promise<number> {
  const { proof, ...rest } = options;
  if ((directory === undefined) === (proof === undefined)) {
    process.stderr.write(
      'ログのディレクトリか --proof のどちらか一つ give either a log’s directory or --proof\n',
    );
    return 2;
  }
  if (proof !== undefined) return verifyProof({ proof, ...rest });
  return verifyDirectory(directory ?? '', options);
}

async function verifyDirectory(directory: string, options: VerifyOptions): Promise<number> {
  const progress = process.stderr.isTTY
    ? { onProgress: (entries: number, size: number) => void process.stderr.write(`\r${entries} / ${size}`) }
    : {};
  try {
    const [verifierKey] = options.key ?? [];
    const key = verifierKey === undefined ? {} : { verifierKey };
    const result = await verifyLog({ directory, ...key, ...progress });
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
    return result.ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

/** The result for people, in Japanese and English. */
function told(result: Verification): string {
  const head = `ログ log: ${result.origin ?? '?'}\n件数 entries: ${result.entries} / ${result.size ?? '?'}\nルート root: ${result.root ?? '?'}\n`;
  if (!result.ok) {
    const more = result.faults.length - SHOWN_FAULTS;
    const listed = result.faults.slice(0, SHOWN_FAULTS).map(faultLine).join('');
    return `${head}不一致 FAULTS: ${result.faults.length}\n${listed}${more > 0 ? `  … ${more} more\n` : ''}`;
  }
  return result.selfConsistentOnly
    ? `${head}自己整合のみ self-consistent only: no --key was given, so anybody may have written this log\n`
    : `${head}検証済み verified: every entry, hash, the root and the signature hold\n`;
}

/** Each kind of fault in Japanese; the fault itself brings its English sentence. */
const inJapanese: Readonly<Record<FaultKind, string>> = {
  'checkpoint-missing': 'チェックポイントがない',
  'checkpoint-malformed': 'チェックポイントの形式が誤り',
  'checkpoint-signature': '与えられた鍵による署名がない',
  'checkpoint-origin': 'ログの名前が鍵の名前と異なる',
  'checkpoint-root': 'ルートが内容と一致しない',
  'bundle-missing': 'エントリの束がない',
  'bundle-malformed': 'エントリの束の形式が誤り',
  'tile-missing': 'タイルがない',
  'tile-malformed': 'タイルの形式が誤り',
  'tile-hash': 'タイルのハッシュが内容と一致しない',
  'entry-hash': 'エントリが記録時のものと異なる',
  'entry-malformed': 'エントリがイベントの JSON ではない',
  'event-repeated': '同じイベントが二度ある',
  unreadable: 'ファイルを読めない',
};

function faultLine({ kind, path, entry, message, expected, found }: Fault): string {
  const place = entry === undefined ? path : `${path} entry ${entry}`;
  const values = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
  return `  ${place}: ${inJapanese[kind]} / ${message}${values ? ` (${values})` : ''}\n`;
}
