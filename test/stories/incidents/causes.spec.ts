import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { STRAY_INDIVIDUAL_NUMBER, wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Presence } from '../../../apps/api/src/presence.js';
import type { FaultKind } from '#domain';
import { ask, codesOf } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { AlarmScene } from './alarm-scene.js';

const found = { residentCode: wellKnown.found };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const finding = '原因を確かめ、対処した。';

describe('an incident is opened by itself', () => {
  let scene: AlarmScene;

  beforeAll(async () => {
    scene = await AlarmScene.open({ KIROKU_SILENCE_SECONDS: '60', KIROKU_FAULT_SETTLE_SECONDS: '0' });
  });
  afterAll(() => scene.close());

  const close = (incident: string) =>
    scene.people.responder.post(`/v1/incidents/${incident}/closure`, { finding });
  /** Both contacts hear of it, each by its first channel. */
  const everybodyHears = async (incident: string): Promise<void> => {
    await scene.mail(incident, 'recipient');
    await scene.webhook(incident, 'provider');
  };
  const over = (incident: string): Promise<void> =>
    until('the fault to be over', async () => (await scene.report(incident)).fault?.standing === false);

  describe('when an answer holds an individual number', () => {
    let incident: string;

    it('as the fear of a leak, of which both parties hear', async () => {
      await ask(scene.people.operator, { residentCode: wellKnown.withIndividualNumber }).expect(200);
      incident = await scene.incidentOf('individual-number-received');
      await everybodyHears(incident);
      expect(await scene.report(incident)).toMatchObject({ kind: 'leak-feared', fault: { times: 1 } });
    });

    it('and is not over because later answers are right; a person says when', async () => {
      await ask(scene.people.operator, found).expect(200);
      await scene.kiroku.settle();
      await scene.kiroku.worker.raise();
      expect((await scene.report(incident)).fault?.standing).toBe(true);
      for (const party of ['recipient', 'provider'] as const)
        await scene.alertThat(incident, party, 'delivered', ({ sentAt }) => sentAt !== null);
      await close(incident).expect(204);
      expect(await scene.report(incident)).toMatchObject({ state: 'closed' });
    });

    it('and again when another one comes after that', async () => {
      await ask(scene.people.operator, { residentCode: wellKnown.withIndividualNumber }).expect(200);
      const another = await scene.incidentOf('individual-number-received', [incident]);
      await everybodyHears(another);
    });
  });

  describe('when somebody writes among what the worker remembers', () => {
    /** The incidents of that, all closed. */
    const forged: string[] = [];

    it('of which both parties hear, and a person says when it is over', async () => {
      const { marks } = scene.kiroku.api.rooms.operations;
      for (const name of ['policies', 'detectors'])
        marks.write(name, { value: { position: null, eventId: null, open: [], faults: {} }, mac: 'x' });
      const incident = await scene.incidentOf('mark-forged');
      await everybodyHears(incident);
      expect(await scene.report(incident)).toMatchObject({ kind: 'failure', fault: { standing: true } });
      for (const party of ['recipient', 'provider'] as const)
        await scene.alertThat(incident, party, 'delivered', ({ sentAt }) => sentAt !== null);
      await close(incident).expect(204);
      forged.push(incident);
    });

    it('again when it is another one, after that', async () => {
      for (const name of ['retention-hold', 'retention-ending', 'log-distrusted']) {
        scene.kiroku.api.rooms.operations.marks.write(name, { run: 'x' });
        await scene.kiroku.worker.erase();
        await scene.kiroku.worker.tidy();
        await scene.kiroku.worker.watch();
        const incident = await scene.incidentOf('mark-forged', forged);
        await everybodyHears(incident);
        for (const party of ['recipient', 'provider'] as const)
          await scene.alertThat(incident, party, 'delivered', ({ sentAt }) => sentAt !== null);
        await close(incident).expect(204);
        forged.push(incident);
      }
    });

    it('and not again because a worker is started', async () => {
      await until('the run to have cleared them', async () => {
        await scene.kiroku.worker.erase();
        await scene.kiroku.worker.tidy();
        const { marks } = scene.kiroku.api.rooms;
        return ['retention-hold', 'retention-ending', 'log-distrusted'].every(
          (name) => marks.genuine(name) !== 'forged',
        );
      });
      await scene.kiroku.stopWorker();
      await scene.kiroku.startWorker();
      await scene.kiroku.settle();
      for (const _look of [1, 2]) await scene.kiroku.worker.watch();
      await scene.kiroku.worker.raise();
      expect((await scene.listed()).filter(({ cause }) => cause === 'mark-forged')).toHaveLength(
        forged.length,
      );
    });

    it('which a count that was only taken away is not: it stops the counter, and nobody hears that the log is wrong', async () => {
      await scene.kiroku.stopWorker();
      const database = new Database(scene.kiroku.configuration.paths.operations, { timeout: 5_000 });
      database.prepare("DELETE FROM marks WHERE name = 'log-distrusted'").run();
      database.close();
      scene.passAtOnce(MINUTE_MS + 1);
      const presence = scene.kiroku.api.app.get(Presence);
      await ask(scene.people.operator, found).expect(503);
      const causes = ['worker-silent', 'counter-closed'];
      const opened = async () =>
        (await scene.listed()).filter(({ cause, state }) => state === 'open' && causes.includes(`${cause}`));
      await until('the api to open an incident for each', async () => {
        await presence.watch();
        await presence.raise();
        return (await opened()).length === causes.length;
      });
      // On record, and told from there.
      expect(scene.kiroku.api.rooms.lifeboat.alarms()).toEqual([]);
      await scene.kiroku.startWorker();
      await scene.kiroku.settle();
      await ask(scene.people.operator, found).expect(200);
      await presence.watch();
      await scene.kiroku.worker.watch();
      for (const { incident } of await opened()) {
        await over(incident);
        await close(incident).expect(204);
      }
      expect((await scene.listed()).map(({ cause }) => cause)).not.toContain('log-not-verifying');
    });
  });

  describe('when the clock is wrong', () => {
    let incident: string;

    it('and so nothing is erased that seems to be due', async () => {
      scene.kiroku.advance(100 * DAY_MS);
      incident = await scene.incidentOf('clock-wrong');
      await everybodyHears(incident);
      const { body } = await scene.people.retention.get('/v1/retention/due').expect(200);
      expect(body.hold).toMatchObject({ run: expect.any(String) });
    });

    it('and is not closed while nothing is erased', async () => {
      for (const party of ['recipient', 'provider'] as const)
        await scene.alertThat(incident, party, 'delivered', ({ sentAt }) => sentAt !== null);
      const refused = await close(incident);
      expect([refused.status, codesOf(refused)]).toEqual([409, ['incident-fault-stands']]);
    });

    it('and is over once two people have said that the clock is right', async () => {
      const { retention, security } = scene.people;
      const { body } = await retention.get('/v1/retention/due').expect(200);
      for (const officer of [retention, security])
        await officer.post(`/v1/erasure-holds/${body.hold.run}/approvals`).expect(200);
      await until('the watch to see it', async () => {
        await scene.kiroku.worker.watch();
        return (await scene.report(incident)).fault?.standing === false;
      });
      await close(incident).expect(204);
    });
  });

  describe('when the worker is gone', () => {
    let silent: string;
    let late: string;
    const isTold = (cause: FaultKind): boolean =>
      scene.kiroku.webhooks.received.some(({ body }) => body.includes(`"${cause}"`));
    const apiLooks = async (): Promise<void> => {
      const presence = scene.kiroku.api.app.get(Presence);
      await presence.watch();
      await presence.raise();
    };

    it('which the api notices, and tells both parties itself', async () => {
      await scene.kiroku.settle();
      await scene.kiroku.stopWorker();
      scene.passAtOnce(MINUTE_MS + 1);
      await until('the api to tell', async () => {
        await apiLooks();
        return isTold('worker-silent');
      });
      silent = await scene.incidentOf('worker-silent');
      await everybodyHears(silent);
    });

    it('and when events stay out of the log because of it', async () => {
      await ask(scene.people.operator, found).expect(200);
      scene.passAtOnce(6 * MINUTE_MS);
      await until('the api to tell', async () => {
        await apiLooks();
        return isTold('log-late');
      });
      late = await scene.incidentOf('log-late');
      await everybodyHears(late);
    });

    it('and both are over when a worker is there again', async () => {
      await scene.kiroku.startWorker();
      await scene.kiroku.settle();
      await apiLooks();
      await scene.kiroku.worker.watch();
      for (const incident of [silent, late]) {
        await over(incident);
        await close(incident).expect(204);
      }
    });
  });

  describe('when the worker dies at every start', () => {
    let incident: string;
    let starts = 1_000;
    /** Takes its leases and is gone: as a process does that renews them at its start and comes no further. */
    const startsAndDies = (): void => {
      const database = new Database(scene.kiroku.configuration.paths.operations, { timeout: 5_000 });
      starts += 1;
      database
        .prepare(
          `UPDATE leases SET holder = @holder, fence = @fence, until = @until
           WHERE name = 'retention-worker' OR (name = 'alarm' AND (until < @now OR holder LIKE 'dying/%'))`,
        )
        .run({ holder: `dying/${starts}`, fence: starts, until: Date.now() + MINUTE_MS, now: Date.now() });
      database.close();
    };
    const apiLooks = async (): Promise<void> => {
      const presence = scene.kiroku.api.app.get(Presence);
      await presence.watch();
      await presence.raise();
    };
    const silentNow = async (): Promise<boolean> =>
      (await scene.listed()).some(({ cause, state }) => cause === 'worker-silent' && state === 'open');

    it('the api sees that nothing is done, and tells both parties itself', async () => {
      await scene.kiroku.settle();
      await scene.kiroku.stopWorker();
      await until('the api to tell', async () => {
        startsAndDies();
        // Provided or refused: something happens, and nobody reads it.
        await ask(scene.people.operator, found);
        scene.passAtOnce(20_000);
        startsAndDies();
        await apiLooks();
        return silentNow();
      });
      incident = await scene.incidentOf('worker-silent');
      await everybodyHears(incident);
    });

    it('and it is over when one lives for as long as it was silent', async () => {
      // The last one that died is gone.
      scene.passAtOnce(2 * MINUTE_MS);
      await scene.kiroku.startWorker();
      await until('the fault to be over', async () => {
        scene.passAtOnce(5_000);
        await scene.kiroku.worker.beat();
        await apiLooks();
        return (await scene.report(incident)).fault?.standing === false;
      });
      await close(incident).expect(204);
    });
  });

  it('and what everybody is told of all this names nobody, and quotes nothing', async () => {
    const { mailbox, webhooks, installed, contacts } = scene.kiroku;
    const marks = [
      ...installed.accounts.flatMap(({ operator, name }) => [operator, name]),
      scene.people.operator.operator,
      ...Object.values(contacts).map(({ mail }) => mail.split('@')[0] ?? ''),
      ...Object.values(wellKnown).flatMap((known) => (typeof known === 'string' ? [known] : [])),
      STRAY_INDIVIDUAL_NUMBER,
      '記録 花子',
      '番号 混入',
      '緊急 当番',
      '提供者 当直',
      '窓口',
      finding,
    ];
    const messages = [...mailbox.mails.map(({ text }) => text), ...webhooks.received.map(({ body }) => body)];
    expect(messages.length).toBeGreaterThan(8);
    for (const text of messages) expect(marks.filter((mark) => text.includes(mark))).toEqual([]);
  });
});
