import type { IncidentReport, Incidents } from '#application';
import type { IncidentPage, IncidentRow, Queries } from '#read-models';

const PAGE = 50;

/**
 * The list of incidents, from the read models. These stand still while the worker is silent, which is an incident itself:
 * what the alarm knows to be open and they do not comes first, read from its own streams.
 */
export class IncidentList {
  constructor(
    private readonly queries: Pick<Queries, 'incidents'>,
    private readonly incidents: Pick<Incidents, 'show'>,
    /** The open incidents as far as the alarm has read; it reads on in whichever process lives. */
    private readonly openNow: () => readonly string[],
  ) {}

  /** One page; throws `BadCursor` for a cursor that no earlier page gave out. */
  async page(agreement: string, cursor: string | null): Promise<IncidentPage> {
    const asked = cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
    const page = await this.queries.incidents(agreement, asked);
    // Open ones may go on behind this page: then nobody can tell what the read models have not seen.
    const endsAmongOpen = page.next !== null && page.rows.at(-1)?.state === 'open';
    if (cursor !== null || endsAmongOpen) return page;
    const listed = new Set(page.rows.map(({ incident }) => incident));
    const behind = this.openNow().filter((incident) => !listed.has(incident));
    const reports = await Promise.all(behind.map((incident) => this.incidents.show(incident, agreement)));
    const unread = reports.filter(({ state }) => state === 'open').map(rowOf);
    return { ...page, rows: [...unread.toReversed(), ...page.rows] };
  }
}

const rowOf = ({ fault, alerts, ...report }: IncidentReport): IncidentRow => {
  const { incident, state, kind, cause, declaredAt, closedAt } = report;
  return {
    incident,
    state,
    kind,
    cause,
    declaredAt,
    closedAt,
    fault: fault && { standing: fault.standing, times: fault.times },
    contacts: alerts.length,
    reached: alerts.filter(({ sentAt, acknowledgedAt }) => sentAt !== null || acknowledgedAt !== null).length,
    acknowledged: alerts.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
  };
};
