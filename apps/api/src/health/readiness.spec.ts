import { describe, expect, it } from '@jest/globals';
import type { LivingContact } from '#application';
import type { Rooms } from '#wiring';
import { Readiness } from './readiness.js';

/** Rooms of which nothing answers but the configuration: every other check says no by itself. */
const roomsWith = (smtpHost: string | null): Rooms =>
  ({ configuration: { agreement: 'a', smtpHost }, cosignedAge: { isAsked: false } }) as unknown as Rooms;

const contact = (...kinds: LivingContact['kinds']): LivingContact => ({
  contact: 'c',
  party: 'recipient',
  version: 1,
  kinds,
  since: 0,
});

describe('readiness', () => {
  it.each([
    ['mail and no mail server', null, [contact('smtp')], { ok: false, value: 'smtp' }],
    [
      'mail as the second way, and no server',
      null,
      [contact('webhook', 'smtp')],
      { ok: false, value: 'smtp' },
    ],
    ['mail and a server', 'mail.example', [contact('smtp')], { ok: true, value: null }],
    ['no mail', null, [contact('webhook')], { ok: true, value: null }],
    ['nobody', null, [], { ok: true, value: null }],
  ] as const)(
    'says whether the channels of the contacts are there: %s',
    async (_what, host, living, told) => {
      const contacts = { missing: () => Promise.resolve([]), living: () => Promise.resolve(living) };
      const { checks } = await new Readiness(roomsWith(host), contacts).report();
      expect(checks['channels']).toEqual(told);
    },
  );

  it('names what cannot be asked, and does not fail', async () => {
    const broken = { missing: () => Promise.reject(new Error()), living: () => Promise.reject(new Error()) };
    const { status, checks } = await new Readiness(roomsWith(null), broken).report();
    expect(status).toBe('not-ready');
    expect(Object.values(checks).every(({ ok }) => !ok)).toBe(true);
  });
});
