import { Agent } from 'node:https';
import { readFileSync } from 'node:fs';
import type { DemoPki } from '#wiring';
import { until } from '../../apps/cli/src/demo/until.js';
import { type Comparison, compare, type Pace } from '../rounds.js';
import { ask, clients } from './clients.js';
import { install, type Installation, openForBusiness } from './installation.js';
import { type Running, urlIn, withPrograms } from './process.js';

export interface InquiryResult extends Comparison {
  readonly clients: number;
  /** Whether the worker sequenced the log and fed the read models meanwhile. */
  readonly worker: boolean;
}

const CLIENTS = [1, 32] as const;

/**
 * Inquiries over kept-alive mutual TLS, provider, api and clients on this machine, against the same server storing
 * nothing. Both servers run on the same installation, and see the same session, terminal and grant.
 */
export async function benchInquiry(directory: string, pace: Pace): Promise<readonly InquiryResult[]> {
  return withPrograms(async (launch) => {
    const installation = await install(directory);
    const simulator = await launch('apps/registry-simulator/src/main.js', {
      KIROKU_SIMULATOR_PKI: installation.pki.directory,
    });
    const environment = { ...installation.environment, KIROKU_REGISTRY_URL: urlIn(simulator) };
    const api = await launch('apps/api/src/main.js', environment);
    const floor = await launch('bench/inquiry/asking-only.js', environment);
    const worker = await launch('apps/retention-worker/src/main.js', environment);
    const token = await openForBusiness(urlIn(api), installation);
    await grantKnown(urlIn(api), installation, token);
    const servers = { api, floor, token, pki: installation.pki };
    const withWorker = await rounds(servers, pace, true);
    await worker.stop();
    return [...(await rounds(servers, pace, false)), ...withWorker];
  });
}

interface Servers {
  readonly api: Running;
  readonly floor: Running;
  readonly token: string;
  readonly pki: DemoPki;
}

async function rounds(
  { api, floor, token, pki }: Servers,
  pace: Pace,
  worker: boolean,
): Promise<InquiryResult[]> {
  const results: InquiryResult[] = [];
  for (const count of CLIENTS) {
    const ours = clients('Kiroku', { server: api, pki, token }, count);
    const theirs = clients('same server, storing nothing', { server: floor, pki, token }, count);
    results.push({ clients: count, worker, ...(await compare(ours, theirs, pace)) });
    ours.close();
    theirs.close();
  }
  return results;
}

/** The read models suggest the grant; they have it a moment after it was approved. */
export async function grantKnown(api: string, { pki }: Installation, token: string): Promise<void> {
  const { certificate, key } = pki.clients['terminal-1'] as DemoPki['api'];
  const agent = new Agent({
    ca: readFileSync(pki.authority.certificate),
    cert: readFileSync(certificate),
    key: readFileSync(key),
  });
  const target = new URL('/v1/inquiries', api);
  await until('the grant to be known', () =>
    ask(target, agent, token).then(
      () => true,
      () => false,
    ),
  );
  agent.destroy();
}
