import type { Buffer } from 'node:buffer';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * The few operations on files that the log is built from, each one a step at which the machine may stop. Paths are
 * relative to the log's directory, with `/`; '' is the directory itself.
 *
 * Durability: bytes last from `sync` on, names (of files and directories alike) from `syncDirectory` of the directory
 * that holds them on. `rename` replaces its target atomically.
 */
export interface Disk {
  /** The file's bytes; null when there is no such file. */
  read(path: string): Buffer | null;
  /** Makes a directory and those above it, where missing. */
  makeDirectory(directory: string): void;
  write(path: string, bytes: Buffer): void;
  sync(path: string): void;
  rename(from: string, to: string): void;
  syncDirectory(directory: string): void;
  /** Removes a directory with the files in it; nothing happens when it is not there. Need not last. */
  removeDirectory(directory: string): void;
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '');

function bytesOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** The file system under `root`, synchronously: one sequencer has nothing else to do while it waits for its disk. */
export function fileDisk(root: string): Disk {
  // The descriptor that wrote is the one that syncs: a write error reported to it cannot get lost in between.
  const written = new Map<string, number>();
  const at = (path: string): string => join(root, path);
  const syncAndClose = (descriptor: number): void => {
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
  return {
    read: (path) => bytesOrNull(at(path)),
    makeDirectory: (directory) => void mkdirSync(at(directory), { recursive: true }),
    write(path, bytes) {
      const descriptor = openSync(at(path), 'w');
      try {
        writeFileSync(descriptor, bytes);
      } catch (error) {
        // A full disk is tried again every second: a descriptor kept each time would be the next thing to run out.
        closeSync(descriptor);
        throw error;
      }
      written.set(path, descriptor);
    },
    sync(path) {
      const descriptor = written.get(path) ?? openSync(at(path), 'r+');
      written.delete(path);
      syncAndClose(descriptor);
    },
    rename: (from, to) => renameSync(at(from), at(to)),
    syncDirectory: (directory) => syncAndClose(openSync(at(directory), 'r')),
    removeDirectory: (directory) => rmSync(at(directory), { recursive: true, force: true }),
  };
}

/**
 * Puts files in place so that they survive a power loss: each written beside its name, synced, renamed; then every
 * directory from theirs up to the root synced once. A crash at any step leaves at each name the old file, the whole
 * new one, or none, and perhaps a `.new` file that the next write of that name replaces.
 */
export function putFiles(
  disk: Disk,
  files: readonly { readonly path: string; readonly bytes: Buffer }[],
): void {
  const directories = new Set<string>();
  for (const { path, bytes } of files) {
    const above = directoriesAbove(path);
    const [parent] = above;
    if (parent !== undefined && !directories.has(parent)) disk.makeDirectory(parent);
    for (const directory of above) directories.add(directory);
    const fresh = `${path}.new`;
    disk.write(fresh, bytes);
    disk.sync(fresh);
    disk.rename(fresh, path);
  }
  // Directories that were there already are synced as well: an earlier run may have made them and died before this.
  for (const directory of directories) disk.syncDirectory(directory);
}

/** The directories that lead to a file, the innermost first, the log's own ('') last. */
function directoriesAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, length) => parts.slice(0, parts.length - 1 - length).join('/'));
}
