import type { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { type ExportColumn, exportColumns, pagesOf, statementHash, writeExportLine } from '#application';
import { exportStream, looksForWords, parseEntry, type Query } from '#domain';
import { type Fault, replayLog } from '#ledger';
import { type Queries, trailCursor, type TrailRow } from '#read-models';
import { queryOf } from './export-evidence.js';
import type { ExportFaults } from './export-faults.js';
import { type ExportLayout, linesIn, type PlacedLine } from './export-layout.js';
import { withTemporaryDirectory } from './temporary-directory.js';
import { TrailOfLog } from './trail-of-log.js';

/** What the log beside an export shows. Null: it could not be told. */
export interface BesideLog {
  /** Whether the log has on record that just this file was handed over. */
  readonly handedOver: boolean | null;
  /**
   * Whether the rows are all that match in the range. Null also where the query looks for sealed words: then whoever has
   * no keys can tell that each row may match, and nothing about those that are not there.
   */
  readonly complete: boolean | null;
}

export interface LogBeside {
  /** The log's published directory, or the URL prefix that serves it. */
  readonly log: string;
  readonly key: readonly string[];
}

/**
 * Reads the log from its first entry to its last, holds it against its own checkpoint and the export's, builds the trail
 * anew from its entries up to the export's position, and asks the export's query. Throws EntryNotKnown, and LogUnreachable where
 * nobody gives the log.
 */
export async function checkBesideLog(
  file: FileHandle,
  layout: ExportLayout,
  { log, key }: LogBeside,
  faults: ExportFaults,
): Promise<BesideLog> {
  // A file that is faulty by itself is not asked about: its position and its checkpoint may be of anybody's making.
  if (faults.count > 0) return { handedOver: null, complete: null };
  const { position } = layout.statement.said;
  return withTemporaryDirectory(async (directory) => {
    const trail = await TrailOfLog.begin(directory, position ?? '0');
    try {
      const handedOver = await readLog(layout, { log, key }, trail, faults);
      const query = queryOf(layout.statement.said.query);
      if (handedOver === null || query === null) return { handedOver, complete: null };
      return { handedOver, complete: await compareRows(file, layout, query, trail, faults) };
    } finally {
      await trail.close();
    }
  });
}

/** Whether the file was handed over on record; null where the log does not hold. */
async function readLog(
  layout: ExportLayout,
  { log, key }: LogBeside,
  trail: TrailOfLog,
  faults: ExportFaults,
): Promise<boolean | null> {
  let handedOver = false;
  const { checkpoint, statement } = layout;
  const replay = await replayLog({
    directory: log,
    verifierKey: key,
    seen: [{ place: `line ${checkpoint.line}`, note: checkpoint.note }],
    onEntries: async (first, entries) => {
      handedOver ||= entries.some((entry) => completes(entry, layout));
      await trail.take(first, entries);
    },
  });
  for (const fault of replay.faults) faults.add({ kind: 'log', detail: faultLine(fault) });
  if (replay.faults.length) return null;
  if (!handedOver) faults.add({ kind: 'not-on-record', line: statement.line });
  return handedOver;
}

const faultLine = ({ path, entry, message }: Fault): string =>
  `${path}${entry === undefined ? '' : ` entry ${entry}`}: ${message}`;

/** Whether an entry records that the file of this statement was handed over. */
function completes(entry: Buffer, { format, statement: { said } }: ExportLayout): boolean {
  // Few entries name the export at all: only those are worth reading.
  if (!entry.includes(said.export)) return false;
  const { type, stream, data } = parseEntry(entry.toString('utf8'));
  return (
    type === 'ExportCompleted' &&
    stream === exportStream(said.export) &&
    data['rows'] === said.rows &&
    data['sha256'] === said.sha256 &&
    // The query stands in the statement alone, in clear: this is what binds it.
    data['statementSha256'] === statementHash(format, said)
  );
}

/** Compares the rows of the file with those that the query finds, both the newest first. */
async function compareRows(
  file: FileHandle,
  layout: ExportLayout,
  query: Query,
  trail: TrailOfLog,
  faults: ExportFaults,
): Promise<boolean | null> {
  const queries = await trail.finish();
  try {
    const before = faults.count;
    const given = linesIn(file, layout.format, layout.rows, 'row');
    const found = rowsFound(queries, query, layout.statement.said.position);
    const isWide = looksForWords(query);
    await new Comparison(layout, isWide, faults).run(given, found);
    if (faults.count > before) return false;
    return isWide ? null : true;
  } finally {
    await queries.close();
  }
}

async function* rowsFound(queries: Queries, query: Query, position: string | null): AsyncGenerator<TrailRow> {
  if (position === null) return;
  const filter = { query };
  const from = trailCursor(filter, String(BigInt(position) + 1n));
  for await (const page of pagesOf(queries, filter, from)) yield* page;
}

type GivenRow = PlacedLine<'row'>;

class Comparison {
  constructor(
    private readonly layout: ExportLayout,
    /** Whether more is found than the query means. */
    private readonly isWide: boolean,
    private readonly faults: ExportFaults,
  ) {}

  async run(given: AsyncGenerator<GivenRow>, found: AsyncGenerator<TrailRow>): Promise<void> {
    const next = async <T>(rows: AsyncGenerator<T>): Promise<T | null> => {
      const { done, value } = await rows.next();
      return done === true ? null : value;
    };
    let [row, expected] = [await next(given), await next(found)];
    while (row !== null || expected !== null) {
      const ahead = placeOf(row?.said.row) - placeOf(expected ?? undefined);
      if (ahead === 0n && row && expected) this.compare(row, expected);
      // Falling order on both sides: what is ahead has nothing beside it.
      else if (row && ahead > 0n) this.faults.add({ kind: 'row-not-meant', line: row.line });
      else if (expected && !this.isWide) this.faults.add({ kind: 'row-left-out', event: expected.id });
      if (ahead >= 0n) row = await next(given);
      if (ahead <= 0n) expected = await next(found);
    }
  }

  private compare({ said, line }: GivenRow, expected: TrailRow): void {
    const { format } = this.layout;
    const written = (row: TrailRow): string => writeExportLine(format, { kind: 'row', row });
    if (written(said.row) === written(expected)) return;
    this.faults.add({ kind: 'row-differs', line, detail: columnsOf(said.row, expected).join(', ') });
  }
}

/** Where a row stands in the falling order; behind all others where there is none. */
const placeOf = (row: TrailRow | undefined): bigint => (row ? BigInt(row.position) : -1n);

const columnsOf = (row: TrailRow, expected: TrailRow): readonly ExportColumn[] =>
  exportColumns.filter((column) => String(row[column]) !== String(expected[column]));
