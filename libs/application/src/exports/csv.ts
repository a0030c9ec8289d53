/** UTF-8 with this mark is what the spreadsheets of Japanese offices read as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** How a cell begins that a spreadsheet would take for a formula; full-width signs included, which some fold. */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u;
const TO_BE_QUOTED = /[",\r\n]|^\s|\s$/;

type Cell = string | number | null;

function cellOf(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  const guarded =
    typeof value === 'string' && (FORMULA.test(text) || /^[\t\r\n]/.test(text)) ? `'${text}` : text;
  return TO_BE_QUOTED.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * One line of CSV (RFC 4180), its end included. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front: what is handed over is opened by people who trust it.
 */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;
