import { existsSync } from 'node:fs';
import {
  checkInFull,
  type FullVerification,
  LOG_CHECKED,
  LOG_COSIGNED,
  LOG_DISTRUSTED,
  type LogRemembered,
  WITNESS_REPLIES,
} from '#application';
import { openSqliteEventsAudit } from '#event-store';
import { openCheckpoint, parseVerifierKey, type SeenCheckpoint, verifyInstalledLog } from '#ledger';
import { keptProvisions } from '#notifications';
import { marksKept } from '#operations';
import { readAppendKey } from '#vault';
import { alertKeysOf } from './alert-key.js';
import type { Configuration } from './configuration.js';
import { logSignersOf } from './log-keys.js';
import { witnessesOf } from './log-witnesses.js';

/** What a full check is to hold the installation against, besides what the configuration names. */
export interface FullCheckOptions {
  /** The log's verifier keys; the configured signing keys' if none are given. */
  readonly verifierKeys?: readonly string[];
  /** Witnesses besides the configured ones. */
  readonly witnessKeys?: readonly string[];
  /** Checkpoints besides those that are kept in the lifeboat. */
  readonly seen?: readonly SeenCheckpoint[];
  /** The append key; read from the key store if it is not given. */
  readonly appendKey?: Buffer;
  /** How long an event may wait for the log, in milliseconds; as configured if it is not given. */
  readonly unsequencedMs?: number;
  /** How long an entry may wait for a witness, in milliseconds; as configured if it is not given. */
  readonly uncosignedMs?: number;
  readonly onProgress?: (entries: number, size: number) => void;
  /** Real time in milliseconds. */
  readonly realNow?: () => number;
}

/**
 * The full check of an installation, beside its processes or without them. Changes nothing. Throws the vault's
 * `VaultUnavailable` when the append key cannot be read, `MalformedNote` for an unusable key, `SigningKeyUnusable` for a
 * configured one, the schemas' `…TooNew`, and the file system's errors when a configured key file cannot be read.
 */
export async function checkInstallation(
  configuration: Configuration,
  options: FullCheckOptions = {},
): Promise<FullVerification> {
  const { paths, unsequencedMinutes, uncosignedHours } = configuration;
  const { witnessKeys = [], seen = [], onProgress, realNow = Date.now } = options;
  const verifierKey = options.verifierKeys ?? logSignersOf(configuration).map(({ verifierKey: key }) => key);
  const witnesses = witnessesOf(configuration).map(({ key }) => key);
  const cosignedInTime = {
    asOf: realNow(),
    withinMs: options.uncosignedMs ?? uncosignedHours * 3_600_000,
  };
  const appendKey =
    options.appendKey ?? readAppendKey({ directory: paths.keys, rootDirectory: paths.rootKeys });
  try {
    // Read before the log is: no log is behind a checkpoint that it had then.
    const kept = [...seen, ...keptCheckpoints(configuration, verifierKey)];
    return await checkInFull(
      {
        openEvents: () => openSqliteEventsAudit({ file: paths.events, macKey: appendKey }),
        verifyLog: (hooks) =>
          verifyInstalledLog({
            directory: paths.log,
            database: paths.ledgerDatabase,
            verifierKey,
            witnessKeys: [...new Set([...witnesses, ...witnessKeys])],
            seen: kept,
            cosignedInTime,
            ...hooks,
          }),
        logRemembered: () => rememberedLog(paths.operations),
        realNow,
        unsequencedMs: options.unsequencedMs ?? unsequencedMinutes * 60_000,
      },
      onProgress,
    );
  } finally {
    appendKey.fill(0);
  }
}

/** What a worker writes only once it has made the log. */
const MARKS_OF_LOG = [LOG_DISTRUSTED, LOG_CHECKED, LOG_COSIGNED, WITNESS_REPLIES];

/** Where the processes remember that there was a log; nowhere, as long as no worker has taken up its duties. */
function rememberedLog(operations: string): readonly LogRemembered[] {
  const kept = marksKept(operations, MARKS_OF_LOG);
  if (kept.length === 0) return [];
  return [{ kind: kept === 'unreadable' ? 'marks-unreadable' : 'log-gone', path: 'operations.sqlite' }];
}

/**
 * The checkpoints that the processes keep in the lifeboat, apart from the log. Left out is one that these keys have not
 * signed: of a log that was begun anew under another origin, or by a key that was replaced since.
 */
function keptCheckpoints(
  { alertKey, paths }: Configuration,
  verifierKeys: readonly string[],
): readonly SeenCheckpoint[] {
  // Asking for the key would make one.
  if (!existsSync(alertKey)) return [];
  const log = verifierKeys.map(parseVerifierKey);
  const { lifeboat } = alertKeysOf(alertKey);
  return keptProvisions(paths.lifeboat, lifeboat).flatMap(({ process, provisions: { checkpoint } }) =>
    checkpoint !== null && openCheckpoint(checkpoint, { log }).holds
      ? [{ place: `lifeboat/${process}`, note: checkpoint }]
      : [],
  );
}
