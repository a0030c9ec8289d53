import { Buffer } from 'node:buffer';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Checkpoint } from './core/checkpoint.js';
import { TILE_WIDTH, tilesFrom, type Tile } from './core/tiles.js';
import { parseVerifierKey } from './core/verifier-key.js';
import type { Witnessed } from './core/witnessed.js';
import { CHECKPOINT_PATH } from './file/checkpoint-file.js';
import { fileDisk } from './file/disk.js';
import { LogNotFound } from './port.js';
import { CheckedFiles } from './verify/checked-files.js';
import { type CheckedKeys, CheckpointAudit, type PlacedCheckpoint } from './verify/checkpoint-audit.js';
import { type CosignedInTime, LateCosignatures } from './verify/cosigned-late.js';
import { EarlierCheckpoints } from './verify/earlier-checkpoints.js';
import { EntriesAudit } from './verify/entries-audit.js';
import { FaultList, type Fault } from './verify/faults.js';
import { type LogSource, servedFiles } from './verify/log-source.js';
import type { Computed } from './verify/tile-comparison.js';
import { TreeAudit } from './verify/tree-audit.js';

export type { Fault, FaultKind } from './verify/faults.js';

/** A checkpoint that somebody has: kept from an earlier check, or by a witness. */
export interface SeenCheckpoint {
  /** Where it came from; a fault names it. */
  readonly place: string;
  /** The note, as it was published then. */
  readonly note: string;
}

export interface VerifyOptions {
  /**
   * The log's published directory, `checkpoint` and `tile/`, or the URL prefix (http: or https:) that serves it. Nothing
   * else is read.
   */
  readonly directory: string;
  /** The key that must have signed, or keys of which one must, obtained elsewhere; without it a log made anew by a forger passes. */
  readonly verifierKey?: string | readonly string[];
  /** Witnesses that must have cosigned, each. */
  readonly witnessKeys?: readonly string[];
  /** Checkpoints that the log must continue; without any, a log that was cut off or rewritten by its own key passes. */
  readonly seen?: readonly SeenCheckpoint[];
  /** Called now and then with the entries read so far, of how many. */
  readonly onProgress?: (entries: number, size: number) => void;
}

/** The result of a full check; plain data, fit for JSON. */
export interface Verification {
  /** Whether no fault was found. */
  readonly ok: boolean;
  /** No key was given: the files agree with each other, but anybody may have written them. */
  readonly selfConsistentOnly: boolean;
  /** What the checkpoint says, believed or not; null when it cannot be read. Root in lower-case hex. */
  readonly origin: string | null;
  readonly size: number | null;
  readonly root: string | null;
  /** Entries read. */
  readonly entries: number;
  /** The valid cosignatures of the witnesses given. */
  readonly witnessed: readonly Witnessed[];
  /** How many earlier checkpoints the log was held against. */
  readonly earlier: number;
  readonly faults: readonly Fault[];
  /** The check was given up after 10,000 faults: there are more. */
  readonly stopped: boolean;
}

/** Who looks at what a check reads, bundle after bundle, and what was found before it began. */
export interface CheckHooks {
  /** Called now and then with the entries read so far, of how many. */
  readonly onProgress?: (entries: number, size: number) => void;
  /** The ids of the events from this leaf index on; null for an entry that cannot be read. */
  readonly onIds?: (start: number, ids: readonly (string | null)[]) => void;
  /**
   * The leaf hashes from this leaf index on, as the tree has them: where an entry and its tile differ, by the one that the
   * level above bears out. Null where neither is there.
   */
  readonly onLeaves?: (start: number, leaves: readonly Computed[]) => void | Promise<void>;
  readonly faults?: FaultList;
  /** How long an entry may wait for the witnesses; for ever if it is not given. */
  readonly cosignedInTime?: CosignedInTime;
}

const FAULT_LIMIT = 10_000;
/** The faults of one check. */
export const faultList = (): FaultList => new FaultList(FAULT_LIMIT);

/** Bundles between two turns of the event loop: some ten milliseconds. */
const BUNDLES_PER_TURN = 8;

/**
 * Checks a whole log from its files alone: the signature, every entry of every bundle against the tiles, every tile
 * against what lies below it, the root, the cosigned checkpoint, and earlier checkpoints. Reads file by file; memory
 * does not grow with the log but for 8 to 16 bytes an entry, which find repeated events.
 *
 * A log that is served under a checkpoint which no key given has signed is read no further: its size is anybody's word.
 * Without a key every size is.
 *
 * A damaged log never throws: it gives faults. Throws LogNotFound when there is no such directory or no log in it, or a server says
 * that there is no checkpoint, LogUnreachable when it does not give it otherwise, and MalformedNote for an unusable key.
 */
export async function verifyLog({
  directory,
  verifierKey = [],
  witnessKeys = [],
  seen = [],
  onProgress,
}: VerifyOptions): Promise<Verification> {
  const keys = keysOf(verifierKey, witnessKeys);
  return verifyFiles(sourceAt(directory), keys, seen, onProgress ? { onProgress } : {});
}

/** Throws MalformedNote for an unusable key. */
export const keysOf = (log: string | readonly string[], witnesses: readonly string[]): CheckedKeys => ({
  log: [log].flat().map(parseVerifierKey),
  witnesses: witnesses.map(parseVerifierKey),
});

export function sourceAt(directory: string): LogSource {
  if (/^https?:\/\//.test(directory)) return servedFiles(directory);
  const isDirectory = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
  // One of the two alone is a damaged log.
  const parts = [CHECKPOINT_PATH, 'tile'].map((path) => join(directory, path));
  if (!isDirectory || !parts.some((part) => existsSync(part))) throw new LogNotFound(directory);
  return fileDisk(directory);
}

/** The same over anything that reads like a log's directory. */
export async function verifyFiles(
  source: LogSource,
  keys: CheckedKeys,
  seen: readonly SeenCheckpoint[] = [],
  hooks: CheckHooks = {},
): Promise<Verification> {
  const { faults = faultList() } = hooks;
  const files = new CheckedFiles(source, faults);
  const checkpoints = new CheckpointAudit(keys, faults);
  const latest = await checkpoints.latest(files);
  const cosigned = await checkpoints.cosigned(files);
  const given = seen.flatMap(({ place, note }) => checkpoints.read(place, Buffer.from(note)) ?? []);
  const own = [latest, cosigned].filter((found) => found !== null);
  const witnessed = checkpoints.witnessed(own);
  const earlier = [...(cosigned === null ? [] : [cosigned]), ...given];
  const isAnybodys = source.servedAt !== undefined && faults.faults.some(isOfAnother);
  const entries =
    latest === null || isAnybodys
      ? 0
      : await auditTree(latest.checkpoint, earlier, files, faults, watched(hooks, keys, own, faults));
  return {
    ok: faults.faults.length === 0,
    selfConsistentOnly: keys.log.length === 0,
    origin: latest?.checkpoint.origin ?? null,
    size: latest?.checkpoint.size ?? null,
    root: latest?.checkpoint.root.toString('hex') ?? null,
    entries,
    witnessed,
    earlier: earlier.length,
    faults: faults.faults,
    stopped: faults.full,
  };
}

/** The same, and besides whether the witnesses have cosigned in time. */
function watched(
  { cosignedInTime, ...hooks }: CheckHooks,
  { witnesses }: CheckedKeys,
  checkpoints: readonly PlacedCheckpoint[],
  faults: FaultList,
): CheckHooks {
  if (cosignedInTime === undefined) return hooks;
  const late = new LateCosignatures(witnesses, checkpoints, cosignedInTime, faults);
  const onIds = (start: number, ids: readonly (string | null)[]): void => {
    hooks.onIds?.(start, ids);
    late.look(start, ids);
  };
  return { ...hooks, onIds };
}

/** Whether the latest checkpoint is not that of a key that was given. */
const isOfAnother = ({ kind, path }: Fault): boolean =>
  path === CHECKPOINT_PATH && (kind === 'checkpoint-signature' || kind === 'checkpoint-origin');

/** Entries, tiles and roots; returns the number of entries read. */
async function auditTree(
  checkpoint: Checkpoint,
  seen: readonly PlacedCheckpoint[],
  files: CheckedFiles,
  faults: FaultList,
  { onProgress, onIds, onLeaves }: CheckHooks,
): Promise<number> {
  const entries = new EntriesAudit(files, faults);
  const earlier = new EarlierCheckpoints(seen, checkpoint, faults);
  const tree = new TreeAudit(checkpoint.size, files, faults, async (start, leaves) => {
    // By the leaves as they are settled: a damaged entry is no other history.
    const rootAt = (size: number): Computed => tree.rootWith(leaves.slice(0, size - start));
    earlier.compare(start + 1, start + leaves.length, rootAt);
    await onLeaves?.(start, leaves);
  });
  earlier.compare(0, 0, () => tree.rootWith([]));
  for (const bundle of tilesFrom('entries', 0, checkpoint.size)) {
    // A forged size may be astronomical: every bundle that is not there is a fault, and so this ends.
    if (faults.full) return entries.entries;
    prepareBehind(bundle, checkpoint.size, files);
    const { leaves, ids } = await entries.read(bundle);
    onIds?.(bundle.index * TILE_WIDTH, ids);
    await tree.addLeaves(leaves);
    if (bundle.index % BUNDLES_PER_TURN === 0) {
      onProgress?.(entries.entries, checkpoint.size);
      await nextTurn();
    }
  }
  await auditRoot(checkpoint, tree, faults);
  if (entries.isSuspicious) await entries.confirm(tilesFrom('entries', 0, checkpoint.size));
  onProgress?.(entries.entries, checkpoint.size);
  return entries.entries;
}

async function auditRoot(checkpoint: Checkpoint, tree: TreeAudit, faults: FaultList): Promise<void> {
  const root = await tree.finish(checkpoint.root);
  if (root?.equals(checkpoint.root) === true) return;
  faults.add({
    kind: 'checkpoint-root',
    path: CHECKPOINT_PATH,
    expected: checkpoint.root.toString('hex'),
    found: root?.toString('hex') ?? 'unknown',
    message: 'the entries do not have the root of the checkpoint',
  });
}

/** Asks for the bundles that come after this one, and for their tiles of leaf hashes. */
function prepareBehind({ index }: Tile, size: number, files: CheckedFiles): void {
  if (files.ahead === 0) return;
  for (const level of ['entries', 0] as const) {
    const behind = tilesFrom(
      level,
      (index + 1) * TILE_WIDTH,
      Math.min(size, (index + 1 + files.ahead) * TILE_WIDTH),
    );
    for (const tile of behind) files.prepare(tile);
  }
}
