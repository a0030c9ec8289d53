import { hash } from 'node:crypto';
import { printQuery } from '#domain';
import { BadCursor, type TrailFilter } from './port.js';

const POSITION_BYTES = 8;
const DIGEST_BYTES = 8;
/** Positions are signed 64-bit integers. */
const LAST_POSITION = 2n ** 63n - 1n;
const SHAPE = /^[A-Za-z0-9_-]{22}$/;

/** A filter of the trail in one spelling: the order of its fields and absent ones do not matter. */
export const spelling = (filter: TrailFilter): string =>
  JSON.stringify([
    filter.from ?? null,
    filter.until ?? null,
    filter.operator ?? null,
    filter.terminal ?? null,
    filter.purpose ?? null,
    filter.outcome ?? null,
    filter.type ?? null,
    filter.caseReference ?? null,
    filter.inquiry ?? null,
    filter.query ? printQuery(filter.query) : null,
    filter.subjectTokens?.map(({ fiscalYear, token }) => [fiscalYear, token]).sort() ?? null,
  ]);

const digest = (position: Buffer, list: string): Buffer =>
  hash('sha256', Buffer.concat([position, Buffer.from(list)]), 'buffer').subarray(0, DIGEST_BYTES);

/**
 * The cursor after the row at `position` of a list: base64url of the position (8 bytes, big-endian) and the first 8 bytes
 * of SHA-256 over position and `list`, a text that no other list has. It guards against mistakes, not against forgery: who
 * may search at all may start anywhere.
 */
export function writeCursor(position: string, list: string): string {
  const bytes = Buffer.alloc(POSITION_BYTES);
  bytes.writeBigUInt64BE(BigInt(position));
  return Buffer.concat([bytes, digest(bytes, list)]).toString('base64url');
}

/** The position in a cursor; throws `BadCursor` for one that `writeCursor` never made for this list. */
export function readCursor(cursor: string, list: string): bigint {
  if (!SHAPE.test(cursor)) throw new BadCursor();
  const bytes = Buffer.from(cursor, 'base64url');
  const position = bytes.subarray(0, POSITION_BYTES);
  // The last character has spare bits: of the spellings that decode alike only the one given out is taken.
  if (bytes.toString('base64url') !== cursor) throw new BadCursor();
  if (!digest(position, list).equals(bytes.subarray(POSITION_BYTES))) throw new BadCursor();
  const read = position.readBigUInt64BE();
  // Nobody guards against forgery here, but no position is that large, and no query could be asked about it.
  if (read > LAST_POSITION) throw new BadCursor();
  return read;
}

/** The cursor by which a search goes on behind the row at `position`, for whoever passes over some of its rows. */
export const trailCursor = (filter: TrailFilter, position: string): string =>
  writeCursor(position, spelling(filter));
