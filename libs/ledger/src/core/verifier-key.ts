import { Buffer } from 'node:buffer';
import { fromBase64 } from './base64.js';
import { isKeyName, keyIdOf, MalformedNote, type NoteVerifier } from './note.js';
import { signatureType } from './signature-types.js';

/** Verifier keys of C2SP signed-note: what somebody who checks a note has to be given, and all of it. */

/** `name+<8 hex>+base64(type ‖ public key)`. */
export const formatVerifierKey = (name: string, type: number, publicKey: Buffer): string =>
  `${name}+${keyIdOf(name, type, publicKey)}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;

/** Reads a verifier key of any known type strictly, key id included. Throws MalformedNote. */
export function parseVerifierKey(text: string): NoteVerifier {
  // Only the third part may hold '+' itself: base64 does.
  const [, name, keyId, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const key = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || keyId === undefined || key === null || !isKeyName(name)) {
    throw new MalformedNote('a verifier key is name+<8 hex digits>+<base64>');
  }
  const [type, publicKey] = [signatureType(key[0]), key.subarray(1)];
  if (type === undefined || publicKey.length !== type.publicKeyBytes) {
    throw new MalformedNote(`the verifier key of ${name} is not of a type that is known here`);
  }
  if (keyIdOf(name, type.byte, publicKey) !== keyId) {
    throw new MalformedNote(`the key id ${keyId} of ${name} does not belong to its key`);
  }
  const imported = type.importKey(publicKey);
  return {
    name,
    keyId,
    type: type.byte,
    verify: (signed, signature) => type.verify(name, imported, signed, signature),
  };
}
