import type { FaultKind } from '#domain';
import { type ContactDetails, ensureContact } from './contacts.js';
import type { Cast } from './cast.js';
import { type Answer, fetchPage } from './client.js';
import { incidentIn, isAbout, type Mail, type Mailbox } from './mailbox.js';
import type { Narrator } from './narrator.js';
import type { RunningProcess } from './processes.js';
import { until } from './until.js';
import { type Received, WebhookReceiver } from './webhook-receiver.js';

export interface AlarmParts {
  readonly api: string;
  /** PEM file of the authority that vouches for the api. */
  readonly authority: string;
  readonly cast: Cast;
  readonly narrator: Narrator;
  readonly mailbox: Mailbox;
  readonly webhooks: WebhookReceiver;
  readonly worker: RunningProcess;
  /** Asks the register for a resident that it knows. */
  readonly ask: () => Promise<Answer>;
  /** How the provider behaves from now on. */
  readonly provider: (mode: 'normal' | 'refuse') => Promise<unknown>;
}

const MAIL = 'kinkyu@recipient.example';

/** What the story needs of `GET /v1/incidents/{incident}`. */
interface Incident {
  readonly incident: string;
  readonly cause: string | null;
  readonly state: 'open' | 'closed';
  readonly fault: { readonly standing: boolean } | null;
  readonly reached: Readonly<Record<'recipient' | 'provider', boolean>>;
  readonly alerts: readonly { readonly alert: string; readonly party: string; readonly state: string }[];
}

/** The incident responder's part of the day: who is told when something goes wrong, and that they were reached. */
export class Alarm {
  private secret = '';

  constructor(private readonly parts: AlarmParts) {}

  /** Each party registers its contact, and the other confirms that it was told (annex 2, 4(1)). */
  async exchangeContacts(): Promise<void> {
    const { cast, narrator, webhooks } = this.parts;
    const before = await cast.security.get('/readyz');
    const missing = (before.body['checks'] as Record<string, { ok: boolean }> | undefined)?.['contacts'];
    const early = await this.parts.ask();
    const refused = ((early.body['errors'] as { code: string }[] | undefined) ?? []).some(
      ({ code }) => code === 'contact-missing',
    );
    narrator.tell(
      missing?.ok === true || (missing?.ok === false && refused),
      '連絡先のない協定は準備未了：照会も拒否',
      'an agreement without contacts is not ready, and says so: inquiries are refused as well',
    );
    const ours: ContactDetails = { name: '緊急 当番', channels: [{ kind: 'smtp', address: MAIL }] };
    const theirs: ContactDetails = {
      name: '提供者 当直',
      channels: [
        { kind: 'webhook', address: webhooks.url },
        { kind: 'smtp', address: 'toban@provider.example' },
      ],
    };
    const own = await ensureContact(cast.responder, cast.provider, 'recipient', ours);
    const other = await ensureContact(cast.provider, cast.responder, 'provider', theirs);
    this.secret = other.webhookSecret ?? '';
    narrator.tell(
      own.confirmed && other.confirmed && this.secret.startsWith('whsec_'),
      '双方が緊急連絡先を登録し、相手方が確認（別紙2の4(1)）',
      'both parties register their contacts, and each confirms the other’s (annex 2, 4(1))',
    );
    await this.closeWhatIsOpen();
  }

  /** An individual number came in an answer: discarded, and both parties are told without anybody doing anything. */
  async individualNumber(): Promise<void> {
    const mail = await this.mailAbout('individual-number-received');
    const incident = incidentIn(mail);
    await this.webhookAbout(incident);
    this.tell(
      !mail.text.includes('123456789018') && mail.encrypted,
      '個人番号の混入：漏えいのおそれとして双方に自動通報（番号は通報にも現れない）',
      'the individual number: both parties are alerted by themselves; the number is in no message',
    );
    const { alerts } = await this.incident(incident);
    const theirs = alerts.find(({ party }) => party === 'provider');
    const acknowledged = await this.parts.cast.provider.post(
      `/v1/alerts/${theirs?.alert ?? ''}/acknowledgement`,
    );
    this.tell(
      acknowledged.status < 300 && (await this.closeWhenReached(incident)),
      '提供者が通報を確認し、対応責任者が所見を付して終結',
      'the provider acknowledges; the responder closes the incident with a finding',
    );
  }

  /** The provider fails; everybody hears of it; one acknowledges; it clears; the incident closes. */
  async providerFails(): Promise<void> {
    await this.parts.provider('refuse');
    const failed = await this.parts.ask();
    this.tell(
      failed.body['code'] === 'provider-unavailable',
      '提供者の障害：照会は記録され、理由とともに失敗',
      'the provider fails: recorded, and answered with a reason',
    );
    const mail = await this.mailAbout('provider-unreachable');
    const incident = incidentIn(mail);
    this.tell(
      mail.encrypted && mail.to.includes(MAIL),
      `甲の連絡先にメールが届いた（STARTTLS）：事案 ${incident.slice(0, 8)}…`,
      'the recipient’s contact has mail: a real SMTP conversation over STARTTLS',
    );
    const webhook = await this.webhookAbout(incident);
    this.tell(
      WebhookReceiver.isGenuine(webhook, this.secret),
      '乙の連絡先に署名付き webhook が届き、署名を検証',
      'the provider’s contact received the webhook, and its signature verifies',
    );
    await this.acknowledgeByLink(mail, incident);
    await this.parts.provider('normal');
    const again = await this.parts.ask();
    await this.cleared(incident);
    this.tell(
      again.body['outcome'] === 'found' && (await this.closeWhenReached(incident)),
      '提供者が復旧して異常は解消。双方への到達が記録されているので終結できる',
      'the provider is back and the fault clears; both parties were reached on record, so the incident can be closed',
    );
  }

  /** The worker is killed: the api notices, and the contacts hear of it from the one that lives. */
  async workerDies(): Promise<void> {
    const { worker, cast } = this.parts;
    await worker.kill();
    this.tell(
      true,
      'ワーカーを強制終了（api が沈黙とみなすまで 20 秒ほど待ちます）',
      'the worker gets SIGKILL; about 20 seconds until the api takes its silence for what it is',
    );
    const mail = await this.mailAbout('worker-silent');
    const incident = incidentIn(mail);
    await this.webhookAbout(incident);
    const ready = await cast.security.get('/readyz');
    const checks = ready.body['checks'] as Record<string, { ok: boolean }> | undefined;
    this.tell(
      ready.status === 503 && checks?.['worker']?.ok === false,
      'ワーカーの沈黙を api が検知して双方に通報、/readyz も示す',
      'the api notices the silent worker and alerts both parties; /readyz says which process it is',
    );
    await this.acknowledgeByLink(mail, incident);
    await worker.startAgain();
    await this.cleared(incident);
    this.tell(
      await this.closeWhenReached(incident),
      'ワーカーを再起動：異常は解消、事案は終結',
      'the worker starts again where it stopped; the fault clears, the incident is closed',
    );
  }

  private async acknowledgeByLink(mail: Mail, incident: string): Promise<void> {
    const link = /https:\/\/\S+\/acknowledge\/\S+/.exec(mail.text)?.[0] ?? '';
    const page = await fetchPage('GET', link, this.parts.authority);
    const untouched = await this.alertOf(incident, 'recipient');
    const done = await fetchPage('POST', link, this.parts.authority);
    const state = await this.alertOf(incident, 'recipient');
    this.tell(
      page.status === 200 &&
        page.text.includes('<button') &&
        untouched !== 'acknowledged' &&
        done.status === 200 &&
        state === 'acknowledged',
      'メールのリンクを開き、ボタンで確認（開いただけでは確認にならない）',
      'the link of the mail is opened and its button acknowledges; opening alone does not',
    );
  }

  private async alertOf(incident: string, of: string): Promise<string | null> {
    const { alerts } = await this.incident(incident);
    return alerts.find(({ party }) => party === of)?.state ?? null;
  }

  private async incident(incident: string): Promise<Incident> {
    return (await this.parts.cast.responder.get(`/v1/incidents/${incident}`)).body as unknown as Incident;
  }

  /** Ends the incident once it is on record that somebody of each party was reached. */
  private async closeWhenReached(incident: string): Promise<boolean> {
    await until('both parties to be reached', async () => {
      const { reached } = await this.incident(incident);
      return reached.recipient && reached.provider;
    });
    return this.close(incident);
  }

  private async close(incident: string): Promise<boolean> {
    const finding = 'デモの経過を確認し、終結とする。';
    const closed = await this.parts.cast.responder.post(`/v1/incidents/${incident}/closure`, { finding });
    return closed.status < 300;
  }

  /** What an earlier demo, interrupted, left behind: a fault that goes on is not told a second time. */
  private async closeWhatIsOpen(): Promise<void> {
    const { body } = await this.parts.cast.responder.get('/v1/incidents');
    for (const { incident, state } of (body['incidents'] as Incident[] | undefined) ?? []) {
      if (state === 'open') await this.close(incident);
    }
  }

  private cleared(incident: string): Promise<true> {
    return until('the fault to clear', async () => {
      const { fault } = await this.incident(incident);
      return fault?.standing === false ? true : null;
    });
  }

  private mailAbout(cause: FaultKind): Promise<Mail> {
    return until(`a mail about ${cause}`, () =>
      Promise.resolve(
        this.parts.mailbox.mails.find((mail) => isAbout(mail, cause) && mail.to.includes(MAIL)) ?? null,
      ),
    );
  }

  private webhookAbout(incident: string): Promise<Received> {
    return until('the webhook', () =>
      Promise.resolve(this.parts.webhooks.received.find(({ body }) => body.includes(incident)) ?? null),
    );
  }

  private tell(held: boolean, ja: string, en: string): void {
    this.parts.narrator.tell(held, ja, en);
  }
}
