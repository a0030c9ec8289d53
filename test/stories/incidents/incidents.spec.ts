import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncidentReport } from '#application';
import type { IncidentPage } from '#read-models';
import { codesOf, Person } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { onRecord } from '../access/trail.js';
import { AlarmScene } from './alarm-scene.js';

type Page = Omit<IncidentPage, 'rows'> & { readonly incidents: IncidentPage['rows'] };

const NOTHING = '00000000-0000-7000-8000-000000000000';
const description = '窓口の端末が 1 台、昨夜から見当たらない。';
const finding = '端末は倉庫で見つかった。持ち出しの跡はない。';

describe('an incident', () => {
  let scene: AlarmScene;
  let incident: string;

  beforeAll(async () => {
    scene = await AlarmScene.open();
  });
  afterAll(() => scene.close());

  const declare = async (person: Person, kind = 'drill'): Promise<string> =>
    (await person.post('/v1/incidents', { kind, description }).expect(201)).body.incident;
  const note = (person: Person, text: string) =>
    person.post(`/v1/incidents/${incident}/notes`, { note: text });
  const close = (id = incident) => scene.people.responder.post(`/v1/incidents/${id}/closure`, { finding });
  const list = async (query = ''): Promise<Page> =>
    (await scene.people.responder.get(`/v1/incidents${query}`).expect(200)).body;
  /** Waits until both contacts have it: the incident may be closed then. */
  const told = async (id: string): Promise<void> => {
    for (const party of ['recipient', 'provider'] as const)
      await scene.alertThat(id, party, 'delivered', ({ state }) => state === 'delivered');
  };

  describe('is declared', () => {
    it('when somebody fears a leak, and both parties are told of it at once', async () => {
      incident = await declare(scene.people.security, 'leak-feared');
      await told(incident);
      const report = await scene.report(incident);
      expect(report).toMatchObject({
        incident,
        state: 'open',
        kind: 'leak-feared',
        cause: null,
        fault: null,
        description,
        finding: null,
        notes: [],
        reached: { recipient: true, provider: true },
      });
      expect(report.alerts.map(({ party }) => party).sort()).toEqual(['provider', 'recipient']);
    });

    it('and everybody whom it concerns sees the same, of either party', async () => {
      const { responder, security, retention, provider } = scene.people;
      const reports: IncidentReport[] = [];
      for (const person of [responder, security, retention, provider])
        reports.push((await person.get(`/v1/incidents/${incident}`).expect(200)).body);
      for (const report of reports) expect(report).toEqual(reports[0]);
    });

    it.each([
      ['a kind that there is not', { kind: 'worry', description }, 400, 'request-malformed'],
      ['no description', { kind: 'leak', description: ' \n' }, 422, 'description-malformed'],
      ['a novel', { kind: 'leak', description: 'あ'.repeat(1_001) }, 422, 'description-malformed'],
      ['half a character', { kind: 'leak', description: '\uD842' }, 400, 'request-malformed'],
    ])('but not with %s', async (_what, body, status, code) => {
      const before = (await list()).incidents.length;
      const refused = await scene.people.responder.post('/v1/incidents', body);
      expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
      expect((await list()).incidents).toHaveLength(before);
    });
  });

  describe('is written on', () => {
    it('by either party, in order, with who wrote it', async () => {
      const { responder, provider, security } = scene.people;
      const notes = [
        [provider, '回線を止めた。'],
        [responder, '端末を探している。'],
        [security, '鍵を取り替えた。'],
      ] as const;
      for (const [person, text] of notes) await note(person, text).expect(204);
      const report = await scene.report(incident);
      expect(report.notes.map(({ by, note: text }) => [by, text])).toEqual(
        notes.map(([person, text]) => [person.operator, text]),
      );
      const times = report.notes.map(({ at }) => at);
      expect(times).toEqual([...times].sort());
      const blank = await note(responder, '　');
      expect([blank.status, codesOf(blank)]).toEqual([422, ['note-malformed']]);
    });
  });

  describe('is closed', () => {
    it('by the responder alone, with what was found', async () => {
      const blank = await scene.people.responder.post(`/v1/incidents/${incident}/closure`, { finding: '' });
      expect([blank.status, codesOf(blank)]).toEqual([422, ['finding-malformed']]);
      for (const other of [scene.people.security, scene.people.provider]) {
        const refused = await other.post(`/v1/incidents/${incident}/closure`, { finding });
        expect([refused.status, codesOf(refused)]).toEqual([403, ['role-missing']]);
      }
      const answers = await Promise.all([close(), close()]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 409]));
      expect(await scene.report(incident)).toMatchObject({
        state: 'closed',
        finding,
        closedAt: expect.stringMatching(/Z$/),
      });
    });

    it('for good: nothing is added to it, and it is closed once', async () => {
      for (const answer of [await close(), await note(scene.people.responder, '続き')])
        expect([answer.status, codesOf(answer)]).toEqual([409, ['incident-closed']]);
      expect(await onRecord(scene.kiroku, scene.people.security, 'IncidentClosed')).toHaveLength(1);
    });

    it('not before somebody of each party was reached; the refusal names the parties', async () => {
      await scene.kiroku.stopWorker();
      const untold = await declare(scene.people.responder);
      const refused = await close(untold);
      expect(refused.status).toBe(409);
      expect(
        refused.body.errors.map(({ code, field }: { code: string; field: string }) => [code, field]),
      ).toEqual([
        ['incident-party-unreached', 'recipient'],
        ['incident-party-unreached', 'provider'],
      ]);
      await scene.kiroku.startWorker();
      await told(untold);
      await close(untold).expect(204);
    });
  });

  it('keeps what people wrote about it sealed on record, and out of every message', async () => {
    const words = /端末|回線|鍵|倉庫|持ち出し/;
    for (const type of ['IncidentDeclared', 'IncidentNoted', 'IncidentClosed']) {
      const events = await onRecord(scene.kiroku, scene.people.security, type);
      expect(events.length).toBeGreaterThan(0);
      expect(JSON.stringify(events)).not.toMatch(words);
    }
    const mails = scene.mails(incident, 'recipient');
    const webhooks = scene.webhooks(incident, 'provider');
    expect([mails.length, webhooks.length]).toEqual([1, 1]);
    for (const { text, raw } of mails) expect(text + raw).not.toMatch(words);
    for (const { body } of webhooks) expect(body).not.toMatch(words);
  });

  describe('is listed', () => {
    it('open ones first, of both parts the last declared first, page by page', async () => {
      const open: string[] = [];
      for (let more = 0; more < 3; more += 1) open.push(await declare(scene.people.responder));
      const [first = ''] = open;
      await told(first);
      await close(first).expect(204);
      const recorded = await scene.kiroku.api.rooms.store.lastPosition();
      await scene.kiroku.settle();
      const all = await list();
      const expected = [open[2], open[1], first];
      expect(all.incidents.slice(0, 3).map((row) => row.incident)).toEqual(expected);
      expect(all.incidents.at(-1)).toMatchObject({ incident, state: 'closed', kind: 'leak-feared' });
      expect(all.next).toBeNull();
      expect(BigInt(all.readUpTo?.position ?? 0)).toBeGreaterThanOrEqual(BigInt(recorded ?? 0));
      const pages: string[] = [];
      for (let query = '?limit=2'; query !== ''; ) {
        const { incidents, next } = await list(query);
        expect(incidents.length).toBeLessThanOrEqual(2);
        pages.push(...incidents.map((row) => row.incident));
        query = next === null ? '' : `?limit=2&cursor=${next}`;
      }
      expect(pages).toEqual(all.incidents.map((row) => row.incident));
    });

    it('with how many of its contacts it came to, and how many said so', async () => {
      const [row] = (await list('?limit=1')).incidents;
      const id = row?.incident ?? '';
      await told(id);
      const { alert } = await scene.alertOf(id, 'provider');
      await scene.people.provider.post(`/v1/alerts/${alert}/acknowledgement`).expect(204);
      await scene.kiroku.settle();
      const listed = (await list()).incidents.find((each) => each.incident === id);
      expect(listed).toMatchObject({ contacts: 2, reached: 2, acknowledged: 1, fault: null });
    });

    it.each([
      ['?cursor=nothing', 'cursor-unknown'],
      ['?cursor=', 'cursor-unknown'],
      ['?limit=0', 'request-malformed'],
      ['?limit=501', 'request-malformed'],
      ['?limit=1e2', 'request-malformed'],
      ['?limit=-1', 'request-malformed'],
      ['?limit=1&limit=2', 'request-malformed'],
    ])('not for a page that there cannot be: %s', async (query, code) => {
      const refused = await scene.people.responder.get(`/v1/incidents${query}`);
      expect([refused.status, codesOf(refused)[0]]).toEqual([400, code]);
    });
  });

  it.each([NOTHING, 'nothing', '25208017643', '%E6%A8%99%E8%AD%98', 'x'.repeat(90)])(
    'that nobody declared is not found: %s',
    async (id) => {
      const { responder } = scene.people;
      const answers = [
        await responder.get(`/v1/incidents/${id}`),
        await responder.post(`/v1/incidents/${id}/notes`, { note: '経過' }),
        await close(id),
      ];
      for (const answer of answers) {
        expect([answer.status, codesOf(answer)]).toEqual([404, ['incident-not-found']]);
        expect(answer.text).not.toContain(id);
      }
    },
  );
});

describe('the list of incidents', () => {
  let scene: AlarmScene;
  beforeAll(async () => {
    scene = await AlarmScene.open({ KIROKU_SILENCE_SECONDS: '5' });
  });
  afterAll(() => scene.close());

  it('shows what is open also while the worker is silent, and the read models stand still', async () => {
    const { responder, security } = scene.people;
    const before = await scene.drill();
    await scene.kiroku.settle();
    await scene.kiroku.stopWorker();
    const drill = await scene.drill();
    const silent = await scene.incidentOf('worker-silent');
    await until('the drill to be listed', async () =>
      (await scene.listed()).some((row) => row.incident === drill),
    );
    const page: Page = (await security.get('/v1/incidents').expect(200)).body;
    const listed = page.incidents.map((row) => row.incident);
    expect(listed.slice(0, 2).toSorted()).toEqual([drill, silent].toSorted());
    expect(listed).toContain(before);
    expect(new Set(listed).size).toBe(listed.length);
    expect(page.incidents.find((row) => row.incident === silent)).toMatchObject({
      state: 'open',
      kind: 'failure',
      cause: 'worker-silent',
      fault: { standing: true, times: 1 },
    });
    const { body } = await responder.get('/readyz');
    expect(body.checks.worker.ok).toBe(false);
    // Real silence has to pass: five seconds, and the lease before it.
  }, 60_000);
});
