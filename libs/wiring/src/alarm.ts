import { Alerts, Contacts, Faults, Incidents } from '#application';
import type { Rooms } from './rooms.js';

/** What notices, tells and waits for an answer; one set a process, so that no alert is sent twice at once. */
export interface AlarmRooms {
  readonly contacts: Contacts;
  readonly faults: Faults;
  readonly incidents: Incidents;
  readonly alerts: Alerts;
}

/** The alarm over the rooms. */
export function alarmOf({ journal, vault, links }: Rooms): AlarmRooms {
  const contacts = new Contacts(journal, vault);
  const faults = new Faults(journal);
  const incidents = new Incidents(journal, vault, contacts, {});
  return { contacts, faults, incidents, alerts: new Alerts(journal, contacts, links) };
}
