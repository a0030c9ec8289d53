import type { Side } from '../access/access.events.js';
import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** The contacts (連絡先) of one party of an agreement, for security and emergencies (annex 2, 4(1)). */
export const contactStream = (agreement: string, party: Side): string => `contact-${agreement}-${party}`;

/** How a contact can be reached: by mail (SMTP), or by a signed web request (Standard Webhooks). */
export const channelKinds = ['smtp', 'webhook'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** One way to a contact: `address` is a mail address or an absolute URL; personal data, sealed under the contact's key. */
export interface Channel {
  readonly kind: ChannelKind;
  readonly address: string;
}

interface ContactData {
  contact: string;
  party: Side;
  /** 1 at registration, one more with every change; what the other party confirms is a version. */
  version: number;
  /** Name of the person or duty; dies with the contact's key. */
  name: string;
  /** In the order in which they are tried; dies with the contact's key. */
  channels: readonly Channel[];
  /** The kinds of the channels in the same order: all that the alarm's bookkeeping needs to see. */
  kinds: readonly ChannelKind[];
}
const lifetimes = {
  contact: 'clear',
  party: 'clear',
  version: 'clear',
  name: { person: 'contact' },
  channels: { person: 'contact' },
  kinds: 'clear',
} as const;

export const ContactRegistered = defineEvent<ContactData>()(
  'ContactRegistered',
  1,
  {
    en: 'A party registered a contact for security and emergencies (annex 2, 4(1)).',
    ja: '当事者がセキュリティ・緊急時の連絡先を登録した（別紙2の4(1)）。',
  },
  lifetimes,
);

export const ContactChanged = defineEvent<ContactData>()(
  'ContactChanged',
  1,
  {
    en: 'A contact was changed; the other party has to confirm it again.',
    ja: '連絡先が変更された（相手方の確認が改めて必要）。',
  },
  lifetimes,
);

export const ContactConfirmed = defineEvent<{ contact: string; party: Side; version: number }>()(
  'ContactConfirmed',
  1,
  {
    en: 'The other party confirmed that it was told this contact (annex 2, 4(1)).',
    ja: '相手方が連絡先の通知を確認した（別紙2の4(1)）。',
  },
  { contact: 'clear', party: 'clear', version: 'clear' },
);

export const ContactRemoved = defineEvent<{ contact: string; party: Side }>()(
  'ContactRemoved',
  1,
  { en: 'A contact was removed and is alerted no more.', ja: '連絡先が削除され、以後は通報されない。' },
  { contact: 'clear', party: 'clear' },
);

export const contactEvents = {
  ContactRegistered,
  ContactChanged,
  ContactConfirmed,
  ContactRemoved,
} as const;
export type ContactEvent = FactsOf<typeof contactEvents>;
export type RecordedContactEvent = RecordsOf<typeof contactEvents>;
