import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { faultTable } from './fault-table.js';
import {
  decideClearFault,
  decideRaiseFault,
  evolveFault,
  type FaultState,
  initialFault,
  type RaiseFault,
} from './fault.js';
import {
  type FaultEvent,
  faultEvents,
  faultKinds,
  incidentKinds,
  type RecordedFaultEvent,
} from './incident.events.js';

const { given } = specify(faultEvents, evolveFault, initialFault);

const seen: RaiseFault = {
  fault: 'a-provider-unreachable',
  kind: 'provider-unreachable',
  incident: 'i-1',
  times: 1,
  through: 'e-1',
};
const opened = (part: Partial<RaiseFault> = {}): FaultEvent => ({
  type: 'FaultOpened',
  data: { ...seen, ...part },
});
const repeated = (times: number, through = `e-${times}`): FaultEvent => ({
  type: 'FaultRepeated',
  data: { fault: seen.fault, incident: 'i-1', times, through },
});
const cleared = (times: number): FaultEvent => ({
  type: 'FaultCleared',
  data: { fault: seen.fault, incident: 'i-1', times },
});

const raise = (part: Partial<RaiseFault>, incidentOpen: boolean, ...facts: readonly FaultEvent[]) =>
  given(...facts).when((state) => decideRaiseFault(state, { ...seen, ...part }, { incidentOpen }));
const clear = (times: number | undefined, ...facts: readonly FaultEvent[]) =>
  given(...facts).when((state) => decideClearFault(state, times === undefined ? {} : { times }));

describe('a fault', () => {
  it('opens an incident when it is seen for the first time', () => {
    expect(raise({}, false).events).toEqual([opened()]);
  });

  it('opens another incident when the last one was closed, and is counted anew', () => {
    const next = { incident: 'i-2', times: 3, through: 'e-9' };
    for (const facts of [[opened({ times: 7 })], [opened({ times: 7 }), cleared(7)]])
      expect(raise(next, false, ...facts).events).toEqual([opened(next)]);
  });

  it('that comes back while its incident is open belongs to the same one', () => {
    const again = raise({ incident: 'i-2', times: 2, through: 'e-9' }, true, opened(), cleared(5));
    expect(again.events).toEqual([opened({ incident: 'i-1', times: 7, through: 'e-9' })]);
  });

  it('that is observed and stands is said once', () => {
    const again = raise({ incident: 'i-2', through: null }, true, opened({ through: null }));
    expect(again.decision).toEqual({ accepted: true, events: [] });
  });

  it('that repeats is recorded when its count has doubled', () => {
    const facts = [opened(), repeated(2), repeated(4)];
    expect(raise({ times: 3, through: 'e-7' }, true, ...facts).events).toEqual([]);
    expect(raise({ times: 4, through: 'e-8' }, true, ...facts).events).toEqual([repeated(8)]);
    expect(raise({ times: 96, through: 'e-100' }, true, ...facts).events).toEqual([repeated(100)]);
  });

  it('that repeats is recorded before that where the count is to be exact', () => {
    const exact = given(opened(), repeated(8)).when((state) =>
      decideRaiseFault(
        state,
        { ...seen, times: 1, through: 'e-9' },
        { incidentOpen: true, record: 'always' },
      ),
    );
    expect(exact.events).toEqual([repeated(9)]);
  });

  it.each<[string, readonly FaultEvent[], boolean]>([
    ['while it stands', [opened(), repeated(2, 'e-2')], true],
    ['after it was cleared', [opened(), repeated(2, 'e-2'), cleared(2)], true],
    ['after its incident was closed', [opened(), repeated(2, 'e-2'), cleared(2)], false],
  ])('is not counted twice through the same event %s', (_, facts, incidentOpen) => {
    const again = raise({ incident: 'i-2', times: 2, through: 'e-2' }, incidentOpen, ...facts);
    expect(again.decision).toEqual({ accepted: true, events: [] });
  });

  it.each([0, -1, 1.5, Number.NaN])('is counted in whole times, not %s', (times) => {
    expect(() => raise({ times }, false)).toThrow(RangeError);
  });
});

describe('10,000 identical faults', () => {
  it('are one incident, 14 events, and counted to the last', () => {
    let state: FaultState = initialFault;
    const events: FaultEvent[] = [];
    const apply = (decided: readonly FaultEvent[]) => {
      for (const event of decided) {
        events.push(event);
        const recorded = record(faultEvents[event.type], event) as unknown as RecordedFaultEvent;
        state = evolveFault(state, recorded);
      }
    };
    let counted = 0;
    for (let index = 1; index <= 10_000; index += 1) {
      counted += 1;
      const command = { ...seen, incident: `i-${index}`, times: counted, through: `e-${index}` };
      const { events: decided } = decideRaiseFault(state, command, { incidentOpen: index > 1 });
      if (decided.length) counted = 0;
      apply(decided);
    }
    expect(events).toHaveLength(14);
    expect(new Set(events.map(({ data }) => data.incident))).toEqual(new Set(['i-1']));
    expect(counted).toBe(10_000 - 8_192);
    apply(decideClearFault(state, { times: counted }).events);
    expect(events.at(-1)).toEqual(cleared(10_000));
  });
});

describe('a fault is cleared', () => {
  it('with all the times that it was seen', () => {
    expect(clear(3, opened(), repeated(2)).events).toEqual([cleared(5)]);
    expect(clear(undefined, opened({ times: 4 })).events).toEqual([cleared(4)]);
  });

  it('once, and not when it never stood', () => {
    expect(clear(3, opened(), cleared(1)).decision).toEqual({ accepted: true, events: [] });
    expect(clear(3).decision).toEqual({ accepted: true, events: [] });
  });

  it('in whole times', () => {
    expect(() => clear(-1, opened())).toThrow(RangeError);
  });
});

describe('the table of faults', () => {
  it('leaves to people alone what nobody can see the end of', () => {
    const closed = faultKinds.filter((kind) => faultTable[kind].clears === 'close');
    const proven = ['individual-number-received', 'unrecorded', 'forged-event', 'events-missing'];
    expect(closed).toEqual([...proven, 'mark-forged']);
  });

  it('has a meaning in both languages for every kind, and no other row', () => {
    expect(Object.keys(faultTable).sort()).toEqual([...faultKinds].sort());
    for (const { incident, en, ja } of Object.values(faultTable)) {
      expect(incidentKinds).toContain(incident);
      expect(en).toMatch(/^[A-Z][\x20-\x7e]+\.$/);
      expect(ja).toMatch(/[\u3040-\u30ff].*[。）]$/u);
    }
  });

  it('fears a leak where a number came that must not, and where rows were put in or taken out', () => {
    const feared = faultKinds.filter((kind) => faultTable[kind].incident === 'leak-feared');
    expect(feared).toEqual(['individual-number-received', 'forged-event', 'events-missing', 'log-forked']);
  });
});
