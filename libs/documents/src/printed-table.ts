import { type Element, PAGE, type Sheet } from './sheet.js';
import { type LaidRow, PADDING } from './table-layout.js';

/**
 * One table on as many pages as it takes. In the structure it has one head; the heads of further pages are artifacts, for
 * whoever listens to the document needs them once.
 */
export class PrintedTable {
  private table: Element | null = null;
  private body: Element | null = null;

  constructor(
    private readonly sheet: Sheet,
    private readonly widths: readonly number[],
    private readonly headings: LaidRow,
  ) {}

  /** The head, on each page that has rows. Gives the edge below it, as `row` does. */
  head(y: number): number {
    const { sheet, headings, widths } = this;
    sheet.shade(y, headings.height);
    sheet.rule(y);
    if (this.table === null) {
      this.table = sheet.open('Table');
      const head = sheet.open('THead', this.table);
      drawCells(sheet, sheet.open('TR', head), headings, widths, y, () => 'Column');
      sheet.close(head);
      this.body = sheet.open('TBody', this.table);
    } else {
      for (const [at, lines] of headings.cells.entries()) sheet.mark(lines, leftOf(widths, at), y, 'bold');
    }
    sheet.rule(y + headings.height);
    return y + headings.height;
  }

  row(row: LaidRow, y: number): number {
    if (this.body === null) throw new Error('a row without a head');
    drawCells(this.sheet, this.sheet.open('TR', this.body), row, this.widths, y, () => null);
    this.sheet.rule(y + row.height);
    return y + row.height;
  }

  close(): void {
    if (this.table) this.sheet.close(this.table);
  }
}

/** Rows of labels and values by turns, as a table whose labels head their rows. Gives the edge below it. */
export function drawFacts(
  sheet: Sheet,
  rows: readonly LaidRow[],
  widths: readonly number[],
  y: number,
): number {
  const table = sheet.open('Table');
  sheet.rule(y);
  let edge = y;
  for (const row of rows) {
    drawCells(sheet, sheet.open('TR', table), row, widths, edge, (at) => (at % 2 === 0 ? 'Row' : null));
    edge += row.height;
    sheet.rule(edge);
  }
  sheet.close(table);
  return edge;
}

/** What a cell heads; null for one that heads nothing. */
type ScopeOf = (at: number) => 'Column' | 'Row' | null;

function drawCells(
  sheet: Sheet,
  line: Element,
  row: LaidRow,
  widths: readonly number[],
  y: number,
  scopeOf: ScopeOf,
): void {
  for (const [at, lines] of row.cells.entries()) {
    const scope = scopeOf(at);
    const cell = scope === null ? sheet.open('TD', line) : sheet.open('TH', line, { scope });
    sheet.write(cell, lines, leftOf(widths, at), y, scope === null ? 'regular' : 'bold');
  }
  sheet.close(line);
}

const leftOf = (widths: readonly number[], at: number): number =>
  PAGE.left + PADDING.x + widths.slice(0, at).reduce((sum, width) => sum + width, 0);
