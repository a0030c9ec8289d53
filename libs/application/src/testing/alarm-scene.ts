import type { AnswerFault, AnyEvent, Channel, Side } from '#domain';
import { GenuineMarks, type Marks } from '#operations';
import { Operators } from '../access/operators.js';
import { AcknowledgementLinks } from '../incidents/acknowledgement-link.js';
import { Alarm } from '../incidents/alarm.js';
import { AlarmPolicies } from '../incidents/alarm-policies.js';
import { Alerts } from '../incidents/alerts.js';
import { Contacts, type StoredContacts } from '../incidents/contacts.js';
import { AlertDelivery } from '../incidents/delivery.js';
import { Faults } from '../incidents/faults.js';
import { Incidents } from '../incidents/incidents.js';
import { type CommandContext, Journal, workerContext } from '../journal.js';
import { InMemoryChannels } from './in-memory-lifeboat.js';
import { AGREEMENT, by, byInit, InMemory } from './in-memory.js';

export const PUBLIC_URL = 'https://kiroku.example.jp';
const LINK_KEY = Buffer.alloc(32, 7);

/** Marks for specifications: as JSON, and failing when told to, as a process does that dies before it has written. */
export class InMemoryMarks implements Marks {
  private readonly values = new Map<string, string>();
  /** How many writes succeed until all of them fail. */
  writesLeft = Infinity;
  writes = 0;

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as its port
  read<T>(name: string): T | null {
    const value = this.values.get(name);
    return value === undefined ? null : (JSON.parse(value) as T);
  }

  write(name: string, value: unknown): void {
    if (this.writesLeft <= 0) throw new Error('killed');
    this.writesLeft -= 1;
    this.writes += 1;
    this.values.set(name, JSON.stringify(value));
  }

  /** Somebody writes in the table itself. */
  spoil(name: string, text: string): void {
    this.values.set(name, text);
  }

  forget(name: string): void {
    this.values.delete(name);
  }
}

const MARKS_KEY = Buffer.alloc(32, 8);

/** These marks as a process of the installation has them. */
export const genuine = (marks: Marks): GenuineMarks => new GenuineMarks(marks, MARKS_KEY);

/** Everything of the alarm as one process has it. */
function alarmProcess(
  memory: InMemory,
  marks: Marks,
  channels: InMemoryChannels,
  stored: StoredContacts = () => [],
) {
  const { store, vault, clock } = memory;
  const journal = new Journal(store, vault, clock);
  const links = new AcknowledgementLinks(LINK_KEY, PUBLIC_URL);
  const contacts = new Contacts(journal, vault, stored);
  const faults = new Faults(journal);
  const incidents = new Incidents(journal, vault, contacts);
  const alerts = new Alerts(journal, contacts, links);
  const checkpoint = () =>
    Promise.resolve('kiroku.example.jp/log\n3\nAAAA\n\n— kiroku.example.jp/log BBBB\n');
  const delivery = new AlertDelivery(journal, contacts, channels, links, checkpoint, {
    publicUrl: PUBLIC_URL,
  });
  const policies = new AlarmPolicies(journal, store, genuine(marks), faults, incidents, alerts);
  const alarm = new Alarm(policies, delivery);
  return { journal, links, contacts, faults, incidents, alerts, delivery, policies, alarm };
}
export type AlarmProcess = ReturnType<typeof alarmProcess>;

/** An agreement with people of both sides, and an alarm over it. */
export class AlarmScene {
  readonly memory = new InMemory();
  readonly marks = new InMemoryMarks();
  readonly channels = new InMemoryChannels();
  /** Ids of a responder of the recipient and of a person of the provider. */
  readonly people: Record<Side, string> = { recipient: '', provider: '' };
  process: AlarmProcess = this.start();

  static async open(): Promise<AlarmScene> {
    const scene = new AlarmScene();
    const operators = new Operators(scene.memory.journal, scene.memory.credentials, scene.memory.sessions);
    const person = { name: '対応 三郎', unit: 'responders', trainingValidUntil: '2027-04-05' } as const;
    const sides = { recipient: 'incident-responder', provider: 'provider' } as const;
    for (const [side, role] of Object.entries(sides) as [Side, 'incident-responder' | 'provider'][]) {
      const account = await operators.bootstrap({ ...person, side, roles: [role] }, byInit);
      scene.people[side] = account.operator;
    }
    return scene;
  }

  /** A process that starts now, over what the ones before it have left. */
  start(stored?: StoredContacts): AlarmProcess {
    this.process = alarmProcess(this.memory, this.marks, this.channels, stored);
    return this.process;
  }

  get context(): CommandContext {
    return workerContext(this.memory.journal, AGREEMENT);
  }

  of(side: Side): CommandContext {
    return by(this.people[side]);
  }

  /** Registers a contact of a side with mail addresses and URLs, and has the other side confirm it; its id. */
  async contact(side: Side, ...addresses: readonly string[]): Promise<string> {
    const channels = addresses.map(
      (address): Channel => ({ kind: address.startsWith('https:') ? 'webhook' : 'smtp', address }),
    );
    const command = { name: `当番 ${addresses.length}`, channels };
    const { contact, version } = await this.process.contacts.register(command, this.of(side));
    await this.process.contacts.confirm(
      contact,
      version,
      this.of(side === 'recipient' ? 'provider' : 'recipient'),
    );
    return contact;
  }

  /** Events on a stream of their own, in the agreement's name. */
  async happens(stream: string, ...events: readonly AnyEvent[]): Promise<void> {
    const { journal } = this.memory;
    await journal.append(await journal.load(stream), events, this.context);
  }

  /** The provider fails so many inquiries in the same way. */
  async answersFaulty(times: number, fault: AnswerFault = 'unreachable'): Promise<void> {
    for (let left = times; left > 0; left -= 100) {
      const inquiry = this.memory.journal.newId();
      const faulty = Array.from({ length: Math.min(left, 100) }, () => ({
        type: 'AnswerFaulty',
        data: { inquiry, fault },
      }));
      await this.happens(`inquiry-${inquiry}`, ...faulty);
    }
  }

  /** The provider answers well. */
  async answersWell(): Promise<void> {
    const inquiry = this.memory.journal.newId();
    const data = { inquiry, purpose: 'rtva-59-1:examination', outcome: 'not-found', count: null };
    await this.happens(`inquiry-${inquiry}`, { type: 'NothingProvided', data });
  }

  /** One step of the worker: what follows from what happened, and what is due. */
  async tick(): Promise<void> {
    await this.process.alarm.tick(this.context);
    await this.process.alarm.deliver(this.context);
  }

  /** How much has come of it. */
  async counts(): Promise<Record<string, number>> {
    const types = ['FaultOpened', 'IncidentDeclared', 'AlertRaised', 'AlertSent'];
    const found = await Promise.all(types.map((type) => this.events(type)));
    return Object.fromEntries(types.map((type, index) => [type, found[index]?.length ?? 0]));
  }

  /** The incident that a fault opened, by the order of opening. */
  async incidentOf(index = 0): Promise<string> {
    return (await this.events('FaultOpened'))[index]?.['incident'] as string;
  }

  close(incident: string): Promise<void> {
    return this.process.incidents.close(incident, '復旧を確認', this.of('recipient'));
  }

  /** The stored events of a type, in the global order: header and clear fields. */
  async events(type: string): Promise<readonly Record<string, unknown>[]> {
    const stored = await this.memory.store.readAll(null, 100_000);
    return stored
      .filter((event) => event.type === type)
      .map(({ entry }) => (JSON.parse(entry) as { data: Record<string, unknown> }).data);
  }
}
