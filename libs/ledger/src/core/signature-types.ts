import { Buffer } from 'node:buffer';
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { openCosignature, subtreeMessage, timedMessage } from './cosignature.js';

/**
 * The kinds of signatures that a note may carry, by the type byte of C2SP signed-note. A further kind is a further row:
 * key ids, verifier keys, notes, proofs and checks ask this table and know no kind by name.
 */
export interface SignatureType {
  /** The byte between name and public key in key ids, and before the public key in verifier keys. */
  readonly byte: number;
  /** node:crypto's name of the keys. */
  readonly keyType: 'ed25519' | 'ml-dsa-44';
  readonly publicKeyBytes: number;
  /** Whether its signatures carry a time, as those of witnesses must. */
  readonly isTimed: boolean;
  /** Reads a raw public key of that length. Throws when it is no point of its curve, or the like. */
  importKey(raw: Buffer): KeyObject;
  /** Whether the key named `name` made this signature over a note's text. Never throws. */
  verify(name: string, key: KeyObject, text: string, signature: Buffer): boolean;
}

/** A log's plain signature over the text. */
export const ED25519_TYPE = 0x01;
/** A witness's Ed25519 signature with a time, `cosignature/v1` of C2SP tlog-cosignature. */
export const COSIGNATURE_TYPE = 0x04;
/** An ML-DSA-44 (FIPS 204) signature with a time, `subtree/v1` of C2SP tlog-cosignature: by a log or by a witness. */
export const ML_DSA_44_TYPE = 0x06;

const importEd25519 = (raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });

const importMlDsa44 = (raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'AKP', alg: 'ML-DSA-44', pub: raw.toString('base64url') }, format: 'jwk' });

export const signatureTypes: readonly SignatureType[] = [
  {
    byte: ED25519_TYPE,
    keyType: 'ed25519',
    publicKeyBytes: 32,
    isTimed: false,
    importKey: importEd25519,
    verify: (_, key, text, signature) => verify(null, Buffer.from(text), key, signature),
  },
  {
    byte: COSIGNATURE_TYPE,
    keyType: 'ed25519',
    publicKeyBytes: 32,
    isTimed: true,
    importKey: importEd25519,
    verify: (_, key, text, signature) => {
      const opened = openCosignature(signature);
      return opened !== null && verify(null, timedMessage(opened.time, text), key, opened.signature);
    },
  },
  {
    byte: ML_DSA_44_TYPE,
    keyType: 'ml-dsa-44',
    publicKeyBytes: 1_312,
    isTimed: true,
    importKey: importMlDsa44,
    verify: (name, key, text, signature) => {
      const opened = openCosignature(signature);
      const message = opened === null ? null : subtreeMessage(name, opened.time, text);
      return opened !== null && message !== null && verify(null, message, key, opened.signature);
    },
  },
];

/** The kind of a type byte, or undefined where this program does not know it. */
export const signatureType = (byte: number | undefined): SignatureType | undefined =>
  signatureTypes.find((type) => type.byte === byte);

/** Whether signatures of this type byte carry a time; those of an unknown one do not. */
export const isTimed = (byte: number): boolean => signatureType(byte)?.isTimed ?? false;
