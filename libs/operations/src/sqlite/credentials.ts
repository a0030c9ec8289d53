import { createHmac } from 'node:crypto';
import type { Credentials } from '../port.js';
import { madeOtherwise, makeVerifier, pinFits } from '../pin-verifier.js';
import { openConnection, type Connection, type Migration } from './database.js';

const migrations: readonly Migration[] = [
  'CREATE TABLE verifiers (operator TEXT NOT NULL PRIMARY KEY, verifier TEXT NOT NULL) WITHOUT ROWID;',
];

export interface CredentialOptions {
  readonly file: string;
  /**
   * Secret of 32 bytes that is mixed into every PIN before it is hashed, together with the operator's id: a stolen
   * file does not give the PINs away (a million of them are soon tried), and a row that somebody wrote or copied into
   * the file lets nobody in.
   */
  readonly pepper: Buffer;
}

/** What is hashed for a PIN: HMAC-SHA-256 under the pepper over operator and PIN, base64url. */
export const pepperedPin = (pepper: Buffer, operator: string, pin: string): string =>
  createHmac('sha256', pepper).update(`${operator}\u0000${pin}`).digest('base64url');

export interface CredentialStore extends Credentials {
  close(): void;
}

/**
 * A replaced verifier must not linger: four to six digits are soon guessed from it. `secure_delete` overwrites the
 * row, and emptying the journal removes the page images in it. Busy (somebody is reading) is no failure: the next
 * change, or the last close, empties it.
 */
function emptyJournal(connection: Connection): void {
  connection.pragma('wal_checkpoint(TRUNCATE)');
}

/**
 * Opens the PIN verifiers: one SQLite file that lives in the key directory (decision 9), `synchronous=FULL`: a PIN that
 * was changed, and said to be, stays changed. Hashing runs on libuv's threads; the calling thread only reads and
 * writes a row. Throws `OperationsSchemaTooNew` for a file of a newer program.
 */
export function openCredentials({ file, pepper }: CredentialOptions): CredentialStore {
  const connection = openConnection(file, 'FULL', migrations);
  const peppered = (operator: string, pin: string): string => pepperedPin(pepper, operator, pin);
  connection.pragma('secure_delete = ON');
  const read = connection.prepare<[string], { verifier: string }>(
    'SELECT verifier FROM verifiers WHERE operator = ?',
  );
  const write = connection.prepare(
    `INSERT INTO verifiers (operator, verifier) VALUES (?, ?)
     ON CONFLICT (operator) DO UPDATE SET verifier = excluded.verifier`,
  );
  // Only where the verifier is still the one that was checked: a PIN changed in between must win.
  const replace = connection.prepare('UPDATE verifiers SET verifier = ? WHERE operator = ? AND verifier = ?');
  // Unknown operators are checked against this one, of a PIN that nobody has: same work, always wrong.
  const decoy = makeVerifier('\u0000');
  // Awaited where it is used; a failure here must not end the process before anybody signs in.
  decoy.catch(() => undefined);

  return {
    async set(operator, pin) {
      write.run(operator, await makeVerifier(peppered(operator, pin)));
      emptyJournal(connection);
    },
    async verify(operator, pin) {
      const known = read.get(operator)?.verifier;
      const secret = peppered(operator, pin);
      const fits = await pinFits(secret, known ?? (await decoy));
      if (!known || !fits) return false;
      if (madeOtherwise(known)) {
        replace.run(await makeVerifier(secret), operator, known);
        emptyJournal(connection);
      }
      return true;
    },
    close: () => void connection.close(),
  };
}
