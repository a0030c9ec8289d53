import {
  type AlertBounds,
  alertFolding,
  alertOf,
  type AlertState,
  alertStream,
  type DeliveryAttempt,
  type FaultKind,
  incidentFolding,
  type IncidentKind,
  incidentStream,
  messageIdOf,
  nextDelivery,
  recordFailed,
  recordSent,
  strictAlertBounds,
} from '#domain';
import type { Channels, Delivery } from '#notifications';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import type { AcknowledgementLinks } from './acknowledgement-link.js';
import { alertMessage, incidentUrl } from './alert-message.js';
import type { Contacts, LivingContact, Reachable } from './contacts.js';
import { loadGenuine } from './genuine-streams.js';

export interface DeliveryOptions {
  readonly bounds?: AlertBounds;
  /** Where contacts reach the api, without a slash at its end. */
  readonly publicUrl: string;
}

/** What became of the attempts that one run started. */
export interface DeliveryOutcome {
  readonly sent: number;
  readonly failed: number;
}

/** An open incident, as far as a message speaks of it. */
interface OpenIncident {
  readonly incident: string;
  readonly agreement: string;
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
  readonly declaredAt: string;
}

type Outcome = 'sent' | 'failed' | 'not-due';

/**
 * Attempts to one contact under way at once: a hundred incidents are not a hundred connections to one server, which
 * would refuse them, and use up the sockets that another contact needs. The rest begins when one of them has ended.
 */
const MOST_TO_ONE_CONTACT = 10;

/**
 * Empties the outbox. What an alert needs next is decided from its stream alone, so that whoever comes after a crash
 * goes on; at least once, with ids that say which messages are the same. Attempts are made side by side: a server that
 * hangs holds up its own contact and nobody else.
 */
export class AlertDelivery {
  /** The attempts of this process by alert; never two of one alert at once. */
  private readonly underWay = new Map<string, Promise<Outcome>>();
  /** How many of them are on their way to a contact. */
  private readonly toContact = new Map<string, number>();
  private readonly states = new WeakMap<LoadedStream, AlertState>();
  private asked: readonly string[] = [];
  private look: Promise<unknown> = Promise.resolve();
  /** The look that is to begin when the present one has ended. */
  private nextLook: Promise<unknown> | null = null;
  private next: number | null = null;
  private readonly bounds: AlertBounds;

  constructor(
    private readonly journal: Journal,
    private readonly contacts: Pick<Contacts, 'living' | 'reach'>,
    private readonly channels: Channels,
    private readonly links: AcknowledgementLinks,
    /** The note of the latest checkpoint; an alarm without one is better than none, so what it throws is no matter. */
    private readonly checkpoint: () => Promise<string | null>,
    private readonly options: DeliveryOptions,
  ) {
    this.bounds = options.bounds ?? strictAlertBounds;
  }

  /**
   * Starts every attempt that is due and not under way, for those of the incidents that are open, and waits for the
   * ones that it started. To be called again while it runs: all who call while it looks at the alerts share the next
   * look, which is for the incidents of the last of them, and the first hears of its attempts. Rejects, after all of them, with the first failure of the store; what
   * the other side does is on record and no failure.
   */
  async run(incidents: readonly string[], context: CommandContext): Promise<DeliveryOutcome> {
    this.asked = incidents;
    if (this.nextLook) {
      await this.nextLook;
      return { sent: 0, failed: 0 };
    }
    const look = this.look.then(() => {
      this.nextLook = null;
      return this.startDue(this.asked, context);
    });
    this.nextLook = look;
    this.look = look.catch(() => undefined);
    return outcomeOf(await Promise.allSettled(await look));
  }

  /** Starts what is due now, and returns what it started. */
  private async startDue(
    incidents: readonly string[],
    context: CommandContext,
  ): Promise<readonly Promise<Outcome>[]> {
    const started: Promise<Outcome>[] = [];
    let next: number | null = null;
    for (const incident of await this.openAmong(incidents)) {
      const contacts = await this.contacts.living(incident.agreement);
      const alerts = await loadGenuine(
        this.journal,
        contacts.map(({ contact }) => alertStream(alertOf(incident.incident, contact))),
      );
      for (const [index, contact] of contacts.entries()) {
        const alert = alerts[index];
        const at = alert ? this.dueAt(alert, contact) : null;
        if (at !== null && (next === null || at < next)) next = at;
        if (at === null || at > this.journal.clock.realNow()) continue;
        const attempt = this.start(incident, contact, context);
        if (attempt) started.push(attempt);
      }
    }
    this.next = next;
    return started;
  }

  /** When the earliest attempt that the last run saw is, or was, due: real time, milliseconds; null when none is. */
  nextAt(): number | null {
    return this.next;
  }

  /** Resolves when no attempt is under way. To be awaited before channels and store are closed. */
  async idle(): Promise<void> {
    do {
      await this.look;
      await Promise.allSettled(this.underWay.values());
    } while (this.nextLook || this.underWay.size);
  }

  private async openAmong(incidents: readonly string[]): Promise<readonly OpenIncident[]> {
    const loaded = await loadGenuine(this.journal, incidents.map(incidentStream));
    return loaded.flatMap((stream) => {
      if (!stream) return [];
      const state = foldLoaded(stream, incidentFolding);
      const agreement = stream.recorded[0]?.agreement;
      if (state.state !== 'open' || agreement === undefined) return [];
      const { incident, kind, cause, declaredAt } = state;
      return [{ incident, agreement, kind, cause, declaredAt }];
    });
  }

  private dueAt(alert: LoadedStream, contact: LivingContact): number | null {
    return this.nextOf(alert, contact)?.at ?? null;
  }

  private nextOf(alert: LoadedStream, { kinds, since }: LivingContact) {
    const realNow = this.journal.clock.realNow();
    return nextDelivery(this.stateOf(alert), {
      channels: kinds.length,
      realNow,
      bounds: this.bounds,
      since,
    });
  }

  /** A stream that has not moved is the same object: after weeks of attempts it is long, and there are four looks a second. */
  private stateOf(alert: LoadedStream): AlertState {
    const known = this.states.get(alert) ?? foldLoaded(alert, alertFolding);
    this.states.set(alert, known);
    return known;
  }

  private start(
    incident: OpenIncident,
    { contact }: LivingContact,
    context: CommandContext,
  ): Promise<Outcome> | null {
    const alert = alertOf(incident.incident, contact);
    const others = this.toContact.get(contact) ?? 0;
    if (this.underWay.has(alert) || others >= MOST_TO_ONE_CONTACT) return null;
    const attempt = this.attempt(alert, incident, contact, context).finally(() => {
      this.underWay.delete(alert);
      this.ended(contact);
    });
    // It may fail while the other alerts are still looked at, before anybody waits for it: that would end the process.
    attempt.catch(() => undefined);
    this.underWay.set(alert, attempt);
    this.toContact.set(contact, others + 1);
    return attempt;
  }

  private ended(contact: string): void {
    const others = (this.toContact.get(contact) ?? 1) - 1;
    if (others > 0) this.toContact.set(contact, others);
    else this.toContact.delete(contact);
  }

  /** Looks again, because an attempt that ended a moment ago may have changed what is due, and makes the attempt. */
  private async attempt(
    alert: string,
    incident: OpenIncident,
    contact: string,
    context: CommandContext,
  ): Promise<Outcome> {
    const reachable = await this.contacts.reach(contact, incident.agreement);
    if (!reachable) return 'not-due';
    const next = this.nextOf(await this.journal.load(alertStream(alert)), reachable);
    if (!next || next.at > this.journal.clock.realNow()) return 'not-due';
    const kind = reachable.kinds[next.channel];
    if (kind === undefined) return 'not-due';
    const message = messageIdOf(alert, next.channel, next.round);
    const delivery = await this.send(message, alert, incident, reachable, next.channel);
    // A crash here: the contact has the message, and gets it once more under the same id.
    const attempted = { channel: next.channel, kind, round: next.round, message };
    await this.record(alert, attempted, delivery, { ...context, agreement: incident.agreement });
    return delivery.delivered ? 'sent' : 'failed';
  }

  private async send(
    id: string,
    alert: string,
    incident: OpenIncident,
    { contact, version, channels }: Reachable,
    index: number,
  ): Promise<Delivery> {
    const channel = channels?.[index];
    if (!channel) return { delivered: false, message: id, why: 'sealed', permanent: false };
    const message = alertMessage({
      ...incident,
      id,
      alert,
      contact,
      version,
      acknowledge: this.links.urlOf(alert),
      incidentUrl: incidentUrl(this.options.publicUrl, incident.incident),
      checkpoint: await this.checkpoint().catch(() => null),
    });
    return this.channels.send(channel, message);
  }

  private async record(
    alert: string,
    attempted: DeliveryAttempt,
    delivery: Delivery,
    context: CommandContext,
  ): Promise<void> {
    try {
      await this.journal.decide(alertStream(alert), alertFolding, context, (state) =>
        delivery.delivered
          ? recordSent(state, { ...attempted, lifeboat: null })
          : recordFailed(state, { ...attempted, why: delivery.why, permanent: delivery.permanent }),
      );
    } catch (error) {
      // Somebody else has recorded this very attempt.
      if (!(error instanceof Refused)) throw error;
    }
  }
}

function outcomeOf(settled: readonly PromiseSettledResult<Outcome>[]): DeliveryOutcome {
  const failure = settled.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
  const count = (outcome: Outcome): number =>
    settled.filter((one) => one.status === 'fulfilled' && one.value === outcome).length;
  return { sent: count('sent'), failed: count('failed') };
}
