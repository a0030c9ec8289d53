import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ORIGIN, seededPem, signerOf } from '../../test/sample-log.js';
import { formatCheckpoint } from './checkpoint.js';
import { openCosignature, sealCosignature, subtreeMessage, timedMessage } from './cosignature.js';
import { EMPTY_ROOT } from './hashing.js';
import { parseNote, signNote, verifyNote } from './note.js';
import { COSIGNATURE_TYPE, ED25519_TYPE, ML_DSA_44_TYPE, signatureTypes } from './signature-types.js';
import { cosigner, ed25519Signer } from './signing-key.js';
import { formatVerifierKey, parseVerifierKey } from './verifier-key.js';
import { withCosignatures, witnessedBy } from './witnessed.js';

const malformed = expect.objectContaining({ code: 'malformed-note' });
const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

/** The example of C2SP tlog-cosignature. */
const example = {
  text: 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
  lines:
    '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
    '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
};

const TIME = 1_679_315_147;
const text = formatCheckpoint({ origin: ORIGIN, size: 7, root: EMPTY_ROOT });
const edWitness = (seed: number, name = 'witness.example/w1', seconds = TIME) =>
  cosigner(name, seededPem(Buffer.alloc(32, seed)), () => seconds * 1_000 + 999);
const mlDsaPem = generateKeyPairSync('ml-dsa-44')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const mlDsaWitness = () => cosigner('witness.example/pq', mlDsaPem, () => TIME * 1_000);

describe('a cosignature', () => {
  it('signs two lines and the text, and carries its time, as in the specification', () => {
    expect(timedMessage(1_679_315_147n, example.text).toString()).toBe(
      `cosignature/v1\ntime 1679315147\n${example.text}`,
    );
    const signature =
      parseNote(`${example.text}\n${example.lines}`).signatures[1]?.signature ?? Buffer.alloc(0);
    const opened = openCosignature(signature);
    expect(opened).toMatchObject({ time: 1_679_315_147n });
    expect(opened?.signature.length).toBe(64);
    expect(sealCosignature(opened ?? { time: 0n, signature }).equals(signature)).toBe(true);
  });

  it.each([
    ['Ed25519', COSIGNATURE_TYPE, () => edWitness(21), 8 + 64],
    ['ML-DSA-44', ML_DSA_44_TYPE, mlDsaWitness, 8 + 2_420],
  ])('by %s is made, read and verified', (_, type, witness, length) => {
    const signer = witness();
    const verifier = parseVerifierKey(signer.verifierKey);
    expect(verifier).toMatchObject({ name: signer.name, keyId: signer.keyId, type });
    const note = parseNote(signNote(text, [signerOf(), signer]));
    expect(note.signatures[1]?.signature.length).toBe(length);
    expect(verifyNote(note, [verifier])).toBe(true);
    expect(witnessedBy(note, [verifier])).toEqual([{ name: signer.name, keyId: signer.keyId, time: TIME }]);
  });

  it.each([
    ['Ed25519', () => edWitness(21)],
    ['ML-DSA-44', mlDsaWitness],
  ])('by %s fails when text, time or any byte is another', (_, witness) => {
    const signer = witness();
    const verifier = parseVerifierKey(signer.verifierKey);
    const signature = signer.sign(text);
    expect(verifier.verify(text, signature)).toBe(true);
    expect(verifier.verify(text.replace('\n7\n', '\n8\n'), signature)).toBe(false);
    for (const at of [0, 7, 8, signature.length - 1]) {
      const changed = Buffer.from(signature);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect([at, verifier.verify(text, changed)]).toEqual([at, false]);
    }
    for (const length of [0, 7, 8, 9, signature.length - 1]) {
      expect([length, verifier.verify(text, signature.subarray(0, length))]).toEqual([length, false]);
    }
  });

  it('by ML-DSA-44 commits to name, time, origin, size and root, and leaves extension lines out', () => {
    const message = subtreeMessage('w', 5n, text) ?? Buffer.alloc(0);
    expect(message.toString('latin1')).toBe(
      `subtree/v1\n\0\x01w${'\0'.repeat(7)}\x05\x12${ORIGIN}${'\0'.repeat(8)}${'\0'.repeat(7)}\x07${EMPTY_ROOT.toString('latin1')}`,
    );
    expect(subtreeMessage('w', 5n, `${text}extension\n`)).toEqual(message);
    expect(subtreeMessage('w', 5n, 'no checkpoint\n')).toBeNull();
    expect(subtreeMessage('w'.repeat(256), 5n, text)).toBeNull();
    expect(thrownBy(() => mlDsaWitness().sign('no checkpoint\n'))).toEqual(malformed);
  });

  it('has no time beyond 2^63 - 1', () => {
    const at = (time: bigint) => openCosignature(Buffer.concat([bytes(time), Buffer.alloc(64)]));
    expect(at(2n ** 63n - 1n)).not.toBeNull();
    expect(at(2n ** 63n)).toBeNull();
  });

  it('is not taken for a plain signature by the same key, nor the other way round', () => {
    const pem = seededPem(Buffer.alloc(32, 21));
    const [plain, timed] = [ed25519Signer('same.example', pem), cosigner('same.example', pem, () => 0)];
    expect(plain.keyId).not.toBe(timed.keyId);
    expect(parseVerifierKey(plain.verifierKey).verify(text, timed.sign(text))).toBe(false);
    expect(parseVerifierKey(timed.verifierKey).verify(text, plain.sign(text))).toBe(false);
  });

  it('is made by Ed25519 and ML-DSA-44 keys only', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(thrownBy(() => cosigner('w', pem, () => 0))).toEqual(malformed);
    expect(thrownBy(() => ed25519Signer('w', mlDsaPem))).toEqual(malformed);
  });
});

describe('the table of signature types', () => {
  it('has each byte once, those of the specification', () => {
    expect(signatureTypes.map(({ byte }) => byte)).toEqual([0x01, 0x04, 0x06]);
    expect(new Set(signatureTypes.map(({ byte }) => byte)).size).toBe(signatureTypes.length);
  });

  it.each(signatureTypes.map((type) => [type.byte, type] as const))(
    'type %i has verifier keys that are read back, and refused when too short',
    (_, type) => {
      const { publicKey } = generateKeyPairSync(type.keyType as 'ed25519');
      const { x, pub } = publicKey.export({ format: 'jwk' });
      const raw = Buffer.from(String(x ?? pub), 'base64url');
      expect(parseVerifierKey(formatVerifierKey('k', type.byte, raw))).toMatchObject({ type: type.byte });
      expect(thrownBy(() => parseVerifierKey(formatVerifierKey('k', type.byte, raw.subarray(1))))).toEqual(
        malformed,
      );
    },
  );

  it.each([0x00, 0x02, 0x05, 0xff])('does not know type %i, whose signatures are ignored', (byte) => {
    const key = formatVerifierKey('k', byte, Buffer.alloc(32, 1));
    expect(thrownBy(() => parseVerifierKey(key))).toEqual(malformed);
  });
});

describe('a note of several signatures', () => {
  const log = parseVerifierKey(signerOf().verifierKey);
  const [one, two] = [edWitness(21), edWitness(22, 'witness.example/w2')];
  const known = [one, two].map(({ verifierKey }) => parseVerifierKey(verifierKey));
  const note = signNote(text, [signerOf()]);
  /** What a witness answers. */
  const answer = (...witnesses: (typeof one)[]): string => signNote(text, witnesses).slice(text.length + 1);

  it('takes on cosignatures behind its own, and keeps one of each witness, the newest', () => {
    const first = withCosignatures(note, answer(one), known);
    expect(first.startsWith(note)).toBe(true);
    const both = withCosignatures(first, answer(two, edWitness(21, one.name, TIME + 5)), known);
    expect(witnessedBy(parseNote(both), known).map(({ name, time }) => [name, time])).toEqual([
      [one.name, TIME + 5],
      [two.name, TIME],
    ]);
    expect(both.startsWith(note)).toBe(true);
    expect(verifyNote(parseNote(both), [log])).toBe(true);
  });

  it('takes on nothing else', () => {
    const foreign = answer(edWitness(23, 'stranger.example'), signerOf(9));
    const bad = signNote(text.replace('\n7\n', '\n8\n'), [one]).split('\n\n')[1] ?? '';
    expect(withCosignatures(note, foreign, known)).toBe(note);
    expect(withCosignatures(note, bad, known)).toBe(note);
    expect(thrownBy(() => withCosignatures(note, 'not a line\n', known))).toEqual(malformed);
    expect(thrownBy(() => withCosignatures(note, '', known))).toEqual(malformed);
    expect(thrownBy(() => withCosignatures(note, `injected\n\n${answer(one)}`, known))).toEqual(malformed);
  });

  it('is read with sixteen signatures and more', () => {
    const many = Array.from({ length: 16 }, (_, at) => edWitness(30 + at, `witness.example/${at}`));
    const signed = parseNote(signNote(text, [signerOf(), ...many]));
    expect(
      witnessedBy(
        signed,
        many.map(({ verifierKey }) => parseVerifierKey(verifierKey)),
      ),
    ).toHaveLength(16);
  });

  it('is not witnessed by a key whose signatures have no time', () => {
    const plain = signerOf(44, 'plain.example');
    const signed = parseNote(signNote(text, [signerOf(), plain]));
    expect(parseVerifierKey(plain.verifierKey).type).toBe(ED25519_TYPE);
    expect(witnessedBy(signed, [parseVerifierKey(plain.verifierKey)])).toEqual([]);
  });
});

function bytes(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(value);
  return buffer;
}
