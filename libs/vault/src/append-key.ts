import { join } from 'node:path';
import Database from 'better-sqlite3';
import { APPEND_KEY } from './custody.js';
import { FileRootKeys } from './file/root-keys.js';
import { openRow } from './key-ring.js';
import { VaultUnavailable } from './port.js';
import { rootsAway } from './root-keys.js';
import type { KeyRow } from './sqlite/key-table.js';
import { SCHEMA_VERSION } from './sqlite/migrations.js';
import type { VaultOptions } from './vault.js';

/** A rotation may end between reading the row and its root: then the row is under the next root. */
const TRIES = 3;

/**
 * The append key, for a check that changes nothing: no key is made, nobody is on the list of readers, and no file appears.
 * The caller zeroes it. Throws `VaultUnavailable` when there is no key store, no such key, or its root is missing.
 */
export function readAppendKey({
  directory,
  rootDirectory,
}: Pick<VaultOptions, 'directory' | 'rootDirectory'>): Buffer {
  const roots = new FileRootKeys(rootDirectory);
  const away = roots.missingPlace();
  if (away !== null) throw rootsAway(away);
  for (let tries = 1; ; tries++) {
    try {
      return openRow(roots, APPEND_KEY, rowIn(directory));
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

function rowIn(directory: string): KeyRow {
  const file = join(directory, 'keys.sqlite');
  let db: Database.Database | null = null;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: 1_000 });
    const schema = Number(db.pragma('user_version', { simple: true }));
    if (schema !== SCHEMA_VERSION)
      throw new VaultUnavailable(`the key store has schema ${schema}, this program knows ${SCHEMA_VERSION}`);
    const { kind, id } = APPEND_KEY;
    const find = 'SELECT epoch, wrap FROM keys WHERE kind = ? AND id = ?';
    const row = db.prepare<[string, string], KeyRow>(find).get(kind, id);
    if (row === undefined) throw new VaultUnavailable(`the key store ${file} holds no append key`);
    return row;
  } catch (cause) {
    if (cause instanceof VaultUnavailable) throw cause;
    throw new VaultUnavailable(`the key store ${file} cannot be read`, { cause });
  } finally {
    db?.close();
  }
}
