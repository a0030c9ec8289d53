import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { type FirstPeople, firstPeople, Person } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { DAY_MS, pass } from '../access/time.js';
import { received } from './received.js';

/** The story begins on Monday, 2032-04-05: what is received then is due on 2032-05-04. */
const MONDAY = '2032-04-05';

describe('a request for disclosure that nobody answers', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  let officer: Person;
  let responder: Person;
  const requests: string[] = [];

  beforeAll(async () => {
    // What is answered is over at the next look.
    const settings = { KIROKU_FAULT_SETTLE_SECONDS: '0', KIROKU_DISCLOSURE_WARNING_DAYS: '5' };
    kiroku = await Kiroku.start({ KIROKU_SESSION_MINUTES: '720', ...settings });
    people = await firstPeople(kiroku);
    [officer, responder] = [people.security, people.responder];
    for (const reference of ['第1号', '第2号'])
      requests.push(await received(officer, { reference, receivedOn: MONDAY }));
  });
  afterAll(() => kiroku.stop());

  /** Days pass; nobody's session lasts so long. */
  const passDays = async (days: number): Promise<void> => {
    await pass(kiroku, days * DAY_MS);
    officer = await new Person(kiroku, people.security.operator).enter();
    responder = await new Person(kiroku, people.responder.operator).enter();
  };
  /** The incidents whose fault stands, once the worker has looked. */
  const standing = async (): Promise<readonly string[]> => {
    await kiroku.settle();
    await kiroku.worker.watch();
    await kiroku.worker.raise();
    await kiroku.settle();
    const { body } = await responder.get('/v1/incidents').expect(200);
    return (body.incidents as { cause: string | null; incident: string; fault: { standing: boolean } }[])
      .filter(({ cause, fault }) => cause === 'disclosure-due' && fault.standing)
      .map(({ incident }) => incident);
  };
  const raised = async (): Promise<string> => {
    let incidents: readonly string[] = [];
    await until('an incident because of the request', async () => {
      incidents = await standing();
      return incidents.length > 0;
    });
    expect(incidents).toHaveLength(1);
    return incidents[0] as string;
  };
  const over = (): Promise<void> =>
    until('the end of the fault', async () => (await standing()).length === 0);
  const answer = (id: string | undefined, answered: object) =>
    officer.post(`/v1/disclosure-requests/${id ?? ''}/answer`, answered).expect(204);

  it('is quiet while there is time', async () => {
    expect(await standing()).toEqual([]);
    await passDays(24);
    expect(await standing()).toEqual([]);
  });

  it('is alarmed when fewer days are left than configured, until each was answered, or extended by enough', async () => {
    await passDays(1);
    const incident = await raised();
    const { body } = await responder.get(`/v1/incidents/${incident}`).expect(200);
    expect(body).toMatchObject({ kind: 'failure', cause: 'disclosure-due', fault: { standing: true } });
    expect(JSON.stringify(body)).not.toMatch(/第[12]号/);
    await officer
      .post(`/v1/disclosure-requests/${requests[0] ?? ''}/extension`, {
        dueOn: '2032-05-20',
        reason: '提供件数が多いため',
      })
      .expect(204);
    expect(await standing()).toEqual([incident]);
    await answer(requests[1], { answer: 'withdrawn', answeredOn: '2032-04-30' });
    await over();
  });

  it('is alarmed again when the extended days are running out, and while it is overdue', async () => {
    await passDays(15);
    expect(await standing()).toEqual([]);
    await passDays(10);
    const incident = await raised();
    const look = { disclosureRequest: requests[0], requesterChecked: true, residentCode: wellKnown.found };
    await officer.post('/v1/subjects/provisions', look).expect(200);
    // The resident still waits: a list alone is no answer.
    expect(await standing()).toEqual([incident]);
    await answer(requests[0], { answer: 'disclosed', answeredOn: '2032-05-25' });
    await over();
    const { body } = await responder.get(`/v1/incidents/${incident}`).expect(200);
    expect(body.fault).toMatchObject({ standing: false });
  });
});
