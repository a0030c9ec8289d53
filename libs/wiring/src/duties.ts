import {
  type CommandContext,
  EventCount,
  type Follower,
  KeyRecords,
  LogCheck,
  LogFollower,
  projectionFollower,
  recordLogKey,
  RetentionRun,
  verifyCheckpoint,
  Witnessing,
  workerContext,
} from '#application';
import { Cosigning, type Log, type NoteSigner, openLog } from '#ledger';
import { openProjections } from '#read-models';
import { checkInstallation } from './full-check.js';
import { keepVerifierKey, logSignersOf } from './log-keys.js';
import { witnessesOf } from './log-witnesses.js';
import type { Rooms } from './rooms.js';

/** What the one active worker holds besides the rooms: everything that only one process may write. */
export interface Duties {
  readonly log: LogFollower;
  readonly count: EventCount;
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
  const { configuration, clock, journal, vault, store, queries, marks } = rooms;
  const { paths, logOrigin, agreement } = configuration;
  const context = (): CommandContext => workerContext(journal, agreement);
  const signers = logSignersOf(configuration);
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
    const count = new EventCount(store, sequencing, marks, clock);
    // Before the log has anything of this worker's: whoever sees a log that has begun looks for what was counted.
    await count.count();
    await verifyCheckpoint(store, projecting);
    for (const { verifierKey } of signers) await recordLogKey(journal, logOrigin, verifierKey, context());
    keepVerifierKey(paths, signers[0].verifierKey);
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
      marks,
      keyRecords,
      settings,
    );
    const witnessing = witnessingOf(rooms, log);
    const check = checkOf(rooms, signers);
    return {
      log: sequencing,
      count,
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

function witnessingOf({ configuration, marks, clock }: Rooms, log: Log): Witnessing | null {
  const witnesses = witnessesOf(configuration);
  if (!witnesses.length) return null;
  const names = witnesses.map(({ verifier }) => verifier.name);
  return new Witnessing(names, new Cosigning(log, witnesses), log, marks, clock);
}

/**
 * The full check with what this process holds. What others watch is no fault here: events that wait for the log, which
 * are many at a start; and a witness that has not cosigned, as long as that is not alarmed anyway.
 */
function checkOf(rooms: Rooms, signers: readonly NoteSigner[]): LogCheck {
  const { vault, marks, clock, configuration, cosignedAge } = rooms;
  const { logCheckHours, uncosignedAlarmMinutes } = configuration;
  const verifierKeys = signers.map(({ verifierKey }) => verifierKey);
  const check = async (onProgress: () => void) => {
    const appendKey = await vault.appendKey();
    const untimed = { unsequencedMs: Infinity, uncosignedMs: Infinity };
    const options = { verifierKeys, appendKey, ...untimed, onProgress };
    const { entries, faults } = await checkInstallation(configuration, options);
    const isWaited = (): boolean => cosignedAge.ageMs() <= uncosignedAlarmMinutes * 60_000;
    const others = faults.filter(({ kind }) => kind !== 'witness-missing');
    // Of a log in which more is wrong the age may be beyond finding out.
    return { entries, faults: others.length > 0 || isWaited() ? others : faults };
  };
  return new LogCheck(check, marks, clock, logCheckHours * 3_600_000);
}
