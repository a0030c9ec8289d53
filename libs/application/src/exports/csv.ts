/** UTF-8 with this mark is what the spreadsheets of Japanese offices read as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/**
 * How a cell begins that a spreadsheet would take for a formula; full-width signs included, which some fold. Apostrophes
 * in front count, so that taking one away gives back what was written, whatever that was.
 */
const FORMULA = /^'*(?:[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|[\t\r\n])/u;
const TO_BE_QUOTED = /[",\r\n]|^\s|\s$/;

type Cell = string | number | null;

function cellOf(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  const guarded = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return TO_BE_QUOTED.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * One line of CSV (RFC 4180), its end included. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front: what is handed over is opened by people who trust it.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;

/** The text that a cell was made of; a cell that was null reads as empty. */
export const textOfCell = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;

/**
 * The cells of one line of CSV without its end, as they are written. Null for anything that is not RFC 4180: a quote
 * inside a bare cell, or text behind the closing one.
 */
export function cellsOf(line: string): readonly string[] | null {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at += 1) {
    const start = at;
    at = line[start] === '"' ? endOfQuoted(line, start) : endOfBare(line, start);
    if (at < 0 || (at < line.length && line[at] !== ',')) return null;
    const cell = line.slice(start, at);
    const isQuoted = cell.startsWith('"');
    if (!isQuoted && cell.includes('"')) return null;
    cells.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
  }
  return cells;
}

function endOfBare(line: string, start: number): number {
  const comma = line.indexOf(',', start);
  return comma < 0 ? line.length : comma;
}

/** Behind the closing quote; -1 where there is none. */
function endOfQuoted(line: string, start: number): number {
  let quote = line.indexOf('"', start + 1);
  while (quote >= 0 && line[quote + 1] === '"') quote = line.indexOf('"', quote + 2);
  return quote < 0 ? -1 : quote + 1;
}
