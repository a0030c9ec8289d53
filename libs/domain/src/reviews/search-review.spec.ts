import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { decideCloseReview, evolveReview, initialReview, type OpenReview } from './review.js';
import { reviewEvents } from './review.events.js';
import { causeOfSearch, causeOfUnjudged, reviewOfSearch, reviewOfUnjudged } from './search-review.js';

const { given } = specify(reviewEvents, evolveReview, initialReview);

const judged = {
  savedSearch: 's-1',
  version: 2,
  day: '2026-04-07',
  count: 120,
  threshold: 100,
  from: '2026-03-31T15:00:00.000Z',
  until: '2026-04-07T15:00:00.000Z',
};
const inquiries = Array.from({ length: 120 }, (_, n) => `i-${n}`);
const found = { inquiries, operators: ['o-1'], allOperators: true };

describe('the review of a saved search', () => {
  it.each<[string, OpenReview]>([
    ['that reached its threshold', reviewOfSearch('r-2', { ...judged, ...found })],
    ['that nobody could judge', reviewOfUnjudged('r-2', judged)],
  ])('%s names in clear nobody whom it is about', (_what, search) => {
    expect(search).toMatchObject({ concern: 'search', operator: null, savedSearch: 's-1' });
    expect(search.evidence).toMatchObject({ count: 120, threshold: 100, tokens: [] });
    const { state } = given({ type: 'ReviewOpened', data: search });
    expect(state).toMatchObject({ state: 'open', concern: 'search', operator: null });
    const closing = { conclusion: 'explained', finding: '確認した', incident: null, by: 'o-9' };
    expect(decideCloseReview(state, { ...closing, found: false }).accepted).toBe(true);
    expect(decideCloseReview(state, { ...closing, found: true })).toMatchObject({
      accepted: false,
      refusals: [{ code: 'reviewer-is-person-concerned' }],
    });
  });

  it.each<[string, number, boolean, number, boolean]>([
    ['all', 3, true, 3, false],
    ['as many as it may name', 501, true, 500, true],
    ['those that were looked at', 3, false, 3, true],
  ])('says, sealed, whose events were found: %s', (_what, count, allOperators, named, moreOperators) => {
    const operators = Array.from({ length: count }, (_, n) => `o-${n}`);
    const { evidence } = reviewOfSearch('r-2', { ...judged, inquiries, operators, allOperators });
    expect(evidence).toMatchObject({ version: 2, operators: operators.slice(0, named), moreOperators });
  });

  it('opens once a day, and names some of the inquiries', () => {
    expect(causeOfSearch(judged)).toBe('saved-search/s-1/2/2026-04-07');
    expect(reviewOfSearch('r-2', { ...judged, ...found }).evidence).toMatchObject({
      detector: 'saved-search',
      inquiries: inquiries.slice(0, 50),
    });
  });

  it('opens once a month where nobody can judge it, and says so', () => {
    expect(causeOfUnjudged(judged)).toBe('saved-search-unjudged/s-1/2/2026-04');
    expect(reviewOfUnjudged('r-2', judged).evidence).toMatchObject({
      detector: 'saved-search-unjudged',
      inquiries: [],
    });
  });
});
