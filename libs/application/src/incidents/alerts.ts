import {
  type AlertEvent,
  alertFolding,
  alertOf,
  type AlertState,
  alertStream,
  decideAcknowledge,
  decideRaiseAlert,
  type Decision,
  incidentFolding,
  type IncidentState,
  incidentStream,
} from '#domain';
import { sideOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { NotFound } from '../refused.js';
import type { AcknowledgementLinks } from './acknowledgement-link.js';
import type { Contacts } from './contacts.js';
import { loadGenuine } from './genuine-streams.js';

/** What the page behind a link may show: no more than the message did. */
export interface AlertOfLink {
  readonly alert: string;
  readonly incident: string;
  readonly acknowledged: boolean;
  /** What was declared and when, business time; null where the incident's stream was changed by somebody. */
  readonly declared: Pick<Declared, 'kind' | 'cause' | 'declaredAt'> | null;
}

type Declared = Exclude<IncidentState, { readonly state: 'none' }>;

/** The alerts (通報): one incident brought to one contact. Their streams are the outbox; `AlertDelivery` empties it. */
export class Alerts {
  constructor(
    private readonly journal: Journal,
    private readonly contacts: Pick<Contacts, 'living'>,
    private readonly links: AcknowledgementLinks,
  ) {}

  /**
   * An alert for every living contact of both parties that has none of this incident yet; nothing once it is closed.
   * A crash in between leaves the rest to the next call: each alert is a stream of its own.
   */
  async raiseFor(incident: string, context: CommandContext): Promise<void> {
    const loaded = await this.journal.load(incidentStream(incident));
    const agreement = loaded.recorded[0]?.agreement;
    if (agreement === undefined || foldLoaded(loaded, incidentFolding).state !== 'open') return;
    const contacts = await this.contacts.living(agreement);
    const streams = await loadGenuine(
      this.journal,
      contacts.map(({ contact }) => alertStream(alertOf(incident, contact))),
    );
    const missing = contacts.filter((_contact, index) => (streams[index]?.revision ?? 0) < 0);
    const under = { ...context, agreement };
    await Promise.all(
      missing.map(({ contact, party }) => {
        const alert = alertOf(incident, contact);
        return this.decide(alert, under, (state) =>
          decideRaiseAlert(state, { alert, incident, contact, party }),
        );
      }),
    );
  }

  /** Acknowledged by a person of the contact's party; again: nothing. NotFound('alert'). */
  async acknowledge(alert: string, context: CommandContext): Promise<void> {
    const side = await sideOf(this.journal, context);
    const { loaded } = await this.find(alert);
    if (agreementOf(loaded) !== context.agreement) throw new NotFound('alert');
    await this.decide(alert, context, (state) => decideAcknowledge(state, { by: 'person', side }));
  }

  /** What a link leads to; changes nothing. NotFound('alert') alike for a wrong token and an unknown alert. */
  async byLink(alert: string, token: string): Promise<AlertOfLink> {
    const { state } = await this.findByLink(alert, token);
    const { incident } = state;
    const acknowledged = state.state === 'acknowledged';
    return { alert, incident, acknowledged, declared: await this.declared(incident) };
  }

  private async declared(incident: string): Promise<AlertOfLink['declared']> {
    const [loaded] = await loadGenuine(this.journal, [incidentStream(incident)]);
    const state = loaded ? foldLoaded(loaded, incidentFolding) : null;
    if (!state || state.state === 'none') return null;
    const { kind, cause, declaredAt } = state;
    return { kind, cause, declaredAt };
  }

  /** Acknowledged by whoever holds the link; again: nothing. NotFound('alert') as `byLink`. */
  async acknowledgeByLink(alert: string, token: string): Promise<void> {
    const { loaded } = await this.findByLink(alert, token);
    const context: CommandContext = {
      actor: { system: 'api' },
      agreement: agreementOf(loaded),
      correlation: this.journal.newId(),
    };
    await this.decide(alert, context, (state) => decideAcknowledge(state, { by: 'link' }));
  }

  private async findByLink(alert: string, token: string): Promise<FoundAlert> {
    if (!this.links.opens(alert, token)) throw new NotFound('alert');
    return this.find(alert);
  }

  private async find(alert: string): Promise<FoundAlert> {
    const loaded = await this.journal.load(alertStream(alert));
    const state = foldLoaded(loaded, alertFolding);
    if (state.state === 'none') throw new NotFound('alert');
    return { loaded, state };
  }

  private decide(
    alert: string,
    context: CommandContext,
    decider: (state: AlertState) => Decision<AlertEvent>,
  ) {
    return this.journal.decide(alertStream(alert), alertFolding, context, decider);
  }
}

interface FoundAlert {
  readonly loaded: LoadedStream;
  readonly state: Exclude<AlertState, { readonly state: 'none' }>;
}

const agreementOf = ({ recorded }: LoadedStream): string => recorded[0]?.agreement ?? '';
