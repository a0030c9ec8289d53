import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, type Role, tokyoDay } from '#domain';
import {
  type DemoPki,
  initialise,
  type Initialised,
  makeDemoPki,
  openRooms,
  readConfiguration,
} from '#wiring';
import { type Answer, Client } from '../../apps/cli/src/demo/client.js';
import { ensureContact } from '../../apps/cli/src/demo/contacts.js';

const PIN = '730164';
export const PURPOSE = 'rtva-59-1:examination';

/** An installation on disk, with nobody yet but the first accounts. */
export interface Installation {
  readonly environment: NodeJS.ProcessEnv;
  readonly pki: DemoPki;
  readonly accounts: Initialised['accounts'];
}

/** Makes data, keys, certificates and the agreement in `directory`. */
export async function install(directory: string): Promise<Installation> {
  const environment = {
    PATH: process.env['PATH'],
    KIROKU_DATA: join(directory, 'data'),
    KIROKU_PORT: '0',
    KIROKU_METRICS_PORT: '0',
    KIROKU_SESSION_MINUTES: '720',
  };
  const configuration = readConfiguration(environment, 'cli');
  const pki = await makeDemoPki(join(configuration.secrets, 'pki'), {
    now: new Date(),
    names: ['terminal-1'],
  });
  const rooms = await openRooms(configuration, 'cli', (error) => {
    throw error;
  });
  try {
    return { environment, pki, accounts: (await initialise(rooms)).accounts };
  } finally {
    await rooms.close();
  }
}

/** Opens for business: hours, a retention period, a terminal, an operator with a grant. Returns the operator's session token. */
export async function openForBusiness(api: string, { pki, accounts }: Installation): Promise<string> {
  const clients: Client[] = [];
  const entered = async (role: Role, index = 0): Promise<Client> => {
    const client = await enter(api, pki, accounts, role, index);
    clients.push(client);
    return client;
  };
  const [manager, second] = [await entered('terminal-manager'), await entered('terminal-manager', 1)];
  const provider = await entered('provider');
  await provision(provider, manager);
  await period(await entered('retention-officer'), await entered('security-officer'));
  await contacts(await entered('incident-responder'), provider);
  const operator = new Client(api, pki, pki.clients['terminal-1']);
  clients.push(operator);
  const token = await hire(operator, manager, second, pki);
  for (const client of clients) client.close();
  return token;
}

/** The first account with a role (the `index`th of several), signed in at a desk. */
export async function enter(
  api: string,
  pki: DemoPki,
  accounts: Installation['accounts'],
  role: Role,
  index = 0,
): Promise<Client> {
  const account = accounts.filter((each) => each.role === role)[index];
  if (!account) throw new Error(`no account with role ${role}`);
  const client = new Client(api, pki);
  await client.signIn(account.operator, account.pin, PIN);
  return client;
}

/** One contact a side, confirmed by the other: without them nothing is provided (annex 2, 4(1)). */
async function contacts(responder: Client, provider: Client): Promise<void> {
  const by = (address: string) => ({ name: '緊急 当番', channels: [{ kind: 'smtp', address }] }) as const;
  const exchanged = [
    await ensureContact(responder, provider, 'recipient', by('kinkyu@recipient.example')),
    await ensureContact(provider, responder, 'provider', by('toban@provider.example')),
  ];
  if (exchanged.some(({ confirmed }) => !confirmed)) throw new Error('the contacts were not exchanged');
}

const today = (): string => tokyoDay(new Date().toISOString());

async function provision(provider: Client, manager: Client): Promise<void> {
  const hours = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: 0, until: 1_440 }));
  const proposed = await done(
    provider.post('/v1/service-hours', { hours, closedDays: [], effectiveFrom: today() }),
  );
  await done(manager.post(`/v1/service-hours/${String(proposed['proposal'])}/approval`));
}

async function period(retention: Client, security: Client): Promise<void> {
  const proposed = await done(
    retention.post('/v1/retention/periods', { purpose: PURPOSE, period: 'P90D', effectiveFrom: today() }),
  );
  await done(security.post(`/v1/retention/periods/${PURPOSE}/${String(proposed['proposal'])}/approval`));
}

async function hire(operator: Client, manager: Client, second: Client, pki: DemoPki): Promise<string> {
  const { fingerprint, certificate } = pki.clients['terminal-1'] as DemoPki['api'];
  const notAfter = new X509Certificate(readFileSync(certificate)).validToDate.toISOString();
  const terminal = 'terminal-1';
  await done(
    manager.post('/v1/terminals', { terminal, label: '第1窓口', certificate: fingerprint, notAfter }),
  );
  const hired = await done(
    manager.post('/v1/operators', { side: 'recipient', name: '窓口 一郎', unit: 'inspection-1' }),
  );
  const id = String(hired['operator']);
  const roles = await done(
    manager.post(`/v1/operators/${id}/roles`, { roles: ['operator'], effectiveFrom: today() }),
  );
  await done(second.post(`/v1/operators/${id}/roles/${String(roles['proposal'])}/approval`));
  const validUntil = addDays(today(), 365);
  await done(manager.post(`/v1/operators/${id}/trainings`, { heldOn: today(), validUntil }));
  await done(manager.post(`/v1/operators/${id}/secrecy`));
  await operator.signIn(id, String(hired['pin']), PIN);
  const term = { from: today(), until: addDays(today(), 180), reason: '窓口業務のため' };
  const asked = await done(
    operator.post('/v1/grants', { operator: id, terminal, purposes: [PURPOSE], ...term }),
  );
  await done(manager.post(`/v1/grants/${String(asked['grant'])}/approval`));
  return String((await done(operator.post('/v1/sessions', { operator: id, pin: PIN })))['token']);
}

/** The body of an answer that must be a success: a bench of refusals would look fast. */
async function done(asked: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`setting up was answered ${status} ${String(body['code'])}`);
  return body;
}
