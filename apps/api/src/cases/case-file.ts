import { MOST_CASES } from '#application';
import type { HandOverCase } from '#domain';
import { Problem, problem } from '../problems/problem.js';

/** What each column may be called in the first row. */
const columns: Readonly<Record<keyof HandOverCase, readonly string[]>> = {
  affair: ['affair', '事務'],
  caseReference: ['caseReference', '案件番号'],
  openedOn: ['openedOn', '受付日'],
  closedOn: ['closedOn', '終了日'],
};
type Column = keyof typeof columns;
const names = Object.keys(columns) as Column[];

/** One cell and what ends it; in quotation marks (RFC 4180) it may hold anything. */
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y;

const inRow = ({ refusals }: Problem, row: number): Problem => new Problem(refusals, { row });

/** The rows of a file, cells unquoted; line ends at its end make no row. Stops after one row more than may be. */
function* rowsOf(text: string): Generator<readonly string[]> {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  const whole = text.slice(0, end);
  let cells: string[] = [];
  CELL.lastIndex = 0;
  for (let row = 1; CELL.lastIndex <= end && row <= MOST_CASES + 2; ) {
    const [found, quoted, plain = '', after] = CELL.exec(whole) ?? [];
    if (found === undefined) throw inRow(problem('case-file-row-malformed'), row);
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (after === ',') continue;
    yield cells;
    if (after === '') return;
    row += 1;
    cells = [];
  }
}

/** Where each column is. */
function headingOf(cells: readonly string[]): Readonly<Record<Column, number>> {
  const places = names.map((name) => cells.findIndex((cell) => columns[name].includes(cell)));
  if (cells.length !== names.length || places.includes(-1))
    throw inRow(problem('case-file-heading-malformed'), 1);
  return Object.fromEntries(names.map((name, at) => [name, places[at]])) as Record<Column, number>;
}

/**
 * The cases of a file of CSV: a heading, then one row for each, the heading being row 1. An empty cell for the last day is
 * an open case. Throws problems that name the row; what a cell means is judged with the case.
 */
export function readCaseFile(text: string | null): readonly HandOverCase[] {
  if (text === null) throw problem('case-file-not-unicode');
  const rows = rowsOf(text);
  const heading = headingOf((rows.next().value as readonly string[] | undefined) ?? []);
  const cases: HandOverCase[] = [];
  for (const cells of rows) {
    if (cells.length !== names.length) throw inRow(problem('case-file-row-malformed'), cases.length + 2);
    const cell = (name: Column): string => cells[heading[name]] ?? '';
    cases.push({
      affair: cell('affair'),
      caseReference: cell('caseReference'),
      openedOn: cell('openedOn'),
      closedOn: cell('closedOn') || null,
    });
  }
  if (cases.length === 0 || cases.length > MOST_CASES) throw problem('case-file-rows-out-of-range');
  return cases;
}
