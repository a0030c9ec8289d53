import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import {
  decideApproveExport,
  decideCompleteExport,
  decideFetchExport,
  decideRefuseExport,
  decideRequestExport,
  decideViewExport,
  evolveExport,
  exportRefusals,
  initialExport,
  type RequestExport,
} from './export.js';
import { type ExportEvent, exportEvents, ExportRefused, ExportRequested } from './export.events.js';

const { given } = specify(exportEvents, evolveExport, initialExport);

const asking: RequestExport = {
  export: 'e-1',
  by: 'o-a',
  query: '結果：refused',
  format: 'jsonl',
  reason: '監査のため',
  rows: 10,
  position: '99',
  approvalAbove: 10,
};
const requested = (needsApproval: boolean): ExportEvent => ({
  type: 'ExportRequested',
  data: {
    export: 'e-1',
    operator: 'o-a',
    format: 'jsonl',
    query: 'outcome:refused',
    reason: '監査のため',
    rows: 10,
    position: '99',
    needsApproval,
  },
});
const approved: ExportEvent = { type: 'ExportApproved', data: { export: 'e-1', operator: 'o-b' } };
const refused: ExportEvent = {
  type: 'ExportRefused',
  data: { export: 'e-1', operator: 'o-b', reason: '目的が不明' },
};
const viewed = (operator: string): ExportEvent => ({
  type: 'ExportViewed',
  data: { export: 'e-1', operator },
});
const fetched: ExportEvent = { type: 'ExportFetched', data: { export: 'e-1', operator: 'o-a' } };
const completed: ExportEvent = {
  type: 'ExportCompleted',
  data: { export: 'e-1', operator: 'o-a', rows: 10, sha256: 'ab', statementSha256: 'cd' },
};

const request = (changes: Partial<RequestExport> = {}, ...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideRequestExport(state, { ...asking, ...changes }));
const approve = (by: string, ...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideApproveExport(state, { by }));
const decline = (by: string, reason: string, ...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideRefuseExport(state, { by, reason }));
const view = (by: string, ...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideViewExport(state, { by }));
const fetch = (by: string, ...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideFetchExport(state, { by }));
const complete = (...facts: ExportEvent[]) =>
  given(...facts).when((state) => decideCompleteExport(state, { sha256: 'ab', statementSha256: 'cd' }));

describe('an export', () => {
  it('is asked for with a query in its canonical form; query and reason stay sealed', () => {
    expect(request().events).toEqual([requested(false)]);
    const clear = record(ExportRequested, requested(false)).data;
    expect(Object.keys(clear).sort()).toEqual([
      'export',
      'format',
      'needsApproval',
      'operator',
      'position',
      'rows',
    ]);
  });

  it('needs a second person above so many rows, and not at them', () => {
    expect(request({ rows: 11 }).events[0]?.data).toMatchObject({ rows: 11, needsApproval: true });
    expect(request({ rows: 1, approvalAbove: 0 }).events[0]?.data).toMatchObject({ needsApproval: true });
    expect(request({ rows: 0, approvalAbove: 0 }).events[0]?.data).toMatchObject({ needsApproval: false });
  });

  it.each<[string, Partial<RequestExport>, readonly string[]]>([
    ['no reason', { reason: ' ' }, ['reason-malformed']],
    ['no query', { query: '' }, ['query-empty']],
    ['a resident', { query: 'case:24727059608' }, ['identifier-in-query']],
    ['words of any time', { query: 'text:苦情' }, ['query-text-unbounded']],
    ['nothing right', { query: 'x', reason: '' }, ['reason-malformed', 'query-field-missing']],
  ])('is not asked for with %s', (_, changes, refusals) => {
    expect(request(changes).refusals).toEqual(refusals);
  });

  it('is asked for once under its id', () => {
    expect(request({}, requested(false)).refusals).toEqual(['export-exists']);
  });

  it('is approved by somebody else, once, where it has to be', () => {
    expect(approve('o-b', requested(true)).events).toEqual([approved]);
    expect(approve('o-a', requested(true)).refusals).toEqual(['approver-not-different']);
    expect(approve('o-b', requested(false)).refusals).toEqual(['export-approval-not-needed']);
    expect(approve('o-c', requested(true), approved).refusals).toEqual(['export-approval-not-needed']);
    expect(approve('o-b').refusals).toEqual(['export-missing']);
  });

  it('is refused by somebody else, for a reason that stays sealed, and for good', () => {
    expect(decline('o-b', '目的が不明', requested(true)).events).toEqual([refused]);
    expect(Object.keys(record(ExportRefused, refused).data).sort()).toEqual(['export', 'operator']);
    expect(given(requested(true), refused).state).toMatchObject({ state: 'refused', refuser: 'o-b' });
    expect(decline('o-b', ' ', requested(true)).refusals).toEqual(['reason-malformed']);
    expect(decline('o-a', '目的が不明', requested(true)).refusals).toEqual(['approver-not-different']);
    expect(decline('o-b', '目的が不明', requested(false)).refusals).toEqual(['export-approval-not-needed']);
    expect(decline('o-b', '目的が不明', requested(true), approved).refusals).toEqual([
      'export-approval-not-needed',
    ]);
    expect(decline('o-b', '目的が不明').refusals).toEqual(['export-missing']);
    expect(decline('o-c', '目的が不明', requested(true), refused).refusals).toEqual(['export-refused']);
    expect(approve('o-c', requested(true), refused).refusals).toEqual(['export-refused']);
    expect(fetch('o-a', requested(true), refused).refusals).toEqual(['export-refused']);
  });

  it('is seen on record, once for a person, whatever became of it', () => {
    expect(view('o-b', requested(true)).events).toEqual([viewed('o-b')]);
    expect(view('o-b', requested(true), viewed('o-b')).events).toEqual([]);
    expect(view('o-a', requested(true), viewed('o-b'), refused).events).toEqual([viewed('o-a')]);
    expect(view('o-b', requested(true), viewed('o-b'), approved, fetched, completed).events).toEqual([]);
    expect(view('o-b').refusals).toEqual(['export-missing']);
    expect(given(requested(true), viewed('o-b'), approved).state).toMatchObject({
      state: 'ready',
      approver: 'o-b',
    });
  });

  it('is fetched by its requester, once, and not before it is approved', () => {
    expect(fetch('o-a', requested(false)).events).toEqual([fetched]);
    expect(fetch('o-a', requested(true), approved).events).toEqual([fetched]);
    expect(fetch('o-a', requested(true)).refusals).toEqual(['export-not-approved']);
    expect(fetch('o-b', requested(true), approved).refusals).toEqual(['export-of-other']);
    expect(fetch('o-a', requested(false), fetched).refusals).toEqual(['export-fetched-already']);
    expect(fetch('o-a', requested(false), fetched, completed).refusals).toEqual(['export-fetched-already']);
    expect(fetch('o-a').refusals).toEqual(['export-missing']);
  });

  it('is complete once all of it has left', () => {
    expect(complete(requested(false), fetched).events).toEqual([completed]);
    expect(complete(requested(false)).refusals).toEqual(['export-fetched-already']);
    expect(complete().refusals).toEqual(['export-missing']);
    expect(given(requested(true), approved, fetched, completed).state).toMatchObject({
      state: 'completed',
      requester: 'o-a',
      approver: 'o-b',
      sha256: 'ab',
    });
  });

  it('is refused with codes of its table', () => {
    for (const code of ['export-not-approved', 'export-of-other', 'approver-not-different'] as const)
      expect(exportRefusals).toContain(code);
  });
});
