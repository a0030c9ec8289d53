import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { KEY_BYTES, unwrapKey, wrapKey } from '../box.js';
import { VaultUnavailable } from '../port.js';
import type { RootKeys } from '../root-keys.js';

const ROOT_FILE = /^root-([1-9]\d*)\.key$/;
const DRAFT_FILE = /^root-[1-9]\d*\.key\.[0-9a-f]+\.draft$/;
const HEX_KEY = /^[0-9a-f]{64}$/;

/**
 * Root keys as files `root-<epoch>.key` (64 hex digits, mode 0600) in a directory of their own (mode 0700), outside
 * the data directory and its backups.
 *
 * A root is read for each wrap and never kept: a process that remembered root n could still open old copies of the
 * key table after the worker destroyed that root. Reading costs 20 µs, once for each key and generation.
 */
export class FileRootKeys implements RootKeys {
  constructor(private readonly directory: string) {}

  prepare(): void {
    attempt(`the root key directory ${this.directory} cannot be made`, () =>
      mkdirSync(this.directory, { recursive: true, mode: 0o700 }),
    );
  }

  missingPlace(): string | null {
    return existsSync(this.directory) ? null : this.directory;
  }

  make(epoch: number): void {
    attempt(`root key file ${this.nameOf(epoch)} cannot be written`, () => {
      this.removeDrafts();
      if (!this.has(epoch)) this.write(epoch);
      // Also for a root that was there: the crash that made us repeat may have come before this very line.
      this.syncDirectory();
    });
  }

  has(epoch: number): boolean {
    return existsSync(this.nameOf(epoch));
  }

  wrap(epoch: number, raw: Buffer, aad: Buffer): Buffer {
    return this.withRoot(epoch, (root) => wrapKey(root, aad, raw));
  }

  unwrap(epoch: number, wrap: Buffer, aad: Buffer): Buffer {
    return this.withRoot(epoch, (root) => unwrapKey(root, aad, wrap));
  }

  destroy(epoch: number): void {
    const path = this.nameOf(epoch);
    attempt(`root key file ${path} cannot be destroyed`, () => {
      if (this.has(epoch)) {
        overwrite(path);
        // A crash here leaves a file of noise under the root's name: it opens nothing, and the next run removes it.
        unlinkSync(path);
      }
      this.syncDirectory();
    });
  }

  list(): readonly number[] {
    return attempt(`the root key directory ${this.directory} cannot be read`, () =>
      readdirSync(this.directory)
        .flatMap((name) => ROOT_FILE.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b),
    );
  }

  nameOf(epoch: number): string {
    return join(this.directory, `root-${epoch}.key`);
  }

  /** `link` rather than `rename`: of two processes at their first start one makes the file, the other fails. */
  private write(epoch: number): void {
    const path = this.nameOf(epoch);
    const draft = `${path}.${randomBytes(8).toString('hex')}.draft`;
    const text = Buffer.from(randomBytes(KEY_BYTES).toString('hex'), 'latin1');
    try {
      writeDurably(draft, 'wx', text);
      // A crash here leaves a draft: a root that never wrapped anything; the next `make` removes it.
      linkSync(draft, path);
    } finally {
      text.fill(0);
      if (existsSync(draft)) unlinkSync(draft);
    }
  }

  /** Safe because `make` runs under the key table's lock: no draft is another process's work in progress. */
  private removeDrafts(): void {
    for (const name of readdirSync(this.directory)) {
      if (DRAFT_FILE.test(name)) unlinkSync(join(this.directory, name));
    }
  }

  private withRoot<T>(epoch: number, use: (root: Buffer) => T): T {
    const root = this.read(epoch);
    try {
      return use(root);
    } finally {
      root.fill(0);
    }
  }

  private read(epoch: number): Buffer {
    const path = this.nameOf(epoch);
    const text = attempt(`root key file ${path} is missing or cannot be read`, () => readFileSync(path));
    try {
      const hex = text.toString('latin1').trim();
      if (!HEX_KEY.test(hex)) throw new VaultUnavailable(`root key file ${path} does not hold a key`);
      return Buffer.from(hex, 'hex');
    } finally {
      text.fill(0);
    }
  }

  private syncDirectory(): void {
    const directory = openSync(this.directory, 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  }
}

/** Noise over the same blocks, and synced: on a plain disk nothing of the key is left before its name goes. */
const overwrite = (path: string): void => writeDurably(path, 'r+', randomBytes(KEY_BYTES * 2));

function writeDurably(path: string, flags: 'wx' | 'r+', bytes: Buffer): void {
  const file = openSync(path, flags, 0o600);
  try {
    writeSync(file, bytes, 0, bytes.length, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function attempt<T>(message: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new VaultUnavailable(message, { cause });
  }
}
