import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Configuration,
  type DemoPki,
  initialise,
  logKeyOf,
  makeDemoPki,
  openRooms,
  readConfiguration,
} from '#wiring';
import { type DemoAccounts, demoPin } from './accounts.js';
import { Narrator } from './narrator.js';
import { Mailbox } from './mailbox.js';
import { freePort, isFree } from './ports.js';
import { startProcess } from './processes.js';
import { ProviderWitness } from './provider-witness.js';
import { playStory } from './story.js';
import { WebhookReceiver } from './webhook-receiver.js';

const PORTS = { api: 8443, metrics: 9464 } as const;

/**
 * Starts simulator, api and worker as processes of this machine, plays one day at the counter, and either leaves
 * everything running until Ctrl-C or ends. A second start continues where the first stopped. Returns the exit code.
 */
export async function playDemo({ leaveRunning }: { readonly leaveRunning: boolean }): Promise<number> {
  const began = Date.now();
  const narrator = new Narrator();
  const running: { stop(): Promise<void> }[] = [];
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve('interrupted'));
  });
  const play = async (): Promise<number> => {
    const installation = await install();
    const { configuration, pki, accounts } = installation;
    const simulator = await startProcess('registry-simulator', simulatorEnvironment(pki), /listening on/);
    running.push(simulator);
    const provider = urlIn(simulator.ready);
    const [mailbox, webhooks] = [await Mailbox.start(pki), await WebhookReceiver.start()];
    running.push(mailbox, webhooks);
    const witness = await ProviderWitness.start(configuration, accounts.verifierKey);
    running.push(witness);
    const environment = {
      ...(await apiEnvironment(provider, leaveRunning)),
      ...alarmEnvironment(pki, mailbox),
      KIROKU_WITNESSES: witness.file,
    };
    const api = await startProcess('api', environment, /api listening on/);
    const worker = await startProcess('retention-worker', environment, /started/);
    running.push(api, worker);
    const places = { api: urlIn(api.ready), provider, worker, mailbox, webhooks, witness: witness.key };
    await playStory({ configuration, pki, accounts, narrator, ...places });
    const seconds = Math.round((Date.now() - began) / 1_000);
    narrator.note(
      `\n${narrator.failures === 0 ? '✓ すべて確認できました all steps held' : `✗ ${narrator.failures} steps did not hold`} (${seconds} s)`,
    );
    if (leaveRunning && narrator.failures === 0) {
      farewell(narrator, urlIn(api.ready), installation);
      await interrupted;
    }
    return narrator.failures === 0 ? 0 : 1;
  };
  try {
    const ended = await Promise.race([play(), interrupted]);
    return ended === 'interrupted' ? 130 : ended;
  } catch (error) {
    process.stderr.write(`\n${(error as Error).message}\n`);
    return 1;
  } finally {
    for (const started of running.toReversed()) await started.stop();
  }
}

interface Installation {
  readonly configuration: Configuration;
  readonly pki: DemoPki;
  readonly accounts: DemoAccounts;
}

/** Makes keys, certificates and first accounts at the first start; finds them at later ones. */
async function install(): Promise<Installation> {
  process.env['KIROKU_MOVABLE_CLOCK'] = 'yes';
  const configuration = readConfiguration(process.env, 'cli');
  mkdirSync(configuration.secrets, { recursive: true, mode: 0o700 });
  const pki = await makeDemoPki(join(configuration.secrets, 'pki'), {
    now: new Date(),
    names: ['terminal-1', 'terminal-2'],
  });
  const file = join(configuration.secrets, 'demo-accounts.json');
  if (existsSync(file)) {
    return { configuration, pki, accounts: JSON.parse(readFileSync(file, 'utf8')) as DemoAccounts };
  }
  const rooms = await openRooms(configuration, 'cli', (error) => {
    throw error;
  });
  try {
    const { accounts } = await initialise(rooms);
    const made: DemoAccounts = { verifierKey: logKeyOf(configuration), accounts };
    writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
    return { configuration, pki, accounts: made };
  } finally {
    await rooms.close();
  }
}

const simulatorEnvironment = (pki: DemoPki): NodeJS.ProcessEnv => ({
  ...process.env,
  KIROKU_SIMULATOR_PKI: pki.directory,
  KIROKU_SIMULATOR_PORT: '0',
});

/** The standard ports where they are free and somebody will look at them, free ones otherwise. */
async function apiEnvironment(provider: string, standardPorts: boolean): Promise<NodeJS.ProcessEnv> {
  const port = async (name: string, standard: number): Promise<string> =>
    process.env[name] ?? String(standardPorts && (await isFree(standard)) ? standard : await freePort());
  const api = await port('KIROKU_PORT', PORTS.api);
  return {
    ...process.env,
    KIROKU_REGISTRY_URL: provider,
    KIROKU_PORT: api,
    // Links in alerts must lead here: the port is chosen before the api has it.
    KIROKU_PUBLIC_URL: `https://127.0.0.1:${api}`,
    KIROKU_METRICS_PORT: await port('KIROKU_METRICS_PORT', PORTS.metrics),
    KIROKU_LOG_LEVEL: process.env['KIROKU_LOG_LEVEL'] ?? 'warn',
  };
}

/** Alerts go to the demo's own mailbox and receiver; bounds are short, so that a story of seconds can tell of silence. */
const alarmEnvironment = (pki: DemoPki, mailbox: Mailbox): NodeJS.ProcessEnv => ({
  KIROKU_SMTP_HOST: '127.0.0.1',
  KIROKU_SMTP_PORT: String(mailbox.port),
  KIROKU_SMTP_CA: pki.authority.certificate,
  KIROKU_SMTP_FROM: 'kiroku@kiroku.example',
  KIROKU_WEBHOOK_PRIVATE_TARGETS: 'yes',
  KIROKU_SILENCE_SECONDS: '5',
  KIROKU_FAULT_SETTLE_SECONDS: '0',
});

function urlIn(line: string): string {
  const match = /https:\/\/\S+?(?=[,\s]|$)/.exec(line);
  if (!match) throw new Error(`no address in: ${line}`);
  return match[0];
}

function farewell(narrator: Narrator, api: string, { configuration, pki, accounts }: Installation): void {
  const officer = accounts.accounts.find(({ role }) => role === 'security-officer');
  narrator.note(`
動作中 running: ${api}  (openapi: ${api}/openapi.json)
データ data: ${configuration.data}   鍵 keys: ${configuration.secrets}
利用者と暗証番号 accounts and PINs:
${accounts.accounts.map(({ role, operator }) => `  ${role.padEnd(20)} ${operator}  ${demoPin(role)}`).join('\n')}
見てみる to look at: ${join(configuration.data, 'demo')}（provisions.pdf、trail.jsonl、event.tlog-proof）
試す try:
  curl --cacert ${pki.authority.certificate} ${api}/readyz
  curl --cacert ${pki.authority.certificate} -H 'content-type: application/json' \\
    -d '{"operator":"${officer?.operator ?? ''}","pin":"${demoPin(officer?.role ?? '')}"}' ${api}/v1/sessions
  npm run kiroku -- verify ${configuration.paths.log} --key '${accounts.verifierKey}'
Ctrl-C で終了 ends everything.`);
}
