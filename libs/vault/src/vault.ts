import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { EventDefinition } from '#domain';
import { Codec } from './codec.js';
import { Custody, type Reader } from './custody.js';
import { FileRootKeys } from './file/root-keys.js';
import { KeyRing } from './key-ring.js';
import { FieldOpener } from './opening.js';
import { VaultUnavailable, type Vault } from './port.js';
import { type RootKeys, rootsAway } from './root-keys.js';
import { KeyTable } from './sqlite/key-table.js';

export interface VaultOptions {
  /** The data directory: holds `keys.sqlite`. Made when missing. */
  readonly directory: string;
  /** Where the root keys are: outside the data directory and its backups (decision 10). Made at the first start, never later. */
  readonly rootDirectory: string;
  /** Name of this process, for the table of readers; need not be unique. */
  readonly process: string;
  /** Every event type, with the lifetimes of its fields. */
  readonly catalogue: Readonly<Record<string, EventDefinition>>;
  /** Real time in ms (decision 22). */
  readonly realNow: () => number;
}

/**
 * Opens the vault of this machine; the first start makes the root key of epoch 1. Any number of processes may have it
 * open. Throws `VaultUnavailable`, saying which file, when a root is missing, the schema is newer, or a file cannot
 * be used. The caller sends a `heartbeat` every few seconds and closes it at the end.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const roots = rootsOutsideData(options);
  const table = await KeyTable.open(options.directory);
  try {
    await table.transaction(() => requireRoots(table, roots));
    const ring = new KeyRing(table, roots);
    const { process, realNow } = options;
    const custody = new Custody(table, roots, ring, {
      reader: randomUUID(),
      process,
      realNow,
    } satisfies Reader);
    // On the list of readers before it can hold any key.
    await custody.heartbeat();
    return vaultOf(
      custody,
      new Codec(ring, options.catalogue),
      new FieldOpener(ring, table, options.catalogue),
    );
  } catch (error) {
    table.close();
    throw error;
  }
}

function rootsOutsideData({ directory, rootDirectory }: VaultOptions): RootKeys {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new VaultUnavailable(`the data directory ${directory} cannot be made`, { cause });
  }
  const path = relative(realpathSync(directory), realPathToBe(resolve(rootDirectory)));
  if (!path.startsWith('..') && !isAbsolute(path)) {
    throw new VaultUnavailable(
      `the root key directory ${rootDirectory} lies inside the data directory: every backup would hold the root`,
    );
  }
  return new FileRootKeys(rootDirectory);
}

/** Where a directory is, or would be made: links followed as far as it is there. */
function realPathToBe(directory: string): string {
  if (existsSync(directory)) return realpathSync(directory);
  const above = dirname(directory);
  return above === directory ? directory : join(realPathToBe(above), basename(directory));
}

/** Under the lock: of two first starts one makes the root, the other finds it. */
function requireRoots(table: KeyTable, roots: RootKeys): void {
  const { epoch } = table.state();
  if (epoch === 0) {
    roots.prepare();
    const later = roots.list().find((root) => root > 1);
    if (later !== undefined) {
      throw new VaultUnavailable(
        `${roots.nameOf(later)} is there but keys.sqlite is new: restore keys.sqlite`,
      );
    }
    // A crash here leaves root 1 without an epoch; the next start takes it.
    roots.make(1);
    table.beginEpoch(1);
    return;
  }
  const place = roots.missingPlace();
  if (place !== null) throw rootsAway(place);
  const missing = [...new Set([...table.epochsInUse(), epoch])].filter((root) => !roots.has(root));
  if (missing.length > 0) {
    const names = missing.map((root) => roots.nameOf(root)).join(', ');
    throw new VaultUnavailable({
      ja: `根の鍵がありません：${names}。元の場所に戻すか、今ある根の鍵と対のバックアップから keys/ を復元してください`,
      en: `root key missing: ${names}. Put it back, or restore the key store that fits the roots`,
    });
  }
}

/** The four faces of the vault as one. */
function vaultOf(custody: Custody, codec: Codec, opener: FieldOpener): Vault {
  return {
    seal: (drafts, history) => codec.seal(drafts, history),
    open: (entry, field) => opener.open(entry, field),
    openTokens: (entry) => opener.openTokens(entry),
    openTokensOfEach: (entries) => opener.openTokensOfEach(entries),
    tokensFor: (agreement, identifier) => opener.tokensFor(agreement, identifier),
    ensure: (kind, ids) => custody.ensure(kind, ids),
    living: (kind) => custody.living(kind),
    destroy: (kind, ids, fence) => custody.destroy(kind, ids, fence),
    rotateRoot: (fence) => custody.rotateRoot(fence),
    epochs: () => custody.epochs(),
    generation: () => custody.generation(),
    highestFence: () => custody.highestFence(),
    isGone: (kind, id, epoch) => custody.isGone(kind, id, epoch),
    droppedEverywhere: (generation, staleMs) => custody.droppedEverywhere(generation, staleMs),
    heartbeat: () => custody.heartbeat(),
    appendKey: () => custody.appendKey(),
    close: () => custody.close(),
  };
}
