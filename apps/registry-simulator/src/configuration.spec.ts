import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDemoPki, type DemoPki } from '../../../libs/wiring/src/demo-pki.js';
import { readConfiguration } from './configuration.js';

describe('the simulator’s settings', () => {
  let directory: string;
  let pki: DemoPki;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kiroku-simulator-'));
    pki = await makeDemoPki(directory, { now: new Date(), names: [] });
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('have defaults for all but the PKI', async () => {
    const options = await readConfiguration({ KIROKU_SIMULATOR_PKI: directory });
    expect(options).toMatchObject({
      port: 0,
      residents: { seed: 1, count: 100_000 },
      clients: [pki.kiroku.fingerprint],
      linkKeys: [{ kid: 'demo-1' }],
    });
  });

  it('are taken from the environment', async () => {
    const options = await readConfiguration({
      KIROKU_SIMULATOR_PKI: directory,
      KIROKU_SIMULATOR_PORT: '8444',
      KIROKU_SIMULATOR_SEED: '7',
      KIROKU_SIMULATOR_RESIDENTS: '500',
    });
    expect(options).toMatchObject({ port: 8444, residents: { seed: 7, count: 500 } });
  });

  it('stop the start with every problem at once', async () => {
    const environment = {
      KIROKU_SIMULATOR_PKI: join(directory, 'nowhere'),
      KIROKU_SIMULATOR_PORT: '65536',
      KIROKU_SIMULATOR_RESIDENTS: 'many',
    };
    await expect(readConfiguration(environment)).rejects.toMatchObject({
      code: 'simulator-misconfigured',
      problems: { length: 7 },
    });
    await expect(readConfiguration({})).rejects.toThrow('KIROKU_SIMULATOR_PKI is missing');
  });
});
