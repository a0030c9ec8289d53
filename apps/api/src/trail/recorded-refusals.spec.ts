import { describe, expect, it } from '@jest/globals';
import { recordedRefusals } from '#domain';
import { problemCatalogue } from '../problems/catalogue.js';

describe('the reasons of refusals that a query may look for', () => {
  it('are codes of problems', () => {
    const codes = new Set(problemCatalogue.map(({ code }) => code));
    expect([...recordedRefusals].filter((code) => !codes.has(code))).toEqual([]);
  });

  // `AccessDenied` has them (problem.filter.ts, session.guard.ts): what the domain does not give stands in its list of the edge's.
  it('are all those for which somebody with a session is denied', () => {
    const denied = problemCatalogue.filter(({ status }) => status === 401 || status === 403);
    expect(denied.length).toBeGreaterThan(40);
    expect(denied.filter(({ code }) => !recordedRefusals.has(code))).toEqual([]);
  });
});
