import { Buffer } from 'node:buffer';
import { decodeBundle } from '../core/bundle.js';
import type { Checkpoint } from '../core/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from '../core/frontier.js';
import { leafHash } from '../core/hashing.js';
import { TILE_WIDTH, tilePath, tilesFrom, type Tile } from '../core/tiles.js';
import type { Witnessed } from '../core/witnessed.js';
import { CHECKPOINT_PATH } from '../file/checkpoint-file.js';
import { keysOf, sourceAt } from '../verify.js';
import { CheckedFiles } from './checked-files.js';
import { CheckpointAudit, type PlacedCheckpoint } from './checkpoint-audit.js';
import { EarlierCheckpoints } from './earlier-checkpoints.js';
import { FaultList, type Fault } from './faults.js';

export interface ReplayOptions {
  /** The log's published directory, or the URL prefix that serves it. */
  readonly directory: string;
  /** Keys of which one must have signed. */
  readonly verifierKey: readonly string[];
  /** Witnesses that must have cosigned, each. */
  readonly witnessKeys?: readonly string[];
  /** Checkpoints that the log must continue. */
  readonly seen: readonly { readonly place: string; readonly note: string }[];
  /** Takes the entries of a bundle, the first of which has leaf index `first`. Nothing vouches for them before the end. */
  readonly onEntries: (first: number, entries: readonly Buffer[]) => void | Promise<void>;
}

/** What came of reading a log from its first entry to its last. */
export interface Replay {
  /** The signed checkpoint; null where it cannot be read. */
  readonly checkpoint: Checkpoint | null;
  readonly witnessed: readonly Witnessed[];
  /** Empty: the entries taken are those of the signed checkpoint, and of all that were seen. */
  readonly faults: readonly Fault[];
}

const FAULT_LIMIT = 20;

/**
 * Reads all entries of a log in order and holds them against its signed checkpoint and against those that were seen, by
 * computing the root: of the log's files only checkpoints and bundles are needed. Memory is that of a bundle. Stops at
 * the first fault: whoever serves a log that is not the signed one shall not say how much there is to read. Throws
 * LogNotFound, LogUnreachable and MalformedNote as `verifyLog` does.
 */
export async function replayLog(options: ReplayOptions): Promise<Replay> {
  const { directory, verifierKey, witnessKeys = [], seen } = options;
  const keys = keysOf(verifierKey, witnessKeys);
  const faults = new FaultList(FAULT_LIMIT);
  const files = new CheckedFiles(sourceAt(directory), faults);
  const audit = new CheckpointAudit(keys, faults);
  const latest = await audit.latest(files);
  const cosigned = await audit.cosigned(files);
  const witnessed = audit.witnessed([latest, cosigned].filter((found) => found !== null));
  const given = seen.flatMap(({ place, note }) => audit.read(place, Buffer.from(note)) ?? []);
  if (latest !== null) {
    const earlier = [...(cosigned === null ? [] : [cosigned]), ...given];
    await readEntries(latest, earlier, files, faults, options.onEntries);
  }
  return { checkpoint: latest?.checkpoint ?? null, witnessed, faults: faults.faults };
}

async function readEntries(
  { checkpoint }: PlacedCheckpoint,
  earlier: readonly PlacedCheckpoint[],
  files: CheckedFiles,
  faults: FaultList,
  onEntries: ReplayOptions['onEntries'],
): Promise<void> {
  const { size, root } = checkpoint;
  const past = new EarlierCheckpoints(earlier, checkpoint, faults);
  let frontier = EMPTY_FRONTIER;
  past.compare(0, 0, () => frontierRoot(frontier));
  if (faults.faults.length > 0) return;
  for (const bundle of tilesFrom('entries', 0, size)) {
    askAhead(bundle, size, files);
    const entries = await entriesOf(bundle, files, faults);
    if (entries === null) return;
    const [before, leaves, start] = [frontier, entries.map(leafHash), frontier.size];
    past.compare(start + 1, start + bundle.width, (at) =>
      frontierRoot(extendFrontier(before, leaves.slice(0, at - start))),
    );
    if (faults.faults.length > 0) return;
    frontier = extendFrontier(before, leaves);
    await onEntries(start, entries);
  }
  const found = frontierRoot(frontier);
  if (found.equals(root)) return;
  faults.add({
    kind: 'checkpoint-root',
    path: CHECKPOINT_PATH,
    expected: root.toString('hex'),
    found: found.toString('hex'),
    message: 'the entries do not have the root of the checkpoint',
  });
}

async function entriesOf(
  bundle: Tile,
  files: CheckedFiles,
  faults: FaultList,
): Promise<readonly Buffer[] | null> {
  const bytes = await files.tile(bundle);
  if (bytes === null) return null;
  const { entries, bytes: used } = decodeBundle(bytes, bundle.width);
  if (entries.length === bundle.width && used === bytes.length) return entries;
  faults.add({
    kind: 'bundle-malformed',
    path: tilePath(bundle),
    expected: `${bundle.width} entries`,
    found: `${entries.length} entries`,
    message: 'the bundle is cut off, or bytes follow its last entry',
  });
  return null;
}

function askAhead({ index }: Tile, size: number, files: CheckedFiles): void {
  if (files.ahead === 0) return;
  const until = Math.min(size, (index + 1 + files.ahead) * TILE_WIDTH);
  for (const tile of tilesFrom('entries', (index + 1) * TILE_WIDTH, until)) files.prepare(tile);
}
