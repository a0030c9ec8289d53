import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventAt, eventsIn, NOW, ORIGIN, Places, signerOf } from '../test/sample-log.js';
import { leafHash } from './core/hashing.js';
import { parseNote, type NoteSigner } from './core/note.js';
import { verifyTlogProof } from './core/tlog-proof.js';
import { logSigner } from './core/signing-key.js';
import { parseVerifierKey } from './core/verifier-key.js';
import { witnessedBy } from './core/witnessed.js';
import { openLog, type LogFiles } from './file-log.js';
import type { Log } from './port.js';
import { PublishedLog } from './published-log.js';
import { verifyLog } from './verify.js';

const places = new Places();
afterEach(() => places.clear());

const [old, fresh] = [signerOf(7), signerOf(8)];
const append = { fence: 1, now: NOW };

/** The worker between a start and a stop. */
async function during<T>(
  files: LogFiles,
  signer: NoteSigner | NoteSigner[],
  work: (log: Log) => Promise<T>,
): Promise<T> {
  const log = await openLog({ ...files, origin: ORIGIN, signer, now: NOW });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
const grown = (from: number, to: number) => (log: Log) => log.append(eventsIn(from, to), append);
const idle = async (): Promise<void> => undefined;

const published = ({ directory }: LogFiles): string => readFileSync(join(directory, 'checkpoint'), 'utf8');
const keyIds = (files: LogFiles): string[] =>
  parseNote(published(files)).signatures.map(({ keyId }) => keyId);
/** Whether somebody who holds only this key can check the whole log, and a proof from it. */
async function holdsFor(files: LogFiles, { verifierKey }: NoteSigner): Promise<boolean> {
  const { ok } = await verifyLog({ directory: files.directory, verifierKey });
  const proof = PublishedLog.open(files.directory).proofOf(0);
  const log = [parseVerifierKey(verifierKey)];
  const leaf = leafHash(Buffer.from(eventAt(0).entry));
  expect(proof !== null && verifyTlogProof(proof, leaf, { log }).holds).toBe(ok);
  return ok;
}

describe('a signing key', () => {
  it('is replaced in three starts, and every reader can verify by the key he has until the last', async () => {
    const files = places.make();
    await during(files, old, grown(0, 3));
    expect([await holdsFor(files, old), await holdsFor(files, fresh)]).toEqual([true, false]);
    await during(files, [fresh, old], grown(3, 300));
    expect(keyIds(files)).toEqual([fresh.keyId, old.keyId]);
    expect([await holdsFor(files, old), await holdsFor(files, fresh)]).toEqual([true, true]);
    const { root } = await during(files, fresh, grown(300, 310));
    expect(keyIds(files)).toEqual([fresh.keyId]);
    expect([await holdsFor(files, old), await holdsFor(files, fresh)]).toEqual([false, true]);
    const alone = places.make();
    expect((await during(alone, fresh, grown(0, 310))).root).toBe(root);
  });

  it('may be of another type than the one it replaces', async () => {
    const files = places.make();
    const pem = generateKeyPairSync('ml-dsa-44').privateKey.export({ type: 'pkcs8', format: 'pem' });
    const lattice = logSigner(ORIGIN, pem.toString());
    await during(files, old, grown(0, 3));
    await during(files, [old, lattice], grown(3, 300));
    expect([await holdsFor(files, old), await holdsFor(files, lattice)]).toEqual([true, true]);
    await during(files, lattice, grown(300, 310));
    expect([await holdsFor(files, old), await holdsFor(files, lattice)]).toEqual([false, true]);
    // It says nothing about time: a log is no witness of its own.
    const note = parseNote(published(files));
    expect(witnessedBy(note, [parseVerifierKey(lattice.verifierKey)])).toMatchObject([{ time: 0 }]);
  });

  it('signs beside the old one from the start on, though nothing is appended', async () => {
    const files = places.make();
    await during(files, old, grown(0, 3));
    const before = parseNote(published(files)).text;
    await during(files, [fresh, old], idle);
    expect(keyIds(files)).toEqual([fresh.keyId, old.keyId]);
    expect(parseNote(published(files)).text).toBe(before);
    expect([await holdsFor(files, old), await holdsFor(files, fresh)]).toEqual([true, true]);
    // The next start finds it done.
    const note = published(files);
    await during(files, [fresh, old], idle);
    expect(published(files)).toBe(note);
    await during(files, fresh, idle);
    expect(published(files)).toBe(note);
  });

  it('cannot replace another without the start in which both sign', async () => {
    const files = places.make();
    await during(files, old, grown(0, 3));
    const before = published(files);
    await expect(during(files, fresh, idle)).rejects.toMatchObject({ code: 'log-inconsistent' });
    expect(published(files)).toBe(before);
    await during(files, old, grown(3, 4));
  });

  it('can be given up again while both sign', async () => {
    const files = places.make();
    await during(files, old, grown(0, 3));
    await during(files, [fresh, old], idle);
    await during(files, old, grown(3, 5));
    expect(keyIds(files)).toEqual([old.keyId]);
    expect(await holdsFor(files, old)).toBe(true);
  });

  it('is there, and has the name of the log', async () => {
    const files = places.make();
    for (const signer of [[], [old, signerOf(9, 'other.example')]]) {
      await expect(during(files, signer, idle)).rejects.toMatchObject({ code: 'malformed-note' });
    }
  });
});
