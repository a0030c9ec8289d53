import type { Client } from './client.js';

export interface ContactDetails {
  readonly name: string;
  readonly channels: readonly { readonly kind: 'smtp' | 'webhook'; readonly address: string }[];
}

export interface ExchangedContact {
  /** Told at registration and at every change; the demo's receiver checks signatures with it. */
  readonly webhookSecret: string | null;
  readonly confirmed: boolean;
}

/**
 * Registers a party's contact, or changes the one that an earlier demo registered: its webhook listens elsewhere now.
 * The other party confirms it.
 */
export async function ensureContact(
  own: Client,
  other: Client,
  party: 'recipient' | 'provider',
  details: ContactDetails,
): Promise<ExchangedContact> {
  const { body: known } = await own.get('/v1/contacts');
  const contacts = (known['contacts'] as { contact: string; party: string }[] | undefined) ?? [];
  const earlier = contacts.find((each) => each.party === party);
  const { body } = earlier
    ? await own.put(`/v1/contacts/${earlier.contact}`, details)
    : await own.post('/v1/contacts', details);
  const confirmed = await other.post(`/v1/contacts/${String(body['contact'])}/confirmation`, {
    version: body['version'],
  });
  const secret = body['webhookSecret'];
  return { webhookSecret: typeof secret === 'string' ? secret : null, confirmed: confirmed.status < 300 };
}
