import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { freshBytes } from './random.js';

/**
 * AES-256-GCM boxes: nonce (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes). A key is used for far fewer than
 * 2³² boxes, the limit for random 96-bit nonces (NIST SP 800-38D, 8.3): a year's trail at 100 million events is 2²⁷.
 */

/** 32 bytes. Roots stay in Buffers, which are read for one use and zeroed; all other keys are `KeyObject`s, see `KeyRing`. */
export type CipherKey = Buffer | KeyObject;

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD = NONCE_BYTES + TAG_BYTES;
const LENGTH_BYTES = 4;
const SMALLEST_PADDED = 256;
const ALGORITHM = 'aes-256-gcm';
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** Bytes do not open under this key and this binding. Callers turn it into an error that says which event or key. */
export class BoxBroken extends Error {
  readonly code = 'box-broken';
  constructor(options?: ErrorOptions) {
    super('a box does not open', options);
    this.name = 'BoxBroken';
  }
}

/** Encrypts `plain`. `nonce` is given by the shared test vectors only: a repeated nonce gives the key away. */
export function encrypt(key: CipherKey, aad: Buffer, plain: Buffer, nonce = freshBytes(NONCE_BYTES)): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  cipher.setAAD(aad);
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()], OVERHEAD + body.length);
}

/** Decrypts what `encrypt` made; throws `BoxBroken`. The caller zeroes the result after use. */
export function decrypt(key: CipherKey, aad: Buffer, box: Buffer): Buffer {
  if (box.length < OVERHEAD) throw new BoxBroken();
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), OPTIONS);
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const plain = decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    plain.fill(0);
    throw new BoxBroken({ cause });
  }
  return plain;
}

/** The size a text of `bytes` UTF-8 bytes takes inside its box: the smallest 256·2ⁿ that holds it and its length. */
export function paddedSize(bytes: number): number {
  let size = SMALLEST_PADDED;
  while (size < LENGTH_BYTES + bytes) size *= 2;
  return size;
}

/** Length (uint32, big-endian) ‖ UTF-8 ‖ zeros (decision 15): names of 2 and of 20 characters look the same. */
export function pad(text: string): Buffer {
  const bytes = Buffer.byteLength(text, 'utf8');
  const padded = Buffer.alloc(paddedSize(bytes));
  padded.writeUInt32BE(bytes, 0);
  padded.write(text, LENGTH_BYTES, 'utf8');
  return padded;
}

/** The text inside padded bytes; throws `BoxBroken` for anything that `pad` does not make. */
export function unpad(padded: Buffer): string {
  const bytes = padded.length < LENGTH_BYTES ? -1 : padded.readUInt32BE(0);
  if (bytes < 0 || padded.length !== paddedSize(bytes)) throw new BoxBroken();
  const end = LENGTH_BYTES + bytes;
  for (let index = end; index < padded.length; index += 1) {
    if (padded[index] !== 0) throw new BoxBroken();
  }
  return padded.toString('utf8', LENGTH_BYTES, end);
}

/** Seals a text, padded, as base64. */
export function sealText(key: CipherKey, aad: Buffer, text: string, nonce?: Buffer): string {
  const padded = pad(text);
  const box = encrypt(key, aad, padded, nonce);
  padded.fill(0);
  return box.toString('base64');
}

/** Opens what `sealText` made; throws `BoxBroken`. */
export function openText(key: CipherKey, aad: Buffer, box: string): string {
  const padded = decrypt(key, aad, fromBase64(box));
  try {
    return unpad(padded);
  } finally {
    padded.fill(0);
  }
}

/** Seals a key under another one: 60 bytes, no padding, since every key has the same size. */
export const wrapKey = (wrapping: CipherKey, aad: Buffer, raw: Buffer, nonce?: Buffer): Buffer =>
  encrypt(wrapping, aad, raw, nonce);

/** Opens what `wrapKey` made; throws `BoxBroken`. The caller zeroes the result after use. */
export function unwrapKey(wrapping: CipherKey, aad: Buffer, wrap: Buffer): Buffer {
  if (wrap.length !== OVERHEAD + KEY_BYTES) throw new BoxBroken();
  return decrypt(wrapping, aad, wrap);
}

/** Strict base64: Node's decoder forgives, and then a changed character could go unnoticed. Throws `BoxBroken`. */
export function fromBase64(text: unknown): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64') : null;
  if (!bytes || bytes.toString('base64') !== text) throw new BoxBroken();
  return bytes;
}
