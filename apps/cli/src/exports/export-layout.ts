import { Buffer, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type ExportLine, type ExportStatement, readExportLine } from '#application';
import type { ExportFormat } from '#domain';
import { BrokenExport } from './export-faults.js';
import { type FileLine, type LinePlace, LineTooLong, linesOf } from './file-lines.js';

/** A run of lines of one kind. */
export interface Section {
  /** Where its first line is, or would be. */
  readonly from: LinePlace;
  readonly count: number;
}

/** An export as it lies in its file: what is where, nothing of it judged yet. */
export interface ExportLayout {
  readonly format: ExportFormat;
  readonly rows: Section;
  readonly records: Section;
  readonly entries: Section;
  readonly hashes: Section;
  readonly checkpoint: { readonly line: number; readonly note: string };
  readonly statement: { readonly line: number; readonly said: ExportStatement };
  /** SHA-256 of every byte before the line of the statement, lower-case hex. */
  readonly sha256: string;
}

/** A line with its place. */
export type PlacedLine<K extends ExportLine['kind'] = ExportLine['kind']> = LinePlace & {
  readonly said: Extract<ExportLine, { kind: K }>;
};

/** The kinds in the order in which they stand; head, checkpoint and statement are one line each. */
const order = ['head', 'row', 'record', 'entry', 'hash', 'checkpoint', 'statement'] as const;
type Kind = (typeof order)[number];
/** Who asked, and who approved. */
const MOST_RECORDS = 2;

/** Reads a file once, from its first byte to its last. Throws BrokenExport for what is no export, whole and in its form. */
export async function layOut(file: FileHandle): Promise<ExportLayout> {
  const format = await formatOf(file);
  const reading = new Reading(format);
  try {
    for await (const line of linesOf(file)) reading.take(line);
  } catch (error) {
    if (error instanceof LineTooLong) throw new BrokenExport({ kind: 'line-too-long', line: error.line });
    throw error;
  }
  return reading.finish();
}

/** The lines of a section. */
export async function* linesIn<K extends ExportLine['kind']>(
  file: FileHandle,
  format: ExportFormat,
  { from, count }: Section,
  kind: K,
): AsyncGenerator<PlacedLine<K>> {
  let left = count;
  if (left === 0) return;
  for await (const line of linesOf(file, from)) {
    const said = lineOf(format, line);
    if (said.kind !== kind) throw new BrokenExport({ kind: 'line', line: line.line });
    yield { offset: line.offset, line: line.line, said: said as PlacedLine<K>['said'] };
    left -= 1;
    if (left === 0) return;
  }
}

/** CSV begins with a byte order mark. */
async function formatOf(file: FileHandle): Promise<ExportFormat> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0);
  return bytesRead === 3 && buffer.toString('hex') === 'efbbbf' ? 'csv' : 'jsonl';
}

function lineOf(format: ExportFormat, { line, bytes, ended }: FileLine): ExportLine {
  if (!ended) throw new BrokenExport({ kind: 'truncated', line });
  if (!isUtf8(bytes)) throw new BrokenExport({ kind: 'not-utf8', line });
  // Not by TextDecoder: it takes the byte order mark away.
  const text = bytes.toString('utf8');
  const isEnded = format === 'jsonl' || text.endsWith('\r');
  const said = isEnded ? readExportLine(format, format === 'csv' ? text.slice(0, -1) : text) : null;
  if (said === null) throw new BrokenExport({ kind: 'line', line });
  return said;
}

class Reading {
  private readonly hash = createHash('sha256');
  private readonly sections = new Map<Kind, Section>();
  private checkpoint: ExportLayout['checkpoint'] | null = null;
  private statement: ExportLayout['statement'] | null = null;
  private kind: Kind = 'head';
  private end: LinePlace = { offset: 0, line: 1 };

  constructor(private readonly format: ExportFormat) {}

  take(line: FileLine): void {
    const said = lineOf(this.format, line);
    if (!this.follows(said.kind)) throw new BrokenExport({ kind: 'line', line: line.line });
    this.kind = said.kind;
    const from = { offset: line.offset, line: line.line };
    const section = this.sections.get(said.kind) ?? { from, count: 0 };
    this.sections.set(said.kind, { from: section.from, count: section.count + 1 });
    this.end = { offset: line.offset + line.bytes.length + 1, line: line.line + 1 };
    if (said.kind === 'checkpoint') this.checkpoint = { line: line.line, note: said.note };
    if (said.kind === 'statement') this.statement = { line: line.line, said: said.statement };
    else this.hash.update(line.bytes).update('\n');
  }

  finish(): ExportLayout {
    if (!this.statement || !this.checkpoint)
      throw new BrokenExport({ kind: 'truncated', line: this.end.line });
    const sectionOf = (kind: Kind): Section => this.sections.get(kind) ?? { from: this.end, count: 0 };
    return {
      format: this.format,
      rows: sectionOf('row'),
      records: sectionOf('record'),
      entries: sectionOf('entry'),
      hashes: sectionOf('hash'),
      checkpoint: this.checkpoint,
      statement: this.statement,
      sha256: this.hash.digest('hex'),
    };
  }

  /** Whether a line of this kind may stand here. */
  private follows(kind: Kind): boolean {
    const count = this.sections.get(kind)?.count ?? 0;
    if (kind === 'head') return this.format === 'csv' && this.sections.size === 0;
    if (this.format === 'csv' && this.sections.size === 0) return false;
    if (kind === 'record' && count === MOST_RECORDS) return false;
    if ((kind === 'checkpoint' || kind === 'statement') && count === 1) return false;
    if (kind === 'statement') return this.kind === 'checkpoint';
    return order.indexOf(kind) >= order.indexOf(this.kind);
  }
}
