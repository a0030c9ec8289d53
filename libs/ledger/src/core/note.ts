import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { fromBase64 } from './base64.js';

/** Signed notes of C2SP signed-note. What kinds of signatures there are is the business of `signature-types.ts`. */

const KEY_ID_BYTES = 4;
/** Far above the 16 signatures that every verifier must accept. */
const MAX_SIGNATURES = 100;
const MAX_NOTE_CHARACTERS = 1_000_000;

export interface NoteSignature {
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** What was signed: everything up to and including the newline before the empty line. */
  readonly text: string;
  /** All signatures in order, those of unknown keys included. */
  readonly signatures: readonly NoteSignature[];
}

/** A key that signs notes: a log's, which the worker alone holds (decision 8), or a witness's. */
export interface NoteSigner {
  /** The key's name; of a log's key its origin. */
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  /** `name+keyId+base64(type ‖ public key)`: give this to whoever verifies. */
  readonly verifierKey: string;
  /** The signature's bytes (64 for Ed25519, 8 of time before them for a cosignature) over `text`, whole lines. */
  sign(text: string): Buffer;
}

export interface NoteVerifier {
  readonly name: string;
  readonly keyId: string;
  /** The signature type byte. */
  readonly type: number;
  verify(text: string, signature: Buffer): boolean;
}

/** A note, a key or a checkpoint that does not have the form its specification gives it. */
export class MalformedNote extends Error {
  readonly code = 'malformed-note';
  constructor(message: string) {
    super(message);
    this.name = 'MalformedNote';
  }
}

/** Key names are neither empty nor hold spaces (any of Unicode's) or `+`. */
export const isKeyName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/[\s+\u0085\p{Cc}]/u.test(name);

/** First four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`, as 8 lower-case hex digits. */
export const keyIdOf = (name: string, type: number, publicKey: Buffer): string =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]), 'hex').slice(
    0,
    2 * KEY_ID_BYTES,
  );

/** The line that carries one signature: `— name base64(key id ‖ signature)\n`. */
export const signatureLine = ({ name, keyId, signature }: NoteSignature): string =>
  `\u2014 ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}\n`;

/** Signs a text, which ends in a newline, with one or more keys. Throws MalformedNote for a text no note can hold. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw new MalformedNote('a note is text of whole lines');
  const lines = signers.map((signer) =>
    signatureLine({ name: signer.name, keyId: signer.keyId, signature: signer.sign(text) }),
  );
  return `${text}\n${lines.join('')}`;
}

/** No control characters but the newline, no lone surrogates. */
const isNoteText = (text: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  text.isWellFormed() && !/[\u0000-\u0009\u000B-\u001F]/.test(text);

/**
 * Takes a note apart without verifying anything: the text must not be believed before `verifyNote`.
 * Throws MalformedNote.
 */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_CHARACTERS) throw new MalformedNote('the note is too long');
  if (!isNoteText(note)) throw new MalformedNote('the note holds control characters');
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n'))
    throw new MalformedNote('the note has no signatures after an empty line');
  const lines = note
    .slice(end + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw new MalformedNote(`a note has 1 to ${MAX_SIGNATURES} signatures, this one ${lines.length}`);
  }
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || !isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) {
    throw new MalformedNote('a signature line of the note is malformed');
  }
  return {
    name,
    keyId: bytes.subarray(0, KEY_ID_BYTES).toString('hex'),
    signature: bytes.subarray(KEY_ID_BYTES),
  };
}

/**
 * Whether a known key signed the note: at least one signature by name and key id is there, and every such one is
 * valid. Signatures of unknown keys are ignored, even where they share a name or an id with a known key.
 */
export function verifyNote(note: SignedNote, verifiers: readonly NoteVerifier[]): boolean {
  const checks = note.signatures.flatMap(({ name, keyId, signature }) =>
    verifiers
      .filter((known) => known.name === name && known.keyId === keyId)
      .map((known) => known.verify(note.text, signature)),
  );
  return checks.length > 0 && checks.every(Boolean);
}
