import { describe, expect, it } from '@jest/globals';
import { record } from '../kernel/specification.js';
import { type DisclosureStanding, requestDisclosure, type RequestDisclosure } from './disclosure.js';
import { DisclosureRequested, disclosureReasons } from './inquiry.events.js';
import {
  INQUIRY,
  inquiries,
  nothingFound,
  NOW,
  outcomeUnknown,
  provided,
  received,
  recordProvided,
  refused,
} from './inquiry.specification.js';

const answered = [received, provided, recordProvided];
const asking = (changes: Partial<RequestDisclosure> = {}): RequestDisclosure => ({
  disclosure: 'disclosure-1',
  inquiry: INQUIRY,
  operator: 'operator-1',
  terminal: 'terminal-1',
  reason: 'case-continued',
  note: null,
  now: NOW,
  ...changes,
});
const able = (changes: Partial<DisclosureStanding> = {}): DisclosureStanding => ({
  data: 'open',
  securityOfficer: false,
  access: [],
  ...changes,
});
const officer = { operator: 'officer-1', terminal: 'terminal-9' };

const request = (
  facts: readonly (typeof received)[],
  command: Partial<RequestDisclosure> = {},
  standing: Partial<DisclosureStanding> = {},
) => inquiries.given(...facts).when((state) => requestDisclosure(asking(command), state, able(standing)));

const types = (outcome: ReturnType<typeof request>) => outcome.events.map(({ type }) => type);
const OPENED = ['DisclosureRequested', 'DisclosureOpened'];
const DENIED = ['DisclosureRequested', 'DisclosureDenied'];

describe('an operator opens a stored answer', () => {
  it('of an own inquiry, under a valid grant; request and opening are recorded together', () => {
    const outcome = request(answered, { note: '窓口で再確認' });
    expect(outcome.decision).toEqual({
      accepted: true,
      events: [
        {
          type: 'DisclosureRequested',
          data: {
            disclosure: 'disclosure-1',
            inquiry: INQUIRY,
            operator: 'operator-1',
            reason: 'case-continued',
            note: '窓口で再確認',
          },
        },
        {
          type: 'DisclosureOpened',
          data: { disclosure: 'disclosure-1', inquiry: INQUIRY, operator: 'operator-1', records: 1 },
        },
      ],
    });
  });

  it.each(disclosureReasons)('for the listed reason %s', (reason) => {
    expect(types(request(answered, { reason }))).toEqual(OPENED);
  });

  it.each<[string, Partial<RequestDisclosure>, Partial<DisclosureStanding>, readonly string[]]>([
    ['of another operator', { operator: 'operator-2' }, {}, ['disclosure-not-allowed']],
    ['from another terminal', { terminal: 'terminal-2' }, {}, ['disclosure-not-allowed']],
    [
      'without access now',
      {},
      { access: [{ code: 'grant-revoked' }, { code: 'training-lapsed' }] },
      ['grant-revoked', 'training-lapsed'],
    ],
    ['that is erased', {}, { data: 'erased' }, ['identity-data-erased']],
    ['whose last usable day is over', { now: '2026-07-09T15:00:00.000Z' }, {}, ['identity-data-expired']],
    [
      'of another operator, even for an audit',
      { operator: 'operator-2', reason: 'audit' },
      {},
      ['disclosure-not-allowed'],
    ],
  ])('but not one %s; the denial is recorded with its reasons', (_, command, standing, reasons) => {
    const outcome = request(answered, command, standing);
    expect(outcome.refusals).toEqual(reasons);
    expect(types(outcome)).toEqual(DENIED);
    expect(outcome.events[1]?.data).toMatchObject({ reasons });
  });

  it('through the whole of its last usable day in Tokyo', () => {
    expect(types(request(answered, { now: '2026-07-09T14:59:59.999Z' }))).toEqual(OPENED);
  });

  it.each([
    ['open', [received]],
    ['empty', [received, nothingFound]],
    ['unknown', [received, outcomeUnknown]],
    ['refused', [refused]],
  ] as const)('but not of an inquiry that is %s: it has no records', (_, facts) => {
    const outcome = request(facts);
    expect(outcome.refusals).toEqual(['inquiry-without-records']);
    expect(types(outcome)).toEqual(DENIED);
  });

  it('but not of an inquiry that does not exist; the attempt is recorded', () => {
    const outcome = request([]);
    expect(outcome.refusals).toEqual(['inquiry-not-found']);
    expect(types(outcome)).toEqual(DENIED);
  });

  it('and a stranger learns nothing about the inquiry but that it is not theirs', () => {
    for (const facts of [[received], answered, [received, nothingFound], [refused]]) {
      for (const data of ['open', 'erased'] as const) {
        const stranger = request(facts, { operator: 'operator-2' }, { data });
        expect(stranger.refusals).toEqual(['disclosure-not-allowed']);
      }
    }
  });
});

describe('a security officer opens a stored answer', () => {
  const asOfficer = (
    reason: string,
    changes: Partial<RequestDisclosure> = {},
    data: 'open' | 'erased' = 'open',
  ) =>
    request(
      answered,
      { ...officer, reason, ...changes },
      { securityOfficer: true, data, access: [{ code: 'role-missing' }] },
    );

  it.each(['audit', 'incident'])(
    'for %s, of anybody\u2019s inquiry, without a grant of their own',
    (reason) => {
      expect(types(asOfficer(reason))).toEqual(OPENED);
    },
  );

  it.each(['case-continued', 'applicant-query', 'correction'])(
    'but never to work on a case (%s)',
    (reason) => {
      const outcome = asOfficer(reason);
      expect(outcome.refusals).toEqual(['disclosure-not-allowed']);
      expect(types(outcome)).toEqual(DENIED);
    },
  );

  it('but never as the auditor of an own inquiry: there the operator\u2019s rules hold', () => {
    expect(asOfficer('audit', { operator: 'operator-1', terminal: 'terminal-1' }).refusals).toEqual([
      'role-missing',
    ]);
    expect(asOfficer('audit', { operator: 'operator-1' }).refusals).toEqual(['disclosure-not-allowed']);
  });

  it('but not what is erased or expired', () => {
    expect(asOfficer('audit', {}, 'erased').refusals).toEqual(['identity-data-erased']);
    expect(asOfficer('audit', { now: '2026-07-10T00:00:00.000Z' }).refusals).toEqual([
      'identity-data-expired',
    ]);
  });
});

describe('a request that is no request', () => {
  it.each<[string, Partial<RequestDisclosure>, readonly string[]]>([
    ['gives no reason', { reason: '' }, ['disclosure-reason-unlisted']],
    ['gives a reason of its own', { reason: 'curiosity about 見本花子' }, ['disclosure-reason-unlisted']],
    ['gives the name of a method', { reason: 'toString' }, ['disclosure-reason-unlisted']],
    ['has too long a note', { note: '字'.repeat(1_001) }, ['disclosure-note-malformed']],
    ['has half a character in its note', { note: '\uD842' }, ['disclosure-note-malformed']],
    [
      'is wrong in both',
      { reason: 'x', note: '\uD842' },
      ['disclosure-reason-unlisted', 'disclosure-note-malformed'],
    ],
  ])('%s: it is refused, and nothing typed freely is recorded', (_, command, codes) => {
    const outcome = request(answered, command);
    expect(outcome.refusals).toEqual(codes);
    expect(outcome.events).toEqual([]);
  });

  it('may have a note of a thousand characters', () => {
    expect(types(request(answered, { note: '\u{20BB7}'.repeat(1_000) }))).toEqual(OPENED);
  });
});

describe('the note of a request', () => {
  it('is sealed with the trail: a fold or a projection never sees it', () => {
    const { events } = request(answered, { note: 'free text' });
    const [fact] = events;
    expect(fact && record(DisclosureRequested, fact).data).not.toHaveProperty('note');
  });
});
