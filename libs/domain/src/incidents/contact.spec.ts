import { describe, expect, it } from '@jest/globals';
import type { Side } from '../access/access.events.js';
import { specify } from '../kernel/specification.js';
import { type Channel, type ContactEvent, contactEvents } from './contact.events.js';
import {
  type ChangeContact,
  decideChangeContact,
  decideConfirmContact,
  decideRegisterContact,
  decideRemoveContact,
  type DescribeContact,
  evolveContacts,
  hasConfirmedContact,
  initialContacts,
  sidesWithoutContact,
} from './contact.js';

const { given } = specify(contactEvents, evolveContacts, initialContacts);

/** When what is given happened. */
const AT = '2026-04-01T00:00:00.000Z';
const mail: Channel = { kind: 'smtp', address: 'duty@agency.example' };
const hook: Channel = { kind: 'webhook', address: 'https://agency.example/hooks/kiroku' };
const duty: DescribeContact = {
  contact: 'c-1',
  party: 'recipient',
  name: '緊急連絡当番',
  channels: [mail, hook],
  side: 'recipient',
};

const registered = (contact = 'c-1'): ContactEvent => ({
  type: 'ContactRegistered',
  data: {
    contact,
    party: 'recipient',
    version: 1,
    name: '緊急連絡当番',
    channels: [mail, hook],
    kinds: ['smtp', 'webhook'],
  },
});
const changed = (contact = 'c-1', version = 2): ContactEvent => ({
  type: 'ContactChanged',
  data: {
    contact,
    party: 'recipient',
    version,
    name: '緊急連絡当番',
    channels: [hook],
    kinds: ['webhook'],
  },
});
const confirmed = (contact = 'c-1', version = 1): ContactEvent => ({
  type: 'ContactConfirmed',
  data: { contact, party: 'recipient', version },
});
const removed = (contact = 'c-1'): ContactEvent => ({
  type: 'ContactRemoved',
  data: { contact, party: 'recipient' },
});

const register = (part: Partial<DescribeContact> = {}, ...facts: readonly ContactEvent[]) =>
  given(...facts).when((state) => decideRegisterContact(state, { ...duty, ...part }));
const change = (part: Partial<ChangeContact> = {}, ...facts: readonly ContactEvent[]) =>
  given(...facts).when((state) => decideChangeContact(state, { ...duty, now: AT, ...part }));
const confirm = (version: number, side: Side, ...facts: readonly ContactEvent[]) =>
  given(...facts).when((state) => decideConfirmContact(state, { contact: 'c-1', version, side }));
const remove = (side: Side, ...facts: readonly ContactEvent[]) =>
  given(...facts).when((state) => decideRemoveContact(state, { contact: 'c-1', side }));

describe('a contact is registered', () => {
  it('with its channels in the order in which they are tried, and their kinds in clear', () => {
    expect(register().events).toEqual([registered()]);
  });

  it('by its own party only', () => {
    expect(register({ side: 'provider' }).refusals).toEqual(['contact-of-other-party']);
  });

  it('under an id that no contact has or had', () => {
    expect(register({}, registered()).refusals).toEqual(['contact-exists']);
    expect(register({}, registered(), registered('c-2'), removed()).refusals).toEqual(['contact-exists']);
  });

  it('up to 20 of a party, the removed ones not counted', () => {
    const many = Array.from({ length: 20 }, (_, index) => registered(`c-${index + 2}`));
    expect(register({}, ...many.slice(1)).refusals).toEqual([]);
    expect(register({}, ...many).refusals).toEqual(['contacts-too-many']);
    expect(register({}, ...many, removed('c-7')).refusals).toEqual([]);
  });

  it.each([
    ['a blank name', { name: ' ' }, ['name-malformed']],
    ['a name of 201 characters', { name: '当'.repeat(201) }, ['name-malformed']],
    ['no channel', { channels: [] }, ['channels-empty']],
    [
      'six channels',
      { channels: [1, 2, 3, 4, 5, 6].map((n): Channel => ({ kind: 'smtp', address: `d${n}@a.example` })) },
      ['channels-too-many'],
    ],
    [
      'the same way twice',
      { channels: [mail, { ...mail, address: 'Duty@agency.example' }] },
      ['channel-repeated'],
    ],
    [
      'a kind that is none',
      { channels: [{ kind: 'toString' as 'smtp', address: 'duty@agency.example' }] },
      ['channel-malformed'],
    ],
    ['everything at once', { name: '', channels: [] }, ['name-malformed', 'channels-empty']],
  ])('but not with %s', (_, part, refusals) => {
    expect(register(part).refusals).toEqual(refusals);
  });

  it('with five channels', () => {
    const channels = [1, 2, 3, 4, 5].map((n): Channel => ({ kind: 'smtp', address: `d${n}@a.example` }));
    expect(register({ channels }).refusals).toEqual([]);
  });

  it('with a name of 200 characters outside the basic plane', () => {
    expect(register({ name: '𠮷'.repeat(200) }).refusals).toEqual([]);
  });
});

describe('a mail address', () => {
  const give = (address: string) => register({ channels: [{ kind: 'smtp', address }] }).refusals;

  it.each([
    'duty@agency.example',
    'a.b+kiroku@mail.agency.example',
    'mobile..phone.@docomo.example',
    'root@localhost',
    `${'a'.repeat(64)}@${'b'.repeat(63)}.example`,
  ])('is taken: %s', (address) => expect(give(address)).toEqual([]));

  it.each([
    ['without @', 'duty.agency.example'],
    ['with two', 'duty@home@agency.example'],
    ['without a local part', '@agency.example'],
    ['without a host', 'duty@'],
    ['with a list', 'a@agency.example,b@agency.example'],
    ['with angle brackets', '<duty@agency.example>'],
    ['with a space', 'duty officer@agency.example'],
    ['with a line break that ends the header', 'duty@agency.example\r\nBcc: x@y.example'],
    ['with a line break at its end', 'duty@agency.example\n'],
    ['with a quoted part', '"duty"@agency.example'],
    ['with a literal', 'duty@[127.0.0.1]'],
    ['not of ASCII', '当番@agency.example'],
    ['with a host that begins with a hyphen', 'duty@-agency.example'],
    ['of 255 characters', `${'a'.repeat(60)}@${`${'b'.repeat(47)}.`.repeat(4)}ee`],
  ])('is refused: %s', (_, address) => expect(give(address)).toEqual(['channel-malformed']));

  it('of 254 characters is the longest', () => {
    const address = `${'a'.repeat(60)}@${`${'b'.repeat(47)}.`.repeat(4)}e`;
    expect(address).toHaveLength(254);
    expect(give(address)).toEqual([]);
  });

  it('that makes a machine look long is refused quickly', () => {
    expect(give(`a@${'a-'.repeat(120)}`)).toEqual(['channel-malformed']);
  });
});

describe('a webhook', () => {
  const give = (address: string) => register({ channels: [{ kind: 'webhook', address }] }).refusals;

  it.each([
    'https://agency.example',
    'https://agency.example:8443/hooks/a?team=b&x=%E5%BD%93',
    'https://[2001:db8::1]/hook',
    'http://127.0.0.1:4000/hook',
    'http://[::1]:4000/',
    'http://localhost/hook',
  ])('is taken: %s', (address) => expect(give(address)).toEqual([]));

  it.each([
    ['of another scheme', 'ftp://agency.example/'],
    ['in clear over the network', 'http://agency.example/hook'],
    ['in clear to what only looks like this machine', 'http://localhost.agency.example/'],
    ['in clear to another loopback address', 'http://127.0.0.2/'],
    ['relative', '/hook'],
    ['without slashes', 'https:agency.example'],
    ['without a host', 'https:///hook'],
    ['with user information', 'https://user:secret@agency.example/'],
    ['with empty user information', 'https://@agency.example/'],
    ['with a fragment', 'https://agency.example/#part'],
    ['with an empty fragment', 'https://agency.example/#'],
    ['with a backslash', 'https://agency.example\\@evil.example/'],
    ['with a space before it', ' https://agency.example/'],
    ['with a tab in it', 'https://agency\t.example/'],
    ['with a line break', 'https://agency.example/\r\nHost: evil'],
    ['not of ASCII', 'https://agency.example/当番'],
    ['with a host not of ASCII', 'https://連絡.example/'],
    ['with a port that is none', 'https://agency.example:99999/'],
    ['with a host that is no name', 'https://a<b/'],
  ])('is refused: %s', (_, address) => expect(give(address)).toEqual(['channel-malformed']));

  it('has at most 2,000 characters', () => {
    const of = (length: number) => 'https://agency.example/'.padEnd(length, 'a');
    expect(give(of(2_000))).toEqual([]);
    expect(give(of(2_001))).toEqual(['channel-malformed']);
  });
});

describe('a contact is changed', () => {
  it('whole, as a new version', () => {
    expect(change({ channels: [hook] }, registered()).events).toEqual([changed()]);
    expect(change({ channels: [hook] }, registered(), changed()).events).toEqual([changed('c-1', 3)]);
  });

  it('by its own party only', () => {
    expect(change({ side: 'provider' }, registered()).refusals).toEqual(['contact-of-other-party']);
  });

  it('if there is one', () => {
    expect(change().refusals).toEqual(['contact-unknown']);
    expect(change({}, registered(), registered('c-2'), removed()).refusals).toEqual(['contact-unknown']);
  });

  it('to nothing that could not be registered', () => {
    expect(change({ name: '', channels: [] }, registered()).refusals).toEqual([
      'name-malformed',
      'channels-empty',
    ]);
  });
});

describe('a contact is confirmed', () => {
  it('by the other party, which says that it was told', () => {
    expect(confirm(1, 'provider', registered()).events).toEqual([confirmed()]);
  });

  it('not by its own', () => {
    expect(confirm(1, 'recipient', registered()).refusals).toEqual(['contact-of-own-party']);
  });

  it('once: again is nothing', () => {
    const again = confirm(1, 'provider', registered(), confirmed());
    expect(again.decision.accepted).toBe(true);
    expect(again.events).toEqual([]);
  });

  it('as it is now, and again after every change', () => {
    const facts = [registered(), confirmed(), changed()];
    expect(confirm(1, 'provider', ...facts).refusals).toEqual(['contact-version-outdated']);
    expect(confirm(3, 'provider', ...facts).refusals).toEqual(['contact-version-outdated']);
    expect(confirm(2, 'provider', ...facts).events).toEqual([confirmed('c-1', 2)]);
  });

  it('if there is one', () => {
    expect(confirm(1, 'provider').refusals).toEqual(['contact-unknown']);
  });
});

describe('a contact is removed', () => {
  it('when another is there', () => {
    expect(remove('recipient', registered(), registered('c-2')).events).toEqual([removed()]);
  });

  it('never as the last', () => {
    expect(remove('recipient', registered()).refusals).toEqual(['contact-last']);
    expect(remove('recipient', registered(), registered('c-2'), removed('c-2')).refusals).toEqual([
      'contact-last',
    ]);
  });

  it('never as the last that the other party has confirmed: every inquiry would stop', () => {
    const facts = [registered(), confirmed(), registered('c-2')];
    expect(remove('recipient', ...facts).refusals).toEqual(['contact-last']);
    expect(remove('recipient', ...facts, confirmed('c-2')).events).toEqual([removed()]);
  });

  it('by its own party only', () => {
    expect(remove('provider', registered(), registered('c-2')).refusals).toEqual(['contact-of-other-party']);
  });

  it('if there is one', () => {
    expect(remove('recipient').refusals).toEqual(['contact-unknown']);
  });
});

describe('a party has somebody to be called', () => {
  it.each<[string, readonly ContactEvent[], boolean]>([
    ['not without a contact', [], false],
    ['not before the other party has confirmed one', [registered()], false],
    ['once it has', [registered(), confirmed()], true],
    ['still when the contact was changed since', [registered(), confirmed(), changed()], true],
    ['not by a contact that was removed', [registered(), confirmed(), registered('c-2'), removed()], false],
  ])('%s', (_, facts, expected) => {
    expect(hasConfirmedContact(given(...facts).state)).toBe(expected);
  });

  it('and the sides that have nobody are named', () => {
    const [nobody, somebody] = [given().state, given(registered(), confirmed()).state];
    expect(sidesWithoutContact({ recipient: nobody, provider: nobody })).toEqual(['recipient', 'provider']);
    expect(sidesWithoutContact({ recipient: somebody, provider: nobody })).toEqual(['provider']);
    expect(sidesWithoutContact({ recipient: somebody, provider: somebody })).toEqual([]);
  });
});

describe('contacts', () => {
  it('are changed ten times an hour at most, each of them', () => {
    const often = Array.from({ length: 10 }, (_, index) => changed('c-1', index + 2));
    const facts = [registered(), registered('c-2'), ...often];
    expect(change({}, ...facts.slice(0, -1)).refusals).toEqual([]);
    expect(change({}, ...facts).refusals).toEqual(['contact-changes-too-many']);
    expect(change({ now: '2026-04-01T00:59:59.999Z' }, ...facts).refusals).toEqual([
      'contact-changes-too-many',
    ]);
    expect(change({ now: '2026-04-01T01:00:00.000Z' }, ...facts).refusals).toEqual([]);
    expect(change({ contact: 'c-2' }, ...facts).refusals).toEqual([]);
  });

  it('are changed again although the clock was put back since', () => {
    const often = Array.from({ length: 10 }, (_, index) => changed('c-1', index + 2));
    expect(change({ now: '2026-03-31T00:00:00.000Z' }, registered(), ...often).refusals).toEqual([]);
  });

  it('are kept in the order of registration, with the version that was confirmed', () => {
    const { state } = given(
      registered(),
      registered('c-2'),
      registered('c-3'),
      confirmed(),
      changed(),
      removed('c-2'),
    );
    expect(state).toEqual({
      contacts: [
        {
          contact: 'c-1',
          party: 'recipient',
          version: 2,
          kinds: ['webhook'],
          confirmed: 1,
          changes: [AT],
        },
        {
          contact: 'c-3',
          party: 'recipient',
          version: 1,
          kinds: ['smtp', 'webhook'],
          confirmed: null,
          changes: [],
        },
      ],
      removed: ['c-2'],
    });
  });
});
