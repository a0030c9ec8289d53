import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../../test/naive-tree.js';
import { ORIGIN, seededRandom, signerOf } from '../../test/sample-log.js';
import { formatCheckpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hashing.js';
import { signNote } from './note.js';
import { parseVerifierKey } from './verifier-key.js';
import { formatTlogProof, openCheckpoint, parseTlogProof, verifyTlogProof } from './tlog-proof.js';

const malformed = expect.objectContaining({ code: 'malformed-proof' });
const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

const log = [parseVerifierKey(signerOf().verifierKey)];
const entryAt = (index: number): Buffer => Buffer.from(`entry ${index}`);
const treeOf = (size: number): NaiveTree =>
  new NaiveTree(Array.from({ length: size }, (_, at) => naiveLeaf(entryAt(at))));

/** A proof by the recursive definition of RFC 6962, of a log that the seeded key signs. */
const proofIn = (tree: NaiveTree, index: number, size: number, signer = signerOf()) => ({
  index,
  path: tree.path(index, 0, size),
  checkpoint: signNote(formatCheckpoint({ origin: ORIGIN, size, root: tree.root(0, size) }), [signer]),
  extra: entryAt(index),
});

/** The published test tree of Certificate Transparency: entries 0 to 7, and the path of entry 5. */
const published = {
  leaf: naiveLeaf(Buffer.from('40414243', 'hex')),
  path: [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ].map((hex) => Buffer.from(hex, 'hex')),
  root: Buffer.from('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328', 'hex'),
};
const checkpoint = signNote(formatCheckpoint({ origin: ORIGIN, size: 8, root: published.root }), [
  signerOf(),
]);
const proof = { index: 5, path: published.path, checkpoint, extra: null };
const head = [
  'c2sp.org/tlog-proof@v1',
  'index 5',
  'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=',
  'yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=',
  '037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=',
  '',
].join('\n');

describe('a proof', () => {
  it('is a header, an index, hashes, an empty line and the checkpoint', () => {
    expect(formatTlogProof(proof)).toBe(`${head}\n${checkpoint}`);
    expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
  });

  it('may carry further data after the header', () => {
    const extended = { ...proof, extra: Buffer.from('{"id":"x"}') };
    expect(formatTlogProof(extended).split('\n').slice(0, 3)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'extra eyJpZCI6IngifQ==',
      'index 5',
    ]);
    expect(parseTlogProof(formatTlogProof(extended))).toEqual(extended);
  });

  it('of the only entry has no hashes', () => {
    const tree = treeOf(1);
    const alone = proofIn(tree, 0, 1);
    expect(formatTlogProof({ ...alone, extra: null })).toBe(
      `c2sp.org/tlog-proof@v1\nindex 0\n\n${alone.checkpoint}`,
    );
    const read = parseTlogProof(formatTlogProof(alone));
    expect(verifyTlogProof(read, naiveLeaf(entryAt(0)), { log }).holds).toBe(true);
  });

  const formatted = formatTlogProof(proof);
  it.each([
    ['nothing', ''],
    ['another version', formatted.replace('@v1', '@v2')],
    ['no index', formatted.replace('index 5\n', '')],
    ['a leading zero', formatted.replace('index 5', 'index 05')],
    ['a sign', formatted.replace('index 5', 'index -5')],
    ['an index beyond exact numbers', formatted.replace('index 5', 'index 9007199254740993')],
    ['no empty line', formatted.replaceAll('\n\n', '\n')],
    ['carriage returns', formatted.replaceAll('\n', '\r\n')],
    ['sloppy base64', formatted.replace('Znms=\n', 'Znms\n')],
    ['a short hash', formatted.replace('vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=', 'vBo=')],
    ['extra data that are not base64', formatted.replace('index', 'extra !\nindex')],
    ['empty extra data', formatted.replace('index', 'extra \nindex')],
    ['extra data behind the index', formatted.replace('index 5\n', 'index 5\nextra AAAA\n')],
    ['sixty-four hashes', formatTlogProof({ ...proof, path: Array.from({ length: 64 }, () => EMPTY_ROOT) })],
    ['two million characters', formatted + 'x'.repeat(2_000_000)],
  ])('is refused with %s', (_, changed) => {
    expect(thrownBy(() => parseTlogProof(changed))).toEqual(malformed);
  });
});

describe('verifying a proof', () => {
  it('needs the published path, and a key of the log', () => {
    expect(verifyTlogProof(proof, published.leaf, { log })).toEqual({
      holds: true,
      checkpoint: { origin: ORIGIN, size: 8, root: published.root },
    });
  });

  it('fails for every other entry, index, and hash', () => {
    const notIncluded = { holds: false, failure: 'not-included' };
    expect(verifyTlogProof(proof, EMPTY_ROOT, { log })).toEqual(notIncluded);
    for (const index of [0, 4, 6, 7, 8, 1_000]) {
      expect(verifyTlogProof({ ...proof, index }, published.leaf, { log })).toEqual(notIncluded);
    }
    for (const [at] of proof.path.entries()) {
      const path = proof.path.map((hash, place) => (place === at ? EMPTY_ROOT : hash));
      expect(verifyTlogProof({ ...proof, path }, published.leaf, { log })).toEqual(notIncluded);
    }
    expect(verifyTlogProof({ ...proof, path: [] }, published.leaf, { log })).toEqual(notIncluded);
  });

  it.each([
    ['another key', [parseVerifierKey(signerOf(8).verifierKey)], checkpoint, 'checkpoint-signature'],
    ['no key', [], checkpoint, 'checkpoint-origin'],
    [
      'a key of another log alone',
      [parseVerifierKey(signerOf(7, 'other.example').verifierKey)],
      checkpoint,
      'checkpoint-origin',
    ],
    ['a changed size', log, checkpoint.replace('\n8\n', '\n9\n'), 'checkpoint-signature'],
    ['what is no checkpoint', log, signNote('no checkpoint\n', [signerOf()]), 'checkpoint-malformed'],
    ['what is no note', log, 'no note', 'checkpoint-malformed'],
    [
      'a checkpoint of another log under this key',
      log,
      signNote(formatCheckpoint({ origin: 'other.example', size: 8, root: published.root }), [signerOf()]),
      'checkpoint-origin',
    ],
  ])('fails with %s', (_, keys, note, failure) => {
    expect(verifyTlogProof({ ...proof, checkpoint: note }, published.leaf, { log: keys })).toEqual({
      holds: false,
      failure,
    });
  });

  it('asks every witness that is trusted, by name', () => {
    const [one, two] = [signerOf(21, 'one.example'), signerOf(22, 'two.example')];
    const [first, second] = [parseVerifierKey(one.verifierKey), parseVerifierKey(two.verifierKey)];
    const body = formatCheckpoint({ origin: ORIGIN, size: 8, root: published.root });
    const cosigned = signNote(body, [signerOf(), one]);
    expect(openCheckpoint(cosigned, { log, witnesses: [first] }).holds).toBe(true);
    expect(openCheckpoint(cosigned, { log, witnesses: [first, second] })).toEqual({
      holds: false,
      failure: 'witness-missing',
      who: 'two.example',
    });
    // A witness is not the log: its signature alone opens nothing.
    expect(openCheckpoint(signNote(body, [one]), { log: [first] })).toEqual({
      holds: false,
      failure: 'checkpoint-origin',
    });
  });

  it('holds for any entry of any tree, as the recursive definition has it, and for no changed byte', () => {
    const random = seededRandom(41);
    const tree = treeOf(700);
    for (let round = 0; round < 120; round++) {
      const size = 1 + random(700);
      const index = random(size);
      const written = formatTlogProof(proofIn(tree, index, size));
      const read = parseTlogProof(written);
      const leaf = naiveLeaf(read.extra as Buffer);
      expect([round, verifyTlogProof(read, leaf, { log }).holds]).toEqual([round, true]);
      const at = random(written.length);
      const changed = `${written.slice(0, at)}${written[at] === 'A' ? 'B' : 'A'}${written.slice(at + 1)}`;
      const held = holds(changed);
      expect([round, at, held]).toEqual([round, at, false]);
    }
  });
});

/** Whether a text is a proof that holds for the entry it carries. */
function holds(written: string): boolean {
  try {
    const read = parseTlogProof(written);
    return verifyTlogProof(read, naiveLeaf(read.extra ?? Buffer.alloc(0)), { log }).holds;
  } catch {
    return false;
  }
}
