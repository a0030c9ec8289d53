import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { cosigner, generateSigningKey } from '../core/signing-key.js';
import { isKeyName, type NoteSigner } from '../core/note.js';
import { LogInconsistent } from '../port.js';

/** The name asked for is not that of the witness's key, or, where there is none yet, cannot be a key's. */
export class WitnessNameRefused extends Error {
  readonly code = 'witness-name';
  constructor(
    readonly asked: string,
    /** The name that the key has; null where there is none yet. */
    readonly own: string | null,
  ) {
    super(
      own === null
        ? `a witness cannot be named ${JSON.stringify(asked)}: a name holds neither spaces nor +`
        : `the key of this witness is named ${own}, not ${asked}`,
    );
    this.name = 'WitnessNameRefused';
  }
}

/**
 * The witness's own key and name, and the logs that it has cosigned, in one file of its state, readable by its owner
 * alone. In one, so that the key cannot outlive the memory of what it has vouched for.
 */
const IDENTITY_PATH = 'identity.json';

interface Identity {
  readonly name: string;
  readonly privateKeyPem: string;
  /** Origins, in the order of their first cosignature. */
  readonly logs: readonly string[];
}

/** The logs that a witness's key has cosigned, kept beside the key. */
export interface KnownLogs {
  origins(): readonly string[];
  /** On disk when it returns: a crash in between leaves the old list or the new one. */
  add(origin: string): void;
}

export interface WitnessIdentity {
  readonly signer: NoteSigner;
  readonly logs: KnownLogs;
}

/**
 * The witness's signer, and the logs that it has cosigned; at the first start its key is made, durably, under `name` (or
 * the machine's), and later starts find all of it. `realNow` gives milliseconds of real time. Throws WitnessNameRefused
 * when another name is asked for than the key has (cosignatures under the new name would be those of a new witness) or one
 * that no key can have, and LogInconsistent when the key is gone from a state that is not fresh.
 */
export function witnessIdentity(
  directory: string,
  name: string | undefined,
  realNow: () => number,
  isFresh: boolean,
): WitnessIdentity {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const kept = readIdentity(directory);
  if (kept === null && !isFresh)
    throw new LogInconsistent(join(directory, IDENTITY_PATH), 'is gone, and with it the key of this witness');
  const identity = kept ?? makeIdentity(directory, name ?? `${hostname()}/kiroku-witness`);
  if (name !== undefined && name !== identity.name) {
    throw new WitnessNameRefused(name, identity.name);
  }
  return {
    signer: cosigner(identity.name, identity.privateKeyPem, realNow),
    logs: knownLogs(directory, identity),
  };
}

function knownLogs(directory: string, found: Identity): KnownLogs {
  let identity = found;
  return {
    origins: () => identity.logs,
    add(origin) {
      if (identity.logs.includes(origin)) return;
      const longer: Identity = { ...identity, logs: [...identity.logs, origin] };
      writeIdentity(directory, longer);
      // Not before it is on disk: after a write that failed the next one tries again.
      identity = longer;
    },
  };
}

function readIdentity(directory: string): Identity | null {
  const file = join(directory, IDENTITY_PATH);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  }
  try {
    // A version that kept no list wrote none: what the state holds is noted anew.
    const { name, privateKeyPem, logs = [] } = JSON.parse(text) as Partial<Identity>;
    const isList = Array.isArray(logs) && logs.every((origin) => typeof origin === 'string');
    if (typeof name === 'string' && typeof privateKeyPem === 'string' && isList)
      return { name, privateKeyPem, logs };
  } catch {
    // Told below, without what the file holds.
  }
  throw new LogInconsistent(file, 'is not the identity of a witness');
}

function makeIdentity(directory: string, name: string): Identity {
  if (!isKeyName(name)) throw new WitnessNameRefused(name, null);
  const identity: Identity = { name, privateKeyPem: generateSigningKey(name).privateKeyPem, logs: [] };
  // Crash anywhere here: no key yet, or all of it. Nobody was told the verifier key before this returns.
  writeIdentity(directory, identity);
  return identity;
}

function writeIdentity(directory: string, identity: Identity): void {
  const [file, fresh] = [join(directory, IDENTITY_PATH), join(directory, `${IDENTITY_PATH}.new`)];
  const descriptor = openSync(fresh, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(identity));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
  for (const place of [directory, dirname(directory)]) syncDirectory(place);
}

function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
