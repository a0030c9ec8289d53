import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FilesUnderWay } from '../../../apps/api/src/edge/files-under-way.js';
import { respond } from '../../harness/event-stream.js';
import { Kiroku } from '../../harness/kiroku.js';
import { codesOf, type FirstPeople, hire, ordinaryDay, type Person } from '../../harness/people.js';

describe('whoever fetches a file', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    await kiroku.settle();
  }, 60_000);
  afterAll(() => kiroku.stop());

  const requested = async (officer: Person): Promise<string> => {
    const asked = { query: 'type:SignedIn', format: 'jsonl', reason: '監査' };
    const { body } = await officer.post('/v1/audit/exports', asked).expect(201);
    await kiroku.settle();
    return body.export;
  };
  /** Nothing of the answer is read yet. */
  const begun = async (officer: Person): Promise<IncomingMessage> => {
    const path = `/v1/audit/exports/${await requested(officer)}/file`;
    const answer = await respond(new URL(path, kiroku.api.url), kiroku.pki.authority.certificate, {
      headers: { authorization: `Bearer ${officer.token}` },
      body: {},
    });
    answer.on('error', () => undefined);
    return answer;
  };
  /** Files without end: the same page again and again. Returns what ends that. */
  const withoutEnd = (): (() => void) => {
    const { queries } = kiroku.api.rooms;
    const search = queries.searchTrail.bind(queries);
    const endless = jest
      .spyOn(queries, 'searchTrail')
      .mockImplementation(async (filter, { limit, cursor }) => ({
        ...(await search(filter, { limit, ...(cursor === undefined ? {} : { cursor }) })),
        next: cursor ?? null,
      }));
    return () => endless.mockRestore();
  };
  const judge = (): Promise<void> => kiroku.api.app.get(FilesUnderWay).judge();
  const broken = (answer: IncomingMessage): Promise<boolean> =>
    new Promise((resolve) => answer.once('close', () => resolve(!answer.complete)).resume());

  it('is given no more of it once signed out', async () => {
    const officer = await hire(kiroku, people, ['security-officer']);
    const end = withoutEnd();
    const answer = await begun(officer);
    expect(answer.statusCode).toBe(200);
    await judge();
    expect(answer.destroyed).toBe(false);
    await officer.delete('/v1/sessions/current').expect(204);
    await judge();
    expect(await broken(answer)).toBe(true);
    end();
  });

  it('is refused a fifth at once before it counts as fetched, and has it once one of the four is over', async () => {
    const officer = await hire(kiroku, people, ['security-officer']);
    const end = withoutEnd();
    const four: IncomingMessage[] = [];
    for (let each = 0; each < 4; each += 1) four.push(await begun(officer));
    expect(four.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    const fifth = `/v1/audit/exports/${await requested(officer)}`;
    expect(codesOf(await officer.post(`${fifth}/file`).expect(429))).toEqual(['files-of-person']);
    expect((await people.manager.get(fifth).expect(200)).body.state).not.toBe('fetched');
    end();
    for (const each of four) each.destroy();
    let again = await officer.post(`${fifth}/file`);
    while (again.status === 429) again = await officer.post(`${fifth}/file`);
    expect(again.status).toBe(200);
  });

  it('has as many as it takes, one after the other', async () => {
    for (let each = 0; each < 6; each += 1)
      await people.security.post(`/v1/audit/exports/${await requested(people.security)}/file`).expect(200);
  });
});
