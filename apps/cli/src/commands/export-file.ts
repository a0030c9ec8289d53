import { createHash } from 'node:crypto';

/** A row of an export, as far as an entry of the log can tell. */
export interface ExportedRow {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly at: string;
  readonly agreement: string;
  readonly operator: string | null;
}

/** What the statement of an export says, as far as it is checked here. */
export interface StatedExport {
  readonly export: string;
  readonly query: string;
  readonly rows: number;
  readonly position: string | null;
  readonly sha256: string;
}

export interface ReadExport {
  readonly rows: readonly ExportedRow[];
  readonly statement: StatedExport;
  /** SHA-256 of every byte before the line of the statement, lower-case hex. */
  readonly sha256: string;
}

/** The file is no export, or was cut: it does not end with its statement. */
export class NoExport extends Error {
  constructor() {
    super('完全な書き出しファイルではありません not a whole export: it does not end with its statement');
    this.name = 'NoExport';
  }
}

const MARK = '\uFEFF';
const STATEMENT = 'kiroku-export/1';

/** Reads an export, JSON Lines or CSV. Throws `NoExport`. */
export function readExport(bytes: Buffer): ReadExport {
  const text = bytes.toString('utf8');
  const end = text.startsWith(MARK) ? '\r\n' : '\n';
  const lines = text.split(end);
  const last = lines.at(-2);
  if (lines.pop() !== '' || last === undefined) throw new NoExport();
  lines.pop();
  const size = bytes.length - Buffer.byteLength(last + end);
  const sha256 = createHash('sha256').update(bytes.subarray(0, size)).digest('hex');
  try {
    const isTable = end === '\r\n';
    const statement = JSON.parse(isTable ? (cellsOf(last)[1] ?? '') : last) as StatedExport & {
      readonly statement?: unknown;
    };
    if (statement.statement !== STATEMENT) throw new NoExport();
    const rows = isTable ? tableOf(lines) : lines.map((line) => JSON.parse(line) as ExportedRow);
    return { rows, statement, sha256 };
  } catch {
    throw new NoExport();
  }
}

/** Rows of CSV whose first line holds the names of the columns. No cell of an export has a line's end in it. */
function tableOf([head = '', ...lines]: readonly string[]): readonly ExportedRow[] {
  const names = cellsOf(head.slice(MARK.length));
  return lines.map((line) => {
    const cells = cellsOf(line);
    const row = Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
    return { ...row, operator: row['operator'] || null } as ExportedRow;
  });
}

/** The cells of one line of CSV (RFC 4180). */
const cellsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
