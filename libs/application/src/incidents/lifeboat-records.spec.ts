import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  alertOf,
  alertStream,
  decideCloseIncident,
  faultOf,
  faultStream,
  incidentFolding,
  incidentStream,
} from '#domain';
import { StoreFailed } from '#event-store';
import type { Lifeboat } from '#notifications';
import { InMemoryChannels, InMemoryHarbour } from '../testing/in-memory-lifeboat.js';
import { AGREEMENT, byInit, InMemory } from '../testing/in-memory.js';
import { AcknowledgementLinks } from './acknowledgement-link.js';
import { Contacts, type Reachable } from './contacts.js';
import { Faults } from './faults.js';
import { Incidents } from './incidents.js';
import { LifeboatAlarm } from './lifeboat-alarm.js';
import { LifeboatRecords } from './lifeboat-records.js';

const OURS = '019d6000-0000-7000-8000-00000000000a';
const THEIRS = '019d6000-0000-7000-8000-00000000000b';
const FAULT = faultOf(AGREEMENT, 'store-failed');

const reachable = (contact: string, change: Partial<Reachable> = {}): Reachable => ({
  contact,
  party: contact === OURS ? 'recipient' : 'provider',
  version: 1,
  kinds: ['smtp'],
  channels: [{ kind: 'smtp', address: `at ${contact}` }],
  since: 0,
  ...change,
});

describe('the lifeboat and the record', () => {
  let world: InMemory;
  let harbour: InMemoryHarbour;
  let lifeboat: Lifeboat;
  let channels: InMemoryChannels;
  let known: readonly Reachable[];
  let checkpoint: string | Error;
  let records: LifeboatRecords;

  /** A process that starts now. */
  const start = (process = 'worker'): void => {
    const { journal, vault } = world;
    lifeboat = harbour.lifeboatOf(process);
    const incidents = new Incidents(journal, vault, new Contacts(journal, vault));
    records = new LifeboatRecords(
      journal,
      { reachable: async () => known },
      new Faults(journal),
      incidents,
      lifeboat,
      async () => {
        if (checkpoint instanceof Error) throw checkpoint;
        return checkpoint;
      },
    );
  };
  const sound = (process = 'worker') =>
    new LifeboatAlarm({
      lifeboat: process === 'worker' ? lifeboat : harbour.lifeboatOf(process),
      channels,
      links: new AcknowledgementLinks(randomBytes(32), 'https://kiroku.example'),
      publicUrl: 'https://kiroku.example',
      clock: world.clock,
      newId: () => world.journal.newId(),
    }).sound('store-failed');
  const incident = (): string => lifeboat.alarms()[0]?.incident ?? 'none';
  const types = (stream: string) => world.types(stream);

  beforeEach(() => {
    world = new InMemory();
    harbour = new InMemoryHarbour();
    channels = new InMemoryChannels();
    known = [reachable(OURS), reachable(THEIRS)];
    checkpoint = 'kiroku.example/log\n1\nAAAA\n';
    start();
  });

  describe('before it is needed', () => {
    const stocked = () => lifeboat.provisions();

    it('keep whom to tell and how, and the latest checkpoint; no names', async () => {
      await records.restock(AGREEMENT);
      expect(stocked()).toEqual({
        agreement: AGREEMENT,
        contacts: [OURS, THEIRS].map((contact) => ({
          contact,
          party: contact === OURS ? 'recipient' : 'provider',
          version: 1,
          channels: [{ kind: 'smtp', address: `at ${contact}` }],
        })),
        checkpoint,
      });
    });

    it('follow every change of a contact, and a checkpoint that is a minute newer', async () => {
      await records.restock(AGREEMENT);
      known = [reachable(OURS, { version: 2 })];
      checkpoint = 'kiroku.example/log\n2\nBBBB\n';
      await records.restock(AGREEMENT);
      expect(stocked()?.contacts.map(({ contact, version }) => [contact, version])).toEqual([[OURS, 2]]);
      expect(stocked()?.checkpoint).toContain('\n1\n');
      world.clock.advance(60_000);
      await records.restock(AGREEMENT);
      expect(stocked()?.checkpoint).toContain('\n2\n');
    });

    it('keep the longer checkpoint when the log was put back to an older state, and let go of another log’s', async () => {
      const stockedAfter = async (note: string): Promise<unknown> => {
        checkpoint = note;
        world.clock.advance(60_000);
        await records.restock(AGREEMENT);
        return stocked()?.checkpoint;
      };
      const long = 'kiroku.example/log\n10\nAAAA\n';
      expect(await stockedAfter(long)).toBe(long);
      expect(await stockedAfter('kiroku.example/log\n9\nBBBB\n')).toBe(long);
      const longer = 'kiroku.example/log\n11\nCCCC\n';
      expect(await stockedAfter(longer)).toBe(longer);
      const other = 'kiroku.example/log-2\n1\nDDDD\n';
      expect(await stockedAfter(other)).toBe(other);
    });

    it('keep the last checkpoint when there is none to be had', async () => {
      await records.restock(AGREEMENT);
      start();
      checkpoint = new Error('no log');
      await records.restock(AGREEMENT);
      expect(stocked()?.checkpoint).toContain('\n1\n');
    });

    it('are not emptied by a store that knows no contacts', async () => {
      await records.restock(AGREEMENT);
      known = [];
      await records.restock(AGREEMENT);
      expect(stocked()?.contacts).toHaveLength(2);
    });

    it('leave out whose addresses nobody can give', async () => {
      known = [reachable(OURS, { channels: null }), reachable(THEIRS)];
      await records.restock(AGREEMENT);
      expect(stocked()?.contacts.map(({ contact }) => contact)).toEqual([THEIRS]);
    });
  });

  describe('after it was needed', () => {
    /** Somebody has looked after it, and says so. */
    const closed = (told: string) =>
      world.journal.decide(incidentStream(told), incidentFolding, byInit, (state) =>
        decideCloseIncident(
          state,
          { finding: 'ディスクを増設した' },
          { reached: ['recipient', 'provider'], faultStands: false },
        ),
      );

    beforeEach(async () => {
      await records.restock(AGREEMENT);
      await sound();
    });

    it('say what was told, when and to whom, under the incident that people were told of', async () => {
      const [told, sentAt] = [incident(), new Date(world.clock.realNow()).toISOString()];
      world.clock.advance(86_400_000);
      await records.record(byInit, true);
      const [opened] = await world.recorded(faultStream(FAULT));
      expect(opened).toMatchObject({ type: 'FaultOpened', data: { incident: told, times: 1 } });
      const [declared] = await world.recorded(incidentStream(told));
      expect(declared).toMatchObject({
        type: 'IncidentDeclared',
        data: { incident: told, kind: 'failure', cause: 'store-failed', fault: FAULT },
      });
      for (const contact of [OURS, THEIRS]) {
        const alert = alertOf(told, contact);
        expect(await types(alertStream(alert))).toEqual(['AlertRaised', 'AlertSent']);
        expect((await world.recorded(alertStream(alert)))[1]).toMatchObject({
          data: { channel: 0, round: 0, message: `${alert}.0.0`, lifeboat: sentAt },
        });
      }
      expect(lifeboat.alarms()).toEqual([]);
    });

    it('remember it while its incident is open: what fails again and again tells nobody again and again', async () => {
      const told = incident();
      for (let restart = 1; restart <= 200; restart += 1) {
        await records.record(byInit, true);
        world.clock.advance(15_000);
        start();
        await sound();
      }
      expect(channels.sent).toHaveLength(2);
      expect(new Set(lifeboat.alarms().map((one) => one.incident))).toEqual(new Set([told]));
    });

    it('forget it with the closing of its incident: the same again is news', async () => {
      await records.record(byInit, true);
      expect(lifeboat.alarms()).toHaveLength(1);
      await closed(incident());
      await records.record(byInit, true);
      expect(lifeboat.alarms()).toEqual([]);
      await sound();
      expect(channels.sent).toHaveLength(4);
    });

    it('say whom it reached first: whoever delivers the incident finds nobody to tell again', async () => {
      await records.record(byInit, true);
      const events = (await world.store.readAll(null, 100)).map(({ type }) => type);
      expect(events.slice(0, 4)).toEqual(['AlertRaised', 'AlertSent', 'AlertRaised', 'AlertSent']);
      expect(events.slice(4)).toEqual(['FaultOpened', 'IncidentDeclared']);
    });

    it('say it once, however often it is recorded and wherever a process was killed in between', async () => {
      const told = incident();
      const streams = [
        faultStream(FAULT),
        incidentStream(told),
        ...[OURS, THEIRS].map((contact) => alertStream(alertOf(told, contact))),
      ];
      const all = 6;
      for (let written = 1; written < all; written += 1) {
        world.store.beforeNextAppend(async () => undefined);
        world.store.beforeNextAppend(() => Promise.reject(new StoreFailed('killed')));
        await expect(records.record(byInit, true)).rejects.toThrow('killed');
        expect((await Promise.all(streams.map(types))).flat()).toHaveLength(written);
        start();
        expect(lifeboat.alarms()).toHaveLength(1);
      }
      world.store.failNextAppend('after');
      await expect(records.record(byInit, true)).rejects.toThrow();
      start();
      await records.record(byInit, true);
      expect((await Promise.all(streams.map(types))).flat()).toHaveLength(all);
      world.clock.advance(86_400_000);
      await records.record(byInit, true);
      expect((await Promise.all(streams.map(types))).flat()).toHaveLength(all);
      expect(lifeboat.alarms()).toEqual([]);
    });

    it('keep the note of it while the record is in doubt, for the right one', async () => {
      const told = incident();
      await records.record(byInit, false);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
      world = new InMemory();
      start();
      world.clock.advance(86_400_000);
      await records.record(byInit, true);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
      expect(lifeboat.alarms()).toEqual([]);
    });

    it('speak for another process too, which forgets it when it comes back', async () => {
      harbour = new InMemoryHarbour();
      start();
      await records.restock(AGREEMENT);
      await sound('api');
      const told = incident();
      await records.record(byInit, true);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
      expect(lifeboat.alarms()).toHaveLength(1);
      world.clock.advance(86_400_000);
      start('api');
      await records.record(byInit, true);
      start();
      expect(lifeboat.alarms()).toEqual([]);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
    });

    it('do not open again what was closed since, when they come late with it', async () => {
      const told = incident();
      await records.record(byInit, false);
      const faults = new Faults(world.journal);
      await faults.clear('store-failed', byInit);
      await records.record(byInit, false);
      expect(await types(faultStream(FAULT))).toEqual(['FaultOpened', 'FaultCleared']);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
    });

    it('declare the incident also where the fault stands in another one', async () => {
      const faults = new Faults(world.journal);
      const { incident: other } = await faults.raise('store-failed', byInit);
      const told = incident();
      await records.record(byInit, true);
      expect(other).not.toBe(told);
      expect(await types(incidentStream(told))).toEqual(['IncidentDeclared']);
      expect(await types(faultStream(FAULT))).toEqual(['FaultOpened']);
    });

    it('do not count as told whom nothing reached', async () => {
      channels.behave(`at ${OURS}`, 'refuses');
      harbour = new InMemoryHarbour();
      start();
      await records.restock(AGREEMENT);
      await sound();
      const told = incident();
      await records.record(byInit, true);
      expect(await types(alertStream(alertOf(told, OURS)))).toEqual([]);
      expect(await types(alertStream(alertOf(told, THEIRS)))).toEqual(['AlertRaised', 'AlertSent']);
    });
  });
});
