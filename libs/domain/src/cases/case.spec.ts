import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../kernel/event.js';
import { record, specify } from '../kernel/specification.js';
import {
  caseMatches,
  type CaseState,
  decideHandOverCase,
  evolveCase,
  type Explanation,
  type HandOverCase,
  initialCase,
} from './case.js';
import {
  type CaseEvent,
  caseEvents,
  CaseRegistered,
  caseStream,
  type RecordedCaseEvent,
} from './case.events.js';
import { caseRefusals } from './refusals.js';

const { given } = specify(caseEvents, evolveCase, initialCase);

/** 2026-04-06, 00:30 in Tokyo. */
const NOW = '2026-04-05T15:30:00.000Z';
const terms = { casePatterns: { 'rtva-67': 'KN-\\d{4}-\\d{6}', 'rtva-12-1': '.+' }, graceDays: 90 };

const which = { affair: 'rtva-67', caseReference: 'KN-2026-000123' };
const open: HandOverCase = { ...which, openedOn: '2026-03-01', closedOn: null };
const closed: HandOverCase = { ...open, closedOn: '2026-03-31' };

const registered: CaseEvent = {
  type: 'CaseRegistered',
  data: { ...open, closedOn: null, explainsThrough: null },
};
const registeredClosed: CaseEvent = {
  type: 'CaseRegistered',
  data: { ...closed, explainsThrough: '2026-06-29' },
};
const closedAt = (closedOn: string, explainsThrough: string): CaseEvent => ({
  type: 'CaseClosed',
  data: { ...which, closedOn, explainsThrough },
});
const reopened: CaseEvent = { type: 'CaseReopened', data: which };

const handOver = (command: HandOverCase, ...facts: CaseEvent[]) =>
  given(...facts).when((state) => decideHandOverCase(state, command, terms, NOW));

describe('a case that the agency hands over', () => {
  it('is registered, open or closed already, with nothing sealed', () => {
    expect(handOver(open).events).toEqual([registered]);
    expect(handOver(closed).events).toEqual([registeredClosed]);
    expect(record(CaseRegistered, registeredClosed).data).toEqual(registeredClosed.data);
  });

  it('is no event when it is handed over again as it is', () => {
    expect(handOver(open, registered).events).toEqual([]);
    expect(handOver(closed, registered, closedAt('2026-03-31', '2026-06-29')).events).toEqual([]);
    expect(handOver(closed, registeredClosed).decision.accepted).toBe(true);
    expect(handOver(open, registeredClosed, reopened).events).toEqual([]);
  });

  it('is closed, closed on another day, and reopened', () => {
    const at31 = closedAt('2026-03-31', '2026-06-29');
    expect(handOver(closed, registered).events).toEqual([at31]);
    expect(handOver({ ...closed, closedOn: '2026-04-06' }, registered, at31).events).toEqual([
      closedAt('2026-04-06', '2026-07-05'),
    ]);
    expect(handOver(open, registered, at31).events).toEqual([reopened]);
    expect(handOver(closed, registered, at31, reopened).events).toEqual([at31]);
  });

  it('explains inquiries for the grace in force when it was closed, whatever the grace is later', () => {
    const shorter = { ...terms, graceDays: 0 };
    const again = given(registeredClosed).when((state) => decideHandOverCase(state, closed, shorter, NOW));
    expect(again.events).toEqual([]);
    expect(given(registeredClosed).state).toMatchObject({ explainsThrough: '2026-06-29' });
    const fresh = given().when((state) => decideHandOverCase(state, closed, shorter, NOW));
    expect(fresh.events[0]?.data).toMatchObject({ explainsThrough: '2026-03-31' });
  });

  it('has its first day corrected, with its end if that is another one too', () => {
    const corrected: CaseEvent = { type: 'CaseOpeningCorrected', data: { ...which, openedOn: '2026-02-01' } };
    expect(handOver({ ...open, openedOn: '2026-02-01' }, registered).events).toEqual([corrected]);
    expect(handOver({ ...closed, openedOn: '2026-02-01' }, registered).events).toEqual([
      corrected,
      closedAt('2026-03-31', '2026-06-29'),
    ]);
    expect(given(registeredClosed, corrected).state).toEqual({
      state: 'closed',
      openedOn: '2026-02-01',
      closedOn: '2026-03-31',
      explainsThrough: '2026-06-29',
      handedOverBy: [],
    });
  });

  it('knows for ever, and once each, who had a hand in it', () => {
    const at31 = closedAt('2026-03-31', '2026-06-29');
    const corrected: CaseEvent = { type: 'CaseOpeningCorrected', data: { ...which, openedOn: '2026-02-01' } };
    const acts: readonly (readonly [CaseEvent, string | null])[] = [
      [at31, 'o-too-early'],
      [registered, 'o-1'],
      [at31, 'o-2'],
      [reopened, 'o-1'],
      [corrected, 'o-3'],
      [at31, null],
    ];
    const state = acts.reduce((before: CaseState, [fact, operator]) => {
      const actor: Actor = operator === null ? { system: 'init' } : { operator };
      const event = record(caseEvents[fact.type], fact, { actor }) as unknown as RecordedCaseEvent;
      return evolveCase(before, event);
    }, initialCase);
    expect(state).toMatchObject({ state: 'closed', handedOverBy: ['o-1', 'o-2', 'o-3'] });
  });

  it.each<[string, Partial<HandOverCase>, readonly string[]]>([
    ['of an affair that is not agreed', { affair: 'rtva-59-1' }, ['case-affair-unlisted']],
    ['of an affair that every object has', { affair: 'constructor' }, ['case-affair-unlisted']],
    ['without a reference', { caseReference: '' }, ['case-reference-missing']],
    ['with a reference of another affair', { caseReference: 'SK-2026-000123' }, ['case-reference-malformed']],
    [
      'with a resident code for a reference',
      { affair: 'rtva-12-1', caseReference: '25208017643' },
      ['case-reference-malformed'],
    ],
    ['opened on no day', { openedOn: '2026-02-30' }, ['case-opened-malformed']],
    ['opened tomorrow', { openedOn: '2026-04-07' }, ['case-opened-malformed']],
    ['closed on no day', { closedOn: '' }, ['case-closed-malformed']],
    ['closed tomorrow', { closedOn: '2026-04-07' }, ['case-closed-malformed']],
    ['closed before it was opened', { closedOn: '2026-02-28' }, ['case-closed-malformed']],
    [
      'with nothing right',
      { affair: '', caseReference: '', openedOn: '', closedOn: '' },
      ['case-affair-unlisted', 'case-reference-missing', 'case-opened-malformed', 'case-closed-malformed'],
    ],
  ])('is refused %s', (_, changes, refusals) => {
    expect(handOver({ ...open, ...changes }).refusals).toEqual(refusals);
    expect(handOver({ ...open, ...changes }, registered).refusals).toEqual(refusals);
    for (const code of refusals) expect(caseRefusals).toContain(code);
  });

  it('may be opened and closed today', () => {
    const today = { ...which, openedOn: '2026-04-06', closedOn: '2026-04-06' };
    expect(handOver(today).events).toHaveLength(1);
  });
});

describe('the stream of a case', () => {
  it('is of this case alone, whatever characters its reference has', () => {
    expect(caseStream('mlit-2019', 'rtva-67', 'KN-2026-000123')).toBe(
      'case-mlit-2019/rtva-67/KN-2026-000123',
    );
    const streams = [
      caseStream('a', 'rtva-67', 'x/y'),
      caseStream('a', 'rtva-67', 'x%2Fy'),
      caseStream('a', 'rtva-67', 'x y'),
      caseStream('a', 'rtva-67', '申請第１号'),
      caseStream('a', 'rtva-12-1', 'x/y'),
      caseStream('a-rtva-12-1', 'rtva-67', 'x/y'),
    ];
    expect(new Set(streams).size).toBe(streams.length);
    for (const stream of streams) expect(stream).toMatch(/^case-[a-z0-9-]+\/[a-z0-9-]+\/[!-~]+$/);
  });
});

describe('an inquiry', () => {
  const days: Explanation = {
    openedOn: '2026-03-01',
    explainsThrough: '2026-06-29',
    handedOverBy: ['o-registrar', 'o-manager'],
  };

  it.each<[string, boolean, Explanation | null, string, boolean | null]>([
    ['cannot be judged while the register was never fed', false, null, '2026-04-06', null],
    ['has no case where the register has none of that reference', true, null, '2026-04-06', false],
    ['has none before the first day of the case', true, days, '2026-02-28', false],
    ['has one on its first day', true, days, '2026-03-01', true],
    ['has one on the last day of the grace', true, days, '2026-06-29', true],
    ['has none on the day after', true, days, '2026-06-30', false],
    ['has one as long as the case is open', true, { ...days, explainsThrough: null }, '2099-01-01', true],
  ])('%s', (_, isFed, found, day, expected) => {
    expect(caseMatches(isFed, found, { operator: 'o-1', day })).toBe(expected);
  });

  it('has none in a case that its own operator handed over, among others, while anybody else has one', () => {
    const day = '2026-04-06';
    const by = (operator: string | null) => caseMatches(true, days, { operator, day });
    expect(['o-registrar', 'o-manager', 'o-1', null].map(by)).toEqual([false, false, true, true]);
  });
});
