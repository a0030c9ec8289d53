import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Entry, parseEntry } from '#domain';
import { decodeBundle, PublishedLog, tilePath, tilesOf, verifyLog } from '#ledger';
import { type ExportedRow, type ReadExport, readExport, type StatedExport } from './export-file.js';

export interface VerifyExportOptions {
  /** Directory of the log: checkpoint and tile/. */
  readonly log: string;
  /** Verifier keys of the log, from somebody whom you trust. */
  readonly key?: readonly string[];
  readonly json?: boolean;
}

interface ExportFault {
  readonly kind: 'sha256' | 'rows' | 'row-repeated' | 'row-missing' | 'row-differs' | 'not-on-record' | 'log';
  /** Of the event, where it is about one. */
  readonly id?: string;
}

const meaning: Readonly<Record<ExportFault['kind'], string>> = {
  sha256: 'ファイルの内容が末尾の記載と異なる / the file is not what its statement was made for',
  rows: '件数が末尾の記載と異なる / there are not as many rows as the statement says',
  'row-repeated': '同じ行が二度ある / a row is there twice',
  'row-missing': '行のイベントがログにない / the event of a row is not in the log',
  'row-differs': '行がログの内容と異なる / a row says something else than the log',
  'not-on-record':
    'この内容の引き渡しがログに記録されていない / the log holds no record that this file was handed over',
  log: 'ログ自体に不一致がある（verify で確認） / the log itself does not hold: see verify',
};
const SHOWN_FAULTS = 20;

/**
 * Checks an export beside the log: that the file is whole and unchanged, that the log holds, that it has a record of just
 * this file (`ExportCompleted`, with its hash), and that every row is an event of it. Returns 0 when all of it holds, 1 on any fault, 2 when it cannot be asked.
 */
export async function verifyExport(file: string, options: VerifyExportOptions): Promise<number> {
  try {
    const found = readExport(readFileSync(file));
    const log = await verifyLog({ directory: options.log, verifierKey: options.key ?? [] });
    const faults = [...faultsOfFile(found), ...(log.ok ? faultsOfRows(found, options.log) : [logFault])];
    const result = { ok: faults.length === 0, rows: found.rows.length, ...stated(found), faults };
    process.stdout.write(
      options.json ? `${JSON.stringify(result, null, 2)}\n` : told(result, log.selfConsistentOnly),
    );
    return result.ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 2;
  }
}

const logFault: ExportFault = { kind: 'log' };

const stated = ({ statement: { query, position } }: ReadExport) => ({ query, position });

function faultsOfFile({ rows, statement, sha256 }: ReadExport): readonly ExportFault[] {
  return [
    ...(statement.sha256 === sha256 ? [] : [{ kind: 'sha256' } as const]),
    ...(statement.rows === rows.length ? [] : [{ kind: 'rows' } as const]),
  ];
}

/** Walks the log once and crosses off what it meets. */
function faultsOfRows({ rows, statement }: ReadExport, directory: string): readonly ExportFault[] {
  const faults: ExportFault[] = [];
  const missing = new Map<string, ExportedRow>();
  for (const row of rows) {
    if (missing.has(row.id)) faults.push({ kind: 'row-repeated', id: row.id });
    missing.set(row.id, row);
  }
  let onRecord = false;
  for (const entry of entriesOf(directory)) {
    onRecord ||= completes(entry, statement);
    const row = missing.get(entry.id);
    if (!row) continue;
    missing.delete(entry.id);
    if (!agrees(row, entry)) faults.push({ kind: 'row-differs', id: row.id });
  }
  faults.push(...[...missing.keys()].map((id) => ({ kind: 'row-missing', id }) as const));
  return onRecord ? faults : [...faults, { kind: 'not-on-record' }];
}

/** Whether an entry records that the file of this statement was handed over. */
const completes = ({ type, data }: Entry, stated: StatedExport): boolean =>
  type === 'ExportCompleted' &&
  data['export'] === stated.export &&
  data['rows'] === stated.rows &&
  data['sha256'] === stated.sha256;

function* entriesOf(directory: string): Generator<Entry> {
  const log = PublishedLog.open(directory);
  for (const tile of tilesOf(log.checkpoint().checkpoint.size)) {
    if (tile.level !== 'entries') return;
    const served = log.serve(tilePath(tile), { witnessed: false });
    const { entries } = decodeBundle(served?.bytes ?? Buffer.alloc(0), tile.width);
    for (const entry of entries) yield parseEntry(entry.toString('utf8'));
  }
}

/** Whether a row says what its entry does: the header, and who acted. What else it shows was derived from other events. */
const agrees = (row: ExportedRow, { type, stream, at, agreement, actor }: Entry): boolean =>
  isDeepStrictEqual([row.type, row.stream, row.at, row.agreement], [type, stream, at, agreement]) &&
  (!('operator' in actor) || actor.operator === row.operator);

function told(
  { ok, rows, query, faults }: { ok: boolean; rows: number; query: string; faults: readonly ExportFault[] },
  selfConsistentOnly: boolean,
): string {
  const head = `検索式 query: ${query}\n件数 rows: ${rows}\n`;
  if (!ok) {
    const lines = faults.slice(0, SHOWN_FAULTS).map(({ kind, id }) => `  ${id ?? ''} ${meaning[kind]}\n`);
    return `${head}不一致 FAULTS: ${faults.length}\n${lines.join('')}`;
  }
  return selfConsistentOnly
    ? `${head}ログにある（ログの署名は未確認） every row is in the log; no --key was given, so anybody may have written that log\n`
    : `${head}検証済み verified: the file is whole, as it was handed over, and every row is in the log\n`;
}
