import { readFileSync } from 'node:fs';
import { checkInstallation, readConfiguration } from '#wiring';
import { told } from './verification-told.js';
import { showProgress } from './verify-progress.js';

export interface VerifyInstallationOptions {
  readonly key?: readonly string[];
  readonly witness?: readonly string[];
  /** Files of checkpoints that the log must continue. */
  readonly seen?: readonly string[];
  readonly json?: boolean;
}

/**
 * Checks what Kiroku has stored where it runs: every row of the events table against its MAC and the log, and the log
 * against its tiles, its database, its witnesses and the checkpoints that were kept. Reads only, beside running processes
 * or without them. Returns 0 when it holds, 1 on any fault, 2 when it cannot be asked: a wrong setting, or keys that
 * cannot be read.
 */
export async function verifyInstallation(
  { key, witness, seen = [], json }: VerifyInstallationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const progress = showProgress();
  try {
    const configuration = readConfiguration(environment, 'cli');
    const result = await checkInstallation(configuration, {
      ...(key === undefined ? {} : { verifierKeys: key }),
      ...(witness === undefined ? {} : { witnessKeys: witness }),
      seen: seen.map((file) => ({ place: file, note: readFileSync(file, 'utf8') })),
      ...progress.hook,
    });
    progress.end();
    process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
    return result.ok ? 0 : 1;
  } catch (error) {
    progress.end();
    process.stderr.write(`${whyNot(error as Error)}\n`);
    return 2;
  }
}

function whyNot(error: Error & { readonly code?: unknown }): string {
  return error.code === 'vault-unavailable'
    ? `鍵を読めないため、検証できません。 The keys cannot be read, so nothing was checked: ${error.message}`
    : error.message;
}
