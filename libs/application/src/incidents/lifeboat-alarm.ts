import { alertOf, type FaultKind, faultTable, messageIdOf } from '#domain';
import type { Channels, Lifeboat, LifeboatAlarm as NotedAlarm, Provisions } from '#notifications';
import type { Clock } from '#operations';
import type { AcknowledgementLinks } from './acknowledgement-link.js';
import { type AlertFacts, alertMessage, incidentUrl } from './alert-message.js';

/** What the lifeboat alarm works with: nothing that needs the disk to take more, the vault to open or the store to be there. */
export interface LifeboatAlarmParts {
  readonly lifeboat: Pick<Lifeboat, 'provisions' | 'alarms' | 'note' | 'forget'>;
  readonly channels: Pick<Channels, 'send'>;
  readonly links: Pick<AcknowledgementLinks, 'urlOf'>;
  readonly publicUrl: string;
  readonly clock: Pick<Clock, 'now' | 'realNow'>;
  /** A UUIDv7 of real time. */
  readonly newId: () => string;
}

export interface LifeboatBounds {
  /** How long a call may take, whatever the other sides do; milliseconds. */
  readonly wholeMs: number;
  /** Whoever was told of a fault is told again after this time, while it lasts and cannot be recorded. */
  readonly anewMs: number;
  /** How often a contact is told of one fault in all: then people know, or are away. */
  readonly rounds: number;
  /** A fault that comes back after this time without a word of it is another incident. */
  readonly sameForMs: number;
  /** The first pause after an attempt that did not reach everybody; each further one is twice as long. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}
export const strictLifeboatBounds: LifeboatBounds = {
  wholeMs: 20_000,
  anewMs: 3_600_000,
  rounds: 3,
  sameForMs: 86_400_000,
  pauseMs: 15_000,
  longestPauseMs: 1_800_000,
};

/** Whom a call reached: of the contacts in the lifeboat, those that know of the fault now. */
export interface Sounded {
  readonly contacts: number;
  readonly reached: number;
}
const NOBODY: Sounded = { contacts: 0, reached: 0 };

type Contact = Provisions['contacts'][number];
type Told = NotedAlarm['deliveries'][number];

/**
 * Tells the contacts past store, vault and outbox (decision 21). Everything it knows is in the lifeboat: whom to tell,
 * and whom some process has told already. So a process that ends and starts again every second tells nobody twice in an
 * hour, and api and worker, brought down by the same cause, speak of one incident.
 *
 * At least once: killed between the receiver's yes and the note of it, the next process tells that contact again, under
 * the same message id.
 */
export class LifeboatAlarm {
  private readonly sounding = new Map<FaultKind, Promise<Sounded>>();
  private readonly pauses = new Map<
    FaultKind,
    { readonly tries: number; readonly from: number; readonly ms: number }
  >();

  constructor(
    private readonly parts: LifeboatAlarmParts,
    private readonly bounds: LifeboatBounds = strictLifeboatBounds,
  ) {}

  /**
   * Tells every contact that was not told within the hour: all at once, each by its channels in order until one takes
   * the message. Resolves within `wholeMs` and never rejects; asked again meanwhile, it is the same call.
   */
  sound(kind: FaultKind): Promise<Sounded> {
    const running = this.sounding.get(kind);
    if (running) return running;
    const call = this.tell(kind)
      .catch(() => NOBODY)
      .finally(() => this.sounding.delete(kind));
    this.sounding.set(kind, call);
    return call;
  }

  private async tell(kind: FaultKind): Promise<Sounded> {
    const provisions = this.parts.lifeboat.provisions();
    if (!provisions) return NOBODY;
    const alarm = this.begin(kind);
    const due = provisions.contacts.filter((contact) => this.isDue(contact, alarm));
    if (due.length && !this.isPausing(kind)) {
      const untold = await this.tellAll(due, provisions, alarm);
      if (untold) this.pause(kind);
      else this.pauses.delete(kind);
    }
    const contacts = provisions.contacts.length;
    return { contacts, reached: provisions.contacts.filter((contact) => alarm.reached(contact)).length };
  }

  /**
   * The alarm that a fault belongs to. Two processes that begin at once both write first and look then: the older id
   * counts, whoever wrote it.
   */
  private begin(kind: FaultKind): Telling {
    const { lifeboat, clock, newId } = this.parts;
    const known = this.known(kind);
    if (known) return known;
    const fresh: NotedAlarm = {
      incident: newId(),
      kind,
      since: new Date(clock.realNow()).toISOString(),
      deliveries: [],
    };
    const telling = new Telling(fresh, [], lifeboat);
    telling.save();
    const first = this.known(kind);
    if (!first || first.incident >= fresh.incident) return telling;
    telling.forget();
    return first;
  }

  private known(kind: FaultKind): Telling | null {
    const { lifeboat, clock } = this.parts;
    const now = clock.realNow();
    const same = lifeboat
      .alarms()
      .filter((alarm) => alarm.kind === kind && Math.abs(now - lastWordOf(alarm)) < this.bounds.sameForMs)
      .sort((a, b) => (a.incident < b.incident ? -1 : 1));
    const [first] = same;
    if (!first) return null;
    const told = same.filter(({ incident }) => incident === first.incident).flatMap((one) => one.deliveries);
    return new Telling({ ...first, deliveries: [] }, onceEach(told), lifeboat);
  }

  private isDue(contact: Contact, alarm: Telling): boolean {
    const taken = alarm.takenBy(contact);
    const last = taken.at(-1)?.at;
    if (!last) return true;
    // Also where the clock was put back since: what was told in a time to come was told long ago.
    const passed = Math.abs(this.parts.clock.realNow() - Date.parse(last));
    return taken.length < this.bounds.rounds && passed >= this.bounds.anewMs;
  }

  /** How many were not told when the time was over; what comes in later is still noted, if the process lives on. */
  private async tellAll(due: readonly Contact[], provisions: Provisions, alarm: Telling): Promise<number> {
    let untold = due.length;
    const calls = due.map(async (contact) => {
      if (await this.tellOne(contact, provisions, alarm)) untold -= 1;
    });
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.bounds.wholeMs);
    });
    await Promise.race([Promise.allSettled(calls), over]);
    clearTimeout(timer);
    return untold;
  }

  /** One channel after the other, beginning after the one that took the message last time. */
  private async tellOne(
    contact: Contact,
    { agreement, checkpoint }: Provisions,
    alarm: Telling,
  ): Promise<boolean> {
    const { channels, links, publicUrl, clock } = this.parts;
    const alert = alertOf(alarm.incident, contact.contact);
    const first = (alarm.takenBy(contact).at(-1)?.channel ?? -1) + 1;
    for (let step = 0; step < contact.channels.length; step += 1) {
      const index = (first + step) % contact.channels.length;
      const channel = contact.channels[index];
      if (!channel) continue;
      const message = messageIdOf(alert, index, alarm.roundOf(contact, index));
      const facts: AlertFacts = {
        id: message,
        alert,
        incident: alarm.incident,
        agreement,
        contact: contact.contact,
        version: contact.version,
        kind: faultTable[alarm.kind].incident,
        cause: alarm.kind,
        declaredAt: this.businessTimeOf(alarm.since),
        acknowledge: links.urlOf(alert),
        incidentUrl: incidentUrl(publicUrl, alarm.incident),
        checkpoint,
      };
      const delivery = await channels.send(channel, alertMessage(facts));
      alarm.add({
        contact: contact.contact,
        party: contact.party,
        channel: index,
        kind: channel.kind,
        message,
        at: delivery.delivered ? new Date(clock.realNow()).toISOString() : null,
        why: delivery.delivered ? null : delivery.why,
      });
      // A crash before this line: noted, and not told again. Before the note: told again under the same id.
      if (delivery.delivered) return true;
    }
    return false;
  }

  /** The same at every attempt, as the message's id is. */
  private businessTimeOf(since: string): string {
    const { clock } = this.parts;
    const ahead = Date.parse(clock.now()) - clock.realNow();
    return new Date(Date.parse(since) + ahead).toISOString();
  }

  private pause(kind: FaultKind): void {
    const tries = this.pauses.get(kind)?.tries ?? 0;
    const { pauseMs, longestPauseMs } = this.bounds;
    const ms = Math.min(pauseMs * 2 ** tries, longestPauseMs);
    this.pauses.set(kind, { tries: tries + 1, from: this.parts.clock.realNow(), ms });
  }

  private isPausing(kind: FaultKind): boolean {
    const pause = this.pauses.get(kind);
    return pause !== undefined && Math.abs(this.parts.clock.realNow() - pause.from) < pause.ms;
  }
}

/** When a contact was last told of an alarm, or else it began: real time, milliseconds. */
export const lastWordOf = ({ since, deliveries }: NotedAlarm): number =>
  Math.max(Date.parse(since), ...deliveries.flatMap(({ at }) => (at ? [Date.parse(at)] : [])));

/** What several processes noted of the same messages: one note of each, a yes before a no. */
function onceEach(told: readonly Told[]): readonly Told[] {
  const byMessage = new Map<string, Told>();
  for (const one of told) if (!byMessage.get(one.message)?.at) byMessage.set(one.message, one);
  return [...byMessage.values()];
}

/** One alarm under way: what was told by anybody, noted as it comes. */
class Telling {
  constructor(
    private readonly alarm: NotedAlarm,
    private told: readonly Told[],
    private readonly lifeboat: Pick<Lifeboat, 'note' | 'forget'>,
  ) {}

  get incident(): string {
    return this.alarm.incident;
  }

  get kind(): FaultKind {
    return this.alarm.kind;
  }

  get since(): string {
    return this.alarm.since;
  }

  /** What a contact's channels took, in order of time. */
  takenBy({ contact }: Contact): readonly Told[] {
    return this.told
      .filter((one) => one.contact === contact && one.at !== null)
      .sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
  }

  reached(contact: Contact): boolean {
    return this.takenBy(contact).length > 0;
  }

  /** How often this channel has taken it: part of the message's id, the same until it takes it again. */
  roundOf(contact: Contact, channel: number): number {
    return this.takenBy(contact).filter((one) => one.channel === channel).length;
  }

  add(delivery: Told): void {
    // Of a message only the last attempt is kept: the file has room for what matters.
    this.told = [...this.told.filter(({ message }) => message !== delivery.message), delivery];
    this.save();
  }

  save(): void {
    try {
      this.lifeboat.note({ ...this.alarm, deliveries: this.told });
    } catch {
      // Nowhere to remember it: an alarm that may come twice is better than none.
    }
  }

  forget(): void {
    try {
      this.lifeboat.forget(this.alarm.incident);
    } catch {
      // It stays beside the older one, and is recorded as an incident that reached nobody.
    }
  }
}
