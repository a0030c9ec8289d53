import { Buffer } from 'node:buffer';

/**
 * Strict base64 (RFC 4648, section 4): the one canonical text of some bytes, or null. Node's own decoder skips
 * what it does not know, which would let two different texts carry the same signature.
 */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
