import Database from 'better-sqlite3';
import { type Entry, type FaultKind, faultTable, parseEntry } from '#domain';
import type { StoredEvent } from '#event-store';
import type { Deployment } from '../harness/deployment.js';
import { until } from '../harness/processes.js';

/** What these stories read of an event. */
export type Told = Entry & {
  readonly data: {
    readonly incident: string;
    readonly kind: string;
    readonly cause: FaultKind | null;
    readonly contact: string;
    readonly message: string;
    readonly lifeboat: string | null;
  };
};

export const ofType = (events: readonly StoredEvent[], type: string): readonly Told[] =>
  events.filter((event) => event.type === type).map(({ entry }) => parseEntry(entry) as unknown as Told);

/** What reached the two contacts: the ids of the messages about a cause, those of mails first. */
export function messagesAbout({ kiroku }: Deployment, cause: FaultKind): readonly string[] {
  const mails = kiroku.mailbox.mails.filter(({ text }) => text.includes(faultTable[cause].en));
  const webhooks = kiroku.webhooks.received.filter(({ body }) => body.includes(`"${cause}"`));
  const ofMail = mails.map(({ headers }) => /^<(.+)@/.exec(headers['message-id'] ?? '')?.[1] ?? '');
  return [...ofMail, ...webhooks.map(({ id }) => id)];
}

/** Waits until both contacts have a message about a cause, and returns the incident that they were told of. */
export async function incidentToldOf(deployment: Deployment, cause: FaultKind): Promise<string> {
  await until(`both contacts to hear of ${cause}`, () => {
    const contacts = new Set(messagesAbout(deployment, cause).map(contactOf));
    return contacts.size === 2;
  });
  return messagesAbout(deployment, cause)[0]?.slice(0, UUID) ?? '';
}

const UUID = 36;
/** Of a message's id, `<incident>-<contact>.<channel>.<round>`. */
const contactOf = (message: string): string => message.slice(UUID + 1, 2 * UUID + 1);

/** Waits for an event of an incident, in the store itself. */
export async function recordedOf(
  deployment: Deployment,
  type: string,
  incident: string,
): Promise<readonly Told[]> {
  let found: readonly Told[] = [];
  await until(`${type} to be on record`, async () => {
    found = ofType(await deployment.recorded(), type).filter(({ data }) => data.incident === incident);
    return found.length > 0;
  });
  return found;
}

/** Lets a lease run out at once, as real time would; unlike a goodbye, which nobody misses. */
export function lapse({ paths }: Deployment, lease: string): void {
  const database = new Database(paths.operations, { timeout: 5_000 });
  database.prepare('UPDATE leases SET until = 1 WHERE name = ?').run(lease);
  database.close();
}
