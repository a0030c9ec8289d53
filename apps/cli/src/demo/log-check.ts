import { openLogReadOnly, verifyLog } from '#ledger';
import type { Configuration } from '#wiring';

/** The log as its files say, and what they say of an earlier time. */
export interface CheckedLog {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  /** The root that the log had at the earlier size asked for; null where none was. */
  readonly earlierRoot: string | null;
}

/** Verifies the log from its files alone; with `earlier`, also computes the root that it had at that size. */
export async function checkLog(
  { paths }: Configuration,
  verifierKey: string,
  earlier?: number,
): Promise<CheckedLog> {
  const { ok, size, root } = await verifyLog({ directory: paths.log, verifierKey });
  const log = await openLogReadOnly({ directory: paths.log, database: paths.ledgerDatabase });
  try {
    const earlierRoot = earlier === undefined ? null : await log.rootAt(earlier);
    return { ok, size: size ?? 0, root: root ?? '', earlierRoot };
  } finally {
    await log.close();
  }
}
