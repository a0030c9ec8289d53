import { readFileSync } from 'node:fs';
import {
  type CommandContext,
  type Follower,
  KeyRecords,
  LOG_DISTRUSTED,
  LogFollower,
  projectionFollower,
  recordLogKey,
  RetentionRun,
  verifyCheckpoint,
  Witnessing,
  workerContext,
} from '#application';
import { Cosigning, ed25519Signer, type Log, openLog } from '#ledger';
import { openProjections } from '#read-models';
import { witnessesOf } from './log-witnesses.js';
import type { Rooms } from './rooms.js';

/** What the one active worker holds besides the rooms: everything that only one process may write. */
export interface Duties {
  readonly log: LogFollower;
  /** Null where the log has no witnesses. */
  readonly witnessing: Witnessing | null;
  readonly readModels: Follower;
  readonly retention: RetentionRun;
  readonly keyRecords: KeyRecords;
  readonly context: () => CommandContext;
  close(): Promise<void>;
}

/**
 * Takes up the duties of the active worker. `fence` is asked at every write: the fencing token of the lease as it is
 * then. Throws `FollowerDiverged` when the log or the read models belong to another history than the events
 * (decision 16), or events that the log has are missing among them; nothing is left open then.
 */
export async function takeUpDuties(rooms: Rooms, fence: () => number): Promise<Duties> {
  const { configuration, clock, journal, vault, store, queries, operations } = rooms;
  const { paths, logOrigin, logKey, agreement } = configuration;
  const context = (): CommandContext => workerContext(journal, agreement);
  const signer = ed25519Signer(logOrigin, readFileSync(logKey, 'utf8'));
  const log = await openLog({
    directory: paths.log,
    database: paths.ledgerDatabase,
    origin: logOrigin,
    signer,
  });
  const opened: { close(): Promise<void> }[] = [log];
  const close = async (): Promise<void> => {
    for (const room of opened.splice(0).toReversed()) await room.close();
  };
  try {
    const projections = await openProjections({ file: paths.readModels });
    opened.push(projections);
    const sequencing = new LogFollower(store, log, fence, () => clock.realNow());
    const projecting = projectionFollower(projections, vault);
    await sequencing.verify();
    operations.marks.write(LOG_DISTRUSTED, false);
    await verifyCheckpoint(store, projecting);
    await recordLogKey(journal, logOrigin, signer.verifierKey, context());
    const keyRecords = new KeyRecords(journal, vault);
    const settings = {
      agreement,
      trailYears: configuration.trailYears,
      limits: { backlogDays: configuration.backlogDays, clockAheadMs: 86_400_000 },
      staleMs: STALE_MS,
    };
    const retention = new RetentionRun(
      journal,
      store,
      vault,
      queries,
      projections,
      operations.marks,
      keyRecords,
      settings,
    );
    const witnessing = witnessingOf(rooms, log);
    return { log: sequencing, witnessing, readModels: projecting, retention, keyRecords, context, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A process that has not reported its keys for this long, in milliseconds of real time, is dead. */
const STALE_MS = 30_000;

function witnessingOf({ configuration, operations, clock }: Rooms, log: Log): Witnessing | null {
  const witnesses = witnessesOf(configuration);
  if (!witnesses.length) return null;
  const names = witnesses.map(({ verifier }) => verifier.name);
  return new Witnessing(names, new Cosigning(log, witnesses), log, operations.marks, clock);
}
