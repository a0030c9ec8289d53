import { createHash } from 'node:crypto';
import type { ExportFormat } from '#domain';
import type { TrailRow } from '#read-models';
import type { RowEvidence } from './export-evidence.js';
import { type ExportLine, type ExportStatement, writeExportLine } from './export-format.js';

/**
 * The lines of a file: rows, the evidence that the log has them, then what `complete` says of both. `complete` is awaited
 * before the statement leaves, with the count and the hash of what stands above; a file without a statement is not whole.
 */
export async function* exportLines(
  format: ExportFormat,
  rows: AsyncIterable<TrailRow>,
  evidence: Pick<RowEvidence, 'add' | 'lines'>,
  complete: (counted: { readonly rows: number; readonly sha256: string }) => Promise<ExportStatement>,
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const hashed = (line: ExportLine): string => {
    const text = writeExportLine(format, line);
    hash.update(text);
    return text;
  };
  yield hashed({ kind: 'head' });
  let count = 0;
  for await (const row of rows) {
    await evidence.add(row);
    count += 1;
    yield hashed({ kind: 'row', row });
  }
  for (const line of evidence.lines()) yield hashed(line);
  const statement = await complete({ rows: count, sha256: hash.digest('hex') });
  yield writeExportLine(format, { kind: 'statement', statement });
}
