import { createHash } from 'node:crypto';
import type { ExportFormat } from '#domain';
import type { TrailRow } from '#read-models';
import { BYTE_ORDER_MARK, csvLine } from './csv.js';

/** What the last line of an export says of it. */
export interface ExportStatement {
  readonly statement: 'kiroku-export/1';
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
}

const columns = [
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

const cellOf = (row: TrailRow, column: (typeof columns)[number]): string | null => {
  const value = row[column];
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'boolean' ? String(value) : value.join(' ');
};

/** How the lines of a format are written, their ends included. */
const writing: Readonly<
  Record<
    ExportFormat,
    {
      readonly head: string;
      readonly row: (row: TrailRow) => string;
      readonly statement: (statement: ExportStatement) => string;
    }
  >
> = {
  jsonl: {
    head: '',
    row: (row) => `${JSON.stringify(row)}\n`,
    statement: (statement) => `${JSON.stringify(statement)}\n`,
  },
  csv: {
    head: BYTE_ORDER_MARK + csvLine(columns),
    row: (row) => csvLine(columns.map((column) => cellOf(row, column))),
    statement: (statement) => csvLine(['#statement', JSON.stringify(statement)]),
  },
};

/**
 * The lines of a file: rows, then what `complete` says of them. `complete` is awaited before the statement leaves, with
 * the count and the hash of what stands above; a file without a statement is not whole.
 */
export async function* exportLines(
  format: ExportFormat,
  rows: AsyncIterable<TrailRow>,
  complete: (counted: { readonly rows: number; readonly sha256: string }) => Promise<ExportStatement>,
): AsyncGenerator<string> {
  const { head, row: lineOf, statement } = writing[format];
  const hash = createHash('sha256').update(head);
  if (head !== '') yield head;
  let count = 0;
  for await (const row of rows) {
    const line = lineOf(row);
    hash.update(line);
    count += 1;
    yield line;
  }
  yield statement(await complete({ rows: count, sha256: hash.digest('hex') }));
}
