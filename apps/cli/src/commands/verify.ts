import { verifyLog, type Fault, type Verification } from '#ledger';

const SHOWN_FAULTS = 20;

/** Checks a log from its files alone. Returns 0 when it holds, 1 on any fault, 2 when it cannot be asked. */
export async function verify(
  directory: string,
  options: { readonly key?: string; readonly json?: boolean },
): Promise<number> {
  const progress = process.stderr.isTTY
    ? { onProgress: (entries: number, size: number) => void process.stderr.write(`\r${entries} / ${size}`) }
    : {};
  try {
    const key = options.key === undefined ? {} : { verifierKey: options.key };
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

const faultLine = ({ path, entry, message, expected, found }: Fault): string =>
  `  ${path}${entry === undefined ? '' : ` entry ${entry}`}: ${message}${expected ? ` (expected ${expected}` : ''}${expected ? `${found ? `, found ${found}` : ''})` : ''}\n`;
