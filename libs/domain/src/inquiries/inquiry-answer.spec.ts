import { describe, expect, it } from '@jest/globals';
import type { AnswerFault } from './inquiry.events.js';
import { emptyOutcomes } from './inquiry.events.js';
import {
  abandonInquiry,
  ANSWER_GRACE_MS,
  type Answer,
  HOPELESS_MS,
  judgeAgain,
  MAX_RECORDS,
  outcomeOf,
  recordAnswer,
  type Standing,
  withholdAnswer,
} from './inquiry.js';
import {
  INQUIRY,
  inquiries,
  making,
  nothingFound,
  outcomeUnknown,
  provided,
  received,
  recordProvided,
  refused,
  residentRecord,
  RESIDENT_CODE,
  standing,
} from './inquiry.specification.js';

const found = (records: number): Answer => ({
  outcome: records === 1 ? 'found' : 'several',
  records: Array.from({ length: records }, () => residentRecord()),
  message: 'message-1',
});

const answer = (given: Answer, faults: readonly AnswerFault[] = []) =>
  inquiries.given(received).when((state) => recordAnswer(state, INQUIRY, given, faults));

describe('the answer to an open inquiry', () => {
  it('with one record is provided, the record sealed beside it', () => {
    const outcome = answer(found(1));
    expect(outcome.decision.accepted).toBe(true);
    expect(outcome.events).toEqual([
      {
        type: 'InformationProvided',
        data: {
          inquiry: INQUIRY,
          purpose: 'rtva-59-1:examination',
          outcome: 'found',
          records: 1,
          message: 'message-1',
        },
      },
      {
        type: 'RecordProvided',
        data: {
          inquiry: INQUIRY,
          number: 1,
          record: residentRecord(),
          subjects: [
            { kind: 'resident-code', value: RESIDENT_CODE },
            { kind: 'name-birth-date', value: '見本葛子\u001F1961-04-12' },
          ],
        },
      },
    ]);
  });

  it.each([2, MAX_RECORDS])('with %i records numbers them from one, in the order supplied', (count) => {
    const { events } = answer(found(count));
    expect(events[0]?.data).toMatchObject({ outcome: 'several', records: count });
    expect(events.slice(1).map(({ data }) => ('number' in data ? data.number : null))).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });

  it('keeps the register\u2019s own code points, and is findable by code only where the birth date is incomplete', () => {
    const record = residentRecord({ name: '\u{E000}\u{845B}\u{E0100}', birthDate: '1961-??-??' });
    const { events } = answer({ outcome: 'found', records: [record], message: 'message-1' });
    expect(events[1]?.data).toMatchObject({
      record: { name: '\u{E000}\u{845B}\u{E0100}' },
      subjects: [{ kind: 'resident-code', value: RESIDENT_CODE }],
    });
  });

  it.each(emptyOutcomes)(
    'that is %s carries no record, and a count only where there are too many',
    (outcome) => {
      const { events } = answer({ outcome, count: 37 });
      expect(events).toEqual([
        {
          type: 'NothingProvided',
          data: {
            inquiry: INQUIRY,
            purpose: 'rtva-59-1:examination',
            outcome,
            count: outcome === 'too-many' ? 37 : null,
          },
        },
      ]);
    },
  );

  it('is followed by its faults, in the same append', () => {
    const types = (given: Answer) =>
      answer(given, ['individual-number', 'malformed']).events.map(({ type }) => type);
    expect(types(found(1))).toEqual([
      'InformationProvided',
      'RecordProvided',
      'AnswerFaulty',
      'AnswerFaulty',
    ]);
    expect(types({ outcome: 'provider-unavailable', count: null })).toEqual([
      'NothingProvided',
      'AnswerFaulty',
      'AnswerFaulty',
    ]);
  });

  it.each<[string, Answer]>([
    ['found without a record', { ...found(1), outcome: 'found', records: [] } as Answer],
    ['found with two', { ...found(2), outcome: 'found' } as Answer],
    ['several with one', { ...found(1), outcome: 'several' } as Answer],
    ['more than twenty', found(MAX_RECORDS + 1)],
  ])('that claims %s breaks the client\u2019s promise: nothing is recorded, nothing leaves', (_, given) => {
    expect(() => answer(given)).toThrow(RangeError);
  });

  it('is never quoted by the error about it', () => {
    expect(() => answer(found(MAX_RECORDS + 1))).toThrow(/^an answer of 21 records is not "several"$/);
  });
});

describe('an answer to an inquiry that is no longer open', () => {
  const late = (given: Answer, faults: readonly AnswerFault[] = []) =>
    inquiries.given(received, outcomeUnknown).when((state) => recordAnswer(state, INQUIRY, given, faults));

  it('is discarded after abandonment, and counts for fees', () => {
    const outcome = late(found(3));
    expect(outcome.refusals).toEqual(['inquiry-outcome-unknown']);
    expect(outcome.events).toEqual([{ type: 'LateAnswerDiscarded', data: { inquiry: INQUIRY, records: 3 } }]);
  });

  it('holds nobody\u2019s data in what is kept of it', () => {
    expect(JSON.stringify(late(found(1)).events)).not.toContain(RESIDENT_CODE);
  });

  it('costs nothing where it supplied nothing', () => {
    expect(late({ outcome: 'not-found', count: null }).events).toEqual([
      { type: 'LateAnswerDiscarded', data: { inquiry: INQUIRY, records: 0 } },
    ]);
  });

  it('still reports an individual number, which opens an incident however late it comes', () => {
    expect(late(found(1), ['individual-number']).events).toEqual([
      { type: 'LateAnswerDiscarded', data: { inquiry: INQUIRY, records: 1 } },
      { type: 'AnswerFaulty', data: { inquiry: INQUIRY, fault: 'individual-number' } },
    ]);
  });

  it.each([
    ['answered', [received, provided]],
    ['answered with nothing', [received, nothingFound]],
    ['refused', [refused]],
    ['never made', []],
  ] as const)('is refused without a record where it was %s', (_, facts) => {
    const outcome = inquiries.given(...facts).when((state) => recordAnswer(state, INQUIRY, found(1), []));
    expect(outcome.refusals).toEqual(['inquiry-closed']);
    expect(outcome.events).toEqual([]);
  });
});

describe('an inquiry that is judged again', () => {
  const revoked: Partial<Standing> = { grant: { refusals: [{ code: 'grant-revoked' }] } };
  const again = (facts: readonly (typeof received)[], changes: Partial<Standing>) =>
    inquiries.given(...facts).when((state) => judgeAgain(state, making(), standing(changes)));

  it('goes on without an event while nothing stands against it', () => {
    for (const facts of [[received], [received, provided], [received, nothingFound]]) {
      const outcome = again(facts, {});
      expect(outcome.decision).toEqual({ accepted: true, events: [] });
    }
  });

  it('is refused while it is open: the provider is never asked', () => {
    const outcome = again([received], revoked);
    expect(outcome.refusals).toEqual(['grant-revoked']);
    expect(outcome.events).toMatchObject([{ type: 'InquiryRefused', data: { reasons: ['grant-revoked'] } }]);
    expect(inquiries.given(received, ...outcome.events).state).toMatchObject({ state: 'refused' });
  });

  it.each([
    ['records', provided],
    ['not found', nothingFound],
  ] as const)('has its answer withheld once there is one (%s)', (_, closing) => {
    const outcome = again([received, closing], { ...revoked, suspended: true });
    expect(outcome.refusals).toEqual(['grant-revoked']);
    expect(outcome.events).toEqual([
      {
        type: 'AnswerWithheld',
        data: { inquiry: INQUIRY, operator: 'operator-1', reasons: ['grant-revoked'] },
      },
    ]);
  });

  it('keeps an answer that came before the provider suspended', () => {
    const outcome = again([received, provided], { suspended: true, withinHours: false });
    expect(outcome.decision).toEqual({ accepted: true, events: [] });
  });

  it('keeps its outcome when the answer is withheld: what was provided stays provided', () => {
    const { decision } = inquiries
      .given(received, provided)
      .when(() => withholdAnswer({ inquiry: INQUIRY, operator: 'operator-1' }, [{ code: 'grant-revoked' }]));
    expect(inquiries.given(received, provided, ...decision.events).state).toMatchObject({
      state: 'provided',
      records: 1,
    });
  });

  it.each([
    ['was never made', [], 'inquiry-not-found'],
    ['was closed as unknown', [received, outcomeUnknown], 'inquiry-outcome-unknown'],
  ] as const)('goes no further when it %s, whatever the standing', (_, facts, code) => {
    for (const changes of [{}, revoked]) {
      const outcome = again(facts, changes);
      expect(outcome.refusals).toEqual([code]);
      expect(outcome.events).toEqual([]);
    }
  });

  it('stays refused, for the reasons on record, when the obstacle is gone', () => {
    const outcome = again([refused], {});
    expect(outcome.refusals).toEqual(['out-of-hours', 'grant-revoked']);
    expect(outcome.events).toEqual([]);
  });
});

describe('an abandoned inquiry', () => {
  const DEADLINE = Date.parse('2026-04-10T01:00:29.500Z');
  const abandon = (lateMs: number, leaseDead: boolean, ...facts: readonly (typeof received)[]) =>
    inquiries
      .given(...facts)
      .when((state) => abandonInquiry(state, { inquiry: INQUIRY, realNow: DEADLINE + lateMs, leaseDead }));

  it.each([
    ['its process is dead, deadline and grace are over', ANSWER_GRACE_MS + 1, true, 'abandoned'],
    [
      'its process lives, but could not record it for a quarter of an hour',
      HOPELESS_MS + 1,
      false,
      'not-recorded',
    ],
  ])('is closed as unknown: %s', (_, late, leaseDead, cause) => {
    expect(abandon(late, leaseDead, received).events).toEqual([
      { type: 'InquiryOutcomeUnknown', data: { inquiry: INQUIRY, cause } },
    ]);
  });

  it.each([
    ['within the grace', ANSWER_GRACE_MS, true],
    ['while its process lives', ANSWER_GRACE_MS + 1, false],
    ['until it is hopeless', HOPELESS_MS, false],
    ['before its deadline', -1, true],
  ])('is left alone %s', (_, late, leaseDead) => {
    const outcome = abandon(late, leaseDead, received);
    expect(outcome.refusals).toEqual(['inquiry-open']);
    expect(outcome.events).toEqual([]);
  });

  it.each([
    ['answered', [received, provided]],
    ['refused', [refused]],
    ['closed already', [received, outcomeUnknown]],
    ['never made', []],
  ] as const)('is not one that was %s', (_, facts) => {
    const outcome = abandon(HOPELESS_MS + 1, true, ...facts);
    expect(outcome.refusals).toEqual(['inquiry-closed']);
    expect(outcome.events).toEqual([]);
  });
});

describe('the state of an inquiry', () => {
  const accepted = {
    by: { operator: 'operator-1', terminal: 'terminal-1' },
    purpose: 'rtva-59-1:examination',
    form: 'by-code',
    grant: 'grant-1',
    usableThrough: '2026-07-09',
  };

  it('says who works on it, and until when, only while it is open', () => {
    const open = inquiries.given(received).state;
    expect(open).toEqual({
      ...accepted,
      state: 'open',
      deadline: '2026-04-10T01:00:29.500Z',
      lease: 'api-1',
    });
    expect(outcomeOf(open)).toBeNull();
    const answered = inquiries.given(received, provided, recordProvided).state;
    expect(answered).toEqual({
      ...accepted,
      state: 'provided',
      outcome: 'found',
      records: 1,
      redeliveries: 0,
    });
    expect(outcomeOf(answered)).toBe('found');
    expect(inquiries.given(received, outcomeUnknown).state).toEqual({ ...accepted, state: 'unknown' });
  });

  it('folds the same after erasure: nothing that was sealed was ever in it', () => {
    const erased = [received, provided, recordProvided].map(({ data, ...fact }) => {
      const {
        question: _question,
        subjects: _subjects,
        record: _record,
        ...clear
      } = data as {
        question?: unknown;
        subjects?: unknown;
        record?: unknown;
      };
      return { ...fact, data: clear };
    });
    const state = inquiries.given(...erased).state;
    expect(state).toEqual(inquiries.given(received, provided, recordProvided).state);
    expect(JSON.stringify(state)).not.toContain(RESIDENT_CODE);
  });

  it('is not moved by what is only noted: late answers, faults, withheld answers', () => {
    const noted = [
      { type: 'LateAnswerDiscarded', data: { inquiry: INQUIRY, records: 1 } },
      { type: 'AnswerFaulty', data: { inquiry: INQUIRY, fault: 'timeout' } },
      { type: 'AnswerWithheld', data: { inquiry: INQUIRY, operator: 'operator-1', reasons: [] } },
    ];
    for (const facts of [[], [received], [received, provided], [received, nothingFound], [refused]]) {
      expect(inquiries.given(...facts, ...noted).state).toEqual(inquiries.given(...facts).state);
    }
  });

  it('is not made by an outcome alone', () => {
    for (const fact of [provided, nothingFound, outcomeUnknown]) {
      expect(inquiries.given(fact).state).toEqual({ state: 'none' });
    }
  });
});
