import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** The secrets of the alarm, each derived for one use; 32 bytes. They open nothing that the vault has sealed. */
export interface AlertKeys {
  /** From which every contact's webhook secret comes. */
  readonly webhook: Buffer;
  /** Authenticates the link by which a contact acknowledges. */
  readonly link: Buffer;
  /** Seals the lifeboat: kept apart from the vault, which may be what failed (decision 21). */
  readonly lifeboat: Buffer;
}

/** The alert key's file holds something else than a key. A person must mend it: a new key would silence receivers. */
export class AlertKeyDamaged extends Error {
  readonly code = 'alert-key-damaged';
  constructor(file: string) {
    super(
      `通報の鍵のファイル ${file} を読めません。控えから戻してください。 ` +
        `The file of the alert key, ${file}, does not hold a key; put it back from a copy.`,
    );
    this.name = 'AlertKeyDamaged';
  }
}

const KEY_BYTES = 32;

/**
 * The keys derived from the file `KIROKU_ALERT_KEY`, which is made where there is none. Several processes may ask at
 * once: the file appears whole and never replaces another. Throws `AlertKeyDamaged` when it holds no key.
 */
export function alertKeysOf(file: string): AlertKeys {
  const key = readKey(file) ?? makeKey(file);
  const derived = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `kiroku/alert/${use}`, KEY_BYTES));
  return { webhook: derived('webhook'), link: derived('link'), lifeboat: derived('lifeboat') };
}

/** The secrets that the receivers of webhooks are told, one for every version of every contact. */
export class WebhookSecrets {
  constructor(private readonly keys: Pick<AlertKeys, 'webhook'>) {}

  /** `whsec_` and base64 of 32 bytes (Standard Webhooks). */
  of(contact: string, version: number): string {
    return `whsec_${createHmac('sha256', this.keys.webhook).update(`${contact}/${version}`).digest('base64')}`;
  }
}

function readKey(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== text.trim()) throw new AlertKeyDamaged(file);
  return key;
}

/**
 * Written aside and linked: a crash in between leaves a stray `.new` file and no key, and the next start makes one. A
 * link, unlike a rename, does not replace the key that another process has just made: then that one counts.
 */
function makeKey(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}.new`;
  rmSync(aside, { force: true });
  const descriptor = openSync(aside, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
  syncDirectory(dirname(file));
  const made = readKey(file);
  if (!made) throw new AlertKeyDamaged(file);
  return made;
}

/** A name is on disk once its directory is. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
