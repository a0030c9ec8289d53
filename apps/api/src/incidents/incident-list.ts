import type { IncidentReport, Incidents } from '#application';
import type { Marks } from '#operations';
import type { IncidentPage, IncidentRow, Queries } from '#read-models';
import { alarmProgress } from './alarm-progress.js';

/**
 * The list of incidents, from the read models. These stand still while the worker is silent, which is an incident itself:
 * what the alarm knows to be open and they do not comes first, read from its own streams.
 */
export class IncidentList {
  constructor(
    private readonly queries: Pick<Queries, 'incidents'>,
    private readonly incidents: Pick<Incidents, 'show'>,
    private readonly marks: Pick<Marks, 'read'>,
  ) {}

  /**
   * One page, the first one with whatever the read models have not seen on top of its `limit`. Throws `BadCursor` for a
   * cursor that no earlier page gave out.
   */
  async page(agreement: string, limit: number, cursor: string | null): Promise<IncidentPage> {
    const asked = cursor === null ? { limit } : { limit, cursor };
    const page = await this.queries.incidents(agreement, asked);
    // Open ones may go on behind this page: then nobody can tell what the read models have not seen.
    const endsAmongOpen = page.next !== null && page.rows.at(-1)?.state === 'open';
    if (cursor !== null || endsAmongOpen) return page;
    const listed = new Set(page.rows.map(({ incident }) => incident));
    const behind = alarmProgress(this.marks).open.filter((incident) => !listed.has(incident));
    return { ...page, rows: [...(await this.unread(behind, agreement)), ...page.rows] };
  }

  /**
   * Those of the incidents that are open, the one declared last first. An incident of another agreement is none here; one
   * whose streams cannot be read must not hide the others, and says why where it is asked for by itself.
   */
  private async unread(incidents: readonly string[], agreement: string): Promise<readonly IncidentRow[]> {
    const asked = incidents.map((incident) => this.incidents.show(incident, agreement));
    const reports = (await Promise.allSettled(asked)).flatMap((answer) =>
      answer.status === 'fulfilled' ? [answer.value] : [],
    );
    return reports
      .filter(({ state }) => state === 'open')
      .map(rowOf)
      .toReversed();
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
