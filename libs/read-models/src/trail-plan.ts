import { sql, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { type Query, type Term, termsOfQuery, typesWithText } from '#domain';
import type { Db, Schema } from './schema.js';
import { positionsOfSubjects, type SubjectToken } from './subjects.js';
import { caseHead, isWithoutCase, type Searchable } from './trail.js';
import { columnOf, purposesMeant } from './trail-predicate.js';

/**
 * By what a search enters the trail. Each way in yields its rows in the order of the log, so that the newest are found
 * without sorting. Several together have every row that can match.
 */
export type WayIn =
  | {
      readonly by: 'column';
      readonly column: Searchable;
      readonly value: string;
      /** Rare events, listed beforehand: only what is on that list too. Judged on the index alone, without the rows. */
      readonly among?: RareWay;
    }
  | { readonly by: 'reference'; readonly reference: string }
  /** References that begin so, of one head or, where that is null, of any: all of them are listed first, off the index alone. */
  | { readonly by: 'references'; readonly prefix: string; readonly head: string | null }
  | { readonly by: 'refusal'; readonly code: string }
  | { readonly by: 'no-case' }
  | { readonly by: 'subjects'; readonly tokens: readonly SubjectToken[] }
  /** All rows, the newest first. */
  | { readonly by: 'walk' };

/** More ways in than this are no better than walking; one statement has to hold them all. */
const MOST_WAYS = 100;
/** Each way carries the whole condition with it, and SQLite takes 32,766 parameters in a statement. */
const MOST_PARAMETERS = 30_000;
/** Of so many heads, a search by beginning goes through the references instead. */
const MOST_HEADS = 40;

/** Types that make up most of the log; every other is rare. */
const commonTypes: ReadonlySet<string> = new Set([
  'InquiryReceived',
  'InformationProvided',
  'RecordProvided',
  'NothingProvided',
]);
const outcomes: Readonly<Record<string, number>> = { found: 6, 'not-found': 4.8, several: 4.2 };
const columns: Readonly<Record<Exclude<Searchable, 'outcome' | 'type'>, number>> = {
  inquiry: 0,
  session: 2,
  grant: 3.8,
  operator: 4,
  terminal: 4.5,
  purpose: 5,
  unit: 5.5,
  // Cases of a head lie close together in time: once there, few rows are walked in vain.
  case_head: 4.1,
  agreement: 8,
};

/** The fewer rows a way in is likely to lead to, the lower. Purposes are 14, operators and terminals hundreds. */
function breadth(way: WayIn): number {
  switch (way.by) {
    case 'column':
      if (way.column === 'outcome') return outcomes[way.value] ?? 2;
      if (way.column === 'type') return commonTypes.has(way.value) ? 7 : 3;
      return columns[way.column];
    case 'reference':
      return 1;
    case 'references':
      return 5.8;
    case 'refusal':
      return 2;
    case 'no-case':
      return 5;
    case 'subjects':
      return 0.5;
    default:
      return 10;
  }
}

/** Several ways in lead to what each of them does. */
const breadthOf = (ways: readonly WayIn[]): number =>
  Math.log2(ways.reduce((sum, way) => sum + 2 ** breadth(way), 0));

/** The narrowest ways into what a query may match, as many as one statement can hold. */
export async function waysOf(db: Db, query: Query): Promise<readonly WayIn[]> {
  const ways = (await waysInto(db, query)) ?? walk;
  const parameters = termsOfQuery(query).reduce(
    (sum, { kind }) => sum + (kind === 'text' ? typesWithText.length : 4),
    8,
  );
  return ways.length * parameters > MOST_PARAMETERS ? walk : ways;
}

/** Null where there is none but walking. */
async function waysInto(db: Db, query: Query): Promise<readonly WayIn[] | null> {
  switch (query.kind) {
    case 'and': {
      const all = await Promise.all(query.parts.map((part) => waysInto(db, part)));
      const found = all.filter((ways) => ways !== null);
      return narrowest(found.sort((one, other) => breadthOf(one) - breadthOf(other)));
    }
    case 'or': {
      const all = await Promise.all(query.parts.map((part) => waysInto(db, part)));
      const ways = unlike(all.flatMap((some) => some ?? walk));
      return ways.some(({ by }) => by === 'walk') || ways.length > MOST_WAYS ? null : ways;
    }
    case 'not':
      return null;
    default:
      return waysIntoTerm(db, query);
  }
}

type ColumnWay = Extract<WayIn, { by: 'column' }>;
/** To an outcome, a type or a refusal that few events have. */
type RareWay = ColumnWay | Extract<WayIn, { by: 'refusal' }>;

const isRare = (way: WayIn | undefined): way is RareWay =>
  way?.by === 'refusal' ||
  (way?.by === 'column' && (way.column === 'outcome' || way.column === 'type') && breadth(way) <= 3);
const isOfOne = (way: WayIn | undefined): way is ColumnWay =>
  way?.by === 'column' && (way.column === 'operator' || way.column === 'grant');

/**
 * The first of several, as they are sorted. But what is rare and of one operator among hundreds is nearly nothing:
 * neither way alone would come to fifty rows soon, and so the one is followed with the other at hand.
 */
function narrowest(sorted: readonly (readonly WayIn[])[]): readonly WayIn[] | null {
  const [first, second] = sorted;
  if (first?.length !== 1 || second?.length !== 1) return first ?? null;
  const [rare, ofOne] = [first[0], second[0]];
  return isRare(rare) && isOfOne(ofOne) ? [{ ...ofOne, among: rare }] : first;
}

/** Each way once. */
const unlike = (ways: readonly WayIn[]): readonly WayIn[] => [
  ...new Map(ways.map((way) => [JSON.stringify(way), way])).values(),
];

export const walk: readonly WayIn[] = [{ by: 'walk' }];

async function waysIntoTerm(db: Db, term: Term): Promise<readonly WayIn[] | null> {
  const among = (column: Searchable, values: readonly string[]): readonly WayIn[] =>
    values.map((value) => ({ by: 'column', column, value }));
  switch (term.kind) {
    case 'begins':
      return waysIntoReferences(db, term.value);
    case 'has':
      return [{ by: 'no-case' }];
    case 'text':
      return among('type', typesWithText);
    case 'at':
      return null;
    default:
      if (term.field === 'case') return [{ by: 'reference', reference: term.value }];
      if (term.field === 'refusal') return [{ by: 'refusal', code: term.value }];
      if (term.field === 'purpose') return among('purpose', purposesMeant(term.value));
      return among(columnOf[term.field], [term.value]);
  }
}

/** Case references have at most 64 code points, so that none that begins with `prefix` comes after this one. */
const afterAll = (prefix: string): string => prefix + '\u{10FFFF}'.repeat(64);

/**
 * A reference that begins with `prefix` has a head that does, or the head that `prefix` itself has (`SK-2026-` of
 * `SK-2026-00`) and digits.
 */
async function waysIntoReferences(db: Db, prefix: string): Promise<readonly WayIn[]> {
  const rows = await db
    .selectFrom('case_heads')
    .select('head')
    .where('head', '>=', prefix)
    .where('head', '<=', afterAll(prefix))
    .limit(MOST_HEADS + 1)
    .execute();
  const own = caseHead(prefix);
  const ofOwnHead: readonly WayIn[] = own === prefix ? [] : [{ by: 'references', prefix, head: own }];
  if (rows.length > MOST_HEADS) return [{ by: 'references', prefix, head: null }, ...ofOwnHead];
  return [
    ...rows.map(({ head }) => ({ by: 'column', column: 'case_head', value: head }) as const),
    ...ofOwnHead,
  ];
}

/** Rows of the trail, and the column that has their position where the way in has it. */
export interface Entered {
  readonly rows: SelectQueryBuilder<Schema, 'trail', object>;
  readonly position: 'trail.position' | 'trail_refusals.position';
}

/** The rows that a way in leads to. */
export function enter(db: Db, way: WayIn): Entered {
  const trail = db.selectFrom('trail');
  const by = (rows: Entered['rows']): Entered => ({ rows, position: 'trail.position' });
  switch (way.by) {
    case 'column': {
      const rows = trail.where(way.column, '=', way.value);
      if (!way.among) return by(rows);
      return by(rows.where(sql<SqlBool>`trail.position + 0 in (${positionsOfRare(db, way.among)})`));
    }
    case 'reference':
      return by(trail.where('trail.position', 'in', positionsOfReferences(db, way.reference)));
    case 'references':
      return by(trail.where('trail.position', 'in', positionsOfReferences(db, way)));
    case 'refusal': {
      const rows = db
        .selectFrom('trail_refusals')
        .innerJoin('trail', 'trail.position', 'trail_refusals.position')
        .where('trail_refusals.code', '=', way.code);
      return {
        rows,
        position: 'trail_refusals.position',
      };
    }
    case 'no-case':
      return by(trail.where(sql<SqlBool>`${isWithoutCase}`));
    case 'subjects':
      return by(trail.where('trail.position', 'in', positionsOfSubjects(db, way.tokens)));
    default:
      return by(trail);
  }
}

const positionsOfRare = (db: Db, way: RareWay) =>
  way.by === 'refusal'
    ? db.selectFrom('trail_refusals').select('position').where('code', '=', way.code)
    : db.selectFrom('trail as rare').select('rare.position').where(way.column, '=', way.value);

/** Where the events of a case, or of the cases that begin so, are: read off `trail_by_case` alone. */
function positionsOfReferences(
  db: Db,
  sought: string | { readonly prefix: string; readonly head: string | null },
) {
  const cases = db
    .selectFrom('trail as cases')
    .select('cases.position')
    .where('cases.case_reference', 'is not', null);
  if (typeof sought === 'string')
    return cases.where('case_head', '=', caseHead(sought)).where('case_reference', '=', sought);
  const { prefix, head } = sought;
  const last = afterAll(prefix);
  if (head === null) return cases.where('case_head', '>=', prefix).where('case_head', '<=', last);
  return cases
    .where('case_head', '=', head)
    .where('case_reference', '>=', prefix)
    .where('case_reference', '<=', last);
}
