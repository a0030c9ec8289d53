import { readFileSync } from 'node:fs';
import type { FullVerification } from '#application';
import type { SeenCheckpoint, Verification } from '#ledger';
import { told } from './verification-told.js';
import { tellWhyNot } from './why-not.js';

/** What a check calls now and then, where somebody watches. */
export interface Progress {
  readonly onProgress?: (entries: number, size: number) => void;
}

/**
 * Makes a check, with progress for people at a terminal, and tells its result, as JSON if asked. Returns 0 when it holds,
 * 1 on any fault, 2 when it cannot be asked, with the words of `tellWhyNot`.
 */
export async function checkAndTell(
  check: (progress: Progress) => Promise<Verification | FullVerification>,
  json: boolean | undefined,
): Promise<number> {
  const atTerminal = process.stderr.isTTY;
  const clear = (): void => void (atTerminal && process.stderr.write('\r\u001B[K'));
  try {
    const result = await check(atTerminal ? { onProgress: tellProgress } : {});
    clear();
    process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
    return result.ok ? 0 : 1;
  } catch (error) {
    clear();
    return tellWhyNot(error as Error, json);
  }
}

/** The checkpoints in files that somebody kept. */
export const checkpointsIn = (files: readonly string[] = []): readonly SeenCheckpoint[] =>
  files.map((file) => ({ place: file, note: readFileSync(file, 'utf8') }));

function tellProgress(entries: number, size: number): void {
  const percent = size === 0 ? 100 : Math.floor((100 * entries) / size);
  process.stderr.write(`\r検証中 verifying: ${entries} / ${size} (${percent}%)`);
}
