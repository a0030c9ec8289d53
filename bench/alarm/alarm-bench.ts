import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { createTransport } from 'nodemailer';
import { Client } from '../../apps/cli/src/demo/client.js';
import { ensureContact } from '../../apps/cli/src/demo/contacts.js';
import { incidentIn, isAbout, type Mail, Mailbox } from '../../apps/cli/src/demo/mailbox.js';
import { until } from '../../apps/cli/src/demo/until.js';
import type { DemoPki } from '#wiring';
import { ask } from '../inquiry/clients.js';
import { enter, install, type Installation, openForBusiness } from '../inquiry/installation.js';
import { urlIn, withPrograms } from '../inquiry/process.js';
import { type Percentiles, percentiles } from '../latencies.js';

/** From a fault on record to the first contact's mail server having the alert, in milliseconds. */
export interface AlarmResult extends Percentiles {
  readonly samples: number;
  /** The same mail server given a mail by nodemailer alone, with the same STARTTLS. */
  readonly floor: Percentiles;
}

const CONTACT = 'kinkyu@recipient.example';
const FROM = 'kiroku@kiroku.example';

/**
 * The provider fails, an inquiry shows it, both contacts are alerted; it comes back, the incident is closed; again.
 * Everything is real: provider, api and worker as processes, the mail over STARTTLS on this machine.
 */
export async function benchAlarm(directory: string, samples: number): Promise<AlarmResult> {
  return withPrograms(async (launch, stopped) => {
    const installation = await install(directory);
    const { pki } = installation;
    const mailbox = await Mailbox.start(pki);
    stopped(mailbox);
    const simulator = await launch('apps/registry-simulator/src/main.js', {
      KIROKU_SIMULATOR_PKI: pki.directory,
    });
    const environment = {
      ...installation.environment,
      KIROKU_REGISTRY_URL: urlIn(simulator),
      KIROKU_SMTP_HOST: '127.0.0.1',
      KIROKU_SMTP_PORT: String(mailbox.port),
      KIROKU_SMTP_CA: pki.authority.certificate,
      KIROKU_SMTP_FROM: FROM,
      KIROKU_FAULT_SETTLE_SECONDS: '0',
    };
    const api = await launch('apps/api/src/main.js', environment);
    await launch('apps/retention-worker/src/main.js', environment);
    const token = await openForBusiness(urlIn(api), installation);
    const house = await House.open(urlIn(api), urlIn(simulator), installation, token, mailbox);
    const ours: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) ours.push(await house.faultToMail());
    const theirs = await mailsAlone(mailbox, pki, samples);
    house.close();
    return { samples, ...percentiles(ours, 0), floor: percentiles(theirs, 0) };
  });
}

/** The people and places that one round needs. */
class House {
  private readonly told = new Set<string>();

  private constructor(
    private readonly provider: Client,
    private readonly responder: Client,
    private readonly inquire: () => Promise<boolean>,
    private readonly mailbox: Mailbox,
    readonly close: () => void,
  ) {}

  static async open(
    api: string,
    simulator: string,
    { pki, accounts }: Installation,
    token: string,
    mailbox: Mailbox,
  ): Promise<House> {
    const responder = await enter(api, pki, accounts, 'incident-responder');
    const other = await enter(api, pki, accounts, 'provider');
    const channels = (address: string) => [{ kind: 'smtp', address }] as const;
    await ensureContact(responder, other, 'recipient', { name: '緊急 当番', channels: channels(CONTACT) });
    const toban = channels('toban@provider.example');
    await ensureContact(other, responder, 'provider', { name: '提供者 当直', channels: toban });
    const provider = new Client(simulator, pki, pki.kiroku);
    const { certificate, key } = pki.clients['terminal-1'] as DemoPki['api'];
    const agent = new Agent({
      keepAlive: true,
      ca: readFileSync(pki.authority.certificate),
      cert: readFileSync(certificate),
      key: readFileSync(key),
    });
    const target = new URL('/v1/inquiries', api);
    const inquire = (): Promise<boolean> =>
      ask(target, agent, token).then(
        () => true,
        () => false,
      );
    await until('inquiries to be answered', inquire);
    const close = (): void => {
      agent.destroy();
      for (const client of [provider, responder, other]) client.close();
    };
    return new House(provider, responder, inquire, mailbox, close);
  }

  /** One round; milliseconds from the answer that says the provider failed to the mail's arrival. */
  async faultToMail(): Promise<number> {
    await this.provider.put('/simulator/behaviour', { mode: 'refuse' });
    if (await this.inquire()) throw new Error('the provider was to fail');
    const began = Date.now();
    const mail = await until('the mail', () => Promise.resolve(this.newMail()));
    await this.provider.put('/simulator/behaviour', { mode: 'normal' });
    if (!(await this.inquire())) throw new Error('the provider was to answer');
    await this.end(incidentIn(mail));
    return Math.max(0, mail.at - began);
  }

  private newMail(): Mail | null {
    const mail = this.mailbox.mails.find(
      (each) =>
        each.to.includes(CONTACT) && isAbout(each, 'provider-unreachable') && !this.told.has(each.messageId),
    );
    if (mail) this.told.add(mail.messageId);
    return mail ?? null;
  }

  /** Closes the incident once its fault has cleared and both parties were reached, so that the next one is new. */
  private async end(incident: string): Promise<void> {
    await until('the incident to be ready to close', async () => {
      const { body } = await this.responder.get(`/v1/incidents/${incident}`);
      const reached = body['reached'] as { recipient: boolean; provider: boolean } | undefined;
      const standing = (body['fault'] as { standing: boolean } | null | undefined)?.standing;
      return reached?.recipient === true && reached.provider && standing === false;
    });
    const closed = await this.responder.post(`/v1/incidents/${incident}/closure`, {
      finding: '測定のため。',
    });
    if (closed.status >= 300) throw new Error(`closing was answered ${closed.status}`);
  }
}

/** The floor: a connection, STARTTLS and a mail of about the same size, with nothing recorded. */
async function mailsAlone(mailbox: Mailbox, pki: DemoPki, samples: number): Promise<number[]> {
  const text = '事案の通報です。This is an alert.\n'.repeat(40);
  const latencies: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const transport = createTransport({
      host: '127.0.0.1',
      port: mailbox.port,
      requireTLS: true,
      tls: { ca: readFileSync(pki.authority.certificate) },
    });
    const began = performance.now();
    await transport.sendMail({ from: FROM, to: CONTACT, subject: '通報', text });
    latencies.push(performance.now() - began);
    transport.close();
  }
  return latencies;
}
