import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  ED25519_TYPE,
  formatVerifierKey,
  isKeyName,
  keyIdOf,
  MalformedNote,
  type NoteSigner,
} from './note.js';

/**
 * A signer from an Ed25519 private key in PKCS#8 PEM. `name` is the log's origin. Throws MalformedNote when the name
 * holds spaces or `+`, or the key is of another kind.
 */
export function ed25519Signer(name: string, pkcs8Pem: string): NoteSigner {
  if (!isKeyName(name)) throw new MalformedNote('a key name is not empty and holds neither spaces nor +');
  const privateKey = createPrivateKey(pkcs8Pem);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new MalformedNote(`the key of ${name} is not an Ed25519 key`);
  const publicKey = rawPublicKey(privateKey);
  return {
    name,
    keyId: keyIdOf(name, ED25519_TYPE, publicKey),
    verifierKey: formatVerifierKey(name, ED25519_TYPE, publicKey),
    sign: (text) => sign(null, Buffer.from(text), privateKey),
  };
}

/** A fresh signing key: the private key as PKCS#8 PEM (its file is the worker's alone), and the key for verifiers. */
export function generateSigningKey(name: string): {
  readonly privateKeyPem: string;
  readonly verifierKey: string;
} {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKeyPem, verifierKey: ed25519Signer(name, privateKeyPem).verifierKey };
}

/** The 32 bytes of an Ed25519 public key (RFC 8032). */
const rawPublicKey = (privateKey: KeyObject): Buffer =>
  Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
