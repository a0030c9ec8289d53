import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ErasureStarted,
  ErasureVerified,
  GrantApproved,
  GrantRefused,
  GrantRequested,
  GrantRevoked,
  IdentityDataErased,
  InquiryOutcomeUnknown,
  InquiryRefused,
  LateAnswerDiscarded,
  NothingProvided,
  cohortId,
} from '#domain';
import { History, randomHistory, uuid } from './history.contract.js';
import { casesContract } from './cases.contract.js';
import { incidentsContract } from './incidents.contract.js';
import { disclosureRequestsContract } from './disclosure-requests.contract.js';
import { reviewsContract } from './reviews.contract.js';
import type { Queries } from './port.js';
import { trailFollowingContract } from './trail-following.contract.js';
import { trailContract, type OpenedReadModels } from './trail.contract.js';

const purpose = 'rtva-59-1:examination';
const cohortOf = (usableThrough: string): string =>
  cohortId({ agreement: 'agreement', purpose, usableThrough });

/** All that the queries can tell, for comparing two builds. */
async function everything(queries: Queries): Promise<unknown> {
  const cohorts = await queries.cohortsLiving();
  return {
    trail: await queries.searchTrail({}, { limit: 500 }),
    subjects: await queries.searchTrail(
      { subjectTokens: [{ fiscalYear: 2025, token: 'code-1' }] },
      { limit: 500 },
    ),
    cohorts,
    members: await Promise.all(cohorts.map(({ cohort }) => queries.inquiriesOfCohort(cohort, null, 1000))),
    erased: await Promise.all(cohorts.map(({ cohort }) => queries.erasureOfCohort(cohort))),
    unfinished: await queries.erasuresUnfinished(),
    open: await queries.openInquiries(1000),
    grants: await queries.grantCandidates('op-1', 'term-1'),
    incidents: await queries.incidents('agreement', { limit: 500 }),
    unreached: await queries.alertsUnreached('agreement'),
    reviews: await queries.reviews('agreement', { limit: 500 }),
    days: await queries.reviewDays('agreement', '2000-01-01'),
    savedSearches: await queries.savedSearches('agreement'),
    watchList: await queries.watchList('agreement'),
    cases: await queries.caseRegisters('agreement'),
  };
}

/** What the read models of every engine must do. `open` gives a fresh, empty pair. */
export function readModelsContract(open: () => Promise<OpenedReadModels>): void {
  trailContract(open);
  trailFollowingContract(open);
  incidentsContract(open);
  reviewsContract(open);
  casesContract(open);
  disclosureRequestsContract(open);

  let opened: OpenedReadModels;
  let history: History;
  beforeEach(async () => {
    opened = await open();
    history = new History();
  });
  afterEach(() => opened.dispose());
  const project = () => history.projectInto(opened.projections);

  describe('the checkpoint', () => {
    it('is null while nothing was read', async () => {
      expect(await opened.projections.checkpoint()).toBeNull();
      expect(await opened.queries.readUpTo()).toBeNull();
    });

    it('names the last event of the last batch, to readers too', async () => {
      history.received(uuid(1)).found(uuid(1));
      await project();
      const last = { position: '9', eventId: history.events[2]?.event.id };
      expect(await opened.projections.checkpoint()).toEqual(last);
      expect(await opened.queries.readUpTo()).toEqual(last);
    });

    it('stays for an empty batch', async () => {
      history.received(uuid(1));
      await project();
      await opened.projections.apply([]);
      expect((await opened.projections.checkpoint())?.position).toBe('3');
    });

    it('makes a batch that comes again change nothing, in whole or in part', async () => {
      history = randomHistory(11, 120);
      await opened.projections.apply(history.events);
      const once = await everything(opened.queries);
      await opened.projections.apply(history.events);
      await opened.projections.apply(history.events.slice(5, 25));
      expect(await everything(opened.queries)).toEqual(once);
    });

    it('refuses a batch out of order and keeps what was there', async () => {
      history.received(uuid(1)).received(uuid(2));
      await expect(opened.projections.apply(history.events.toReversed())).rejects.toThrow(RangeError);
      expect(await opened.projections.checkpoint()).toBeNull();
      expect((await opened.queries.searchTrail({}, { limit: 1 })).rows).toEqual([]);
    });

    it('is forgotten with everything else, and a replay builds the same again, whatever the batches', async () => {
      history = randomHistory(5, 150);
      await opened.projections.apply(history.events);
      const first = await everything(opened.queries);
      await opened.projections.clear();
      expect(await opened.projections.checkpoint()).toBeNull();
      expect((await opened.queries.searchTrail({}, { limit: 1 })).rows).toEqual([]);
      for (let start = 0; start < history.events.length; start += 17) {
        await opened.projections.apply(history.events.slice(start, start + 17));
      }
      expect(await everything(opened.queries)).toEqual(first);
    });
  });

  describe('open inquiries', () => {
    it('are those received and not closed, the oldest deadline first', async () => {
      history
        .received(uuid(1), { deadline: '2026-04-01T00:03:00.000Z', lease: 'api-1' })
        .received(uuid(2), { deadline: '2026-04-01T00:02:00.000Z', lease: 'api-2' })
        .received(uuid(3), { deadline: '2026-04-01T00:01:00.000Z' })
        .found(uuid(3));
      await project();
      expect(await opened.queries.openInquiries(10)).toEqual([
        { inquiry: uuid(2), deadline: '2026-04-01T00:02:00.000Z', lease: 'api-2' },
        { inquiry: uuid(1), deadline: '2026-04-01T00:03:00.000Z', lease: 'api-1' },
      ]);
      expect(await opened.queries.openInquiries(1)).toHaveLength(1);
    });

    it('close with nothing, with an unknown outcome, and by a refusal after the receipt', async () => {
      history
        .received(uuid(1))
        .add(NothingProvided, { inquiry: uuid(1), purpose, outcome: 'not-found', count: null })
        .received(uuid(2))
        .add(InquiryOutcomeUnknown, { inquiry: uuid(2), cause: 'abandoned' })
        .add(LateAnswerDiscarded, { inquiry: uuid(2), records: 1 })
        .received(uuid(3));
      await project();
      history.add(InquiryRefused, { inquiry: uuid(3), purpose, caseReference: 'R8-1', reasons: ['revoked'] });
      await project();
      expect(await opened.queries.openInquiries(10)).toEqual([]);
      expect((await opened.queries.cohortsLiving())[0]?.inquiries).toBe(3);
    });
  });

  describe('cohorts', () => {
    beforeEach(async () => {
      history
        .received(uuid(2), { usableThrough: '2026-06-30' })
        .received(uuid(1), { usableThrough: '2026-06-30' })
        .received(uuid(3), { usableThrough: '2026-07-01' })
        .add(InquiryRefused, {
          inquiry: uuid(4),
          purpose,
          caseReference: 'R8-1',
          reasons: ['grant-missing'],
        });
      await project();
    });
    const first = {
      cohort: cohortOf('2026-06-30'),
      agreement: 'agreement',
      purpose,
      usableThrough: '2026-06-30',
    };
    const second = {
      cohort: cohortOf('2026-07-01'),
      agreement: 'agreement',
      purpose,
      usableThrough: '2026-07-01',
    };

    it('live with their inquiries, ascending by day; a refused inquiry is in none', async () => {
      expect(await opened.queries.cohortsLiving()).toEqual([
        { ...first, inquiries: 2 },
        { ...second, inquiries: 1 },
      ]);
    });

    it('are usable through their day and due on the next', async () => {
      expect(await opened.queries.cohortsDue('2026-06-30')).toEqual([]);
      expect(await opened.queries.cohortsDue('2026-07-01')).toMatchObject([first]);
      expect(await opened.queries.cohortsDue('2026-07-02')).toMatchObject([first, second]);
    });

    it('list their inquiries in order, piece by piece', async () => {
      const { queries } = opened;
      expect(await queries.inquiriesOfCohort(first.cohort, null, 1)).toEqual([uuid(1)]);
      expect(await queries.inquiriesOfCohort(first.cohort, uuid(1), 5)).toEqual([uuid(2)]);
      expect(await queries.inquiriesOfCohort(first.cohort, uuid(2), 5)).toEqual([]);
      expect(await queries.inquiriesOfCohort('agreement/x/2026-01-01', null, 5)).toEqual([]);
    });

    it('shrink part by part, and are not due once every inquiry is erased', async () => {
      const part = { cohort: first.cohort, run: 'run-1' };
      history.add(IdentityDataErased, { ...part, part: 1, inquiries: [uuid(1)] });
      await project();
      expect(await opened.queries.cohortsDue('2026-07-01')).toEqual([{ ...first, inquiries: 1 }]);
      history.add(IdentityDataErased, { ...part, part: 2, inquiries: [uuid(2), uuid(1), uuid(99)] });
      await project();
      expect(await opened.queries.cohortsDue('2026-07-01')).toEqual([]);
      expect(await opened.queries.inquiriesOfCohort(first.cohort, null, 5)).toEqual([uuid(1), uuid(2)]);
    });

    it('of a thousand inquiries are received and erased in one batch', async () => {
      const ids = Array.from({ length: 1000 }, (_, n) => uuid(1000 + n));
      for (const id of ids) history.received(id, { usableThrough: '2026-08-01' });
      history.add(IdentityDataErased, {
        cohort: cohortOf('2026-08-01'),
        run: 'r',
        part: 1,
        inquiries: ids.slice(1),
      });
      await project();
      expect((await opened.queries.cohortsLiving()).at(-1)).toMatchObject({
        usableThrough: '2026-08-01',
        inquiries: 1,
      });
    });
  });

  describe('an erasure', () => {
    const [run, cohort] = ['run-1', cohortOf('2026-06-30')];
    const at = (time: string) => ({ at: `2026-07-01T${time}.000Z` });

    it('is started, erased when its last part is recorded, and verified', async () => {
      const { queries } = opened;
      expect(await queries.erasure(run)).toBeNull();
      history.add(ErasureStarted, { cohort, run, inquiries: 3, root: '00' }, at('00:00:00'));
      history.add(
        IdentityDataErased,
        { cohort, run, part: 1, inquiries: [uuid(1), uuid(2)] },
        at('00:00:01'),
      );
      await project();
      const started = { run, cohort, inquiries: 3, startedAt: '2026-07-01T00:00:00.000Z', verifiedAt: null };
      expect(await queries.erasure(run)).toEqual({ ...started, state: 'started', erasedAt: null });
      history.add(IdentityDataErased, { cohort, run, part: 2, inquiries: [uuid(3)] }, at('00:00:02'));
      await project();
      const erased = { ...started, erasedAt: '2026-07-01T00:00:02.000Z' };
      expect(await queries.erasure(run)).toEqual({ ...erased, state: 'erased' });
      expect(await queries.erasuresUnfinished()).toEqual([{ ...erased, state: 'erased' }]);
      history.add(ErasureVerified, { cohort, run, epoch: 2, generation: 2 }, at('00:00:03'));
      await project();
      const verified = { ...erased, state: 'verified', verifiedAt: '2026-07-01T00:00:03.000Z' };
      expect(await queries.erasure(run)).toEqual(verified);
      expect(await queries.erasuresUnfinished()).toEqual([]);
      expect(await queries.erasureOfCohort(cohort)).toEqual(verified);
    });

    it('of a cohort is the latest of its runs', async () => {
      history
        .add(ErasureStarted, { cohort, run: 'run-b', inquiries: 1, root: '00' })
        .add(ErasureStarted, { cohort, run: 'run-a', inquiries: 0, root: '00' });
      await project();
      expect(await opened.queries.erasureOfCohort(cohort)).toMatchObject({ run: 'run-a', state: 'erased' });
      expect((await opened.queries.erasuresUnfinished()).map((row) => row.run)).toEqual(['run-b', 'run-a']);
      expect(await opened.queries.erasureOfCohort('agreement/x/2026-01-01')).toBeNull();
    });
  });

  describe('grant candidates', () => {
    const grant = (id: string, until = '2027-03-31', operator = 'op-1', terminal = 'term-1') =>
      history.add(GrantRequested, {
        grant: id,
        operator,
        terminal,
        purposes: [purpose],
        from: '2026-04-01',
        until,
      });
    const candidates = () => opened.queries.grantCandidates('op-1', 'term-1');

    it('are those requested for operator and terminal, approved or not', async () => {
      grant('g-2');
      grant('g-1').add(GrantApproved, { grant: 'g-1', operator: 'op-1', terminal: 'term-1' });
      grant('g-3', '2027-03-31', 'op-2');
      grant('g-4', '2027-03-31', 'op-1', 'term-2');
      await project();
      expect(await candidates()).toEqual(['g-1', 'g-2']);
    });

    it('are no longer those refused or revoked', async () => {
      const parties = { operator: 'op-1', terminal: 'term-1' };
      grant('g-1').add(GrantRefused, { grant: 'g-1', ...parties });
      grant('g-2').add(GrantApproved, { grant: 'g-2', ...parties });
      await project();
      expect(await candidates()).toEqual(['g-2']);
      history.add(GrantRevoked, { grant: 'g-2', ...parties });
      await project();
      expect(await candidates()).toEqual([]);
    });

    it('are no longer those whose last day lies more than a day behind the latest event', async () => {
      grant('g-1', '2026-04-30');
      await project();
      history.received(uuid(1), {}, { at: '2026-05-01T14:59:59.999Z' });
      await project();
      expect(await candidates()).toEqual(['g-1']);
      history.received(uuid(2), {}, { at: '2026-05-01T15:00:00.000Z' });
      await project();
      expect(await candidates()).toEqual([]);
    });
  });
}
