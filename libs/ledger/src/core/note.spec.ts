import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { seededPem, signerOf } from '../../test/sample-log.js';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hashing.js';
import { parseNote, signatureLine, signNote, verifyNote } from './note.js';
import { parseVerifierKey } from './verifier-key.js';
import { ed25519Signer, generateSigningKey } from './signing-key.js';

const malformed = expect.objectContaining({ code: 'malformed-note' });
const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

/** The example in the documentation of Go's sumdb/note. */
const peter = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
const note = `${peter.text}\n${peter.line}`;
const verifier = parseVerifierKey(peter.verifierKey);

describe('a signed note', () => {
  it('is signed to the byte like the published example', () => {
    const signer = ed25519Signer('PeterNeumann', seededPem(peter.seed));
    expect(signer.verifierKey).toBe(peter.verifierKey);
    expect(signer.keyId).toBe('c74f20a3');
    expect(signNote(peter.text, [signer])).toBe(note);
  });

  it('is verified by its key', () => {
    expect(parseNote(note).text).toBe(peter.text);
    expect(verifyNote(parseNote(note), [verifier])).toBe(true);
  });

  it('fails when a letter of its text is changed', () => {
    expect(verifyNote(parseNote(note.replace('answer', 'Answer')), [verifier])).toBe(false);
  });

  it('carries signatures of keys nobody knows, and is verified without them', () => {
    const unknown = [
      signatureLine({ name: 'witness.example/w', keyId: 'c74f20a3', signature: Buffer.alloc(72, 1) }),
      signatureLine({ name: 'PeterNeumann', keyId: '00000001', signature: Buffer.alloc(3, 2) }),
    ];
    const extended = parseNote(`${peter.text}\n${unknown.join('')}${peter.line}`);
    expect(extended.signatures.map(({ keyId }) => keyId)).toEqual(['c74f20a3', '00000001', 'c74f20a3']);
    expect(verifyNote(extended, [verifier])).toBe(true);
  });

  it('fails when only unknown keys signed it', () => {
    const strangers = parseVerifierKey(signerOf().verifierKey);
    expect(verifyNote(parseNote(note), [strangers])).toBe(false);
    expect(verifyNote(parseNote(note), [])).toBe(false);
  });

  it('fails when one signature of a known key is bad, though another is good', () => {
    const bad = signatureLine({ name: 'PeterNeumann', keyId: 'c74f20a3', signature: Buffer.alloc(64) });
    expect(verifyNote(parseNote(`${peter.text}\n${bad}${peter.line}`), [verifier])).toBe(false);
  });

  it('can have two signatures of ours, of an old and a new key', () => {
    const [old, fresh] = [signerOf(1), signerOf(2)];
    const both = parseNote(signNote('text\n', [old, fresh]));
    expect(verifyNote(both, [parseVerifierKey(old.verifierKey)])).toBe(true);
    expect(verifyNote(both, [parseVerifierKey(fresh.verifierKey)])).toBe(true);
  });

  it('may hold empty lines in its text: the last one parts it from the signatures', () => {
    const signed = signNote('one\n\ntwo\n', [signerOf()]);
    expect(parseNote(signed).text).toBe('one\n\ntwo\n');
  });

  it.each([
    ['no signature', `${peter.text}\n`],
    ['no empty line', `${peter.text}${peter.line}`],
    ['no last newline', note.slice(0, -1)],
    ['a carriage return', note.replace('\n', '\r\n')],
    ['a lone surrogate', note.replace('answer', '\uD800')],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['sloppy base64', note.replace('AM=\n', 'AM\n')],
    ['two spellings of the same base64', note.replace('AM=\n', 'AN=\n')],
    ['a signature without bytes', `${peter.text}\n— PeterNeumann x08gow==\n`],
    ['a plus in the name', note.replace('— PeterNeumann', '— Peter+Neumann')],
    ['a hundred and one signatures', `${peter.text}\n${peter.line.repeat(101)}`],
  ])('is refused with %s', (_, text) => {
    expect(thrownBy(() => parseNote(text))).toEqual(malformed);
  });
});

describe('a verifier key', () => {
  it('comes with a fresh signing key, and verifies what that signs', () => {
    const { privateKeyPem, verifierKey } = generateSigningKey('kiroku.example/fresh');
    const signed = parseNote(signNote('text\n', [ed25519Signer('kiroku.example/fresh', privateKeyPem)]));
    expect(verifyNote(signed, [parseVerifierKey(verifierKey)])).toBe(true);
  });

  it.each([
    ['another name', peter.verifierKey.replace('Peter', 'Petra')],
    ['another key id', peter.verifierKey.replace('c74f20a3', 'c74f20a4')],
    ['an upper-case key id', peter.verifierKey.replace('c74f20a3', 'C74F20A3')],
    ['another type', 'PeterNeumann+c74f20a3+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['a key too short', 'PeterNeumann+c74f20a3+ARpc'],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(thrownBy(() => parseVerifierKey(text))).toEqual(malformed);
  });

  it.each(['', 'two words', 'a+b', 'ideographic\u3000space'])('has no name like "%s"', (name) => {
    expect(thrownBy(() => ed25519Signer(name, seededPem(peter.seed)))).toEqual(malformed);
  });
});

describe('a checkpoint', () => {
  const root = EMPTY_ROOT.toString('base64');

  it('is three lines', () => {
    const text = formatCheckpoint({ origin: 'example.com/log42', size: 20_852_163, root: EMPTY_ROOT });
    expect(text).toBe(`example.com/log42\n20852163\n${root}\n`);
    expect(parseCheckpoint(text)).toEqual({
      origin: 'example.com/log42',
      size: 20_852_163,
      root: EMPTY_ROOT,
    });
  });

  it('of another log may have extension lines', () => {
    expect(parseCheckpoint(`o\n0\n${root}\nextension\n`).size).toBe(0);
  });

  it.each([
    ['a leading zero', `o\n01\n${root}\n`],
    ['a sign', `o\n+1\n${root}\n`],
    ['a size beyond exact numbers', `o\n9007199254740993\n${root}\n`],
    ['no origin', `\n1\n${root}\n`],
    ['no size', `o\n\n${root}\n`],
    ['a short root', 'o\n1\nAAAA\n'],
    ['sloppy base64', `o\n1\n${root.slice(0, -1)}\n`],
    ['no last newline', `o\n1\n${root}`],
    ['an empty extension line', `o\n1\n${root}\n\n`],
    ['two lines', 'o\n1\n'],
  ])('is refused with %s', (_, text) => {
    expect(thrownBy(() => parseCheckpoint(text))).toEqual(malformed);
  });
});
