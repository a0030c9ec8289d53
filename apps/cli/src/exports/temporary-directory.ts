import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Signals that end the process, and the exit code that tells of each. */
const ending = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Does something with a directory of its own, which is gone afterwards, also when it fails and when the process is told to
 * end meanwhile (Ctrl-C).
 */
export async function withTemporaryDirectory<T>(
  act: (directory: string) => Promise<T>,
  exit: (code: number) => void = (code) => process.exit(code),
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'kiroku-export-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const handlers = Object.entries(ending).map(([signal, code]) => {
    const handler = (): void => {
      remove();
      exit(code);
    };
    process.once(signal, handler);
    return { signal, handler };
  });
  try {
    return await act(directory);
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
    remove();
  }
}
