import { beforeEach, describe, expect, it } from '@jest/globals';
import type { WitnessReply } from '#ledger';
import { WITNESS_REPLIES, WitnessReplies } from './witness-replies.js';

const cosigned: WitnessReply = { kind: 'cosigned', lines: '', time: 0 };
const away: WitnessReply = { kind: 'unreachable', why: 'ECONNREFUSED' };
const refused: WitnessReply = { kind: 'refused', why: '403 no key of the log that is trusted here' };
const ahead: WitnessReply = { kind: 'ahead', size: 900 };
const forked: WitnessReply = { kind: 'forked', why: '422 inconsistent' };

describe('what the witnesses say', () => {
  let values: Map<string, unknown>;
  const marks = {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as the port has it
    read: <T>(name: string): T | null => (values.get(name) as T | undefined) ?? null,
    write: (name: string, value: unknown): void => void values.set(name, value),
  };
  const names = ['w/1', 'w/2'];
  const process = (): WitnessReplies => new WitnessReplies(names, marks);
  const hear = (said: WitnessReplies, reply: WitnessReply): void =>
    said.hear([
      { witness: 'w/1', reply: cosigned },
      { witness: 'w/2', reply },
    ]);
  beforeEach(() => {
    values = new Map();
  });

  it('is known to every process, by the kind of the answer', () => {
    expect(process().kinds()).toEqual({ 'w/1': null, 'w/2': null });
    hear(process(), refused);
    expect(process().kinds()).toEqual({ 'w/1': 'cosigned', 'w/2': 'refused' });
    expect(JSON.stringify([...values])).not.toContain('403');
  });

  it.each([ahead, forked])('is an objection until it cosigns, whatever else it answers: %j', (objection) => {
    const worker = process();
    hear(worker, objection);
    for (const later of [away, refused]) {
      hear(worker, later);
      expect([worker, process()].map((each) => each.objecting())).toEqual([['w/2'], ['w/2']]);
      expect(process().kinds()).toMatchObject({ 'w/2': objection.kind });
    }
    hear(worker, cosigned);
    expect([worker, process()].map((each) => each.objecting())).toEqual([[], []]);
  });

  it('is an objection still to a worker that was started since and cannot reach it', () => {
    hear(process(), ahead);
    const next = process();
    hear(next, away);
    expect(next.objecting()).toEqual(['w/2']);
  });

  it('is an objection still to the worker that heard it, where somebody took the mark away', () => {
    const worker = process();
    hear(worker, forked);
    values.delete(WITNESS_REPLIES);
    hear(worker, away);
    expect([worker, process()].map((each) => each.objecting())).toEqual([['w/2'], ['w/2']]);
  });

  it('is no objection any more of one that is not asked any more', () => {
    hear(process(), forked);
    expect(new WitnessReplies(['w/1'], marks).objecting()).toEqual([]);
  });

  it.each([17, 'x', { 'w/2': 3 }, { 'w/2': { said: 'nonsense', objection: 'nonsense' } }])(
    'is nothing where the mark holds what nobody said: %j',
    (mark) => {
      values.set(WITNESS_REPLIES, mark);
      expect([process().kinds(), process().objecting()]).toEqual([{ 'w/1': null, 'w/2': null }, []]);
    },
  );

  it('is news when it changes, with the reason, and once', () => {
    const said = process();
    hear(said, refused);
    expect(said.news()).toEqual([{ witness: 'w/2', reply: 'refused', why: refused.why }]);
    hear(said, refused);
    expect(said.news()).toEqual([]);
    hear(said, { kind: 'refused', why: '500 its state is damaged' });
    hear(said, ahead);
    expect(said.news()).toEqual([{ witness: 'w/2', reply: 'ahead', why: 'it has cosigned 900 entries' }]);
    hear(said, cosigned);
    expect(said.news()).toEqual([{ witness: 'w/2', reply: 'cosigned' }]);
    expect(said.news()).toEqual([]);
  });

  it('is told in one line of plain characters, and not without end', () => {
    const said = process();
    hear(said, { kind: 'refused', why: `500 a\n{"task":"x"}\u001b[2J\u202e${'b'.repeat(9_000)}` });
    const [{ why = '' } = {}] = said.news();
    expect(why).toMatch(/^500 a \{"task":"x"\} \[2J b+$/);
    expect(why).toHaveLength(200);
  });
});
