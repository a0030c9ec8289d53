/**
 * Sealing and opening one message: JWE compact, `dir` with A256GCM (RFC 7516, 7518). The protected header is
 * the AAD, so key id and direction are authenticated with the claims.
 */
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { AnswerFault } from '#domain';
import { openingKey, type LinkKey, type LinkKeys } from './link-keys.js';
import type { MessageClaims, MessageType } from './message.js';

/** Claims that were opened and are authentic, but not yet checked in any other way; or why there are none. */
export type OpenedMessage =
  | { readonly ok: true; readonly claims: unknown; readonly kid: string }
  | { readonly ok: false; readonly fault: Extract<AnswerFault, 'malformed' | 'not-authentic'> };

/** base64url header, no encrypted key (`dir`), then nonce, ciphertext and tag: what a compact JWE looks like. */
const COMPACT_JWE = /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/;

/** Nothing else may be in the header: no `zip` to inflate, no `jwk` or `jku` that brings its own key. */
const HEADER_FIELDS = ['alg', 'enc', 'kid', 'typ'];

const malformed: OpenedMessage = { ok: false, fault: 'malformed' };
const notAuthentic: OpenedMessage = { ok: false, fault: 'not-authentic' };

/** Seals claims under a link key, with a fresh random 96-bit nonce. */
export const sealMessage = (type: MessageType, claims: MessageClaims, key: LinkKey): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: key.kid, typ: type })
    .encrypt(key.key);

/**
 * Opens a message of the wanted direction. Never throws, and says no more than `malformed` (no JWE, or no JSON
 * inside) or `not-authentic` (unknown or expired key, other algorithm, other direction, altered).
 */
export async function openMessage(
  type: MessageType,
  text: string,
  keys: LinkKeys,
  now: number,
): Promise<OpenedMessage> {
  if (!COMPACT_JWE.test(text)) return malformed;
  const header = readHeader(text.slice(0, text.indexOf('.')));
  if (!header) return malformed;
  const key = openingKey(keys, header.kid, now);
  if (!key || header.typ !== type) return notAuthentic;
  try {
    const { plaintext } = await compactDecrypt(text, key.key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return readClaims(plaintext, key.kid);
  } catch {
    return notAuthentic;
  }
}

/** The header as it claims to be; nothing in it is believed before the message has been decrypted under it. */
function readHeader(encoded: string): { kid: string; typ: string } | null {
  const header = parseJson(Buffer.from(encoded, 'base64url'));
  if (typeof header !== 'object' || header === null) return null;
  if (Object.keys(header).some((field) => !HEADER_FIELDS.includes(field))) return null;
  const { kid, typ } = header as { kid?: unknown; typ?: unknown };
  return typeof kid === 'string' && typeof typ === 'string' ? { kid, typ } : null;
}

function readClaims(plaintext: Uint8Array, kid: string): OpenedMessage {
  const claims = parseJson(plaintext);
  return claims === undefined ? malformed : { ok: true, claims, kid };
}

/** Strict UTF-8 (no repair, no byte order mark), then JSON; undefined for anything else. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
