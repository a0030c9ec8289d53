import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { issuePin } from '../../../apps/cli/src/commands/issue-pin.js';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { DenialCounter } from '#application';
import { addDays } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import {
  ask,
  codesOf,
  type FirstPeople,
  grant,
  hire,
  ordinaryDay,
  Person,
  PIN,
  registerTerminal,
  today,
} from '../../harness/people.js';
import { onRecord } from './trail.js';

const WRONG = '918273';
const NIGHTS = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 0, until: 1_440 }));

describe('nobody alone', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
  });
  afterAll(() => kiroku.stop());

  const answerOf = async (call: ReturnType<Person['get']>): Promise<unknown> => {
    const response = await call;
    return response.status < 300 ? response.status : [response.status, codesOf(response)];
  };

  /** Runs the command on the console; what it told, and the exit code. */
  async function onConsole(
    operator: string,
    environment: NodeJS.ProcessEnv = kiroku.environment,
  ): Promise<{ code: number; told: string }> {
    let told = '';
    const take = (text: unknown): boolean => {
      told += String(text);
      return true;
    };
    const outputs = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation(take),
    );
    const code = await issuePin(operator, environment);
    for (const output of outputs) output.mockRestore();
    return { code, told };
  }
  const pinIn = (told: string): string => /PIN: (\d{8})/.exec(told)?.[1] ?? 'none';

  const propose = async (by: Person, operator: string, roles: string[], from: string): Promise<string> => {
    const path = `/v1/operators/${operator}/roles`;
    const { body } = await by.post(path, { roles, effectiveFrom: from }).expect(201);
    return `${path}/${body.proposal}/approval`;
  };

  describe('becomes somebody else by a new PIN', () => {
    const refused = [403, ['pin-reissue-by-console']];
    const reissueOf = (operator: string): Promise<unknown> =>
      answerOf(people.manager.post(`/v1/operators/${operator}/pin`));

    it('not the other manager, an officer, the provider, nor oneself; and nothing of theirs has ended', async () => {
      const { manager, secondManager, security, retention, provider } = people;
      for (const person of [manager, secondManager, security, retention, provider]) {
        expect(await reissueOf(person.operator)).toEqual(refused);
        await person.get('/v1/agreement').expect(200);
        await new Person(kiroku, person.operator).signIn(PIN).expect(201);
      }
    });

    it('not somebody who is about to be one of them', async () => {
      const proposed = await hire(kiroku, people);
      await propose(people.security, proposed.operator, ['security-officer'], today(kiroku));
      expect(await reissueOf(proposed.operator)).toEqual(refused);
      const later = await hire(kiroku, people);
      const from = addDays(today(kiroku), 7);
      const approval = await propose(people.manager, later.operator, ['terminal-manager'], from);
      await people.secondManager.post(approval).expect(204);
      expect(await reissueOf(later.operator)).toEqual(refused);
    });

    it('and trying is on record', async () => {
      await kiroku.api.app.get(DenialCounter).flush('all');
      const denials = await onRecord(kiroku, people.security, 'AccessDenied', {
        operator: people.manager.operator,
      });
      expect(denials.map(({ data }) => [data['action'], data['codes']])).toContainEqual([
        'register-operator',
        ['pin-reissue-by-console'],
      ]);
    });

    it('but an operator who was locked out gets one from the manager', async () => {
      const operator = await hire(kiroku, people);
      for (let failure = 0; failure < 5; failure += 1) await operator.signIn(WRONG);
      const { body } = await people.manager.post(`/v1/operators/${operator.operator}/pin`).expect(201);
      await operator.signIn(body.pin).expect(201);
    });

    it('and locked managers get theirs on the console: told once, on record, every session ended', async () => {
      const managers = [people.manager, people.secondManager];
      for (const person of managers)
        for (let failure = 0; failure < 5; failure += 1)
          await new Person(kiroku, person.operator).signIn(WRONG);
      for (const person of managers) {
        const { code, told } = await onConsole(person.operator);
        expect([code, told]).toEqual([0, expect.stringMatching(/一度だけ.*shown only once/)]);
        await person.get('/v1/agreement').expect(401);
        await person.enter(pinIn(told));
      }
      const issued = await onRecord(kiroku, people.security, 'PinIssued');
      expect(issued.slice(-2).map(({ data }) => data['operator'])).toEqual(
        managers.map(({ operator }) => operator),
      );
    });

    it('nor does the console issue one for somebody unknown', async () => {
      expect(await onConsole('o-aaaaaaaa')).toEqual({
        code: 1,
        told: expect.stringContaining('operator-missing'),
      });
    });

    it('to nobody where there is no installation, and makes none there', async () => {
      const nowhere = join(kiroku.directory, 'mistyped');
      const { code, told } = await onConsole('o-aaaaaaaa', { ...kiroku.environment, KIROKU_DATA: nowhere });
      expect(code).toBe(1);
      expect(told).toContain(`there is no installation in ${nowhere}`);
      expect(existsSync(nowhere)).toBe(false);
    });
  });

  describe('makes an account of the other side', () => {
    it('not the recipient of the provider: the provider approves', async () => {
      const registered = { side: 'provider', name: '提供 三郎', unit: 'provider' };
      const { body } = await people.manager.post('/v1/operators', registered).expect(201);
      const approval = await propose(people.manager, body.operator, ['provider'], today(kiroku));
      for (const approver of [people.secondManager, people.security])
        expect(await answerOf(approver.post(approval))).toEqual([403, ['approver-of-other-side']]);
      expect(await answerOf(people.provider.post(approval))).toBe(204);
    });

    it('not the provider of the recipient', async () => {
      const operator = await hire(kiroku, people, []);
      const approval = await propose(people.manager, operator.operator, ['terminal-manager'], today(kiroku));
      expect(await answerOf(people.provider.post(approval))).toEqual([403, ['approver-of-other-side']]);
    });
  });

  it('becomes somebody by writing a session into the file', async () => {
    const { sessions } = kiroku.api.rooms.operations;
    const forged = {
      operator: people.security.operator,
      terminal: null,
      certificate: null,
      pinChangeOnly: false,
    };
    const thief = new Person(kiroku, 'nobody');
    const { body } = await new Person(kiroku, people.operator.operator).signIn().expect(201);
    for (const id of [uuidv7(), body.session]) {
      sessions.close(id);
      thief.token = sessions.open({ ...forged, id }, 3_600_000).token;
      expect(await answerOf(thief.get('/v1/agreement'))).toEqual([401, ['session-missing']]);
    }
  });

  describe('keeps an answer that is under way', () => {
    /** Asks, and lets something happen while the provider is slow to answer. */
    async function meanwhile(person: Person, act: () => Promise<unknown>): Promise<unknown> {
      const id = uuidv7();
      const before = kiroku.simulator.statistics().requests;
      kiroku.simulator.behave({ mode: 'slow', delayMs: 700 });
      const asking = ask(person, { residentCode: wellKnown.found }, { id }).then((response) => response);
      while (kiroku.simulator.statistics().requests === before) await new Promise(setImmediate);
      await act();
      const answer = await asking;
      kiroku.simulator.behave('normal');
      expect(answer.text).not.toContain('記録 花子');
      const withheld = await onRecord(kiroku, people.security, 'AnswerWithheld');
      expect(withheld.at(-1)?.stream).toBe(`inquiry-${id}`);
      return [answer.status, codesOf(answer), withheld.at(-1)?.data['reasons']];
    }

    it('at a terminal whose certificate was withdrawn', async () => {
      await registerTerminal(kiroku, people, 'terminal-2');
      const place = kiroku.pki.clients['terminal-2'];
      const operator = await new Person(kiroku, people.operator.operator, place).enter();
      await grant(kiroku, people, operator, { terminal: 'terminal-2' });
      const codes = ['terminal-not-valid', 'certificate-retired'];
      expect(
        await meanwhile(operator, () =>
          people.manager.delete(`/v1/certificates/${place?.fingerprint}`).expect(204),
        ),
      ).toEqual([403, codes, codes]);
    });

    it('in the hands of somebody whose PIN was issued anew', async () => {
      const operator = await hire(kiroku, people, ['operator'], 'terminal-1');
      await grant(kiroku, people, operator);
      const codes = ['pin-change-required'];
      expect(
        await meanwhile(operator, () =>
          people.manager.post(`/v1/operators/${operator.operator}/pin`).expect(201),
        ),
      ).toEqual([403, codes, codes]);
    });
  });

  it('opens the register at night: two managers set no hours without the provider', async () => {
    const body = { hours: NIGHTS, closedDays: [], effectiveFrom: addDays(today(kiroku), 30) };
    const { proposal } = (await people.manager.post('/v1/service-hours', body).expect(201)).body;
    const approval = `/v1/service-hours/${proposal}/approval`;
    expect(await answerOf(people.secondManager.post(approval))).toEqual([403, ['hours-without-provider']]);
    expect(await answerOf(people.provider.post(approval))).toBe(204);
  });
});
