import { readFileSync } from 'node:fs';
import {
  type CommandContext,
  type Follower,
  KeyRecords,
  LOG_DISTRUSTED,
  LogCheck,
  LogFollower,
  projectionFollower,
  recordLogKey,
  RetentionRun,
  verifyCheckpoint,
  Witnessing,
  workerContext,
} from '#application';
import { Cosigning, ed25519Signer, type Log, type NoteSigner, openLog, verifyLog } from '#ledger';
import { openProjections } from '#read-models';
import { witnessesOf } from './log-witnesses.js';
import type { Rooms } from './rooms.js';

/** What the one active worker holds besides the rooms: everything that only one process may write. */
export interface Duties {
  readonly log: LogFollower;
  /** Null where the log has no witnesses. */
  readonly witnessing: Witnessing | null;
  readonly check: LogCheck;
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
  const { paths, logOrigin, agreement } = configuration;
  const context = (): CommandContext => workerContext(journal, agreement);
  const signers = signersOf(configuration);
  const log = await openLog({
    directory: paths.log,
    database: paths.ledgerDatabase,
    origin: logOrigin,
    signer: signers,
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
    for (const { verifierKey } of signers) await recordLogKey(journal, logOrigin, verifierKey, context());
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
    const check = checkOf(rooms, log, signers);
    return {
      log: sequencing,
      witnessing,
      check,
      readModels: projecting,
      retention,
      keyRecords,
      context,
      close,
    };
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

/** The log's key, and the next one during the overlap in which both sign. */
const signersOf = ({ logOrigin, logKey, logNextKey }: Rooms['configuration']): readonly NoteSigner[] =>
  [logKey, ...(logNextKey === null ? [] : [logNextKey])].map((file) =>
    ed25519Signer(logOrigin, readFileSync(file, 'utf8')),
  );

function checkOf(
  { store, operations, clock, configuration }: Rooms,
  log: Log,
  signers: readonly NoteSigner[],
): LogCheck {
  const { paths, logCheckHours } = configuration;
  // Each signer signs every checkpoint: the first one's key is enough.
  const key = signers[0] ? { verifierKey: signers[0].verifierKey } : {};
  const verify = (onProgress: () => void) => verifyLog({ directory: paths.log, ...key, onProgress });
  return new LogCheck(store, log, verify, operations.marks, clock, logCheckHours * 3_600_000);
}
