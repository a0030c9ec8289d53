import { checkInstallation, readConfiguration } from '#wiring';
import { checkAndTell, checkpointsIn } from './check-and-tell.js';

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
export const verifyInstallation = (
  { key, witness, seen, json }: VerifyInstallationOptions,
  environment: NodeJS.ProcessEnv,
): Promise<number> =>
  checkAndTell(
    async (progress) =>
      checkInstallation(readConfiguration(environment, 'cli'), {
        ...(key === undefined ? {} : { verifierKeys: key }),
        ...(witness === undefined ? {} : { witnessKeys: witness }),
        seen: checkpointsIn(seen),
        ...progress,
      }),
    json,
  );
