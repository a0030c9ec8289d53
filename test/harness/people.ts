import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { addDays, type Role, tokyoDay } from '#domain';
import type { DemoPki } from '#wiring';
import type { Kiroku } from './kiroku.js';

type Identity = DemoPki['api'];

/** What people need of an installation, whether its api runs in this process or in one of its own. */
export type Premises = Pick<Kiroku, 'pki' | 'installed' | 'clock' | 'settle'> & {
  readonly api: { readonly url: string };
};

/** The PIN that everybody in the stories chooses. */
export const PIN = '730164';

/** Somebody at a place: a desk without a certificate, or a terminal with one. */
export class Person {
  token: string | null = null;
  private readonly ca: Buffer;

  constructor(
    private readonly kiroku: Premises,
    readonly operator: string,
    private readonly place?: Identity,
  ) {
    this.ca = readFileSync(kiroku.pki.authority.certificate);
  }

  /** The same person elsewhere, with the same session token. */
  at(place?: Identity): Person {
    const elsewhere = new Person(this.kiroku, this.operator, place);
    elsewhere.token = this.token;
    return elsewhere;
  }

  get(path: string): supertest.Test {
    return this.send('get', path);
  }

  post(path: string, body: object = {}): supertest.Test {
    return this.send('post', path).send(body);
  }

  /** Sends a file of a media type. */
  upload(path: string, type: string, file: string | Buffer): supertest.Test {
    return this.send('post', path).type(type).send(file);
  }

  put(path: string, body: object): supertest.Test {
    return this.send('put', path).send(body);
  }

  delete(path: string): supertest.Test {
    return this.send('delete', path);
  }

  /** Presses the button of a page as a browser without scripts does: an empty form. */
  press(path: string): supertest.Test {
    return this.send('post', path).type('form').set('content-length', '0');
  }

  signIn(pin: string = PIN): supertest.Test {
    return this.post('/v1/sessions', { operator: this.operator, pin });
  }

  /** Signs in for good; an initial PIN is changed to the stories' PIN on the way. */
  async enter(pin: string = PIN): Promise<this> {
    const first = await this.signIn(pin).expect(201);
    this.token = first.body.token;
    if (!first.body.pinChangeOnly) return this;
    await this.put('/v1/sessions/current/pin', { pin, newPin: PIN }).expect(204);
    return this.enter(PIN);
  }

  private send(method: 'get' | 'post' | 'put' | 'delete', path: string): supertest.Test {
    const call = supertest(this.kiroku.api.url)[method](path).ca(this.ca);
    if (this.place) call.cert(readFileSync(this.place.certificate)).key(readFileSync(this.place.key));
    if (this.token) call.set('authorization', `Bearer ${this.token}`);
    return call;
  }
}

/** The first people of an installation, signed in. */
export interface FirstPeople {
  readonly manager: Person;
  readonly secondManager: Person;
  readonly security: Person;
  readonly retention: Person;
  readonly responder: Person;
  readonly provider: Person;
}

export async function firstPeople(kiroku: Premises): Promise<FirstPeople> {
  const enter = async (role: Role, index = 0): Promise<Person> => {
    const account = kiroku.installed.accounts.filter((each) => each.role === role)[index];
    if (!account) throw new Error(`no account with role ${role}`);
    return new Person(kiroku, account.operator).enter(account.pin);
  };
  return {
    manager: await enter('terminal-manager'),
    secondManager: await enter('terminal-manager', 1),
    security: await enter('security-officer'),
    retention: await enter('retention-officer'),
    responder: await enter('incident-responder'),
    provider: await enter('provider'),
  };
}

export const PURPOSE = 'rtva-59-1:examination';
export const PERIOD_DAYS = 90;

/** Today in Tokyo, in the story's time. */
export const today = (kiroku: Premises): string => tokyoDay(kiroku.clock.now());

/** Open around the clock, retention of 90 days for the stories' purpose. */
export async function openForBusiness(
  kiroku: Premises,
  people: FirstPeople,
  purpose: string = PURPOSE,
): Promise<void> {
  const { provider, manager, retention, security } = people;
  const hours = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: 0, until: 1_440 }));
  const effectiveFrom = today(kiroku);
  const { body: proposed } = await provider
    .post('/v1/service-hours', { hours, closedDays: [], effectiveFrom })
    .expect(201);
  await manager.post(`/v1/service-hours/${proposed.proposal}/approval`).expect(204);
  const period = `P${PERIOD_DAYS}D`;
  const { body } = await retention
    .post('/v1/retention/periods', { purpose, period, effectiveFrom })
    .expect(201);
  await security.post(`/v1/retention/periods/${purpose}/${body.proposal}/approval`).expect(204);
}

/** Registers a terminal of the demo PKI with its certificate. */
export async function registerTerminal(
  kiroku: Premises,
  { manager }: FirstPeople,
  terminal: string,
): Promise<void> {
  const certificate = kiroku.pki.clients[terminal]?.fingerprint;
  await manager
    .post('/v1/terminals', { terminal, label: '第1窓口', certificate, notAfter: '2040-01-01T00:00:00.000Z' })
    .expect(201);
}

/** Registers somebody with roles, trained and sworn to secrecy, signed in at a terminal (or a desk). */
export async function hire(
  kiroku: Premises,
  people: FirstPeople,
  roles: readonly Role[] = ['operator'],
  terminal?: string,
): Promise<Person> {
  const { manager, secondManager } = people;
  const day = today(kiroku);
  const { body: hired } = await manager
    .post('/v1/operators', { side: 'recipient', name: '窓口 一郎', unit: 'inspection-1' })
    .expect(201);
  const { body } = await manager
    .post(`/v1/operators/${hired.operator}/roles`, { roles, effectiveFrom: day })
    .expect(201);
  await secondManager.post(`/v1/operators/${hired.operator}/roles/${body.proposal}/approval`).expect(204);
  await manager
    .post(`/v1/operators/${hired.operator}/trainings`, { heldOn: day, validUntil: addDays(day, 365) })
    .expect(204);
  await manager.post(`/v1/operators/${hired.operator}/secrecy`).expect(204);
  return new Person(kiroku, hired.operator, terminal ? kiroku.pki.clients[terminal] : undefined).enter(
    hired.pin,
  );
}

/** Requests and approves a grant; returns its id. */
export async function grant(
  kiroku: Premises,
  { manager }: FirstPeople,
  operator: Person,
  { purposes = [PURPOSE], prefixSearch = false, days = 180, terminal = 'terminal-1' } = {},
): Promise<string> {
  const from = today(kiroku);
  const { body } = await operator
    .post('/v1/grants', {
      operator: operator.operator,
      terminal,
      purposes,
      from,
      until: addDays(from, days),
      prefixSearch,
      reason: '窓口業務のため',
    })
    .expect(201);
  await manager.post(`/v1/grants/${body.grant}/approval`).expect(204);
  await kiroku.settle();
  return body.grant;
}

/** Everything that an ordinary day needs: hours, a period, a terminal, an operator with a grant. */
export async function ordinaryDay(
  kiroku: Premises,
): Promise<FirstPeople & { operator: Person; grant: string }> {
  const people = await firstPeople(kiroku);
  await openForBusiness(kiroku, people);
  await registerTerminal(kiroku, people, 'terminal-1');
  const operator = await hire(kiroku, people, ['operator'], 'terminal-1');
  return { ...people, operator, grant: await grant(kiroku, people, operator) };
}

export interface Asked {
  readonly id?: string;
  readonly purpose?: string;
  readonly caseReference?: string;
  readonly grant?: string;
}

/** Puts a question to the register. */
export function ask(
  person: Person,
  question: object,
  { id = uuidv7(), purpose = PURPOSE, caseReference = 'SK-2032-000001', grant: used }: Asked = {},
): supertest.Test {
  const body = { purpose, caseReference, question, ...(used ? { grant: used } : {}) };
  return person.post('/v1/inquiries', body).set('idempotency-key', id);
}

/** The codes of a problem, first the one it is about. */
export const codesOf = (response: { body: { errors?: { code: string }[] } }): string[] =>
  (response.body.errors ?? []).map(({ code }) => code);
