import { hash, randomBytes } from 'node:crypto';
import type { Clock, Session, Sessions } from '../port.js';
import type { Connection } from './database.js';

interface SessionRow {
  readonly id: string;
  readonly operator: string;
  readonly terminal: string | null;
  readonly certificate: string | null;
  readonly pin_change_only: 0 | 1;
  readonly expires_at: number;
}

/** What the file keeps of a token: who reads the file cannot sign in with it. The token has 256 random bits, so a plain hash does. */
const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');

const sessionOf = (row: SessionRow): Session => ({
  id: row.id,
  operator: row.operator,
  terminal: row.terminal,
  certificate: row.certificate,
  pinChangeOnly: row.pin_change_only === 1,
  expiresAt: row.expires_at,
});

/**
 * Sessions by the hash of their token. Looking one up is one hash and one search by key for any text, known or
 * not; what the search's time may tell is about the hash, which nobody can steer.
 */
export function sessionsIn(connection: Connection, clock: Clock): Sessions {
  const insert = connection.prepare(
    `INSERT INTO sessions (token_hash, id, operator, terminal, certificate, pin_change_only, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = connection.prepare<[Buffer, number], SessionRow>(
    `SELECT id, operator, terminal, certificate, pin_change_only, expires_at FROM sessions
     WHERE token_hash = ? AND expires_at > ?`,
  );
  const close = connection.prepare('DELETE FROM sessions WHERE id = ?');
  const closeAllOf = connection.prepare('DELETE FROM sessions WHERE operator = ?');
  const sweep = connection.prepare('DELETE FROM sessions WHERE expires_at <= ?');

  return {
    open({ id, operator, terminal, certificate, pinChangeOnly }, ttlMs) {
      const token = randomBytes(32).toString('base64url');
      const expiresAt = clock.realNow() + ttlMs;
      insert.run(hashOf(token), id, operator, terminal, certificate, pinChangeOnly ? 1 : 0, expiresAt);
      return { token, expiresAt };
    },
    find(token) {
      const row = find.get(hashOf(token), clock.realNow());
      return row ? sessionOf(row) : null;
    },
    close: (id) => void close.run(id),
    closeAllOf: (operator) => void closeAllOf.run(operator),
    sweep: () => void sweep.run(clock.realNow()),
  };
}
