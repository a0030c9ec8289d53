import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import {
  type DisclosureRequestEvent,
  disclosureRequestEvents,
  DisclosureRequestAnswered,
  DisclosureRequestExtended,
  DisclosureRequestReceived,
} from './disclosure-request.events.js';
import {
  type AnswerDisclosureRequest,
  daysLeft,
  decideAnswerDisclosureRequest,
  decideExtendDisclosureRequest,
  decideReceiveDisclosureRequest,
  decideViewDisclosureRequest,
  disclosureDueOn,
  evolveDisclosureRequest,
  type ExtendDisclosureRequest,
  initialDisclosureRequest,
  type ReceiveDisclosureRequest,
} from './disclosure-request.js';
import { disclosureRequestRefusals } from './refusals.js';

const { given } = specify(disclosureRequestEvents, evolveDisclosureRequest, initialDisclosureRequest);

/** The last moment of 2026-04-01 in Tokyo, and the first of the next day. */
const [LATE, NEXT] = ['2026-04-01T14:59:59.999Z', '2026-04-01T15:00:00.000Z'];
const REFERENCE = '開示請求第12号';

const receiving: ReceiveDisclosureRequest = {
  disclosureRequest: 'd-1',
  by: 'o-officer',
  reference: REFERENCE,
  receivedOn: '2026-04-01',
  now: LATE,
};
const received: DisclosureRequestEvent = {
  type: 'DisclosureRequestReceived',
  data: {
    disclosureRequest: 'd-1',
    operator: 'o-officer',
    reference: REFERENCE,
    receivedOn: '2026-04-01',
    dueOn: '2026-04-30',
  },
};
const extended: DisclosureRequestEvent & { readonly at: string } = {
  type: 'DisclosureRequestExtended',
  at: '2026-04-20T15:00:00.000Z',
  data: {
    disclosureRequest: 'd-1',
    operator: 'o-officer',
    reason: '提供件数が多いため',
    dueOn: '2026-05-30',
  },
};
const shown: DisclosureRequestEvent & { readonly at: string } = {
  type: 'ResidentProvisionsShown',
  at: '2026-04-10T01:00:00.000Z',
  data: { disclosureRequest: 'd-1', listing: 'l-1', operator: 'o-officer', format: 'pdf', subjects: [] },
};
const answered: DisclosureRequestEvent = {
  type: 'DisclosureRequestAnswered',
  data: {
    disclosureRequest: 'd-1',
    operator: 'o-officer',
    answer: 'disclosed',
    answeredOn: '2026-04-10',
    remark: '窓口で交付した。',
  },
};
const viewed = (operator: string): DisclosureRequestEvent => ({
  type: 'DisclosureRequestViewed',
  data: { disclosureRequest: 'd-1', operator },
});

type Facts = readonly (DisclosureRequestEvent & { readonly at?: string })[];

const receive = (
  changes: Partial<ReceiveDisclosureRequest> = {},
  facts: Facts = [],
  known: string | null = null,
) =>
  given(...facts).when((state) => decideReceiveDisclosureRequest(state, { ...receiving, ...changes }, known));
const extend = (changes: Partial<ExtendDisclosureRequest> = {}, facts: Facts = [received]) =>
  given(...facts).when((state) =>
    decideExtendDisclosureRequest(state, {
      by: 'o-officer',
      dueOn: '2026-05-30',
      reason: '提供件数が多いため',
      now: '2026-04-30T14:59:59.999Z',
      ...changes,
    }),
  );
const answer = (changes: Partial<AnswerDisclosureRequest> = {}, facts: Facts = [received, shown]) =>
  given(...facts).when((state) =>
    decideAnswerDisclosureRequest(state, {
      by: 'o-officer',
      answer: 'disclosed',
      answeredOn: '2026-04-10',
      remark: '窓口で交付した。',
      now: '2026-04-10T02:00:00.000Z',
      ...changes,
    }),
  );

const clearOf = (definition: Parameters<typeof record>[0], fact: DisclosureRequestEvent): string =>
  JSON.stringify(record(definition, fact).data);

describe('a request for disclosure', () => {
  it('is received with its last day; its number stays sealed', () => {
    expect(receive().events).toEqual([received]);
    expect(clearOf(DisclosureRequestReceived, received)).not.toContain(REFERENCE);
    expect(given(received).state).toEqual({
      state: 'open',
      disclosureRequest: 'd-1',
      operator: 'o-officer',
      receivedOn: '2026-04-01',
      dueOn: '2026-04-30',
      extendedOn: null,
      looks: 0,
      firstLookOn: null,
      viewers: [],
    });
  });

  it.each([
    ['2026-04-01', '2026-04-30'],
    ['2026-01-31', '2026-03-01'],
    ['2028-02-01', '2028-03-01'],
    ['2026-12-15', '2027-01-13'],
  ])('received on %s is due on %s, the day of receipt counted', (day, due) => {
    expect(disclosureDueOn(day)).toBe(due);
  });

  it.each([
    ['the day of receipt', LATE, 29],
    ['a moment later, in Tokyo', NEXT, 28],
    ['the last moment of the last day', '2026-04-30T14:59:59.999Z', 0],
    ['the day after', '2026-04-30T15:00:00.000Z', -1],
  ])('has days left on %s', (_, now, left) => {
    expect(daysLeft('2026-04-30', now)).toBe(left);
  });

  it('is received once: the same again by the same person is nothing new, anything else is refused', () => {
    expect(receive({ now: NEXT }, [received], REFERENCE)).toMatchObject({ events: [], refusals: [] });
    for (const other of [{ by: 'o-other' }, { reference: '第13号' }, { receivedOn: '2026-03-31' }])
      expect(receive(other, [received], REFERENCE).refusals).toEqual(['disclosure-request-exists']);
    // Once the trail of its year has ended nobody can tell whether it is the same.
    expect(receive({}, [received], null).refusals).toEqual(['disclosure-request-exists']);
  });

  it.each<[string, Partial<ReceiveDisclosureRequest>, string]>([
    ['without a reference', { reference: ' ' }, 'disclosure-reference-malformed'],
    ['under a name instead of a number', { reference: '山田花子' }, 'disclosure-reference-malformed'],
    ['under a resident code', { reference: '第25208017643号' }, 'disclosure-reference-malformed'],
    ['under too long a reference', { reference: '1'.repeat(65) }, 'disclosure-reference-malformed'],
    ['before it came', { receivedOn: '2026-04-02' }, 'disclosure-received-malformed'],
    ['on a day of no calendar', { receivedOn: '2026-02-30' }, 'disclosure-received-malformed'],
    ['on the same day of a mistyped year', { receivedOn: '2025-04-01' }, 'disclosure-received-malformed'],
    ['on a day of another century', { receivedOn: '1990-01-01' }, 'disclosure-received-malformed'],
    ['on the first day of the calendar', { receivedOn: '0000-01-01' }, 'disclosure-received-malformed'],
  ])('is not received %s', (_, changes, code) => {
    expect(receive(changes)).toMatchObject({ events: [], refusals: [code] });
    expect(disclosureRequestRefusals).toContain(code);
  });

  it('is received with its true day though it lay in a drawer for less than a year', () => {
    expect(receive({ receivedOn: '2025-04-02' }).events).toMatchObject([{ data: { dueOn: '2025-05-01' } }]);
  });

  describe('is extended', () => {
    it('by thirty days at most, up to its last day; the reason stays sealed', () => {
      const { type, data } = extended;
      expect(extend().events).toEqual([{ type, data }]);
      expect(clearOf(DisclosureRequestExtended, extended)).not.toContain('提供件数');
      expect(extend({ dueOn: '2026-05-01' }).events).toMatchObject([{ data: { dueOn: '2026-05-01' } }]);
      expect(given(received, extended).state).toMatchObject({
        dueOn: '2026-05-30',
        extendedOn: '2026-04-21',
      });
    });

    it.each<[string, Partial<ExtendDisclosureRequest>, Facts, string]>([
      ['without a request', {}, [], 'disclosure-request-missing'],
      ['twice', { dueOn: '2026-06-10' }, [received, extended], 'disclosure-request-extended'],
      ['once answered', {}, [received, shown, answered], 'disclosure-request-answered'],
      ['after its last day', { now: '2026-04-30T15:00:00.000Z' }, [received], 'disclosure-request-overdue'],
      ['by more than thirty days', { dueOn: '2026-05-31' }, [received], 'disclosure-due-malformed'],
      ['by no day', { dueOn: '2026-04-30' }, [received], 'disclosure-due-malformed'],
      ['to an earlier day', { dueOn: '2026-04-29' }, [received], 'disclosure-due-malformed'],
      ['to a day of no calendar', { dueOn: '2026-04-31' }, [received], 'disclosure-due-malformed'],
      ['without a reason', { reason: ' ' }, [received], 'reason-malformed'],
      ['for too long a reason', { reason: '字'.repeat(1_001) }, [received], 'reason-malformed'],
    ])('not %s', (_, changes, facts, code) => {
      expect(extend(changes, facts)).toMatchObject({ events: [], refusals: [code] });
      expect(disclosureRequestRefusals).toContain(code);
    });
  });

  describe('is answered', () => {
    it('once; the remark stays sealed', () => {
      expect(answer().events).toEqual([answered]);
      expect(clearOf(DisclosureRequestAnswered, answered)).not.toContain('窓口');
      expect(given(received, shown, answered).state).toMatchObject({
        state: 'answered',
        answer: 'disclosed',
        answeredOn: '2026-04-10',
        looks: 1,
        firstLookOn: '2026-04-10',
      });
      expect(answer({ answer: 'refused' }, [received, shown, answered]).refusals).toEqual([
        'disclosure-request-answered',
      ]);
    });

    it.each(['refused', 'withdrawn'] as const)('as %s without a look, from the day of receipt on', (how) => {
      const changes = { answer: how, answeredOn: '2026-04-01', remark: null };
      expect(answer(changes, [received]).events).toMatchObject([{ data: { answer: how, remark: null } }]);
    });

    it('on the day of its extension and later', () => {
      const changes = {
        answer: 'refused',
        answeredOn: '2026-04-21',
        now: '2026-04-21T01:00:00.000Z',
      } as const;
      expect(answer(changes, [received, extended]).events).toMatchObject([
        { data: { answeredOn: '2026-04-21' } },
      ]);
    });

    it('as registered in error, which says why', () => {
      const changes = {
        answer: 'registered-in-error',
        remark: '受付日の誤記',
        answeredOn: '2026-04-01',
      } as const;
      const { events } = answer(changes, [received]);
      expect(events).toMatchObject([{ data: changes }]);
      expect(clearOf(DisclosureRequestAnswered, events[0] as DisclosureRequestEvent)).not.toContain('誤記');
    });

    it('late, too: the resident is still waiting', () => {
      const late = { answeredOn: '2026-05-08', now: '2026-05-08T01:00:00.000Z' };
      expect(answer(late).events).toHaveLength(1);
    });

    it.each<[string, Partial<AnswerDisclosureRequest>, Facts, string]>([
      ['without a request', {}, [], 'disclosure-request-missing'],
      ['as disclosed where nothing was listed', {}, [received], 'disclosure-not-shown'],
      [
        'as disclosed before it was listed',
        { answeredOn: '2026-04-09' },
        [received, shown],
        'disclosure-answered-malformed',
      ],
      [
        'before it was received',
        { answer: 'refused', answeredOn: '2026-03-31' },
        [received],
        'disclosure-answered-malformed',
      ],
      [
        'before it was extended: what was answered is not extended any more',
        { answer: 'refused', answeredOn: '2026-04-20', now: '2026-04-21T01:00:00.000Z' },
        [received, extended],
        'disclosure-answered-malformed',
      ],
      [
        'as disclosed before it was extended, though listed before',
        { answeredOn: '2026-04-20', now: '2026-04-21T01:00:00.000Z' },
        [received, shown, extended],
        'disclosure-answered-malformed',
      ],
      [
        'as registered in error without a word of it',
        { answer: 'registered-in-error', remark: null },
        [received],
        'disclosure-remark-missing',
      ],
      ['on a day to come', { answeredOn: '2026-04-11' }, [received, shown], 'disclosure-answered-malformed'],
      ['on no day', { answeredOn: '2026-04-31' }, [received, shown], 'disclosure-answered-malformed'],
      ['with a blank remark', { remark: ' ' }, [received, shown], 'disclosure-remark-malformed'],
      [
        'with too long a remark',
        { remark: '字'.repeat(1_001) },
        [received, shown],
        'disclosure-remark-malformed',
      ],
    ])('not %s', (_, changes, facts, code) => {
      expect(answer(changes, facts)).toMatchObject({ events: [], refusals: [code] });
      expect(disclosureRequestRefusals).toContain(code);
    });
  });

  it('is seen on record, once for a person, answered or not', () => {
    const view = (by: string, ...facts: Facts) =>
      given(...facts).when((state) => decideViewDisclosureRequest(state, { by }));
    expect(view('o-officer').refusals).toEqual(['disclosure-request-missing']);
    expect(view('o-officer', received).events).toEqual([viewed('o-officer')]);
    expect(view('o-officer', received, viewed('o-officer')).events).toEqual([]);
    expect(view('o-other', received, viewed('o-officer'), shown, answered).events).toEqual([
      viewed('o-other'),
    ]);
  });
});
