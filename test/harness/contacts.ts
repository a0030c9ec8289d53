import type { Side } from '#domain';
import { alarmOf, type Initialised, type Rooms } from '#wiring';
import type { WebhookReceiver } from './webhook-receiver.js';

/** A contact as a story knows it: where its mail and its webhooks arrive. */
export interface RegisteredContact {
  readonly contact: string;
  readonly mail: string;
  /** Path at the receiver. */
  readonly path: string;
  /** What the receiver was told at registration. */
  readonly webhookSecret: string;
}

export type RegisteredContacts = Readonly<Record<Side, RegisteredContact>>;

/** Each party names one; the recipient's is reached by mail first, the provider's by webhook. */
const details = {
  recipient: { name: '緊急 当番', mail: 'kinkyu@recipient.example', path: '/recipient', first: 'smtp' },
  provider: { name: '提供者 当直', mail: 'tochoku@provider.example', path: '/provider', first: 'webhook' },
} as const;

/** Each party registers its contact and confirms the other's: without them nothing is provided (annex 2, 4(1)). */
export async function exchangeContacts(
  rooms: Rooms,
  { accounts }: Initialised,
  webhooks: WebhookReceiver,
): Promise<RegisteredContacts> {
  const { journal, webhookSecrets, configuration } = rooms;
  const { contacts } = alarmOf(rooms);
  const as = (role: 'incident-responder' | 'provider') => {
    const operator = accounts.find((each) => each.role === role)?.operator;
    if (!operator) throw new Error(`no account with role ${role}`);
    return { actor: { operator }, agreement: configuration.agreement, correlation: journal.newId() };
  };
  const [recipient, provider] = [as('incident-responder'), as('provider')];
  const register = async (side: Side): Promise<RegisteredContact> => {
    const [own, other] = side === 'recipient' ? [recipient, provider] : [provider, recipient];
    const { name, mail, path, first } = details[side];
    const byMail = { kind: 'smtp', address: mail } as const;
    const byWebhook = { kind: 'webhook', address: webhooks.url(path) } as const;
    const channels = first === 'smtp' ? [byMail, byWebhook] : [byWebhook, byMail];
    const { contact, version } = await contacts.register({ name, channels }, own);
    await contacts.confirm(contact, version, other);
    return { contact, mail, path, webhookSecret: webhookSecrets.of(contact, version) };
  };
  return { recipient: await register('recipient'), provider: await register('provider') };
}
