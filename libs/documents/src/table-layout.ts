import { linesOf, type Measure } from './line-breaking.js';

/** One paragraph of a cell. Sizes and distances are points (1/72 inch). */
export interface Paragraph {
  readonly text: string;
  readonly size: number;
  /** A caption or a translation: set in grey, and marked as English for whoever reads it aloud. */
  readonly english?: boolean;
}

export type Cell = readonly Paragraph[];

/** A line of its cell's `paragraph`th paragraph, `top` below the upper edge of the cell. */
export interface PlacedLine extends Paragraph {
  readonly paragraph: number;
  readonly top: number;
}

/** A row, or as much of it as one page holds. */
export interface LaidRow {
  readonly cells: readonly (readonly PlacedLine[])[];
  readonly height: number;
}

/** Distance of a cell's text from its edges. */
export const PADDING = { x: 4, y: 3.5 } as const;
/** Height of a line, in sizes of its characters. */
const LEADING = 1.35;

export const heightOfLine = ({ size }: Pick<Paragraph, 'size'>): number => size * LEADING;

/**
 * Lays one row out: each cell's text in lines no wider than its column. A row that is taller than `tallest` comes in
 * several parts, so that no text runs out of its page. `measure` is in ems.
 */
export function layRow(
  cells: readonly Cell[],
  widths: readonly number[],
  measure: Measure,
  tallest: number,
): readonly LaidRow[] {
  const room = tallest - 2 * PADDING.y;
  const columns = cells.map((cell, at) => partsOf(cell, (widths[at] ?? 0) - 2 * PADDING.x, measure, room));
  const parts = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: parts }, (_, part) => {
    const lines = columns.map((column) => column[part] ?? []);
    const below = lines.map((cell) =>
      cell.reduce((most, line) => Math.max(most, line.top + heightOfLine(line)), 0),
    );
    return { cells: lines, height: Math.max(PADDING.y, ...below) + PADDING.y };
  });
}

/** A cell's lines, in parts of which each is at most `room` high. */
function partsOf(
  cell: Cell,
  width: number,
  measure: Measure,
  room: number,
): readonly (readonly PlacedLine[])[] {
  const parts: PlacedLine[][] = [[]];
  let top = 0;
  for (const [at, paragraph] of cell.entries()) {
    const { size } = paragraph;
    for (const text of linesOf(paragraph.text, width, (codePoint) => measure(codePoint) * size)) {
      const height = heightOfLine(paragraph);
      if (top + height > room && top > 0) {
        parts.push([]);
        top = 0;
      }
      parts.at(-1)?.push({ ...paragraph, text, paragraph: at, top: PADDING.y + top });
      top += height;
    }
  }
  return parts;
}

/** How high the rows of one page may be together. */
export interface Rooms {
  readonly first: number;
  readonly further: number;
}

/**
 * How many rows stand on each page, given their heights; what follows the rows needs `tail`, and has a page of its own
 * with no row where it does not fit. There is always a first page. Throws RangeError for a row that no page can hold.
 */
export function pageBreaks(heights: readonly number[], rooms: Rooms, tail: number): readonly number[] {
  const pages = [0];
  let left = rooms.first;
  const turn = (): void => {
    pages.push(0);
    left = rooms.further;
  };
  for (const height of heights) {
    if (height > rooms.further) throw new RangeError('a row is taller than a page');
    if (height > left) turn();
    pages[pages.length - 1] = (pages.at(-1) ?? 0) + 1;
    left -= height;
  }
  if (tail > left) turn();
  return pages;
}
