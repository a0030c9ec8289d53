import { hash } from 'node:crypto';
import { exportFormats, type ExportFormat } from '#domain';
import type { TrailRow } from '#read-models';
import { BYTE_ORDER_MARK, cellsOf, csvLine, textOfCell } from './csv.js';

/**
 * The lines of an export, `kiroku-export/3` (docs/exports.md): rows, the evidence for them, the statement. In each
 * format there is one way to write a line; anything else is not read.
 */

/** Of the salt in a statement. */
export const SALT_BYTES = 16;

export const STATEMENT = 'kiroku-export/3';

/** What the last line of an export says of it. */
export interface ExportStatement {
  readonly statement: typeof STATEMENT;
  readonly export: string;
  readonly agreement: string;
  readonly format: ExportFormat;
  /** In canonical form. */
  readonly query: string;
  /** How many rows stand above. */
  readonly rows: number;
  /** They are all that match up to this position; null where nothing was on record. */
  readonly position: string | null;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
  /** SHA-256 of every byte of the file before the line of the statement, lower-case hex. */
  readonly sha256: string;
  /** 16 random bytes, lower-case hex: the hash of this line is on record in clear, and must not tell the query. */
  readonly salt: string;
}

export type ExportLine =
  /** The names of the columns, first in a table. */
  | { readonly kind: 'head' }
  | { readonly kind: 'row'; readonly row: TrailRow }
  /** An entry of the log, its text as it was hashed: of the export's own stream (`record`), or of a row (`entry`). */
  | { readonly kind: 'record'; readonly leaf: number; readonly entry: string }
  | { readonly kind: 'entry'; readonly leaf: number; readonly entry: string }
  /** A hash of the multi-proof, lower-case hex. */
  | { readonly kind: 'hash'; readonly hash: string }
  /** The checkpoint's note, verbatim. */
  | { readonly kind: 'checkpoint'; readonly note: string }
  | { readonly kind: 'statement'; readonly statement: ExportStatement };

export const exportColumns = [
  'position',
  'id',
  'type',
  'stream',
  'at',
  'agreement',
  'operator',
  'unit',
  'terminal',
  'session',
  'grant',
  'purpose',
  'outcome',
  'refusals',
  'caseReference',
  'caseMatches',
  'inquiry',
] as const satisfies readonly (keyof TrailRow)[];
export type ExportColumn = (typeof exportColumns)[number];

/** What a line of each format ends with. */
const lineEnd: Readonly<Record<ExportFormat, string>> = { jsonl: '\n', csv: '\r\n' };

const HEAD = BYTE_ORDER_MARK + csvLine(exportColumns);

/** The text of a line, its end included; empty for the head of JSON Lines, which have none. */
export function writeExportLine(format: ExportFormat, line: ExportLine): string {
  if (format === 'csv') return csvTextOf(line);
  const value = jsonOf(line);
  return value === null ? '' : `${JSON.stringify(value)}\n`;
}

/** SHA-256 of the line of a statement, its end included, lower-case hex: what binds all that it says to the record. */
export const statementHash = (format: ExportFormat, statement: ExportStatement): string =>
  hash('sha256', writeExportLine(format, { kind: 'statement', statement }));

/** Reads a line, given without its end. Null for what `writeExportLine` would not write. */
export function readExportLine(format: ExportFormat, text: string): ExportLine | null {
  const line = format === 'csv' ? readCsv(text) : readJson(text);
  return line !== null && writeExportLine(format, line) === text + lineEnd[format] ? line : null;
}

// ---- JSON Lines ----

function jsonOf(line: ExportLine): object | null {
  switch (line.kind) {
    case 'head':
      return null;
    case 'row':
      return Object.fromEntries(exportColumns.map((column) => [column, line.row[column]]));
    case 'statement':
      return statementOf(line.statement);
    default: {
      const { kind, ...evidence } = line;
      return { evidence: kind, ...evidence };
    }
  }
}

function readJson(text: string): ExportLine | null {
  const value = parsed(text);
  if (value === null) return null;
  if ('statement' in value) return readStatement(value);
  switch (value['evidence']) {
    case 'record':
    case 'entry':
      return entryLine(value['evidence'], value['leaf'], value['entry']);
    case 'hash':
      return hashLine(value['hash']);
    case 'checkpoint':
      return typeof value['note'] === 'string' ? { kind: 'checkpoint', note: value['note'] } : null;
    case undefined:
      return rowLine(value);
    default:
      return null;
  }
}

// ---- CSV ----

const cellOf = (row: TrailRow, column: ExportColumn): string | null => {
  const value = row[column];
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : value.join(' ');
};

function csvTextOf(line: ExportLine): string {
  switch (line.kind) {
    case 'head':
      return HEAD;
    case 'row':
      return csvLine(exportColumns.map((column) => cellOf(line.row, column)));
    case 'hash':
      return csvLine(['#hash', line.hash]);
    // No cell has the end of a line in it: the note stands there as the text of a JSON string.
    case 'checkpoint':
      return csvLine(['#checkpoint', JSON.stringify(line.note)]);
    case 'statement':
      return csvLine(['#statement', JSON.stringify(statementOf(line.statement))]);
    default:
      return csvLine([`#${line.kind}`, line.leaf, line.entry]);
  }
}

function readCsv(text: string): ExportLine | null {
  if (text.startsWith(BYTE_ORDER_MARK)) return { kind: 'head' };
  const cells = cellsOf(text)?.map(textOfCell);
  if (!cells) return null;
  const [kind = '', first = '', second] = cells;
  switch (kind) {
    case '#record':
    case '#entry':
      return entryLine(kind === '#entry' ? 'entry' : 'record', Number(first), second);
    case '#hash':
      return hashLine(first);
    case '#checkpoint': {
      const note = parsedJson(first);
      return typeof note === 'string' ? { kind: 'checkpoint', note } : null;
    }
    case '#statement': {
      const value = parsed(first);
      return value && readStatement(value);
    }
    default:
      return readCells(cells);
  }
}

function readCells(cells: readonly string[]): ExportLine | null {
  const values = exportColumns.map((column, at): [ExportColumn, unknown] => {
    const cell = cells[at] || null;
    if (column === 'refusals') return [column, cell?.split(' ') ?? []];
    if (column === 'caseMatches') return [column, cell === null ? null : cell === 'true'];
    return [column, cell];
  });
  return cells.length === exportColumns.length ? rowLine(Object.fromEntries(values)) : null;
}

// ---- what is in a line ----

type Values = Readonly<Record<string, unknown>>;

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The object that a text is as JSON; null for any other. */
function parsed(text: string): Values | null {
  const value = parsedJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isPosition = (value: unknown): boolean => typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value);
const isHex = (value: unknown, digits: number): value is string =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]*$/.test(value);

const MUST = new Set<ExportColumn>(['position', 'id', 'type', 'stream', 'at', 'agreement']);

function holds(column: ExportColumn, value: unknown): boolean {
  if (column === 'refusals') return Array.isArray(value) && value.every(isText);
  if (column === 'caseMatches') return value === null || typeof value === 'boolean';
  if (column === 'position') return isPosition(value);
  return MUST.has(column) ? isText(value) : isTextOrNull(value);
}

function rowLine(values: Values): ExportLine | null {
  if (!exportColumns.every((column) => holds(column, values[column]))) return null;
  return { kind: 'row', row: values as unknown as TrailRow };
}

const entryLine = (kind: 'record' | 'entry', leaf: unknown, entry: unknown): ExportLine | null =>
  isCount(leaf) && isText(entry) ? { kind, leaf, entry } : null;

const hashLine = (value: unknown): ExportLine | null =>
  isHex(value, 64) ? { kind: 'hash', hash: value } : null;

/** In the order in which it is written. */
const statementOf = (said: ExportStatement): ExportStatement => ({
  statement: said.statement,
  export: said.export,
  agreement: said.agreement,
  format: said.format,
  query: said.query,
  rows: said.rows,
  position: said.position,
  requestedAt: said.requestedAt,
  requestedBy: said.requestedBy,
  approvedBy: said.approvedBy,
  sha256: said.sha256,
  salt: said.salt,
});

function readStatement(values: Values): ExportLine | null {
  const texts = ['export', 'agreement', 'query', 'requestedAt', 'requestedBy', 'sha256'] as const;
  const isOne =
    values['statement'] === STATEMENT &&
    exportFormats.some((format) => format === values['format']) &&
    isCount(values['rows']) &&
    texts.every((name) => isText(values[name])) &&
    (values['position'] === null || isPosition(values['position'])) &&
    isTextOrNull(values['approvedBy']) &&
    isHex(values['salt'], 2 * SALT_BYTES);
  return isOne ? { kind: 'statement', statement: values as unknown as ExportStatement } : null;
}
