import { Buffer } from 'node:buffer';
import type { Disk } from '../src/file/disk.js';

interface File {
  bytes: Buffer;
  /** The bytes that a power loss leaves; null before the first sync. */
  durable: Buffer | null;
  /** A sync failed: the system has told so once, forgets it, and calls every later sync of these bytes a success. */
  dropped: boolean;
}

type DurableName = File | 'directory';

/** A step at which the machine may stop. */
export interface Step {
  readonly operation:
    | 'make-directory'
    | 'write'
    | 'sync'
    | 'rename'
    | 'sync-directory'
    | 'remove-directory'
    | 'commit';
  readonly path: string;
}

/** The machine stopped: nothing of the program runs on. */
export class MachineStopped extends Error {
  readonly code = 'machine-stopped';
}

/** An operation failed, and the program was told so. Thrown before the step nothing was done, after it everything. */
export class DiskFault extends Error {
  constructor(
    readonly code: 'EIO' | 'ENOSPC',
    /** Of a write: half of the bytes were written. */
    readonly half = false,
  ) {
    super(code);
    this.name = 'DiskFault';
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/**
 * A disk in memory that forgets what was not synced. Bytes last once their file was synced; a name lasts once the
 * directory that holds it was synced, and can be found only while every directory above it lasts too.
 */
export class SimulatedDisk implements Disk {
  private files = new Map<string, File>();
  private directories = new Set<string>(['']);
  private durableNames = new Map<string, DurableName>();

  /** Called before each step and after it; throws MachineStopped to stop there. */
  interrupt: (step: Step, moment: 'before' | 'after') => void = () => undefined;

  /** Takes on the state of another disk. */
  copyFrom(other: SimulatedDisk): void {
    const copies = new Map<File, File>();
    const copy = (file: File): File => {
      const known = copies.get(file) ?? { ...file };
      copies.set(file, known);
      return known;
    };
    this.directories = new Set(other.directories);
    this.files = new Map([...other.files].map(([path, file]) => [path, copy(file)]));
    this.durableNames = new Map(
      [...other.durableNames].map(([path, what]) => [path, what === 'directory' ? what : copy(what)]),
    );
  }

  /** Loses everything that was not synced. */
  losePower(): void {
    const lasts = (path: string): boolean =>
      path === '' || (this.durableNames.has(path) && lasts(parentOf(path)));
    const names = [...this.durableNames].filter(([path]) => lasts(path));
    this.directories = new Set([
      '',
      ...names.flatMap(([path, what]) => (what === 'directory' ? [path] : [])),
    ]);
    this.files = new Map(
      names.flatMap(([path, what]) => {
        if (what === 'directory') return [];
        // A name that lasts without its bytes is what a missing fsync before the rename looks like.
        const bytes = what.durable ?? Buffer.alloc(0);
        return [[path, { bytes, durable: bytes, dropped: false }] as const];
      }),
    );
    this.durableNames = new Map<string, DurableName>(this.files);
    for (const path of this.directories) this.durableNames.set(path, 'directory');
  }

  read(path: string): Buffer | null {
    const file = this.files.get(path);
    return file === undefined ? null : Buffer.from(file.bytes);
  }

  /** Every file's path. */
  paths(): string[] {
    return [...this.files.keys()];
  }

  makeDirectory(directory: string): void {
    this.step({ operation: 'make-directory', path: directory }, () => {
      for (let path = directory; path !== ''; path = parentOf(path)) this.directories.add(path);
    });
  }

  write(path: string, bytes: Buffer): void {
    this.requireDirectory(parentOf(path));
    const put = (written: Buffer): void => {
      this.files.set(path, { bytes: Buffer.from(written), durable: null, dropped: false });
    };
    try {
      this.step({ operation: 'write', path }, () => put(bytes));
    } catch (error) {
      if (error instanceof DiskFault && error.half) put(bytes.subarray(0, Math.floor(bytes.length / 2)));
      throw error;
    }
  }

  sync(path: string): void {
    const file = this.require(path);
    let synced = false;
    try {
      this.step({ operation: 'sync', path }, () => {
        if (!file.dropped) file.durable = file.bytes;
        synced = true;
      });
    } catch (error) {
      if (error instanceof DiskFault && !synced) file.dropped = true;
      throw error;
    }
  }

  rename(from: string, to: string): void {
    this.step({ operation: 'rename', path: to }, () => {
      this.files.set(to, this.require(from));
      this.files.delete(from);
    });
  }

  syncDirectory(directory: string): void {
    this.requireDirectory(directory);
    this.step({ operation: 'sync-directory', path: directory }, () => {
      for (const path of this.durableNames.keys()) {
        if (path !== '' && parentOf(path) === directory) this.durableNames.delete(path);
      }
      for (const path of this.directories) {
        if (path !== '' && parentOf(path) === directory) this.durableNames.set(path, 'directory');
      }
      for (const [path, file] of this.files)
        if (parentOf(path) === directory) this.durableNames.set(path, file);
    });
  }

  removeDirectory(directory: string): void {
    this.step({ operation: 'remove-directory', path: directory }, () => {
      this.directories.delete(directory);
      for (const path of this.paths()) if (parentOf(path) === directory) this.files.delete(path);
    });
  }

  private step(step: Step, act: () => void): void {
    this.interrupt(step, 'before');
    act();
    this.interrupt(step, 'after');
  }

  private require(path: string): File {
    const file = this.files.get(path);
    if (file === undefined) throw new Error(`there is no ${path}`);
    return file;
  }

  private requireDirectory(directory: string): void {
    if (!this.directories.has(directory)) throw new Error(`there is no directory ${directory}`);
  }
}
