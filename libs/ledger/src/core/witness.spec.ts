import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { naiveLeaf, NaiveTree } from '../../test/naive-tree.js';
import { ORIGIN, seededRandom, signerOf } from '../../test/sample-log.js';
import { formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.js';
import { formatCheckpoint, type Checkpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hashing.js';
import { signNote, type NoteSigner } from './note.js';
import { parseVerifierKey } from './verifier-key.js';
import { decideAddCheckpoint, type WitnessDecision } from './witness.js';

const SIZE = 100;
const leaves = (variant = ''): Buffer[] =>
  Array.from({ length: SIZE }, (_, at) => naiveLeaf(Buffer.from(`entry ${at}${at >= 40 ? variant : ''}`)));
/** A history, and one that left it at entry 40. */
const [history, forked] = [new NaiveTree(leaves()), new NaiveTree(leaves(' rewritten'))];

const noteOf = (
  tree: NaiveTree,
  size: number,
  signers: readonly NoteSigner[] = [signerOf()],
  origin = ORIGIN,
) => signNote(formatCheckpoint({ origin, size, root: tree.root(0, size) }), signers);
const request = (tree: NaiveTree, from: number, to: number, note = noteOf(tree, to)): string =>
  formatAddCheckpoint({ oldSize: from, proof: from === 0 ? [] : tree.subproof(from, 0, to, true), note });
const known = (size: number, tree = history): Pick<Checkpoint, 'size' | 'root'> | null =>
  size === 0 ? null : { size, root: tree.root(0, size) };

const logs = [parseVerifierKey(signerOf().verifierKey)];
const decide = (body: string, cosigned: number, trusted = logs): WitnessDecision =>
  decideAddCheckpoint(body, {
    logs: trusted,
    latest: (origin) => (origin === ORIGIN ? known(cosigned) : null),
  });

describe('a request', () => {
  const hash = history.root(0, 1);
  const written = formatAddCheckpoint({ oldSize: 20, proof: [hash], note: 'n' });

  it('is the old size, a hash a line, an empty line and the note', () => {
    expect(written).toBe(`old 20\n${hash.toString('base64')}\n\nn`);
    expect(formatAddCheckpoint({ oldSize: 0, proof: [], note: 'n' })).toBe('old 0\n\nn');
    expect(parseAddCheckpoint(written)).toEqual({ oldSize: 20, proof: [hash], note: 'n' });
    expect(parseAddCheckpoint('old 0\n\nn\n\nm')).toEqual({ oldSize: 0, proof: [], note: 'n\n\nm' });
  });

  it.each([
    ['nothing', ''],
    ['no empty line', 'old 20'],
    ['a leading zero', 'old 020\n\nn'],
    ['a sign', 'old -1\n\nn'],
    ['a size beyond exact numbers', 'old 9007199254740993\n\nn'],
    ['a capital letter', 'Old 20\n\nn'],
    ['a short hash', 'old 20\nAAAA\n\nn'],
    ['sloppy base64', `old 20\n${hash.toString('base64').slice(0, -1)}\n\nn`],
    [
      '64 hashes',
      formatAddCheckpoint({ oldSize: 1, proof: Array.from({ length: 64 }, () => hash), note: 'n' }),
    ],
  ])('is none with %s', (_, body) => {
    expect(parseAddCheckpoint(body)).toBeNull();
  });
});

describe('a witness', () => {
  it('cosigns the first checkpoint it sees, of any size', () => {
    for (const size of [0, 1, 50]) {
      expect(decide(request(history, 0, size), 0)).toMatchObject({ kind: 'cosign', checkpoint: { size } });
    }
  });

  it('cosigns what continues the latest', () => {
    expect(decide(request(history, 20, 33), 20)).toEqual({
      kind: 'cosign',
      checkpoint: { origin: ORIGIN, size: 33, root: history.root(0, 33) },
      note: noteOf(history, 33),
    });
  });

  it('cosigns the latest again', () => {
    expect(decide(request(history, 20, 20), 20)).toMatchObject({ kind: 'cosign', checkpoint: { size: 20 } });
  });

  it('ignores signatures of keys it does not know, and takes either key while a log replaces its own', () => {
    const [old, fresh] = [signerOf(7), signerOf(8)];
    const both = [old, fresh].map(({ verifierKey }) => parseVerifierKey(verifierKey));
    const strangers = noteOf(history, 33, [signerOf(90, 'stranger.example'), old]);
    expect(decide(request(history, 20, 33, strangers), 20).kind).toBe('cosign');
    for (const signers of [[old], [fresh], [old, fresh]]) {
      expect(decide(request(history, 20, 33, noteOf(history, 33, signers)), 20, both).kind).toBe('cosign');
    }
  });

  it.each<[string, string, WitnessDecision['kind']]>([
    ['no request', 'x', 'malformed'],
    ['no checkpoint', 'old 0\n\nx\n', 'malformed'],
    [
      'a note that is no checkpoint',
      formatAddCheckpoint({ oldSize: 0, proof: [], note: signNote('x\n', [signerOf()]) }),
      'malformed',
    ],
    [
      'a log it does not know',
      request(history, 0, 9, noteOf(history, 9, [signerOf(7, 'other')], 'other')),
      'unknown-log',
    ],
    [
      'a log it does not know under a key it knows',
      request(history, 0, 9, noteOf(history, 9, [signerOf()], 'other')),
      'unknown-log',
    ],
    ['another key', request(history, 20, 33, noteOf(history, 33, [signerOf(8)])), 'untrusted'],
    ['a forged root', request(history, 20, 33, noteOf(history, 33).replace('\n33\n', '\n34\n')), 'untrusted'],
    ['an old size above the checkpoint', request(history, 20, 20).replace('old 20', 'old 21'), 'malformed'],
    ['an old size above what it cosigned', request(history, 25, 33), 'stale'],
    ['an old size below', request(history, 10, 33), 'stale'],
    ['a checkpoint older than the latest', request(history, 10, 15), 'stale'],
    [
      'a proof of another history',
      request(forked, 20, 60).replace(/\n\n[^]*$/, `\n\n${noteOf(history, 60)}`),
      'inconsistent',
    ],
    ['no proof', formatAddCheckpoint({ oldSize: 20, proof: [], note: noteOf(history, 33) }), 'inconsistent'],
    [
      'a proof where none is due',
      formatAddCheckpoint({ oldSize: 20, proof: [EMPTY_ROOT], note: noteOf(history, 20) }),
      'inconsistent',
    ],
  ])('refuses %s', (_, body, kind) => {
    expect(decide(body, 20).kind).toBe(kind);
  });

  it('tells the size it knows', () => {
    expect(decide(request(history, 10, 33), 20)).toEqual({ kind: 'stale', size: 20 });
    expect(decide(request(history, 10, 33), 0)).toEqual({ kind: 'stale', size: 0 });
  });

  it('sees a fork: another tree of the size it cosigned', () => {
    expect(decide(request(forked, 50, 50), 50)).toMatchObject({ kind: 'fork', checkpoint: { size: 50 } });
    // Of the empty tree as well, which has one root.
    const odd = signNote(formatCheckpoint({ origin: ORIGIN, size: 0, root: history.root(0, 1) }), [
      signerOf(),
    ]);
    expect(decide(formatAddCheckpoint({ oldSize: 0, proof: [], note: odd }), 0).kind).toBe('fork');
  });

  it('never cosigns a rewritten history, and always the true one, from any size to any', () => {
    const random = seededRandom(23);
    for (let round = 0; round < 400; round++) {
      const from = 1 + random(SIZE);
      const to = from + random(SIZE - from + 1);
      expect([from, to, decide(request(history, from, to), from).kind]).toEqual([from, to, 'cosign']);
      // From the shared part on, the rewritten history is a history: only who has seen the true one can tell.
      const kind = from <= 40 ? 'cosign' : from === to ? 'fork' : 'inconsistent';
      expect([from, to, decide(request(forked, from, to), from).kind]).toEqual([from, to, kind]);
    }
  });
});
