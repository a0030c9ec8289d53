import type { IncidentReport } from '#application';
import type { FaultKind, IncidentKind, Side } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import { linkIn, type Mail } from '../../harness/mailbox.js';
import { type FirstPeople, ordinaryDay, Person } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { RealTime } from '../../harness/real-time.js';
import type { Received } from '../../harness/webhook-receiver.js';

export type AlertReport = IncidentReport['alerts'][number];

/** What the list says of an incident. */
export interface Listed {
  readonly incident: string;
  readonly state: 'open' | 'closed';
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
}

/**
 * An installation in which alarms are told: an ordinary day, both parties' contacts, and real time that a story moves.
 * The worker ticks by itself; a story waits for what it says, never for a time.
 */
export class AlarmScene {
  private constructor(
    readonly kiroku: Kiroku,
    readonly people: FirstPeople & { operator: Person; grant: string },
    private readonly time: RealTime,
  ) {}

  static async open(settings: Readonly<Record<string, string>> = {}): Promise<AlarmScene> {
    const time = RealTime.take();
    try {
      const usual = { KIROKU_SESSION_MINUTES: '720', KIROKU_SILENCE_SECONDS: '3600' };
      const kiroku = await Kiroku.start({ ...usual, ...settings });
      try {
        return new AlarmScene(kiroku, await ordinaryDay(kiroku), time);
      } catch (error) {
        await kiroku.stop();
        throw error;
      }
    } catch (error) {
      time.giveBack();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.kiroku.stop();
    this.time.giveBack();
  }

  /** Lets real time pass, once everything recorded so far is in the log: it would look late afterwards. */
  async pass(ms: number): Promise<void> {
    await this.kiroku.settle();
    this.time.pass(ms);
    // What the worker counted looks old as well, until it has counted again.
    await this.kiroku.worker.sequence();
  }

  /** Lets real time pass, whatever is not in the log yet. */
  passAtOnce(ms: number): void {
    this.time.pass(ms);
  }

  /** The open incident of a cause, once there is one. */
  async incidentOf(cause: FaultKind, but: readonly string[] = []): Promise<string> {
    let found: Listed | undefined;
    await until(`an incident because of ${cause}`, async () => {
      found = (await this.listed()).find(
        (each) => each.cause === cause && each.state === 'open' && !but.includes(each.incident),
      );
      return found !== undefined;
    });
    return found?.incident ?? '';
  }

  async listed(): Promise<readonly Listed[]> {
    const { body } = await this.people.responder.get('/v1/incidents').expect(200);
    return body.incidents as readonly Listed[];
  }

  async report(incident: string): Promise<IncidentReport> {
    const { body } = await this.people.responder.get(`/v1/incidents/${incident}`).expect(200);
    return body as IncidentReport;
  }

  /** The alert of one party's contact. */
  async alertOf(incident: string, party: Side): Promise<AlertReport> {
    const { alerts } = await this.report(incident);
    const { contact } = this.kiroku.contacts[party];
    const found = alerts.find((each) => each.contact === contact);
    if (!found) throw new Error(`no alert of the ${party}’s contact`);
    return found;
  }

  /** Waits until one party's alert is as told, and returns it. */
  async alertThat(
    incident: string,
    party: Side,
    what: string,
    holds: (alert: AlertReport) => boolean,
  ): Promise<AlertReport> {
    await until(`the ${party}’s alert to be ${what}`, async () => {
      const { alerts } = await this.report(incident);
      const alert = alerts.find(({ contact }) => contact === this.kiroku.contacts[party].contact);
      return alert !== undefined && holds(alert);
    });
    return this.alertOf(incident, party);
  }

  /** A drill, declared by the responder: an incident without a fault. */
  async drill(description = '訓練'): Promise<string> {
    const { body } = await this.people.responder
      .post('/v1/incidents', { kind: 'drill', description })
      .expect(201);
    return body.incident as string;
  }

  /** The mails about an incident for one party's contact, oldest first. */
  mails(incident: string, party: Side): readonly Mail[] {
    const { mail } = this.kiroku.contacts[party];
    return this.kiroku.mailbox.to(mail).filter(({ text }) => text.includes(incident));
  }

  /** The `nth` of them, once it is there. */
  async mail(incident: string, party: Side, nth = 1): Promise<Mail> {
    await until(`mail ${nth} for the ${party}`, () => this.mails(incident, party).length >= nth);
    return this.mails(incident, party)[nth - 1] as Mail;
  }

  /** The webhooks about an incident for one party's contact, whatever was answered, oldest first. */
  webhooks(incident: string, party: Side): readonly Received[] {
    const { path } = this.kiroku.contacts[party];
    return this.kiroku.webhooks.at(path).filter(({ body }) => body.includes(incident));
  }

  async webhook(incident: string, party: Side, nth = 1): Promise<Received> {
    await until(`webhook ${nth} for the ${party}`, () => this.webhooks(incident, party).length >= nth);
    return this.webhooks(incident, party)[nth - 1] as Received;
  }

  /** What the contact's browser does with the link in a mail: open the page, or press its button. */
  follow(mail: Mail, how: 'open' | 'press'): ReturnType<Person['get']> {
    const browser = new Person(this.kiroku, 'nobody');
    const { path } = linkIn(mail);
    if (how === 'open') return browser.get(path);
    return browser.press(path);
  }
}
