import { beforeEach, describe, expect, it } from '@jest/globals';
import { credentialStream, failuresStream, sessionStream } from '#domain';
import type { Session } from '#operations';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { DenialCounter } from './denial-counter.js';
import { FailureCounter } from './failure-counter.js';
import { Operators } from './operators.js';
import { SignIn, type SignInAttempt } from './sign-in.js';

const WRONG = '000001';
const NEW = '240613';
const unsigned = { agreement: AGREEMENT, correlation: '019d6000-0000-7000-8000-000000000001' };
const refusal = (code: string) => ({ refusals: [expect.objectContaining({ code })] });

describe('signing in', () => {
  let memory: InMemory;
  let operators: Operators;
  let failures: FailureCounter;
  let denials: DenialCounter;
  let signIn: SignIn;
  let operator: string;
  let pin: string;
  let manager: string;

  const attempt = (part: Partial<SignInAttempt> = {}): SignInAttempt => ({
    operator,
    pin,
    terminal: null,
    certificate: null,
    source: '192.0.2.7',
    ...part,
  });
  const enter = (part: Partial<SignInAttempt> = {}) => signIn.signIn(attempt(part), unsigned);
  const fail = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n += 1) await enter({ pin: WRONG }).catch(() => undefined);
  };
  const credentialTypes = () => memory.types(credentialStream(operator));

  beforeEach(async () => {
    memory = new InMemory();
    const { journal, credentials, sessions } = memory;
    operators = new Operators(journal, credentials, sessions);
    failures = new FailureCounter(journal, { agreement: AGREEMENT });
    denials = new DenialCounter(journal);
    const parts = { journal, credentials, sessions, failures, denials };
    signIn = new SignIn(parts, { sessionTtlMs: 3_600_000 });
    const person = { side: 'recipient', name: '佐藤 花子', unit: 'inspection-1' } as const;
    const first = { ...person, roles: ['terminal-manager'], trainingValidUntil: '2027-04-05' } as const;
    ({ operator: manager } = await operators.bootstrap(first, byInit));
    ({ operator, pin } = await operators.register(person, by(manager)));
  });

  describe('with the right PIN', () => {
    it('opens a session and records it', async () => {
      const opened = await enter({ terminal: 't-1', certificate: 'ab'.repeat(32) });
      expect(memory.sessions.find(opened.token)).toEqual({
        id: opened.session,
        operator,
        terminal: 't-1',
        certificate: 'ab'.repeat(32),
        pinChangeOnly: true,
        expiresAt: memory.clock.realNow() + 3_600_000,
      });
      expect(await memory.recorded(sessionStream(opened.session))).toMatchObject([
        {
          type: 'SignedIn',
          actor: { operator, terminal: 't-1', session: opened.session },
          data: { session: opened.session, operator, terminal: 't-1' },
        },
      ]);
    });

    it('hands out no token if the record fails', async () => {
      memory.store.failNextAppend('before');
      await expect(enter()).rejects.toMatchObject({ code: 'store-failed' });
      expect(memory.sessions.living.size).toBe(0);
    });

    it('writes nothing to the credential, unless it ends a row of failures', async () => {
      await enter();
      expect(await credentialTypes()).toEqual(['PinIssued']);
      await fail(4);
      await enter();
      await fail(4);
      await expect(enter()).resolves.toMatchObject({ pinChangeOnly: true });
      expect((await credentialTypes()).filter((type) => type === 'PinAccepted')).toHaveLength(2);
    });
  });

  describe('with a wrong PIN', () => {
    it('is refused and recorded, as nobody’s doing', async () => {
      await expect(enter({ pin: WRONG })).rejects.toMatchObject(refusal('sign-in-refused'));
      expect((await memory.recorded(credentialStream(operator))).at(-1)).toMatchObject({
        type: 'PinRejected',
        actor: { system: 'api' },
        data: { operator, consecutive: 1 },
      });
    });

    it('locks at the fifth, and the right one does not help any more', async () => {
      await fail(4);
      await expect(enter({ pin: WRONG })).rejects.toMatchObject(refusal('pin-locked'));
      const asked = memory.credentials.verified.length;
      await expect(enter()).rejects.toMatchObject(refusal('pin-locked'));
      expect(memory.credentials.verified).toHaveLength(asked);
    });

    it('locks at the fifth also when all are tried at once', async () => {
      await Promise.allSettled(Array.from({ length: 20 }, () => enter({ pin: WRONG })));
      expect((await credentialTypes()).slice(-2)).toEqual(['PinRejected', 'PinLocked']);
      expect(await credentialTypes()).toHaveLength(7);
    });

    it('counts on after a failure that another process recorded first', async () => {
      const { journal, credentials, sessions } = memory;
      const other = new SignIn({ journal, credentials, sessions, failures, denials }, { sessionTtlMs: 1 });
      credentials.duringNextVerification(() =>
        other.signIn(attempt({ pin: WRONG }), unsigned).then(
          () => undefined,
          () => undefined,
        ),
      );
      await fail(1);
      const rejected = (await memory.recorded(credentialStream(operator))).slice(1);
      expect(rejected.map(({ data }) => (data as { consecutive: number }).consecutive)).toEqual([1, 2]);
    });

    it('opens again once a terminal manager has issued a new PIN', async () => {
      await fail(5);
      ({ pin } = await operators.reissuePin(operator, by(manager)));
      await expect(enter()).resolves.toMatchObject({ pinChangeOnly: true });
    });
  });

  describe('when the credential moves while the PIN is verified', () => {
    const lockByOthers = async (): Promise<void> => {
      const { journal, credentials, sessions } = memory;
      const other = new SignIn({ journal, credentials, sessions, failures, denials }, { sessionTtlMs: 1 });
      for (let n = 0; n < 5; n += 1)
        await other.signIn(attempt({ pin: WRONG }), unsigned).catch(() => undefined);
    };

    it('refuses the right PIN of a credential that was locked meanwhile', async () => {
      memory.credentials.duringNextVerification(lockByOthers);
      await expect(enter()).rejects.toMatchObject(refusal('pin-locked'));
      expect(memory.sessions.living.size).toBe(0);
    });

    it('refuses the old PIN when a new one was issued meanwhile', async () => {
      memory.credentials.duringNextVerification(async () => {
        await operators.reissuePin(operator, by(manager));
      });
      await expect(enter()).rejects.toMatchObject(refusal('sign-in-refused'));
      expect(memory.sessions.living.size).toBe(0);
    });

    it('ends a session at once whose PIN was replaced while it was opened', async () => {
      memory.store.beforeNextAppend(async () => {
        await operators.reissuePin(operator, by(manager));
      });
      await expect(enter()).rejects.toMatchObject(refusal('sign-in-refused'));
      expect(memory.sessions.living.size).toBe(0);
      const session = (await memory.store.readAll(null, 100)).findLast(({ type }) => type === 'SignedOut');
      expect(session && (await memory.types(session.stream))).toEqual(['SignedIn', 'SignedOut']);
    });
  });

  it('is put off when too many PINs are being verified, and that is no failure of anybody', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const strangers = Array.from({ length: 68 }, (_, at) => {
      memory.credentials.duringNextVerification(() => released);
      return enter({ operator: `NOT AN ID ${at}` }).catch((error: unknown) => error);
    });
    await expect(enter()).rejects.toMatchObject(refusal('busy'));
    release();
    await Promise.all(strangers);
    expect(await credentialTypes()).toEqual(['PinIssued']);
    await expect(enter()).resolves.toMatchObject({ pinChangeOnly: true });
  });

  describe('as an unknown operator', () => {
    it.each(['o-unknown1', 'NOT AN ID', 'o-\uD800'])(
      'costs the same work and is only counted: %j',
      async (id) => {
        const before = memory.credentials.verified.length;
        await expect(enter({ operator: id })).rejects.toMatchObject(refusal('sign-in-refused'));
        expect(memory.credentials.verified).toHaveLength(before + 1);
        await failures.flush('all');
        const counted = (await memory.store.readAll(null, 100)).filter(
          ({ type }) => type === 'FailuresCounted',
        );
        expect(counted).toHaveLength(1);
        expect((await memory.entries()).join('\n')).not.toContain('o-unknown1');
        expect(counted[0]?.stream).toMatch(new RegExp(`^${failuresStream('')}[0-9a-f-]{36}$`));
      },
    );

    it('is refused like one whose PIN was never issued', async () => {
      await memory.journal.append(
        { stream: 'operator-o-halfway1', revision: -1, entries: [], recorded: [] },
        [
          {
            type: 'OperatorRegistered',
            data: { operator: 'o-halfway1', side: 'recipient', name: '森', unit: 'a' },
          },
        ],
        by('o-mori'),
      );
      await expect(enter({ operator: 'o-halfway1' })).rejects.toMatchObject(refusal('sign-in-refused'));
    });
  });

  describe('and changing the PIN', () => {
    const change = (part: { pin?: string; newPin?: string } = {}, session = 's-none') =>
      signIn.changePin({ session: { id: session, operator }, pin, newPin: NEW, ...part }, by(operator));

    it('replaces it, ends every session, and asks for no further change', async () => {
      const first = await enter();
      const second = await enter();
      await change({}, first.session);
      expect(memory.sessions.find(first.token)).toBeNull();
      expect(memory.sessions.find(second.token)).toBeNull();
      expect(await memory.types(sessionStream(first.session))).toEqual(['SignedIn', 'SignedOut']);
      await expect(enter()).rejects.toMatchObject(refusal('sign-in-refused'));
      await expect(enter({ pin: NEW })).resolves.toMatchObject({ pinChangeOnly: false });
    });

    it.each([
      ['a run', '123456', 'pin-run'],
      ['too short a one', '2406', 'pin-malformed'],
    ])('refuses %s, and the old one stays', async (_what, newPin, code) => {
      await expect(change({ newPin })).rejects.toMatchObject(refusal(code));
      expect(memory.credentials.pins.get(operator)).toBe(pin);
    });

    it('refuses the same one', async () => {
      await expect(change({ newPin: pin })).rejects.toMatchObject(refusal('pin-unchanged'));
    });

    it('counts a wrong present PIN as a failure', async () => {
      await expect(change({ pin: WRONG })).rejects.toMatchObject(refusal('pin-rejected'));
      expect((await credentialTypes()).at(-1)).toBe('PinRejected');
    });

    it('leaves the duty to change open if the record fails', async () => {
      memory.store.failNextAppend('before');
      await expect(change()).rejects.toMatchObject({ code: 'store-failed' });
      await expect(enter({ pin: NEW })).resolves.toMatchObject({ pinChangeOnly: true });
    });

    it('does not count when a new PIN was issued meanwhile', async () => {
      memory.store.beforeNextAppend(async () => {
        await operators.reissuePin(operator, by(manager));
      });
      await expect(change()).rejects.toMatchObject(refusal('pin-rejected'));
      await expect(enter({ pin: NEW })).rejects.toMatchObject(refusal('sign-in-refused'));
    });
  });

  describe('gives a session that the record bears out', () => {
    const living = async (part: Partial<SignInAttempt> = {}) => {
      const opened = await enter({ terminal: 't-1', certificate: 'ab'.repeat(32), ...part });
      return { ...opened, row: memory.sessions.find(opened.token) as Session };
    };

    it('and that is found by its token', async () => {
      const { token, row } = await living();
      expect(await signIn.sessionOf(token)).toEqual(row);
      expect(await signIn.sessionOf('made-up')).toBeNull();
    });

    it.each<[string, (row: Session) => Session]>([
      ['that nobody signed in for', (row) => ({ ...row, id: '019d6000-0000-7000-8000-000000000009' })],
      ['of somebody else', (row) => ({ ...row, operator: manager })],
      ['at another terminal', (row) => ({ ...row, terminal: 't-2' })],
      ['at no terminal', (row) => ({ ...row, terminal: null })],
    ])('and not a row written by hand: %s', async (_what, forge) => {
      const { row } = await living();
      const { token } = memory.sessions.open(forge(row), 3_600_000);
      expect(await signIn.sessionOf(token)).toBeNull();
    });

    it('and not one that was signed out, though its row is put back', async () => {
      const { session, row } = await living();
      await signIn.signOut({ id: session }, by(operator));
      const { token } = memory.sessions.open(row, 3_600_000);
      expect(await signIn.sessionOf(token)).toBeNull();
    });

    it('and not one that is older than a session may get, though its row says otherwise', async () => {
      const { row } = await living();
      const { token } = memory.sessions.open(row, 365 * 86_400_000);
      memory.clock.advance(3_600_000);
      expect(await signIn.sessionOf(token)).not.toBeNull();
      memory.clock.advance(1);
      expect(await signIn.sessionOf(token)).toBeNull();
    });
  });

  it('ends with signing out: first in force, then on record', async () => {
    const { token, session } = await enter();
    memory.store.failNextAppend('before');
    await expect(signIn.signOut({ id: session }, by(operator))).rejects.toMatchObject({
      code: 'store-failed',
    });
    expect(memory.sessions.find(token)).toBeNull();
    await signIn.signOut({ id: session }, by(operator));
    expect(await memory.types(sessionStream(session))).toEqual(['SignedIn', 'SignedOut']);
  });

  it('keeps no PIN in the record', async () => {
    const { session } = await enter();
    await fail(2);
    await signIn.changePin({ session: { id: session, operator }, pin, newPin: NEW }, by(operator));
    const record = (await memory.entries()).join('\n');
    expect([pin, NEW, WRONG].filter((secret) => record.includes(`"${secret}"`))).toEqual([]);
  });

  describe('and being denied', () => {
    it('is one event for each action and minute, with a number', async () => {
      const { session } = await enter();
      const deny = (action: string, ...codes: string[]) =>
        signIn.deny({ id: session }, action, codes, by(operator));
      deny('search-trail', 'role-missing');
      deny('search-trail', 'pin-change-first', 'role-missing');
      deny('inquire', 'role-missing');
      await denials.flush();
      expect(await memory.types(sessionStream(session))).toEqual(['SignedIn']);
      memory.clock.advance(60_000);
      deny('search-trail', 'role-missing');
      await denials.flush();
      await denials.flush();
      const denied = (await memory.recorded(sessionStream(session))).slice(1);
      expect(denied.map(({ data }) => data)).toMatchObject([
        {
          action: 'search-trail',
          codes: ['pin-change-first', 'role-missing'],
          minute: '2026-04-06T01:00Z',
          count: 2,
        },
        { action: 'inquire', minute: '2026-04-06T01:00Z', count: 1 },
      ]);
      await denials.flush('all');
      expect(await memory.types(sessionStream(session))).toHaveLength(4);
    });

    it('is not lost, nor doubled, when the store fails', async () => {
      const { session } = await enter();
      signIn.deny({ id: session }, 'inquire', ['role-missing'], by(operator));
      for (const when of ['before', 'after'] as const) {
        memory.store.failNextAppend(when);
        await expect(denials.flush('all')).rejects.toMatchObject({ code: 'store-failed' });
      }
      await denials.flush('all');
      expect(await memory.types(sessionStream(session))).toEqual(['SignedIn', 'AccessDenied']);
    });

    it('of a session that nobody knows keeps no others waiting', async () => {
      const { session } = await enter();
      signIn.deny({ id: 's-unknown' }, 'inquire', ['role-missing'], by(operator));
      signIn.deny({ id: session }, 'inquire', ['role-missing'], by(operator));
      await denials.flush('all');
      expect(await memory.types(sessionStream(session))).toEqual(['SignedIn', 'AccessDenied']);
    });
  });
});
