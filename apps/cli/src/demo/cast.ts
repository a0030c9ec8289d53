import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { addDays, type Role } from '#domain';
import type { DemoPki } from '#wiring';
import { anyDigits, Client } from './client.js';
import { type DemoAccounts, demoPin } from './accounts.js';
import type { Narrator } from './narrator.js';

/** The people of the story, each signed in at their own place. */
export interface Cast {
  readonly managers: readonly [Client, Client];
  readonly security: Client;
  readonly retention: Client;
  readonly provider: Client;
  readonly responder: Client;
  readonly operator: Client;
  readonly operatorId: string;
  close(): void;
}

/** Signs in the first people and registers the operator of the day with a terminal. */
export async function gather(
  api: string,
  pki: DemoPki,
  { accounts }: DemoAccounts,
  narrator: Narrator,
  today: string,
): Promise<Cast> {
  const clients: Client[] = [];
  const at = (identity?: DemoPki['api']): Client => {
    const client = new Client(api, pki, identity);
    clients.push(client);
    return client;
  };
  const people: { readonly role: Role; readonly client: Client }[] = [];
  for (const { operator, pin, role } of accounts) {
    const client = at();
    await client.signIn(operator, pin, demoPin(role));
    people.push({ role, client });
  }
  const inRole = (role: Role, index = 0): Client => {
    const found = people.filter((person) => person.role === role)[index];
    if (!found)
      throw new Error(`the demo's data know no ${role}: they are of an earlier version, remove them`);
    return found.client;
  };
  const [first, second] = [inRole('terminal-manager'), inRole('terminal-manager', 1)];
  narrator.tell(
    true,
    '最初の利用者が初期暗証番号を変更してサインイン',
    'the first people sign in and change their one-time PINs',
  );
  const operator = at(pki.clients['terminal-1']);
  const operatorId = await hire(first, second, operator, pki, narrator, today);
  return {
    managers: [first, second],
    security: inRole('security-officer'),
    retention: inRole('retention-officer'),
    provider: inRole('provider'),
    responder: inRole('incident-responder'),
    operator,
    operatorId,
    close: () => clients.forEach((client) => client.close()),
  };
}

async function hire(
  first: Client,
  second: Client,
  operator: Client,
  pki: DemoPki,
  narrator: Narrator,
  today: string,
): Promise<string> {
  const { fingerprint, certificate } = pki.clients['terminal-1'] as DemoPki['api'];
  const notAfter = new X509Certificate(readFileSync(certificate)).validToDate.toISOString();
  const terminal = await first.post('/v1/terminals', {
    terminal: 'terminal-1',
    label: '第1窓口',
    certificate: fingerprint,
    notAfter,
  });
  narrator.tell(
    terminal.status === 201 || terminal.body['code'] === 'terminal-exists',
    '端末「第1窓口」を証明書とともに登録',
    'terminal-1 is registered with its client certificate',
  );
  const hired = await first.post('/v1/operators', {
    side: 'recipient',
    name: '窓口 一郎',
    unit: 'inspection-1',
  });
  const id = String(hired.body['operator']);
  const proposal = await first.post(`/v1/operators/${id}/roles`, {
    roles: ['operator'],
    effectiveFrom: today,
  });
  const own = await first.post(`/v1/operators/${id}/roles/${String(proposal.body['proposal'])}/approval`);
  narrator.tell(
    own.status === 403,
    '提案者本人による承認は拒否',
    'the proposer cannot approve the roles alone',
  );
  const other = await second.post(`/v1/operators/${id}/roles/${String(proposal.body['proposal'])}/approval`);
  await second.post(`/v1/operators/${id}/trainings`, { heldOn: today, validUntil: addDays(today, 365) });
  await second.post(`/v1/operators/${id}/secrecy`);
  narrator.tell(
    other.status === 204,
    '操作者を登録、役割は別の者が承認、研修・秘密保持を記録',
    'an operator is registered; a second person approves; training and secrecy on record',
  );
  await operator.signIn(id, String(hired.body['pin']), `47${anyDigits(6)}`);
  return id;
}
