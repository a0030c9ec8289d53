import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type supertest from 'supertest';
import { Kiroku } from '../../harness/kiroku.js';
import { codesOf, type FirstPeople, firstPeople, hire, Person, PIN } from '../../harness/people.js';
import { knock, nameOf, routes } from './routes.js';
import { onRecord } from './trail.js';

/** What a caller sees of a refusal, without what differs between any two requests. */
const faceOf = ({ status, body, headers }: supertest.Response): object => ({
  status,
  body: { ...body, instance: null },
  headers: Object.keys(headers).sort(),
});

const WRONG = '918273';

describe('signing in', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  let realTime: ReturnType<typeof jest.spyOn>;
  let passed = 0;

  beforeAll(async () => {
    // Sessions live in real time (decision 22), so this story moves that, too: before anything reads the clock.
    const now = Date.now.bind(Date);
    realTime = jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
    kiroku = await Kiroku.start({ KIROKU_SESSION_MINUTES: '10' });
    people = await firstPeople(kiroku);
  });
  afterAll(async () => {
    await kiroku.stop();
    realTime.mockRestore();
  });

  /** Somebody new, and the one-time PIN. */
  const newcomer = async (): Promise<{ person: Person; pin: string }> => {
    const { body } = await people.manager
      .post('/v1/operators', { side: 'recipient', name: '新人 次郎', unit: 'counter' })
      .expect(201);
    return { person: new Person(kiroku, body.operator), pin: body.pin };
  };

  describe('for the first time', () => {
    it('opens a session that may change the PIN, sign out, and nothing else', async () => {
      const { person, pin } = await newcomer();
      const { body } = await person.signIn(pin).expect(201);
      expect(body).toMatchObject({ pinChangeOnly: true });
      person.token = body.token;
      const closed = routes.filter((route) => !route.isPublic && !route.withInitialPin && !route.atTerminal);
      expect(closed.length).toBeGreaterThan(20);
      for (const route of closed) {
        const answer = await knock(person, route);
        expect([nameOf(route), answer.status, codesOf(answer)]).toEqual([
          nameOf(route),
          403,
          ['pin-change-required'],
        ]);
      }
      await person.delete('/v1/sessions/current').expect(204);
      await person.get('/v1/agreement').expect(401);
    });

    it('does not let the initial PIN be kept, and after the change the old one opens nothing', async () => {
      const { person, pin } = await newcomer();
      person.token = (await person.signIn(pin).expect(201)).body.token;
      const kept = await person.put('/v1/sessions/current/pin', { pin, newPin: pin });
      expect([kept.status, codesOf(kept)]).toEqual([422, ['pin-unchanged']]);
      await person.put('/v1/sessions/current/pin', { pin, newPin: PIN }).expect(204);
      await person.get('/v1/agreement').expect(401);
      await person.signIn(pin).expect(401);
      const { body } = await person.signIn(PIN).expect(201);
      expect(body).toMatchObject({ pinChangeOnly: false });
    });

    it.each([
      ['too short', '73016', 'pin-malformed'],
      ['too long', '7301640000123', 'pin-malformed'],
      ['not of digits', '73o164', 'pin-malformed'],
      ['in full-width digits', '７３０１６４', 'pin-malformed'],
      ['one digit again and again', '777777', 'pin-repeated-digit'],
      ['a run upwards', '345678', 'pin-run'],
      ['a run downwards past zero', '210987', 'pin-run'],
    ])('refuses a new PIN that is %s', async (_what, newPin, code) => {
      const { person, pin } = await newcomer();
      person.token = (await person.signIn(pin).expect(201)).body.token;
      const refused = await person.put('/v1/sessions/current/pin', { pin, newPin });
      expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
      await person.signIn(pin).expect(201);
    });
  });

  describe('in vain', () => {
    it('looks the same for a wrong PIN, an unknown operator, and what cannot be an operator', async () => {
      const { person } = await newcomer();
      const wrong = await person.signIn(WRONG);
      const unknown = await new Person(kiroku, 'o-aaaaaaaa').signIn(WRONG);
      const nonsense = await new Person(kiroku, '記録 花子').signIn(WRONG);
      expect([wrong.status, codesOf(wrong)]).toEqual([401, ['sign-in-refused']]);
      expect(faceOf(unknown)).toEqual(faceOf(wrong));
      expect(faceOf(nonsense)).toEqual(faceOf(wrong));
    });

    it('locks at the fifth failure in a row, for the right PIN as well', async () => {
      const { person, pin } = await newcomer();
      for (const failure of [1, 2, 3, 4]) {
        expect([failure, codesOf(await person.signIn(WRONG))]).toEqual([failure, ['sign-in-refused']]);
      }
      const fifth = await person.signIn(WRONG);
      expect([fifth.status, codesOf(fifth)]).toEqual([403, ['pin-locked']]);
      expect(codesOf(await person.signIn(pin))).toEqual(['pin-locked']);
      const locks = await onRecord(kiroku, people.security, 'PinLocked');
      expect(locks.map(({ data }) => data['operator'])).toEqual([person.operator]);
    });

    it('counts failures in a row only: a success in between begins anew', async () => {
      const { person, pin } = await newcomer();
      for (const attempt of [WRONG, WRONG, WRONG, WRONG, pin, WRONG, WRONG, WRONG, WRONG]) {
        await person.signIn(attempt);
      }
      await person.signIn(pin).expect(201);
    });

    it('locks by wrong present PINs given for a change, too', async () => {
      const person = await hire(kiroku, people);
      const change = { pin: WRONG, newPin: '640917' };
      for (const code of ['pin-rejected', 'pin-rejected', 'pin-rejected', 'pin-rejected', 'pin-locked']) {
        const refused = await person.put('/v1/sessions/current/pin', change);
        expect([refused.status, codesOf(refused)]).toEqual([403, [code]]);
      }
      expect(codesOf(await person.signIn())).toEqual(['pin-locked']);
    });

    it('gives no more than five guesses to many who guess at once', async () => {
      const { person, pin } = await newcomer();
      const guesses = Array.from({ length: 12 }, (_, index) => String(918_270 + index));
      const answers = await Promise.all(guesses.map((guess) => person.signIn(guess)));
      const codes = answers.flatMap(codesOf).sort();
      expect(codes).toEqual([...Array(8).fill('pin-locked'), ...Array(4).fill('sign-in-refused')]);
      expect(codesOf(await person.signIn(pin))).toEqual(['pin-locked']);
    });
  });

  describe('again after a new PIN was issued', () => {
    it('is possible although it was locked, and asks for a change', async () => {
      const { person, pin } = await newcomer();
      for (let failure = 0; failure < 5; failure += 1) await person.signIn(WRONG);
      const { body } = await people.manager.post(`/v1/operators/${person.operator}/pin`).expect(201);
      expect(body.pin).not.toBe(pin);
      expect(codesOf(await person.signIn(pin))).toEqual(['sign-in-refused']);
      const opened = await person.signIn(body.pin).expect(201);
      expect(opened.body).toMatchObject({ pinChangeOnly: true });
    });

    it('ends every session of the person, and the chosen PIN opens nothing', async () => {
      const person = await hire(kiroku, people);
      const elsewhere = await new Person(kiroku, person.operator).enter();
      await people.manager.post(`/v1/operators/${person.operator}/pin`).expect(201);
      await person.get('/v1/agreement').expect(401);
      await elsewhere.get('/v1/agreement').expect(401);
      await person.signIn(PIN).expect(401);
    });

    it('is no business of anybody but a terminal manager, and of no stranger', async () => {
      const { person } = await newcomer();
      for (const other of [people.security, people.retention, people.provider]) {
        const denied = await other.post(`/v1/operators/${person.operator}/pin`);
        expect([denied.status, codesOf(denied)]).toEqual([403, ['role-missing']]);
      }
      const nobody = await people.manager.post('/v1/operators/o-aaaaaaaa/pin');
      expect([nobody.status, codesOf(nobody)]).toEqual([404, ['operator-missing']]);
    });
  });

  describe('and its end', () => {
    it('is on record: signed in, signed out, and the session opens nothing any more', async () => {
      const person = await hire(kiroku, people);
      const { body } = await person.signIn().expect(201);
      person.token = body.token;
      await person.delete('/v1/sessions/current').expect(204);
      const after = await person.get('/v1/agreement');
      expect([after.status, codesOf(after)]).toEqual([401, ['session-missing']]);
      await person.delete('/v1/sessions/current').expect(401);
      for (const type of ['SignedIn', 'SignedOut']) {
        const events = await onRecord(kiroku, people.security, type, { operator: person.operator });
        expect(events.map(({ data }) => data['session'])).toContain(body.session);
      }
    });

    it('leaves the other sessions of the person alone', async () => {
      const person = await hire(kiroku, people);
      const elsewhere = await new Person(kiroku, person.operator).enter();
      await person.delete('/v1/sessions/current').expect(204);
      await elsewhere.get('/v1/agreement').expect(200);
    });

    it.each([
      ['none', null],
      ['an empty one', 'Bearer '],
      ['a made-up one', `Bearer ${'A'.repeat(43)}`],
      ['one of another scheme', 'Basic bzphOmI='],
      ['a very long one', `Bearer ${'A'.repeat(4_000)}`],
    ])('is asked for with any other token: %s', async (_what, header) => {
      const stranger = new Person(kiroku, 'nobody');
      const call = stranger.get('/v1/agreement');
      const answer = await (header === null ? call : call.set('authorization', header));
      expect([answer.status, codesOf(answer)]).toEqual([401, ['session-missing']]);
    });

    it('comes by itself when the session is as old as it may get, whatever business time says', async () => {
      const person = await hire(kiroku, people);
      kiroku.advance(3_600_000);
      passed += 9 * 60_000;
      await person.get('/v1/agreement').expect(200);
      passed += 60_000;
      const late = await person.get('/v1/agreement');
      expect([late.status, codesOf(late)]).toEqual([401, ['session-missing']]);
      await person.enter();
      await person.get('/v1/agreement').expect(200);
    });
  });
});
