import {
  type AlertBounds,
  alertFolding,
  alertOf,
  alertStanding,
  alertStream,
  type ChannelKind,
  type DeliveryFault,
  isReached,
  type RecordedAlertEvent,
  type Side,
  timeOfUuid7,
} from '#domain';
import { foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import type { Contacts, KnownContact } from './contacts.js';
import { loadGenuine } from './genuine-streams.js';

/** An alert and how far it has come. Times are ISO 8601, real time. */
export interface AlertReport {
  readonly alert: string;
  readonly contact: string;
  readonly party: Side;
  readonly state: 'pending' | 'failing' | 'delivered' | 'acknowledged';
  /** Not acknowledged within the bound: somebody should telephone. Never for a contact that was removed. */
  readonly overdue: boolean;
  readonly raisedAt: string;
  /** When a channel last took it. */
  readonly sentAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: 'link' | 'person' | null;
  /** How often it was tried, with and without success. */
  readonly attempts: number;
  readonly lastFailure: {
    readonly at: string;
    readonly why: DeliveryFault;
    readonly kind: ChannelKind;
  } | null;
  /** When it is tried next; null when it is not. */
  readonly nextAt: string | null;
  /** The kinds of the channels that were tried, in the order in which each was first tried. */
  readonly channelsTried: readonly ChannelKind[];
}

/** An alert's stream beside its contact: alerts of a removed one stay on record and are sent no more. */
export interface AlertOfContact extends KnownContact {
  readonly loaded: LoadedStream;
}

/** The alerts of an incident, of all contacts that there ever were. */
export async function alertsOf(
  journal: Journal,
  contacts: Pick<Contacts, 'everKnown'>,
  incident: string,
  agreement: string,
): Promise<readonly AlertOfContact[]> {
  const known = await contacts.everKnown(agreement);
  const streams = await loadGenuine(
    journal,
    known.map(({ contact }) => alertStream(alertOf(incident, contact))),
  );
  return streams.flatMap((loaded, index) => {
    const contact = known[index];
    return loaded && loaded.revision >= 0 && contact ? [{ loaded, ...contact }] : [];
  });
}

/** The sides of which somebody was reached: a channel took the alert, or somebody acknowledged it (ADR 0009). */
export const sidesReached = (alerts: readonly AlertOfContact[]): readonly Side[] => [
  ...new Set(
    alerts.filter(({ loaded }) => isReached(foldLoaded(loaded, alertFolding))).map(({ party }) => party),
  ),
];

/** The report of one alert at real time `realNow`. */
export function reportOf(
  { loaded, living }: AlertOfContact,
  {
    realNow,
    bounds,
    open,
  }: { readonly realNow: number; readonly bounds: AlertBounds; readonly open: boolean },
): AlertReport {
  const events = loaded.recorded as readonly RecordedAlertEvent[];
  const [raised] = events;
  if (raised?.type !== 'AlertRaised') throw new TypeError(`${loaded.stream} does not begin with AlertRaised`);
  const { alert, contact, party } = raised.data;
  const pursued = open && living !== null;
  const standing = alertStanding(foldLoaded(loaded, alertFolding), {
    realNow,
    bounds,
    channels: living?.kinds.length ?? 0,
    since: living?.since ?? 0,
  });
  const attempts = events.filter(isAttempt);
  const failed = attempts.findLast(({ type }) => type === 'AlertDeliveryFailed');
  const sent = attempts.findLast(({ type }) => type === 'AlertSent');
  const acknowledged = events.find((event) => event.type === 'AlertAcknowledged');
  return {
    alert,
    contact,
    party,
    state: standing.state,
    overdue: pursued && standing.overdue,
    raisedAt: timeOf(raised),
    sentAt: sent ? sentAtOf(sent) : null,
    acknowledgedAt: acknowledged ? timeOf(acknowledged) : null,
    acknowledgedBy: acknowledged?.data.by ?? null,
    attempts: attempts.length,
    lastFailure:
      failed?.type === 'AlertDeliveryFailed'
        ? { at: timeOf(failed), why: failed.data.why, kind: failed.data.kind }
        : null,
    nextAt: pursued && standing.nextAt !== null ? new Date(standing.nextAt).toISOString() : null,
    channelsTried: [...new Set(attempts.map(({ data }) => data.kind))],
  };
}

type AttemptEvent = Extract<RecordedAlertEvent, { readonly type: 'AlertSent' | 'AlertDeliveryFailed' }>;

const isAttempt = (event: RecordedAlertEvent): event is AttemptEvent =>
  event.type === 'AlertSent' || event.type === 'AlertDeliveryFailed';

const timeOf = ({ id }: { readonly id: string }): string => new Date(timeOfUuid7(id)).toISOString();

/** What the lifeboat sent is put on record later than it was sent. */
const sentAtOf = (event: AttemptEvent): string =>
  (event.type === 'AlertSent' ? event.data.lifeboat : null) ?? timeOf(event);
