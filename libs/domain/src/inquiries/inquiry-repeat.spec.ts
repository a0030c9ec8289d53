import { describe, expect, it } from '@jest/globals';
import { isExpired, repeatInquiry } from './inquiry.js';
import {
  INQUIRY,
  inquiries,
  NOW,
  nothingFound,
  outcomeUnknown,
  provided,
  received,
  recordProvided,
  refused,
} from './inquiry.specification.js';

type Question = Parameters<typeof repeatInquiry>[2];
type Access = Parameters<typeof repeatInquiry>[3];

const same = { inquiry: INQUIRY, operator: 'operator-1', terminal: 'terminal-1', now: NOW };
const answered = [received, provided, recordProvided];

const repeat = (
  facts: readonly (typeof received)[],
  question: Question = 'same',
  access: Access = [],
  command: Partial<typeof same> = {},
) =>
  inquiries.given(...facts).when((state) => repeatInquiry(state, { ...same, ...command }, question, access));

describe('the same question, repeated by the same operator at the same terminal,', () => {
  it.each([
    ['with records', answered],
    ['without', [received, nothingFound]],
  ] as const)('is given the stored answer again, %s, and that is an event', (_, facts) => {
    const outcome = repeat(facts);
    expect(outcome.decision).toEqual({
      accepted: true,
      events: [
        {
          type: 'AnswerRedelivered',
          data: { inquiry: INQUIRY, operator: 'operator-1', terminal: 'terminal-1' },
        },
      ],
    });
  });

  it.each([
    ['with records', answered],
    ['without', [received, nothingFound]],
  ] as const)('is given it ten times, %s, and then only as a disclosure', (_, facts) => {
    const again = { type: 'AnswerRedelivered', data: same };
    const times = (count: number) => [...facts, ...Array.from({ length: count }, () => again)];
    expect(repeat(times(9)).refusals).toEqual([]);
    expect(repeat(times(10))).toMatchObject({ refusals: ['inquiry-redelivered-too-often'], events: [] });
    expect(repeat(times(10), 'other').refusals).toEqual(['inquiry-question-differs']);
  });

  it.each<[string, readonly (typeof received)[], Question, string]>([
    ['while it is open', [received], 'same', 'inquiry-open'],
    ['with another question, while it is open', [received], 'other', 'inquiry-question-differs'],
    ['while it is open, its question erased', [received], 'erased', 'inquiry-open'],
    ['after it was closed as unknown', [received, outcomeUnknown], 'same', 'inquiry-outcome-unknown'],
    ['with another question, after that', [received, outcomeUnknown], 'other', 'inquiry-question-differs'],
    ['with another question', answered, 'other', 'inquiry-question-differs'],
    [
      'with another question, after an empty answer',
      [received, nothingFound],
      'other',
      'inquiry-question-differs',
    ],
    ['after erasure', answered, 'erased', 'identity-data-erased'],
    [
      'after the erasure of a question without records',
      [received, nothingFound],
      'erased',
      'identity-data-erased',
    ],
    ['of an id that was never used', [], 'same', 'inquiry-not-found'],
  ])('is refused %s, and nothing is recorded', (_, facts, question, code) => {
    const outcome = repeat(facts, question);
    expect(outcome.refusals).toEqual([code]);
    expect(outcome.events).toEqual([]);
  });

  it('gets the refusal on record again, whatever is asked now', () => {
    for (const question of ['same', 'other', 'erased'] as const) {
      const outcome = repeat([refused], question);
      expect(outcome.refusals).toEqual(['out-of-hours', 'grant-revoked']);
      expect(outcome.events).toEqual([]);
    }
  });

  it('is refused when access was lost since, even though the answer is theirs', () => {
    const outcome = repeat(answered, 'same', [{ code: 'grant-revoked' }, { code: 'training-lapsed' }]);
    expect(outcome.refusals).toEqual(['grant-revoked', 'training-lapsed']);
    expect(outcome.events).toEqual([]);
  });

  it('is given the answer again after it was withheld, once access is back', () => {
    const withheld = {
      type: 'AnswerWithheld',
      data: { inquiry: INQUIRY, operator: 'operator-1', reasons: ['grant-revoked'] },
    };
    expect(repeat([...answered, withheld]).events).toMatchObject([{ type: 'AnswerRedelivered' }]);
  });
});

describe('somebody else who knows the id of an inquiry', () => {
  const others = [
    { operator: 'operator-2' },
    { terminal: 'terminal-2' },
    { operator: 'operator-2', terminal: 'terminal-2' },
  ];
  const streams = [[received], answered, [received, nothingFound], [received, outcomeUnknown], [refused]];

  it('learns only that the id is taken: not the state, not the reasons, not whether the question is the same', () => {
    for (const command of others) {
      for (const facts of streams) {
        for (const question of ['same', 'other', 'erased'] as const) {
          const { decision } = repeat(facts, question, [], command);
          expect(decision).toEqual({
            accepted: false,
            refusals: [{ code: 'inquiry-id-taken', field: 'Idempotency-Key' }],
            events: [],
          });
        }
      }
    }
  });
});

describe('use after expiry', () => {
  // `received` is usable through 2026-07-09.
  const last = '2026-07-09T14:59:59.999Z';
  const over = '2026-07-09T15:00:00.000Z';

  it('begins at 00:00 in Tokyo after the last usable day, whether or not the keys are destroyed yet', () => {
    expect(isExpired({ usableThrough: '2026-07-09' }, last)).toBe(false);
    expect(isExpired({ usableThrough: '2026-07-09' }, over)).toBe(true);
  });

  it('is refused to a repeat, though the data could still be opened', () => {
    expect(repeat(answered, 'same', [], { now: last }).refusals).toEqual([]);
    for (const facts of [answered, [received, nothingFound]]) {
      const outcome = repeat(facts, 'same', [], { now: over });
      expect(outcome.refusals).toEqual(['identity-data-expired']);
      expect(outcome.events).toEqual([]);
    }
  });
});
