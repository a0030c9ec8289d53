import {
  type AlertBounds,
  decideCloseIncident,
  decideDeclareIncident,
  decideNoteIncident,
  type Decision,
  type Entry,
  type FaultKind,
  faultFolding,
  faultStream,
  faultTable,
  type IncidentEvent,
  incidentFolding,
  type IncidentKind,
  type IncidentState,
  incidentStream,
  personBehind,
  type RecordedIncidentEvent,
  type Side,
  strictAlertBounds,
} from '#domain';
import type { Opener } from '#vault';
import { personOf, sideOf, sideOfPerson } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { NotFound } from '../refused.js';
import { type AlertReport, alertsOf, reportOf, sidesReached } from './alert-reports.js';
import type { Contacts } from './contacts.js';
import { loadGenuine } from './genuine-streams.js';

/** An incident with everything that belongs to it. `declaredAt`, `closedAt` and the notes' times are business time. */
export interface IncidentReport {
  readonly incident: string;
  readonly state: 'open' | 'closed';
  readonly kind: IncidentKind;
  /** What was noticed; null where a person declared it. */
  readonly cause: FaultKind | null;
  readonly declaredAt: string;
  readonly closedAt: string | null;
  /** Null where nobody gave one, or it cannot be opened (any more); so are `finding` and `note`. */
  readonly description: string | null;
  readonly finding: string | null;
  readonly notes: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
  /** The fault behind it, where it is still this incident's; `times` as last recorded (`FaultOnRecord`). */
  readonly fault: { readonly kind: FaultKind; readonly standing: boolean; readonly times: number } | null;
  /** Whether somebody of the party was reached: a channel took the alert, or somebody acknowledged it. */
  readonly reached: Readonly<Record<Side, boolean>>;
  readonly alerts: readonly AlertReport[];
}

export interface DeclareIncident {
  readonly kind: IncidentKind;
  readonly description: string;
}

/** What `FaultOpened` says of the incident that is to be declared. */
export interface IncidentOfFault {
  readonly incident: string;
  readonly cause: FaultKind;
  readonly fault: string;
}

/** The incidents (事案) of an agreement: declared by a person or for a fault, noted, closed (annex 2, 4(4)). */
export class Incidents {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly contacts: Pick<Contacts, 'everKnown'>,
    private readonly bounds: AlertBounds = strictAlertBounds,
    /** Ids of the open incidents, as far as the policies have read. */
    private readonly open: () => readonly string[] = () => [],
  ) {}

  /** Declared by this process, and not seen closed: the policies may not have read them yet. */
  private readonly declared = new Set<string>();

  /** Declared by a person. The policies alert the contacts when they read it. */
  async declare(
    { kind, description }: DeclareIncident,
    context: CommandContext,
  ): Promise<{ readonly incident: string }> {
    personOf(context);
    const incident = this.journal.newId();
    // Who cannot count refuses nothing: what is declared may be what keeps it from counting.
    const openOfSide = await this.countOpen(context).catch(() => 0);
    await this.decide(incident, context, (state) =>
      decideDeclareIncident(state, { incident, kind, cause: null, fault: null, description, openOfSide }),
    );
    this.declared.add(incident);
    return { incident };
  }

  /** Declared because of a fault, under the id that the fault gave it; again: nothing. */
  async declareFor({ incident, cause, fault }: IncidentOfFault, context: CommandContext): Promise<void> {
    const { incident: kind } = faultTable[cause];
    await this.decide(incident, context, (state) =>
      decideDeclareIncident(state, { incident, kind, cause, fault }),
    );
  }

  /** NotFound('incident') for an unknown one; so do `close` and `show`. */
  async note(incident: string, note: string, context: CommandContext): Promise<void> {
    personOf(context);
    await this.find(incident, context.agreement);
    await this.decide(incident, context, (state) => decideNoteIncident(state, { note }));
  }

  /**
   * Closes an incident with a finding. Refused while nobody of a party was reached, and while a fault stands that a
   * watcher would see again at once.
   */
  async close(incident: string, finding: string, context: CommandContext): Promise<void> {
    personOf(context);
    await this.find(incident, context.agreement);
    await this.decide(incident, context, async (state) => {
      const alerts = await alertsOf(this.journal, this.contacts, incident, context.agreement);
      const fault = await this.faultOf(incident, state);
      const facts = { reached: sidesReached(alerts), faultStands: fault?.standing ?? false };
      return decideCloseIncident(state, { finding }, facts);
    });
  }

  /** Everything about one incident of an agreement. */
  async show(incident: string, agreement: string): Promise<IncidentReport> {
    const { loaded, state } = await this.find(incident, agreement);
    const alerts = await alertsOf(this.journal, this.contacts, incident, agreement);
    const reached = sidesReached(alerts);
    const now = { realNow: this.journal.clock.realNow(), bounds: this.bounds, open: state.state === 'open' };
    return {
      incident,
      state: state.state,
      kind: state.kind,
      cause: state.cause,
      declaredAt: state.declaredAt,
      closedAt: state.state === 'closed' ? state.closedAt : null,
      description: await this.opened(ofType(loaded, 'IncidentDeclared')[0], 'description'),
      finding: await this.opened(ofType(loaded, 'IncidentClosed')[0], 'finding'),
      notes: await Promise.all(
        ofType(loaded, 'IncidentNoted').map(async (entry) => ({
          at: entry.at,
          by: personBehind(entry),
          note: await this.opened(entry, 'note'),
        })),
      ),
      fault: await this.faultOf(incident, state),
      reached: { recipient: reached.includes('recipient'), provider: reached.includes('provider') },
      alerts: alerts.map((alert) => reportOf(alert, now)),
    };
  }

  /** How many incidents are open that people of the acting person's side have declared. */
  private async countOpen(context: CommandContext): Promise<number> {
    const side = await sideOf(this.journal, context);
    const incidents = [...new Set([...this.open(), ...this.declared])];
    const streams = await loadGenuine(this.journal, incidents.map(incidentStream));
    let count = 0;
    for (const [index, loaded] of streams.entries()) {
      if (!loaded) continue;
      const state = foldLoaded(loaded, incidentFolding);
      if (state.state === 'closed') this.declared.delete(incidents[index] ?? '');
      if (state.state !== 'open' || state.cause !== null) continue;
      const by = loaded.entries[0] ? personBehind(loaded.entries[0]) : null;
      if (by !== null && (await sideOfPerson(this.journal, by)) === side) count += 1;
    }
    return count;
  }

  private async find(
    incident: string,
    agreement: string,
  ): Promise<{
    readonly loaded: LoadedStream;
    readonly state: Exclude<IncidentState, { readonly state: 'none' }>;
  }> {
    const loaded = await this.journal.load(incidentStream(incident));
    const state = foldLoaded(loaded, incidentFolding);
    if (state.state === 'none' || loaded.recorded[0]?.agreement !== agreement) {
      throw new NotFound('incident');
    }
    return { loaded, state };
  }

  private decide(
    incident: string,
    context: CommandContext,
    decider: (state: IncidentState) => Decision<IncidentEvent> | Promise<Decision<IncidentEvent>>,
  ) {
    return this.journal.decide(incidentStream(incident), incidentFolding, context, decider);
  }

  /** The fault behind an incident; null where there is none, or it has opened another incident since. */
  private async faultOf(incident: string, state: IncidentState): Promise<IncidentReport['fault']> {
    if (state.state === 'none' || state.fault === null || state.cause === null) return null;
    const fault = foldLoaded(await this.journal.load(faultStream(state.fault)), faultFolding);
    if (fault.state === 'none' || fault.incident !== incident) return null;
    return { kind: state.cause, standing: fault.state === 'standing', times: fault.times };
  }

  /** A text as it was typed; null where it is gone, and where the vault is what the incident is about. */
  private async opened(entry: Entry | undefined, field: string): Promise<string | null> {
    if (!entry?.sealed || !Object.hasOwn(entry.sealed, field)) return null;
    try {
      const opened = await this.opener.open<string>(entry, field);
      return opened.state === 'open' ? opened.value : null;
    } catch {
      return null;
    }
  }
}

const ofType = (incident: LoadedStream, type: RecordedIncidentEvent['type']): readonly Entry[] =>
  incident.entries.filter((entry) => entry.type === type);
