import { readFileSync } from 'node:fs';
import {
  AcknowledgementLinks,
  Alarm,
  ALARM_POLICIES,
  AlarmPolicies,
  AlertDelivery,
  Alerts,
  Contacts,
  Faults,
  Incidents,
} from '#application';
import { type AlertBounds, strictAlertBounds } from '#domain';
import {
  type Channels,
  type Lifeboat,
  openChannels,
  openLifeboat,
  type SmtpOptions,
  withSpare,
} from '#notifications';
import { alertKeysOf, WebhookSecrets } from './alert-key.js';
import type { Configuration } from './configuration.js';
import { spareOf } from './lifeboat-spare.js';
import type { Rooms } from './rooms.js';

/**
 * The ways out of the house: what reaches the contacts when store, vault and disk have failed. They need the
 * configuration, one key file and the lifeboat, and nothing else (decision 21).
 */
export interface WaysOut {
  readonly channels: Channels;
  readonly lifeboat: Lifeboat;
  readonly links: AcknowledgementLinks;
  readonly webhookSecrets: WebhookSecrets;
  close(): Promise<void>;
}

/**
 * Opens the ways out for one process. A command at a terminal (`cli`) alerts nobody: it reads no password of the mail
 * server, and leaves no file in the lifeboat. Throws `AlertKeyDamaged`.
 */
export function openWaysOut(configuration: Configuration, process: string): WaysOut {
  const { alertKey, publicUrl, paths, webhookPrivateTargets, webhookCa, alertTimeoutSeconds } = configuration;
  const keys = alertKeysOf(alertKey);
  const webhookSecrets = new WebhookSecrets(keys);
  const alerts = process !== 'cli';
  const channels = openChannels({
    smtp: alerts ? smtpOf(configuration) : null,
    webhook: {
      secretOf: (contact, version) => webhookSecrets.of(contact, version),
      privateTargets: webhookPrivateTargets,
      ...(alerts && webhookCa !== null ? { ca: readFileSync(webhookCa, 'utf8') } : {}),
    },
    timeoutMs: alertTimeoutSeconds * 1_000,
  });
  const lifeboat = { directory: paths.lifeboat, process: nameOf(configuration, process), key: keys.lifeboat };
  return {
    channels,
    lifeboat: alerts ? withSpare(openLifeboat(lifeboat), spareOf(lifeboat)) : noLifeboat,
    links: new AcknowledgementLinks(keys.link, publicUrl),
    webhookSecrets,
    close: () => channels.close(),
  };
}

const noLifeboat: Lifeboat = {
  provisions: () => null,
  alarms: () => [],
  stock: () => undefined,
  note: () => undefined,
  forget: () => undefined,
};

/**
 * What names a process's files in the lifeboat, which only that process writes: of several apis on one machine each
 * listens on a port of its own.
 */
const nameOf = ({ port }: Configuration, process: string): string =>
  process === 'api' ? `api-${port}` : process;

/** The mail server as configured; null where there is none. */
function smtpOf(configuration: Configuration): SmtpOptions | null {
  const { smtpHost: host, smtpPort: port, smtpSecurity, smtpFrom: from, smtpUser, smtpCa } = configuration;
  if (host === null || from === null) return null;
  const password = configuration.smtpPasswordFile;
  return {
    host,
    port,
    security: smtpSecurity,
    from,
    name: from.slice(from.indexOf('@') + 1),
    ...(smtpUser === null ? {} : { user: smtpUser }),
    ...(password === null ? {} : { password: readFileSync(password, 'utf8').trimEnd() }),
    ...(smtpCa === null ? {} : { ca: readFileSync(smtpCa, 'utf8') }),
  };
}

/** What notices, tells and waits for an answer. */
export interface AlarmRooms {
  readonly contacts: Contacts;
  readonly faults: Faults;
  readonly incidents: Incidents;
  readonly alerts: Alerts;
  readonly alarm: Alarm;
}

/**
 * The alarm over the rooms. Of the sets in a process only the one of `AlarmDuty` may deliver: each knows the attempts
 * under way that it has started itself.
 */
export function alarmOf(rooms: Rooms): AlarmRooms {
  const { journal, vault, store, marks, log, configuration, channels, lifeboat, links } = rooms;
  const { publicUrl, alertRepeatMinutes, faultSettleSeconds } = configuration;
  const bounds: AlertBounds = { ...strictAlertBounds, repeatMs: alertRepeatMinutes * 60_000 };
  const contacts = new Contacts(journal, vault, () => lifeboat.provisions()?.contacts ?? []);
  const faults = new Faults(journal);
  const incidents = new Incidents(
    journal,
    vault,
    contacts,
    bounds,
    () => marks.read<{ open: readonly string[] }>(ALARM_POLICIES)?.open ?? [],
  );
  const alerts = new Alerts(journal, contacts, links);
  const checkpoint = (): Promise<string> => log.checkpointNote();
  const delivery = new AlertDelivery(journal, contacts, channels, links, checkpoint, { bounds, publicUrl });
  const policies = new AlarmPolicies(journal, store, marks, faults, incidents, alerts, {
    faultSettleMs: faultSettleSeconds * 1_000,
  });
  return { contacts, faults, incidents, alerts, alarm: new Alarm(policies, delivery) };
}
