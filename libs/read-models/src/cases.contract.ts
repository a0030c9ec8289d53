import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AnswerRedelivered,
  CaseClosed,
  CaseOpeningCorrected,
  CaseRegistered,
  CaseReopened,
  type EventDefinition,
  InquiryRefused,
} from '#domain';
import { History, uuid } from './history.contract.js';
import type { OpenedReadModels } from './trail.contract.js';

const affair = 'rtva-59-1';
const purpose = 'rtva-59-1:examination';
/** The case that a receipt of the histories names. */
const which = { affair, caseReference: 'R8-1' };
const open = { ...which, openedOn: '2026-03-01', closedOn: null, explainsThrough: null };

/** Who hands over, and does not ask. */
const registrar = { actor: { operator: 'registrar-1' } };

/** What every engine's register of cases must do. */
export function casesContract(open_: () => Promise<OpenedReadModels>): void {
  describe('the register of cases', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open_();
      history = new History();
    });
    afterEach(() => opened.dispose());

    const project = () => history.projectInto(opened.projections);
    /** What the trail says of the case of each inquiry's events, the oldest first. */
    const matches = async (inquiry: string): Promise<readonly (boolean | null)[]> => {
      const { rows } = await opened.queries.searchTrail({ inquiry }, { limit: 500 });
      return rows.map(({ caseMatches }) => caseMatches).toReversed();
    };
    /** An inquiry in the morning of a day of Tokyo. */
    const asked = (n: number, day: string, data: object = {}): string => {
      history.received(uuid(n), data, { at: `${day}T00:00:00.000Z` });
      return uuid(n);
    };

    it('says of no inquiry whether it has a case until a case of its affair was handed over', async () => {
      const before = asked(1, '2026-04-01');
      history.add(CaseRegistered, { ...open, affair: 'rtva-67' }, registrar);
      const other = asked(2, '2026-04-01');
      await project();
      expect(await matches(before)).toEqual([null]);
      expect(await matches(other)).toEqual([null]);
      expect(await opened.queries.caseRegisters('agreement')).toEqual([
        { affair: 'rtva-67', cases: 1, changedAt: '2026-04-01T00:00:00.000Z' },
      ]);
    });

    it.each(['in one batch', 'event by event'])(
      'judges by reference, affair, agreement and day, %s',
      async (how) => {
        const next = how === 'event by event' ? project : async (): Promise<void> => undefined;
        history.add(CaseRegistered, open, registrar);
        await next();
        const expected = new Map<string, boolean | null>();
        expected.set(asked(1, '2026-03-01'), true);
        expected.set(asked(2, '2026-02-28'), false);
        expected.set(asked(3, '2026-04-01', { caseReference: 'R8-2' }), false);
        expected.set(asked(4, '2026-04-01', { purpose: 'rtva-67:examination' }), null);
        expected.set(asked(5, '2026-04-01', { purpose: 'rtva-59-1:acceptance' }), true);
        history.received(uuid(6), {}, { agreement: 'another' });
        expected.set(uuid(6), null);
        await next();
        history.add(
          CaseClosed,
          { ...which, closedOn: '2026-04-02', explainsThrough: '2026-04-04' },
          registrar,
        );
        await next();
        expected.set(asked(7, '2026-04-04'), true);
        expected.set(asked(8, '2026-04-05'), false);
        await next();
        history.add(CaseReopened, which, registrar);
        expected.set(asked(9, '2026-04-05'), true);
        history.add(CaseOpeningCorrected, { ...which, openedOn: '2026-02-28' }, registrar);
        expected.set(asked(10, '2026-02-28'), true);
        await project();
        const judged = new Map<string, boolean | null>();
        for (const inquiry of expected.keys()) judged.set(inquiry, (await matches(inquiry))[0] ?? null);
        expect(judged).toEqual(expected);
        const known = [...expected].filter(([, answer]) => answer !== null);
        expect(await opened.queries.casesOfInquiries([...expected.keys(), uuid(99)])).toEqual(new Map(known));
      },
    );

    it.each<[string, EventDefinition, object]>([
      ['closed', CaseClosed, { ...which, closedOn: '2026-04-01', explainsThrough: '2026-04-30' }],
      ['reopened', CaseReopened, which],
      ['corrected', CaseOpeningCorrected, { ...which, openedOn: '2026-02-28' }],
      ['registered', CaseRegistered, open],
    ])(
      'explains no inquiry of whoever %s it, in whatever batch, and those of others',
      async (_how, act, data) => {
        const other = { operator: 'op-2' };
        history.add(CaseRegistered, open, registrar);
        if (act === CaseReopened)
          history.add(
            CaseClosed,
            { ...which, closedOn: '2026-03-31', explainsThrough: '2026-04-30' },
            registrar,
          );
        const before = asked(1, '2026-04-01');
        history.add(act, data, { actor: { operator: 'op-1' } });
        const own = asked(2, '2026-04-01');
        const others = asked(3, '2026-04-01', other);
        await project();
        const later = asked(4, '2026-04-01');
        // Whoever changes it afterwards does not change who had a hand in it.
        history.add(CaseOpeningCorrected, { ...which, openedOn: '2026-02-27' }, registrar);
        await project();
        const last = asked(5, '2026-04-01');
        const othersLast = asked(6, '2026-04-01', other);
        await project();
        const judged = await Promise.all([before, own, others, later, last, othersLast].map(matches));
        expect(judged).toEqual([[true], [false], [true], [false], [false], [true]]);
      },
    );

    it('never changes its mind: a case that is handed over later leaves the row as it was', async () => {
      history.add(CaseRegistered, { ...open, caseReference: 'R8-9' }, registrar);
      const inquiry = asked(1, '2026-04-01');
      history.found(inquiry);
      await project();
      history.add(CaseRegistered, { ...open, openedOn: '2026-04-01' }, registrar);
      history.add(AnswerRedelivered, { inquiry, operator: 'op-1', terminal: 'term-1' });
      // Judged again before the provider is called, and refused then.
      const refused = { inquiry, purpose, caseReference: 'R8-1', reasons: ['grant-revoked'] };
      history.add(InquiryRefused, refused);
      const later = asked(2, '2026-04-01');
      await project();
      // What follows on an inquiry says the same of its case as the receipt.
      expect(await matches(inquiry)).toEqual([false, false, false, false, false]);
      expect(await matches(later)).toEqual([true]);
    });

    it('judges an inquiry that was refused, too; one that named no case or no affair has no answer', async () => {
      history.add(CaseRegistered, open, registrar);
      const refused = { purpose, caseReference: 'R8-2', reasons: ['grant-missing'] };
      history
        .add(InquiryRefused, { ...refused, inquiry: uuid(1) })
        .add(InquiryRefused, { ...refused, inquiry: uuid(2), caseReference: 'R8-1' })
        .add(InquiryRefused, { ...refused, inquiry: uuid(3), caseReference: null })
        .add(InquiryRefused, { ...refused, inquiry: uuid(4), purpose: null });
      await project();
      for (const [n, answer] of [
        [1, false],
        [2, true],
        [3, null],
        [4, null],
      ] as const)
        expect([n, await matches(uuid(n))]).toEqual([n, [answer]]);
    });

    it('finds a case in the trail by its reference, and never takes it for an inquiry without one', async () => {
      history.add(CaseRegistered, open, registrar).add(CaseReopened, which, registrar);
      await project();
      const named = await opened.queries.searchTrail({ caseReference: 'R8-1' }, { limit: 10 });
      expect(named.rows.map(({ type }) => type)).toEqual(['CaseReopened', 'CaseRegistered']);
      const without = { query: { kind: 'has', what: 'no-case' } } as const;
      expect((await opened.queries.searchTrail(without, { limit: 10 })).rows).toEqual([]);
    });

    it('counts the cases of an affair, each once, and says when they last changed', async () => {
      const at = '2026-04-03T00:00:00.000Z';
      history
        .add(CaseRegistered, open, registrar)
        .add(CaseRegistered, { ...open, caseReference: 'R8-2' }, registrar)
        .add(CaseRegistered, { ...open, affair: 'rtva-12-1' }, registrar)
        .add(CaseReopened, which, { ...registrar, at })
        .add(CaseRegistered, open, { ...registrar, agreement: 'another' });
      await project();
      expect(await opened.queries.caseRegisters('agreement')).toEqual([
        { affair: 'rtva-12-1', cases: 1, changedAt: '2026-04-01T00:00:00.000Z' },
        { affair, cases: 2, changedAt: at },
      ]);
    });

    it('knows thousands of cases, of a batch and of the one before', async () => {
      for (let n = 1; n <= 1_203; n += 1)
        history.add(CaseRegistered, { ...open, caseReference: `KN-${n}`, openedOn: '2026-04-01' }, registrar);
      await project();
      for (let n = 1; n <= 1_203; n += 1) asked(n, '2026-04-01', { caseReference: `KN-${n}` });
      const missing = asked(5_000, '2026-04-01', { caseReference: 'KN-0' });
      await project();
      const ids = Array.from({ length: 999 }, (_, n) => uuid(n + 205));
      const answers = await opened.queries.casesOfInquiries([...ids, missing]);
      expect([answers.size, answers.get(missing)]).toEqual([1_000, false]);
      expect([...answers.values()].filter((answer) => !answer)).toEqual([false]);
      await expect(opened.queries.casesOfInquiries([...ids, missing, uuid(1)])).rejects.toThrow(RangeError);
      expect(await opened.queries.casesOfInquiries([])).toEqual(new Map());
    });
  });
}
