import { verifyLog } from '#ledger';
import { type BilingualError, wrongCall } from '../bilingual-error.js';
import { checkAndTell, checkpointsIn } from './check-and-tell.js';
import { verifyProof } from './proof.js';
import { verifyInstallation } from './verify-installation.js';
import { tellWhyNot } from './why-not.js';

export interface VerifyOptions {
  /** The installation that the environment names. */
  readonly installation?: boolean;
  readonly proof?: string;
  readonly entry?: string;
  readonly key?: readonly string[];
  readonly witness?: readonly string[];
  /** Files of checkpoints that the log must continue. */
  readonly seen?: readonly string[];
  readonly json?: boolean;
}

/**
 * Checks a log, or with `proof` a proof, from files alone; with `installation` all that Kiroku has stored where it runs.
 * Returns 0 when it holds, 1 on any fault, 2 when it cannot be asked.
 */
export async function verify(
  directory: string | undefined,
  options: VerifyOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { proof, installation, ...rest } = options;
  const wrong = misused(directory, options);
  if (wrong !== null) return tellWhyNot(wrong, options.json);
  if (proof !== undefined) return verifyProof({ proof, ...rest });
  if (installation === true) return verifyInstallation(options, environment);
  return verifyWholeLog(directory ?? '', options);
}

/** What is wrong with the call; null for nothing. */
function misused(
  directory: string | undefined,
  { installation, proof, entry, seen }: VerifyOptions,
): BilingualError | null {
  if ([directory, proof, installation || undefined].filter((what) => what !== undefined).length !== 1)
    return wrongCall(
      'ログの場所、--installation、--proof、--export のうち一つを指定',
      'give one of a log, --installation, --proof and --export',
    );
  if (proof === undefined && entry !== undefined)
    return wrongCall('--entry は --proof とともに指定', '--entry goes with --proof');
  if (proof !== undefined && seen !== undefined)
    return wrongCall('--seen はログとともに指定', '--seen goes with a log');
  return null;
}

const verifyWholeLog = (directory: string, { key, witness, seen, json }: VerifyOptions): Promise<number> =>
  checkAndTell(
    (progress) =>
      verifyLog({
        directory,
        ...(key === undefined ? {} : { verifierKey: key }),
        ...(witness === undefined ? {} : { witnessKeys: witness }),
        seen: checkpointsIn(seen),
        ...progress,
      }),
    json,
  );
