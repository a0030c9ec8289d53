import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorker } from '../../../apps/retention-worker/src/start-worker.js';
import { WORKER } from '../../../apps/retention-worker/src/worker.module.js';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { ed25519Signer, generateSigningKey, openCheckpoint, parseVerifierKey, verifyLog } from '#ledger';
import { readConfiguration } from '#wiring';
import { onRecord } from '../access/trail.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';

describe('the log’s signing key', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let nextFile: string;
  let nextKey: string;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    await kiroku.settle();
    const { logOrigin } = kiroku.configuration;
    const { privateKeyPem } = generateSigningKey(logOrigin);
    nextFile = join(kiroku.directory, 'next.key.pem');
    writeFileSync(nextFile, privateKeyPem);
    nextKey = ed25519Signer(logOrigin, privateKeyPem).verifierKey;
  });
  afterAll(() => kiroku.stop());

  /** Runs a worker with these settings until log and read models have everything. */
  async function work(settings: Readonly<Record<string, string>>): Promise<void> {
    await kiroku.stopWorker();
    const environment = { ...kiroku.environment, ...settings };
    const worker = await startWorker(readConfiguration(environment, 'worker'), () => undefined);
    try {
      await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
      for (const _tick of [1, 2]) await worker.get(WORKER).sequence();
    } finally {
      await worker.close();
    }
  }
  const signedBy = (...keys: readonly string[]): readonly boolean[] => {
    const note = readFileSync(join(kiroku.configuration.paths.log, 'checkpoint'), 'utf8');
    return keys.map((key) => openCheckpoint(note, { log: [parseVerifierKey(key)] }).holds);
  };

  /** The daily command of docs/operations.md, with the key that is kept beside the log. */
  const holdsForKeptKey = async (): Promise<readonly [string, boolean]> => {
    const { log, ledgerDatabase } = kiroku.configuration.paths;
    const kept = readFileSync(join(dirname(ledgerDatabase), 'verifier-key'), 'utf8').trim();
    return [kept, (await verifyLog({ directory: log, verifierKey: kept })).ok];
  };

  it('is replaced in three steps, and whoever has either key can verify in between', async () => {
    const { verifierKey } = kiroku.installed;
    expect(await holdsForKeptKey()).toEqual([verifierKey, true]);
    expect(signedBy(verifierKey, nextKey)).toEqual([true, false]);
    await work({ KIROKU_LOG_NEXT_KEY: nextFile });
    expect(signedBy(verifierKey, nextKey)).toEqual([true, true]);
    expect(await holdsForKeptKey()).toEqual([verifierKey, true]);
    await work({ KIROKU_LOG_KEY: nextFile });
    expect(signedBy(verifierKey, nextKey)).toEqual([false, true]);
    expect(await holdsForKeptKey()).toEqual([nextKey, true]);
  });

  it('is not replaced without the step in which both sign: the start is refused', async () => {
    const { verifierKey } = kiroku.installed;
    await expect(work({ KIROKU_LOG_KEY: kiroku.configuration.logKey })).rejects.toThrow(
      'KIROKU_LOG_KEY names a key',
    );
    expect(signedBy(verifierKey, nextKey)).toEqual([false, true]);
  });

  it('is on record in the log itself, each key once', async () => {
    Object.assign(kiroku, { environment: { ...kiroku.environment, KIROKU_LOG_KEY: nextFile } });
    await kiroku.startWorker();
    const keys = await onRecord(kiroku, people.security, 'LogKeyRegistered');
    expect(keys.map(({ data }) => data['verifierKey'])).toEqual([kiroku.installed.verifierKey, nextKey]);
    for (const { stream } of keys) expect(stream).toBe(`log-${kiroku.configuration.logOrigin}`);
  });
});
