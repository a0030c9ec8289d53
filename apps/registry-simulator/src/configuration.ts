/** The simulator's settings, from the environment and the files of its PKI directory. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkKeyProblems, parseLinkKeys } from '#registry';
import { MAX_RESIDENTS } from './residents.js';
import type { SimulatorOptions } from './simulator.js';

/** The settings stand in the way of starting; `problems` has all of them at once, with the remedy. */
export class SimulatorMisconfigured extends Error {
  readonly code = 'simulator-misconfigured';
  constructor(readonly problems: readonly string[]) {
    super(`the registry simulator cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SimulatorMisconfigured';
  }
}

/** The files looked for in `KIROKU_SIMULATOR_PKI`, as the demo PKI names them. */
const PKI_FILES = {
  tlsTrustAnchors: 'ca.crt.pem',
  tlsCertificate: 'provider.crt.pem',
  tlsKey: 'provider.key.pem',
  client: 'kiroku.crt.pem',
  linkKeys: 'link-keys.json',
} as const;

/**
 * Reads the settings:
 * `KIROKU_SIMULATOR_PKI` (required: directory), `KIROKU_SIMULATOR_PORT` (0, the default: a free one),
 * `KIROKU_SIMULATOR_SEED` (1), `KIROKU_SIMULATOR_RESIDENTS` (100,000).
 *
 * @throws SimulatorMisconfigured with everything that is wrong.
 */
export async function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SimulatorOptions> {
  const problems: string[] = [];
  const number = (name: string, fallback: number, most: number): number => {
    const text = environment[name] ?? String(fallback);
    if (/^\d{1,10}$/.test(text) && Number(text) <= most) return Number(text);
    problems.push(`${name} is not a whole number from 0 to ${most}; leave it out for ${fallback}`);
    return fallback;
  };
  const port = number('KIROKU_SIMULATOR_PORT', 0, 65_535);
  const seed = number('KIROKU_SIMULATOR_SEED', 1, 2 ** 32 - 1);
  const count = number('KIROKU_SIMULATOR_RESIDENTS', 100_000, MAX_RESIDENTS);
  const files = await readPki(environment['KIROKU_SIMULATOR_PKI'], problems);
  if (!files || problems.length > 0) throw new SimulatorMisconfigured(problems);
  return { port, residents: { seed, count }, ...files };
}

type PkiOptions = Required<
  Pick<SimulatorOptions, 'tlsKey' | 'tlsCertificate' | 'tlsTrustAnchors' | 'clients' | 'linkKeys'>
>;

async function readPki(directory: string | undefined, problems: string[]): Promise<PkiOptions | null> {
  if (!directory) {
    problems.push('KIROKU_SIMULATOR_PKI is missing; give the directory that the demo PKI was made in');
    return null;
  }
  const read = async <T>(file: string, parse: (text: string) => T): Promise<T | null> => {
    try {
      return parse(await readFile(join(directory, file), 'utf8'));
    } catch {
      problems.push(`${join(directory, file)} is missing or unreadable; make the demo PKI again`);
      return null;
    }
  };
  const text = (content: string): string => content;
  const tlsTrustAnchors = await read(PKI_FILES.tlsTrustAnchors, text);
  const tlsCertificate = await read(PKI_FILES.tlsCertificate, text);
  const tlsKey = await read(PKI_FILES.tlsKey, text);
  const client = await read(PKI_FILES.client, fingerprintOf);
  const linkKeys = await read(PKI_FILES.linkKeys, parseLinkKeys);
  if (linkKeys) problems.push(...linkKeyProblems(linkKeys, Date.now()).map((each) => `link keys: ${each}`));
  if (!tlsTrustAnchors || !tlsCertificate || !tlsKey || !client || !linkKeys) return null;
  return { tlsTrustAnchors, tlsCertificate, tlsKey, clients: [client], linkKeys };
}

const fingerprintOf = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
