import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { sealCosignature, subtreeMessage, timedMessage } from './cosignature.js';
import { isKeyName, keyIdOf, MalformedNote, type NoteSigner } from './note.js';
import { COSIGNATURE_TYPE, ED25519_TYPE, ML_DSA_44_TYPE } from './signature-types.js';
import { formatVerifierKey } from './verifier-key.js';

/**
 * A log's signer from a private key in PKCS#8 PEM: Ed25519, or ML-DSA-44 as C2SP tlog-checkpoint advises. `name` is the
 * log's origin. A signature by ML-DSA-44 has the time 0, by which tlog-cosignature says nothing about time: that a tree was
 * the largest at a time is for witnesses to say, and no log is a witness of its own. Throws MalformedNote when the name
 * holds spaces or `+`, the text is no private key without a password, or the key is of another kind.
 */
export function logSigner(name: string, pkcs8Pem: string): NoteSigner {
  const privateKey = privateKeyFor(name, pkcs8Pem);
  switch (privateKey.asymmetricKeyType) {
    case 'ed25519':
      return plainSigner(name, privateKey);
    case 'ml-dsa-44':
      return mlDsaSigner(name, privateKey, () => 0n);
    default:
      throw neitherKind(name);
  }
}

/** `logSigner` for Ed25519 alone. Throws MalformedNote for keys of every other kind, too. */
export function ed25519Signer(name: string, pkcs8Pem: string): NoteSigner {
  const privateKey = privateKeyFor(name, pkcs8Pem);
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new MalformedNote(`the key of ${name} is not an Ed25519 key`);
  return plainSigner(name, privateKey);
}

/**
 * A signer with a time, from an Ed25519 or ML-DSA-44 private key in PKCS#8 PEM: a witness's. `realNow` gives
 * milliseconds of real time (decision 22). An Ed25519 key must serve this one witness and nothing else, for what it
 * signs does not name the witness. Throws MalformedNote like `logSigner`; an ML-DSA-44 key signs checkpoints only.
 */
export function cosigner(name: string, pkcs8Pem: string, realNow: () => number): NoteSigner {
  const privateKey = privateKeyFor(name, pkcs8Pem);
  const time = (): bigint => BigInt(Math.floor(realNow() / 1_000));
  switch (privateKey.asymmetricKeyType) {
    case 'ed25519':
      return signerOf(name, COSIGNATURE_TYPE, privateKey, (text) => {
        const at = time();
        return sealCosignature({ time: at, signature: sign(null, timedMessage(at, text), privateKey) });
      });
    case 'ml-dsa-44':
      return mlDsaSigner(name, privateKey, time);
    default:
      throw neitherKind(name);
  }
}

const plainSigner = (name: string, privateKey: KeyObject): NoteSigner =>
  signerOf(name, ED25519_TYPE, privateKey, (text) => sign(null, Buffer.from(text), privateKey));

const mlDsaSigner = (name: string, privateKey: KeyObject, time: () => bigint): NoteSigner =>
  signerOf(name, ML_DSA_44_TYPE, privateKey, (text) => {
    const at = time();
    const message = subtreeMessage(name, at, text);
    if (message === null) throw new MalformedNote(`the key of ${name} signs nothing but checkpoints`);
    return sealCosignature({ time: at, signature: sign(null, message, privateKey) });
  });

const neitherKind = (name: string): MalformedNote =>
  new MalformedNote(`the key of ${name} is neither an Ed25519 nor an ML-DSA-44 key`);

/** A fresh signing key: the private key as PKCS#8 PEM (its file is the worker's alone), and the key for verifiers. */
export function generateSigningKey(name: string): {
  readonly privateKeyPem: string;
  readonly verifierKey: string;
} {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKeyPem, verifierKey: ed25519Signer(name, privateKeyPem).verifierKey };
}

function privateKeyFor(name: string, pkcs8Pem: string): KeyObject {
  if (!isKeyName(name)) throw new MalformedNote('a key name is not empty and holds neither spaces nor +');
  try {
    return createPrivateKey(pkcs8Pem);
  } catch {
    // Of OpenSSL's words none says what to do.
    throw new MalformedNote(`the key of ${name} is not a private key in PKCS#8 PEM without a password`);
  }
}

function signerOf(
  name: string,
  type: number,
  privateKey: KeyObject,
  signText: (text: string) => Buffer,
): NoteSigner {
  const publicKey = rawPublicKey(privateKey);
  return {
    name,
    keyId: keyIdOf(name, type, publicKey),
    verifierKey: formatVerifierKey(name, type, publicKey),
    sign: signText,
  };
}

/** The raw public key: 32 bytes of Ed25519 (RFC 8032), 1,312 of ML-DSA-44 (FIPS 204). */
function rawPublicKey(privateKey: KeyObject): Buffer {
  const { x, pub } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.from(String(x ?? pub), 'base64url');
}
