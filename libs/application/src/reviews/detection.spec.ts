import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  agreementStream,
  type DetectorSettings,
  faultOf,
  faultStream,
  inquiryStream,
  type OpenReview,
  parseEntry,
  strictDetectorSettings,
  subjectsOfQuestion,
  tokyoDay,
} from '#domain';
import { GenuineMarks } from '#operations';
import type { ReadPosition } from '#read-models';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { Detection, DETECTORS } from './detection.js';
import { ReviewIds } from './review-ids.js';
import { Reviews } from './reviews.js';

const settings: DetectorSettings = {
  ...strictDetectorSettings,
  sameResident: { count: 3, days: 30 },
  ownName: null,
  outOfHours: null,
  volume: null,
  withoutCase: null,
  notFound: { count: 3 },
};
const code = '24727059608';
const SECOND = 1_000;

describe('the detectors as a follower', () => {
  let memory: InMemory;
  let marks: GenuineMarks;
  let kept: Map<string, string>;
  let asked: number;
  /** What is left to be read by the read models is kept from the detectors. */
  let behind: number;
  let opened: OpenReview[];
  let crash: boolean;
  /** What the read models say of the cases of inquiries. */
  let cases: Map<string, boolean>;
  const ids = new ReviewIds(Buffer.alloc(32, 1));

  beforeEach(() => {
    memory = new InMemory();
    kept = new Map();
    const table = {
      read: (name: string) => JSON.parse(kept.get(name) ?? 'null') as never,
      write: (name: string, value: unknown) => void kept.set(name, JSON.stringify(value)),
    };
    marks = new GenuineMarks(table, Buffer.alloc(32, 1));
    [asked, behind, opened, crash] = [0, 0, [], false];
    cases = new Map();
  });

  const readUpTo = async (): Promise<ReadPosition | null> => {
    const all = await memory.store.readAll(null, 10_000);
    const last = all[all.length - 1 - behind];
    return last ? { position: last.position, eventId: last.id } : null;
  };
  const inquiriesSince = async (_agreement: string, day: string) => {
    const all = await memory.store.readAll(null, 10_000);
    const first = all.findIndex(
      ({ type, entry }) => type === 'InquiryReceived' && tokyoDay(parseEntry(entry).at) >= day,
    );
    return first < 0 ? null : { after: all[first - 1]?.position ?? null };
  };
  /** A process: what it remembers ends with it. */
  const detection = (own: DetectorSettings = settings): Detection => {
    const { journal, store, vault } = memory;
    const casesOfInquiries = async (of: readonly string[]) =>
      new Map([...cases].filter(([inquiry]) => of.includes(inquiry)));
    const watchList = () => Promise.resolve([]);
    const queries = { readUpTo, inquiriesSince, casesOfInquiries, watchList };
    const reviews = new Reviews(journal, vault, { ofReview: () => Promise.resolve(false) });
    return new Detection(
      { journal, store, vault, queries, marks },
      {
        async openFor(command, context) {
          if (crash) throw new Error('the process ends here');
          const isNew = await reviews.openFor(command, context);
          if (isNew) opened.push(command);
          return isNew;
        },
      },
      ids,
      own,
    );
  };
  const inquire = async (residentCode = code): Promise<string> => {
    const inquiry = `inquiry-${++asked}`;
    const question = { residentCode };
    const data = {
      inquiry,
      purpose: 'rtva-59-1:examination',
      caseReference: 'SK-2026-000001',
      form: 'by-code',
      question,
      subjects: subjectsOfQuestion(question),
      operator: 'o-1',
      terminal: 't-1',
      grant: 'g-1',
      usableThrough: '2026-07-05',
      deadline: memory.clock.now(),
      lease: 'api',
    };
    const stream = await memory.journal.load(inquiryStream(inquiry));
    const nothing = { inquiry, purpose: data.purpose, outcome: 'not-found', count: null };
    await memory.journal.append(
      stream,
      [
        { type: 'InquiryReceived', data },
        { type: 'NothingProvided', data: nothing },
      ],
      by('o-1'),
    );
    memory.clock.advance(SECOND);
    return inquiry;
  };
  const found = (): readonly (readonly [string, readonly string[]])[] =>
    opened.map(({ evidence }) => [evidence.detector, evidence.inquiries]);

  it('opens what follows from the events, once, however often it is asked', async () => {
    const process = detection();
    process.begin();
    const all = [await inquire(), await inquire()];
    expect(await process.catchUp(byInit)).toBe(0);
    all.push(await inquire());
    expect(await process.catchUp(byInit)).toBe(2);
    expect(await process.catchUp(byInit)).toBe(0);
    expect(found()).toEqual([
      ['same-resident', all],
      ['not-found-in-a-row', all],
    ]);
  });

  it('finds the same again after a crash before its mark, and opens nothing twice', async () => {
    detection().begin();
    for (let times = 0; times < 3; times += 1) await inquire();
    const before = marks.read(DETECTORS);
    await detection().catchUp(byInit);
    expect(opened).toHaveLength(2);
    marks.write(DETECTORS, before);
    expect(await detection().catchUp(byInit)).toBe(0);
    expect(opened).toHaveLength(2);
  });

  it('counts nothing twice when a batch broke off', async () => {
    const process = detection();
    process.begin();
    await inquire();
    await process.catchUp(byInit);
    crash = true;
    const all = ['inquiry-1', await inquire(), await inquire()];
    await expect(process.catchUp(byInit)).rejects.toThrow('the process ends here');
    crash = false;
    expect(await process.catchUp(byInit)).toBe(2);
    expect(opened.map(({ evidence: { count, inquiries } }) => [count, inquiries])).toEqual([
      [3, all],
      [3, all],
    ]);
  });

  it('remembers after a start what lies before its mark, and finds nothing in it again', async () => {
    const first = detection();
    first.begin();
    const all = [await inquire(), await inquire()];
    await first.catchUp(byInit);
    // Real time passes, so that the position is kept.
    memory.clock.advance(60 * SECOND);
    await first.catchUp(byInit);
    all.push(await inquire());
    await detection().catchUp(byInit);
    expect(found()).toContainEqual(['same-resident', all]);
    const { length } = opened;
    await detection().catchUp(byInit);
    expect(opened).toHaveLength(length);
  });

  it('opens no review of the past where there is no mark, or one of another history', async () => {
    for (let times = 0; times < 3; times += 1) await inquire();
    expect(await detection().catchUp(byInit)).toBe(0);
    marks.write(DETECTORS, { position: '2', eventId: '019d6000-0000-7000-8000-000000000001' });
    expect(await detection().catchUp(byInit)).toBe(0);
    expect(opened).toEqual([]);
    // But it remembers: the fourth has been one too many since the third, and is none now.
    await inquire();
    expect(await detection().catchUp(byInit)).toBe(0);
  });

  it.each([
    ['gone', () => void kept.delete(DETECTORS)],
    ['forged', () => void kept.set(DETECTORS, '{"value":{"position":null,"eventId":null},"mac":"0"}')],
  ])('says that its mark is %s where there was one, and puts back what it knows', async (_how, lose) => {
    const terms = { type: 'AgreementConcluded', data: { agreement: AGREEMENT } };
    const stream = agreementStream(AGREEMENT);
    await memory.journal.append(await memory.journal.load(stream), [terms], byInit);
    const first = detection();
    first.begin();
    await inquire();
    await first.catchUp(byInit);
    memory.clock.advance(60 * SECOND);
    await first.catchUp(byInit);
    lose();
    for (let times = 0; times < 2; times += 1) await inquire();
    expect(await first.catchUp(byInit)).toBe(2);
    const faults = () => memory.types(faultStream(faultOf(AGREEMENT, 'mark-forged')));
    expect(await faults()).toEqual(['FaultOpened']);
    lose();
    expect(await detection().catchUp(byInit)).toBe(0);
    // One fault as long as its incident is open.
    expect(await faults()).toEqual(['FaultOpened']);
  });

  it('stays behind the read models, which have the watch list', async () => {
    const process = detection();
    process.begin();
    for (let times = 0; times < 3; times += 1) await inquire();
    behind = 2;
    expect(await process.catchUp(byInit)).toBe(0);
    behind = 0;
    expect(await process.catchUp(byInit)).toBe(2);
    behind = 10_000;
    expect(await detection().catchUp(byInit)).toBe(0);
  });

  it('finds an inquiry that had no case when the read models read it, and none of which that cannot be said', async () => {
    const own = { ...settings, notFound: null, withoutCase: { received: 1, refused: 5 } };
    detection(own).begin();
    const [explained, unexplained, nobodyKnows] = [
      await inquire(),
      await inquire(),
      await inquire('12345678901'),
    ];
    cases.set(explained, true).set(unexplained, false);
    await detection(own).catchUp(byInit);
    expect(found()).toEqual([['without-case', [unexplained]]]);
    expect(nobodyKnows).not.toBe(unexplained);
  });

  it('gives each cause an id of its own, from which nothing can be told', () => {
    const id = ids.of(AGREEMENT, 'volume/o-1/2026-04-01');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.of(AGREEMENT, 'volume/o-1/2026-04-01')).toBe(id);
    expect(ids.of(AGREEMENT, 'volume/o-1/2026-04-02')).not.toBe(id);
    expect(ids.of('another', 'volume/o-1/2026-04-01')).not.toBe(id);
    expect(new ReviewIds(Buffer.alloc(32, 2)).of(AGREEMENT, 'volume/o-1/2026-04-01')).not.toBe(id);
  });
});
