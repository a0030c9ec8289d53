import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import * as domain from '#domain';
import { catalogueRow, problemCatalogue, problemRowsBySubject } from './catalogue.js';

/** The source files below a folder, specifications and the catalogue itself left out. */
const sourcesOf = (folder: string): readonly { readonly path: string; readonly text: string }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(spec|contract)\.ts$/.test(file))
    .map((file) => `${folder}/${file}`)
    // The catalogue, the document that describes the answers, and fakes name things without refusing anything to anybody.
    .filter((path) => !/\/problems\/catalogue|\/openapi\/|\/testing\//.test(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

const deciders = sourcesOf('libs/domain/src');
const above = [...sourcesOf('apps/api/src'), ...sourcesOf('libs/application/src')];

const found = (texts: readonly string[], pattern: RegExp): readonly string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([, code = '']) => code));

/** The tables of refusals that the domain exports, by name. */
const tables = Object.entries(domain).flatMap(([name, value]) =>
  name.endsWith('Refusals') && Array.isArray(value) ? [[name, value as readonly string[]] as const] : [],
);
const exported = new Set(tables.flatMap(([, codes]) => codes));

/** The codes that deciders refuse with: `because('…')` and `{ code: '…' }`. */
const decided = new Set(
  found(
    deciders.map(({ text }) => text),
    /(?:because\(|code: )'([a-z-]+)'/g,
  ),
);

/** The codes that the edge and the use cases give themselves, by each of the forms in which they do. */
function givenAbove(): ReadonlySet<string> {
  const texts = above.map(({ text }) => text);
  const maps = above.filter(({ path }) => /problem\.filter\.ts$|inquiries\.controller\.ts$/.test(path));
  const literals = found(texts, /(?:problem\(|only\(|accessRefused\(|code: )'([a-z-]+)'/g);
  const counted = found(texts, /counted\([^)]*, '([a-z-]+)'\)/g);
  const missing = found(texts, /new NotFound\('([a-z-]+)'\)/g).map((what) => `${what}-not-found`);
  const blocks = maps.flatMap(({ text }) =>
    found([text], /(?:codesOfRooms|problemOf): Readonly<Record<string, string>> = \{([^}]*)\}/g),
  );
  const mapped = found(blocks, /: '([a-z-]+)'/g);
  const statuses = found(
    maps.map(({ text }) => text),
    /return (?:status [^']*\? )?'([a-z-]{4,})'/g,
  );
  return new Set([...literals, ...counted, ...missing, ...mapped, ...statuses]);
}

const given = givenAbove();
const codes = problemCatalogue.map(({ code }) => code);
const without = (wanted: Iterable<string>, have: ReadonlySet<string>): readonly string[] =>
  [...wanted].filter((code) => !have.has(code)).sort();

describe('the problem catalogue', () => {
  it('has one row for each code, in kebab case', () => {
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
    for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('shows every row under one subject', () => {
    expect(Object.values(problemRowsBySubject).flat()).toEqual(problemCatalogue);
  });

  it('finds the tables of refusals that it is compared with', () => {
    expect(tables.map(([name]) => name).sort()).toEqual([
      'accessRefusals',
      'agreementRefusals',
      'caseRefusals',
      'disclosureRequestRefusals',
      'erasureRefusals',
      'exportRefusals',
      'incidentRefusals',
      'inquiryRefusals',
      'queryRefusals',
      'retentionPeriodRefusals',
      'reviewRefusals',
      'savedSearchRefusals',
      'searchRefusals',
      'tailRefusals',
    ]);
  });

  it('has a row for every code in the tables of the domain', () => {
    expect(without(exported, new Set(codes))).toEqual([]);
  });

  it('has a row for every code that a decider refuses with', () => {
    expect(without(decided, new Set(codes))).toEqual([]);
  });

  it('has a row for every code that the edge and the use cases give', () => {
    expect(given.size).toBeGreaterThan(35);
    expect(without(given, new Set(codes))).toEqual([]);
  });

  it('has no row that nobody gives', () => {
    expect(without(codes, new Set([...exported, ...decided, ...given]))).toEqual([]);
  });
});

describe('a row of the problem catalogue', () => {
  it('is found by its code, and is named by a URN', () => {
    for (const code of codes) {
      expect(catalogueRow(code)).toMatchObject({ code, type: `urn:kiroku:problem:${code}` });
    }
  });

  it('is the internal error when the code is not known', () => {
    for (const code of ['no-such-code', '', 'constructor', '__proto__']) {
      expect(catalogueRow(code)).toMatchObject({ code: 'internal', status: 500 });
    }
  });

  it.each(problemCatalogue)('says in both languages what happened and what to do: $code', ({ ja, en }) => {
    expect(ja.title).toMatch(/[\p{Script=Han}\p{Script=Katakana}]/u);
    expect(ja.title).not.toMatch(/。/);
    expect(ja.detail).toMatch(/。$/);
    expect(en.title).toMatch(/^[A-Z][^.]*$/);
    expect(en.detail).toMatch(/^[A-Z].*\.$/);
  });

  it('tells a wrong PIN and an unknown operator apart for nobody', () => {
    const { ja, en } = catalogueRow('sign-in-refused');
    expect(`${ja.title}${ja.detail}`).not.toMatch(/存在しない|未登録|誤った暗証番号/);
    expect(`${en.title} ${en.detail}`).not.toMatch(/unknown|not registered|wrong PIN/i);
    for (const text of [catalogueRow('pin-locked').ja.detail, catalogueRow('pin-locked').en.detail]) {
      expect(text).not.toMatch(/\d|five|attempts|回/);
    }
  });

  it('has a status of its own kind: rights 403, not available now 503, gone 410', () => {
    const statusOf = (code: string): number => catalogueRow(code).status;
    for (const code of codes.filter((candidate) =>
      /^approver-|^grant-(expired|revoked|missing)$/.test(candidate),
    ))
      expect([code, statusOf(code)]).toEqual([code, 403]);
    for (const code of ['provision-suspended', 'log-not-provable', 'store-failed', 'vault-unavailable'])
      expect([code, statusOf(code)]).toEqual([code, 503]);
    for (const code of ['identity-data-erased', 'identity-data-expired'])
      expect([code, statusOf(code)]).toEqual([code, 410]);
  });
});
