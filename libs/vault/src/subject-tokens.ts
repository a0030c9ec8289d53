import { createHmac, type KeyObject } from 'node:crypto';
import { FOLD_VERSION, type SubjectIdentifier } from '#domain';
import { canonical } from './canonical.js';

/**
 * The token of a resident's identifier in one fiscal year (decision 14): HMAC-SHA-256 under the key
 * `subject/<year>` over the RFC 8785 text of `["subject", agreement, kind, fold version, year, value]`, as base64url
 * without padding (43 characters). The array keeps the parts apart, whatever they hold.
 */
export function subjectToken(
  key: KeyObject,
  agreement: string,
  year: number,
  { kind, value }: SubjectIdentifier,
): string {
  const text = canonical(['subject', agreement, kind, FOLD_VERSION, year, value], 'a subject identifier');
  return createHmac('sha256', key).update(text, 'utf8').digest('base64url');
}
