import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { benchId } from '../ids.js';
import type { DemoPki } from '#wiring';
import type { Side } from '../rounds.js';
import { PURPOSE } from './installation.js';
import { type Running, urlIn } from './process.js';

/** Found under every seed; see apps/registry-simulator. */
const RESIDENT = '24727059608';
const BODY = JSON.stringify({
  purpose: PURPOSE,
  caseReference: 'SK-2026-000001',
  question: { residentCode: RESIDENT },
});

export interface Clients extends Side {
  close(): void;
}

/** `count` clients of the terminal, each on a kept-alive connection of its own, each asking as soon as it is answered. */
export function clients(
  name: string,
  { server, pki, token }: { server: Running; pki: DemoPki; token: string },
  count: number,
): Clients {
  const { certificate, key } = pki.clients['terminal-1'] as DemoPki['api'];
  const tls = {
    ca: readFileSync(pki.authority.certificate),
    cert: readFileSync(certificate),
    key: readFileSync(key),
  };
  const agents = Array.from({ length: count }, () => new Agent({ ...tls, keepAlive: true, maxSockets: 1 }));
  const target = new URL('/v1/inquiries', urlIn(server));
  return {
    name,
    close: () => agents.forEach((agent) => agent.destroy()),
    work: async (ms) => {
      const [began, cpuBefore] = [performance.now(), server.cpuSeconds()];
      const latencies: number[] = [];
      const client = async (agent: Agent): Promise<void> => {
        while (performance.now() - began < ms) {
          const asked = performance.now();
          await ask(target, agent, token);
          latencies.push(performance.now() - asked);
        }
      };
      await Promise.all(agents.map(client));
      const seconds = (performance.now() - began) / 1_000;
      const cpuSeconds = server.cpuSeconds() - cpuBefore;
      return { operations: latencies.length, seconds, latencies, cpuSeconds };
    },
  };
}

/** One inquiry; anything but a record found ends the bench. */
export function ask(target: URL, agent: Agent, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(BODY),
      authorization: `Bearer ${token}`,
      'idempotency-key': benchId(),
    };
    const call = request(target, { method: 'POST', agent, headers });
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('end', () => {
        if (response.statusCode === 200 && text.includes('"outcome":"found"')) resolve();
        else reject(new Error(`an inquiry was answered ${response.statusCode}: ${text.slice(0, 400)}`));
      });
    });
    call.end(BODY);
  });
}
