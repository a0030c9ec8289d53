import { openCosignature } from './cosignature.js';
import { MalformedNote, parseNote, signatureLine, type NoteVerifier, type SignedNote } from './note.js';
import { isTimed } from './signature-types.js';

/** Cosignatures on notes: which there are, and adding those that a witness gave. */

/** A cosignature that was found valid. */
export interface Witnessed {
  readonly name: string;
  readonly keyId: string;
  /** When the witness says it signed: POSIX seconds. */
  readonly time: number;
}

/** The valid cosignatures of these witnesses, in the note's order. Keys whose signatures carry no time are no witnesses. */
export function witnessedBy(note: SignedNote, witnesses: readonly NoteVerifier[]): Witnessed[] {
  const timed = witnesses.filter(({ type }) => isTimed(type));
  return note.signatures.flatMap(({ name, keyId, signature }) => {
    const known = timed.find((witness) => witness.name === name && witness.keyId === keyId);
    const opened = openCosignature(signature);
    if (known === undefined || opened === null || !known.verify(note.text, signature)) return [];
    return [{ name, keyId, time: Number(opened.time) }];
  });
}

/**
 * The note with the cosignatures of these witnesses among `lines` (what a witness answered) behind its own signatures;
 * one for each key, the newest given. Lines of other keys, and bad ones, are left out: a witness cannot put anything
 * else on a log's note. Throws MalformedNote when `lines` are not signature lines.
 */
export function withCosignatures(note: string, lines: string, witnesses: readonly NoteVerifier[]): string {
  const own = parseNote(note);
  const given = parseNote(`${own.text}\n${lines}`);
  if (given.text !== own.text) throw new MalformedNote('there is an empty line among the cosignatures');
  const fresh = witnesses.flatMap((witness) => {
    const valid = given.signatures.filter(
      (signature) => witnessedBy({ text: own.text, signatures: [signature] }, [witness]).length > 0,
    );
    return valid.slice(-1);
  });
  const kept = own.signatures.filter(
    (old) => !fresh.some(({ name, keyId }) => name === old.name && keyId === old.keyId),
  );
  if (kept.length === 0) throw new MalformedNote('the note has no signature besides cosignatures');
  return `${own.text}\n${[...kept, ...fresh].map(signatureLine).join('')}`;
}
