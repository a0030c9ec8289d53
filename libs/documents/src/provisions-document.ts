import { setImmediate } from 'node:timers/promises';
import { linesOf, widthOf } from './line-breaking.js';
import { Printable } from './printable.js';
import {
  cellsOf,
  closingOf,
  COLUMN_WIDTHS,
  FACT_WIDTHS,
  factsOf,
  footOf,
  HEADINGS,
  pageOf,
  type PrintedProvision,
  type ProvisionsHead,
  SIZES,
  SUBTITLE,
  TITLE,
  TITLE_IN_ENGLISH,
} from './provisions-text.js';
import { PAGE, Sheet } from './sheet.js';
import { drawFacts, PrintedTable } from './printed-table.js';
import { type Cell, type LaidRow, layRow, PADDING, pageBreaks } from './table-layout.js';
import { openTypeface, type Typeface } from './typeface.js';

/** More provisions than this are no document that anybody reads; they are listed as a table or for machines. */
export const MOST_PRINTED = 5_000;

/** There are more provisions than one document may hold. Nothing was printed. */
export class TooManyToPrint extends Error {
  constructor() {
    super(`a document holds ${MOST_PRINTED} provisions at most`);
    this.name = 'TooManyToPrint';
  }
}

const TEXT_WIDTH = PAGE.width - PAGE.left - PAGE.right;
const BOTTOM = PAGE.height - PAGE.bottom;
/** Title and its translation, and the space between parts. */
const TITLE_HEIGHT = 32;
const GAP = 8;
/** No row is higher, so that the head of the table and one row fit on a page. */
const TALLEST = 300;
/** So many rows are measured before others get their turn. */
const ROWS_A_TURN = 100;

/**
 * A resident's list of provisions (本人確認情報の提供状況) as a tagged PDF, in Japanese with captions in English. The provisions
 * are read to their end first, because each page says how many pages there are; then page after page is made and
 * given, and other work gets its turn between two of them. The same head and provisions give the same bytes.
 * Rejects with TooManyToPrint, and as `provisions` does, before the first byte.
 */
export async function* printProvisions(
  head: ProvisionsHead,
  provisions: AsyncIterable<PrintedProvision>,
): AsyncGenerator<Uint8Array> {
  const typeface = await openTypeface();
  const list = await collected(provisions);
  const form = new Form(head, list, typeface);
  const breaks = await form.measured();
  const sheet = new Sheet(typeface, { title: TITLE, subject: TITLE_IN_ENGLISH, at: head.listedAt });
  for (const _page of form.pages(sheet, breaks)) {
    const ready = sheet.take();
    if (ready) yield ready;
    await setImmediate();
  }
  sheet.end();
  for (let rest = sheet.take(); rest; rest = sheet.take()) yield rest;
}

async function collected(provisions: AsyncIterable<PrintedProvision>): Promise<readonly PrintedProvision[]> {
  const list: PrintedProvision[] = [];
  for await (const provision of provisions) {
    if (list.length === MOST_PRINTED) throw new TooManyToPrint();
    list.push(provision);
  }
  return list;
}

/** Rows that stay on one page: the head of the document, of the table, and what closes it. */
interface Fixed {
  readonly facts: readonly LaidRow[];
  readonly headings: LaidRow;
  readonly closing: readonly LaidRow[];
}

/** How the document looks. It is laid out twice: to count its pages, and to draw them. */
class Form {
  private readonly printable: Printable;

  constructor(
    private readonly head: ProvisionsHead,
    private readonly list: readonly PrintedProvision[],
    private readonly typeface: Typeface,
  ) {
    this.printable = new Printable([typeface.regular, typeface.bold]);
  }

  /** How many rows stand on each page. */
  async measured(): Promise<readonly number[]> {
    const heights: number[] = [];
    for (const [at] of this.list.entries()) {
      for (const { height } of this.rowsOf(at)) heights.push(height);
      if (at % ROWS_A_TURN === 0) await setImmediate();
    }
    const { facts, headings, closing } = this.fixed();
    const further = BOTTOM - PAGE.top - headings.height;
    const first = BOTTOM - this.topOfTable(facts) - (this.list.length === 0 ? 0 : headings.height);
    return pageBreaks(heights, { first, further }, GAP + heightOf(closing));
  }

  /** Draws page after page; each is done when it is given. */
  *pages(sheet: Sheet, breaks: readonly number[]): Generator<number> {
    const fixed = this.fixed();
    const rows = this.rows();
    const table = new PrintedTable(sheet, COLUMN_WIDTHS, fixed.headings);
    for (const [at, count] of breaks.entries()) {
      sheet.turn();
      let y = at === 0 ? this.drawHead(sheet, fixed.facts) : PAGE.top;
      if (count > 0) y = table.head(y);
      for (let row = 0; row < count; row += 1) y = table.row(rows.next().value as LaidRow, y);
      if (at === breaks.length - 1) {
        table.close();
        drawClosing(sheet, fixed.closing, y);
      }
      this.drawFoot(sheet, at + 1, breaks.length);
      yield at;
    }
  }

  private *rows(): Generator<LaidRow> {
    for (const [at] of this.list.entries()) yield* this.rowsOf(at);
  }

  private rowsOf(at: number): readonly LaidRow[] {
    return this.lay(cellsOf(this.list[at] as PrintedProvision, at + 1), COLUMN_WIDTHS);
  }

  /** Its last part is known once all rows were laid out: it tells which characters were missing. */
  private fixed(): Fixed {
    const { head, list, printable } = this;
    const facts = factsOf(head).flatMap((cells) => this.lay(cells, FACT_WIDTHS));
    const [headings] = this.lay(HEADINGS, COLUMN_WIDTHS) as [LaidRow];
    const closing = closingOf(head, list.length, printable.missing).flatMap((cell) =>
      this.lay([cell], [TEXT_WIDTH]),
    );
    return { facts, headings, closing };
  }

  private lay(cells: readonly Cell[], widths: readonly number[]): readonly LaidRow[] {
    const printable = cells.map((cell) =>
      cell.map((paragraph) => ({ ...paragraph, text: this.printable.of(paragraph.text) })),
    );
    const { regular } = this.typeface;
    return layRow(printable, widths, (codePoint) => regular.advance(codePoint), TALLEST);
  }

  private subtitle(): LaidRow {
    return this.lay([[{ text: SUBTITLE, size: SIZES.body }]], [TEXT_WIDTH])[0] as LaidRow;
  }

  private topOfTable(facts: readonly LaidRow[]): number {
    return PAGE.top + TITLE_HEIGHT + this.subtitle().height + heightOf(facts) + 2 * GAP;
  }

  private drawHead(sheet: Sheet, facts: readonly LaidRow[]): number {
    const title = [{ text: TITLE, size: SIZES.title, paragraph: 0, top: 0 }];
    const english = {
      text: TITLE_IN_ENGLISH,
      size: SIZES.small,
      english: true,
      paragraph: 0,
      top: TITLE_HEIGHT - 12,
    };
    sheet.write(sheet.open('H1'), title, PAGE.left + PADDING.x, PAGE.top, 'bold');
    sheet.write(sheet.open('P', undefined, { lang: 'en' }), [english], PAGE.left + PADDING.x, PAGE.top);
    let y = PAGE.top + TITLE_HEIGHT;
    const subtitle = this.subtitle();
    sheet.write(sheet.open('P'), subtitle.cells[0] ?? [], PAGE.left + PADDING.x, y);
    y += subtitle.height + GAP;
    return drawFacts(sheet, facts, FACT_WIDTHS, y) + GAP;
  }

  private drawFoot(sheet: Sheet, number: number, of: number): void {
    const y = BOTTOM + 12;
    const inPoints = (codePoint: number): number => this.typeface.regular.advance(codePoint) * SIZES.foot;
    const place = (text: string, x: number): void =>
      sheet.mark([{ text, size: SIZES.foot, paragraph: 0, top: 0 }], x, y);
    const page = pageOf(number, of);
    const width = widthOf(page, inPoints);
    // A line's room, less the mark that tells that there is more, and a gap before the number of the page.
    const room = TEXT_WIDTH - 2 * PADDING.x - width - SIZES.foot - GAP;
    const [foot = '', ...more] = linesOf(this.printable.of(footOf(this.head)), room, inPoints);
    place(more.length > 0 ? `${foot}…` : foot, PAGE.left + PADDING.x);
    place(page, PAGE.width - PAGE.right - PADDING.x - width);
  }
}

/** The count first, then notes. */
function drawClosing(sheet: Sheet, rows: readonly LaidRow[], y: number): void {
  let edge = y + GAP;
  for (const [at, row] of rows.entries()) {
    sheet.write(
      sheet.open('P'),
      row.cells[0] ?? [],
      PAGE.left + PADDING.x,
      edge,
      at === 0 ? 'bold' : 'regular',
    );
    edge += row.height;
  }
}

const heightOf = (rows: readonly LaidRow[]): number => rows.reduce((sum, { height }) => sum + height, 0);
