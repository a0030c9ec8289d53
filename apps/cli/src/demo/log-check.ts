import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLogReadOnly } from '#ledger';
import { checkInstallation, type Configuration } from '#wiring';

/** The log as a full check found it, and what it says of an earlier time. */
export interface CheckedLog {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  /** The root that the log had at the earlier size asked for; null where none was. */
  readonly earlierRoot: string | null;
}

/**
 * Checks all that the installation has stored, and keeps the checkpoint of this moment for whoever looks later; with
 * `earlier`, also computes the root that the log had at that size.
 */
export async function checkLog(
  configuration: Configuration,
  verifierKey: string,
  earlier?: number,
): Promise<CheckedLog> {
  const { paths } = configuration;
  const { ok, size, root } = await checkInstallation(configuration, { verifierKeys: [verifierKey] });
  keepCheckpoint(configuration, size ?? 0);
  const log = await openLogReadOnly({ directory: paths.log, database: paths.ledgerDatabase });
  try {
    const earlierRoot = earlier === undefined ? null : await log.rootAt(earlier);
    return { ok, size: size ?? 0, root: root ?? '', earlierRoot };
  } finally {
    await log.close();
  }
}

/** As somebody outside would: a later log must continue it. It is that of `size` entries, or newer. */
function keepCheckpoint({ data, paths }: Configuration, size: number): void {
  const directory = join(data, 'demo', 'checkpoints');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  copyFileSync(join(paths.log, 'checkpoint'), join(directory, String(size)));
}
