import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { record, specify } from '../kernel/specification.js';
import type { Finding } from './detector.js';
import { reviewRefusals } from './refusals.js';
import {
  decideCloseReview,
  decideNoteReview,
  decideOpenReview,
  evolveReview,
  initialReview,
  reviewOf,
} from './review.js';
import { type ReviewEvent, reviewEvents, reviewStream } from './review.events.js';

const { given } = specify(reviewEvents, evolveReview, initialReview);

const finding: Finding = {
  detector: 'watched-resident',
  operator: 'o-17',
  cause: 'watched-resident/o-17/i-1',
  inquiries: ['i-1'],
  tokens: ['token-a'],
  count: 1,
  threshold: 1,
  from: '2026-04-01T01:00:00.000Z',
  until: '2026-04-01T01:00:00.000Z',
};
const command = reviewOf('r-1', finding);
const opened: ReviewEvent = { type: 'ReviewOpened', data: command };
const closed: ReviewEvent = {
  type: 'ReviewClosed',
  data: { review: 'r-1', conclusion: 'explained', incident: null, finding: '窓口記録と一致' },
};
const closing = {
  conclusion: 'explained',
  finding: '窓口記録と一致',
  incident: null,
  by: 'o-officer',
  found: false,
};

describe('a review', () => {
  it('is opened by a finding', () => {
    expect(given().when((state) => decideOpenReview(state, command)).events).toEqual([
      {
        type: 'ReviewOpened',
        data: {
          review: 'r-1',
          concern: 'resident',
          operator: 'o-17',
          savedSearch: null,
          evidence: {
            detector: 'watched-resident',
            inquiries: ['i-1'],
            tokens: ['token-a'],
            count: 1,
            threshold: 1,
            from: '2026-04-01T01:00:00.000Z',
            until: '2026-04-01T01:00:00.000Z',
          },
        },
      },
    ]);
  });

  it('says in clear whose conduct it is, and nothing of the resident', () => {
    const { data, stream } = record(reviewEvents.ReviewOpened, opened, { stream: reviewStream('r-1') });
    expect(data).toEqual({ review: 'r-1', concern: 'resident', operator: 'o-17', savedSearch: null });
    expect(stream).toBe('review-r-1');
  });

  it.each([
    ['open', [opened]],
    ['closed', [opened, closed]],
  ])('is opened once: again while it is %s adds nothing', (_, facts) => {
    const { decision } = given(...facts).when((state) => decideOpenReview(state, command));
    expect(decision).toEqual({ accepted: true, events: [] });
  });

  it('takes notes while it is open', () => {
    const note = { note: '本人に確認中', by: 'o-officer', found: false };
    expect(given(opened).when((state) => decideNoteReview(state, note)).events).toEqual([
      { type: 'ReviewNoted', data: { review: 'r-1', note: '本人に確認中' } },
    ]);
    expect(given().when((state) => decideNoteReview(state, note)).refusals).toEqual(['review-missing']);
    expect(given(opened, closed).when((state) => decideNoteReview(state, note)).refusals).toEqual([
      'review-closed',
    ]);
    for (const bad of ['', ' \u3000', '字'.repeat(1_001), '\uD842'])
      expect(given(opened).when((state) => decideNoteReview(state, { ...note, note: bad })).refusals).toEqual(
        ['review-note-malformed'],
      );
  });

  it('is closed with a finding', () => {
    const { events } = given(opened).when((state) => decideCloseReview(state, closing));
    expect(events).toEqual([closed]);
    expect(record(reviewEvents.ReviewClosed, closed).data).toEqual({
      review: 'r-1',
      conclusion: 'explained',
      incident: null,
    });
  });

  it('is closed as improper use only with an incident', () => {
    const improper = { ...closing, conclusion: 'improper' };
    expect(given(opened).when((state) => decideCloseReview(state, improper)).refusals).toEqual([
      'review-incident-missing',
    ]);
    const declared = { ...improper, incident: 'inc-1' };
    expect(given(opened).when((state) => decideCloseReview(state, declared)).events).toMatchObject([
      { type: 'ReviewClosed', data: { conclusion: 'improper', incident: 'inc-1' } },
    ]);
  });

  it.each([
    ['the person concerned', { by: 'o-17' }],
    ['an officer whose own events a saved search found', { found: true }],
  ])('is neither noted nor closed by %s', (_who, own) => {
    for (const decide of [
      (state: typeof initialReview) => decideCloseReview(state, { ...closing, ...own }),
      (state: typeof initialReview) =>
        decideNoteReview(state, { note: '問題なし', by: 'o-officer', found: false, ...own }),
    ])
      expect(given(opened).when(decide).refusals).toEqual(['reviewer-is-person-concerned']);
  });

  it.each<[string, Partial<typeof closing>, readonly string[]]>([
    ['with a conclusion that is none', { conclusion: 'fine' }, ['review-conclusion-unlisted']],
    ['without words', { finding: ' ' }, ['review-finding-malformed']],
    [
      'with nothing right',
      { conclusion: '', finding: '' },
      ['review-conclusion-unlisted', 'review-finding-malformed'],
    ],
  ])('is not closed %s', (_, changes, refusals) => {
    expect(
      given(opened).when((state) => decideCloseReview(state, { ...closing, ...changes })).refusals,
    ).toEqual(refusals);
  });

  it('stays closed', () => {
    const { state, when } = given(
      { ...opened, at: '2026-04-01T02:00:00.000Z' },
      { ...closed, at: '2026-04-02T02:00:00.000Z' },
    );
    expect(state).toEqual({
      state: 'closed',
      review: 'r-1',
      concern: 'resident',
      operator: 'o-17',
      openedAt: '2026-04-01T02:00:00.000Z',
      closedAt: '2026-04-02T02:00:00.000Z',
      conclusion: 'explained',
      incident: null,
    });
    expect(when((past) => decideCloseReview(past, closing)).refusals).toEqual(['review-closed']);
    expect(given().when((past) => decideCloseReview(past, closing)).refusals).toEqual(['review-missing']);
  });
});

describe('the refusals of reviews', () => {
  it('are listed once each, and each is given by a decider', () => {
    const folder = 'libs/domain/src/reviews';
    const own = readdirSync(folder)
      .filter((file) => !/\.(?:spec|specification)\.ts$/.test(file) && file !== 'refusals.ts')
      .map((file) => `${folder}/${file}`);
    const deciders = [...own, 'libs/domain/src/kernel/text.ts']
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect(new Set(reviewRefusals).size).toBe(reviewRefusals.length);
    expect(reviewRefusals.filter((code) => !deciders.includes(`'${code}'`))).toEqual([]);
  });
});
