import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES } as const;

/** How much longer a box is than what is in it. */
export const BOX_OVERHEAD = NONCE_BYTES + TAG_BYTES;

/** Encrypts `plain`, bound to what it is: nonce (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes). */
export function seal(key: KeyObject, binding: string, plain: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
  cipher.setAAD(Buffer.from(binding));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Decrypts what `seal` made; null for anything else: torn, foreign, or under another key or binding. */
export function unseal(key: KeyObject, binding: string, box: Buffer): Buffer | null {
  if (box.length < BOX_OVERHEAD) return null;
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), OPTIONS);
  decipher.setAAD(Buffer.from(binding));
  decipher.setAuthTag(box.subarray(box.length - TAG_BYTES));
  const plain = decipher.update(box.subarray(NONCE_BYTES, box.length - TAG_BYTES));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
