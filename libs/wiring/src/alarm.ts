import {
  AcknowledgementLinks,
  Alarm,
  AlarmPolicies,
  AlertDelivery,
  Alerts,
  Contacts,
  Faults,
  Incidents,
} from '#application';
import { type AlertBounds, strictAlertBounds } from '#domain';
import type { Channels } from '#notifications';
import { alertKeysOf, WebhookSecrets } from './alert-key.js';
import type { Configuration } from './configuration.js';
import type { Rooms } from './rooms.js';

/**
 * The ways out of the house: what reaches the contacts when store, vault and disk have failed. They need the
 * configuration, one key file and the lifeboat, and nothing else (decision 21).
 */
export interface WaysOut {
  readonly channels: Channels;
  readonly links: AcknowledgementLinks;
  readonly webhookSecrets: WebhookSecrets;
  close(): Promise<void>;
}

/** Opens the ways out for one process. Throws `AlertKeyDamaged`. */
export function openWaysOut(configuration: Configuration): WaysOut {
  const { alertKey, publicUrl } = configuration;
  const keys = alertKeysOf(alertKey);
  const webhookSecrets = new WebhookSecrets(keys);
  // TODO: openChannels, openLifeboat
  const channels: Channels = {
    send: (_channel, { id }) =>
      Promise.resolve({ delivered: false, message: id, why: 'not-configured', permanent: true }),
    close: () => Promise.resolve(),
  };
  return {
    channels,
    links: new AcknowledgementLinks(keys.link, publicUrl),
    webhookSecrets,
    close: () => channels.close(),
  };
}

/** What notices, tells and waits for an answer; one set a process, so that no alert is sent twice at once. */
export interface AlarmRooms {
  readonly contacts: Contacts;
  readonly faults: Faults;
  readonly incidents: Incidents;
  readonly alerts: Alerts;
  readonly alarm: Alarm;
}

/** The alarm over the rooms. */
export function alarmOf(rooms: Rooms): AlarmRooms {
  const { journal, vault, store, operations, log, configuration, channels, links } = rooms;
  const { publicUrl, alertRepeatMinutes, faultSettleSeconds } = configuration;
  const bounds: AlertBounds = { ...strictAlertBounds, repeatMs: alertRepeatMinutes * 60_000 };
  const contacts = new Contacts(journal, vault);
  const faults = new Faults(journal);
  const incidents = new Incidents(journal, vault, contacts, bounds);
  const alerts = new Alerts(journal, contacts, links);
  const checkpoint = (): Promise<string> => log.checkpointNote();
  const delivery = new AlertDelivery(journal, contacts, channels, links, checkpoint, { bounds, publicUrl });
  const policies = new AlarmPolicies(journal, store, operations.marks, faults, incidents, alerts, {
    faultSettleMs: faultSettleSeconds * 1_000,
  });
  return { contacts, faults, incidents, alerts, alarm: new Alarm(policies, alerts, delivery) };
}
