import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ExportColumn } from '#application';
import {
  catalogue,
  type EventHeader,
  exportStream,
  mayMatchQuery,
  parseEntry,
  printQuery,
  type Query,
  readQuery,
  recordedEvent,
  upcasters,
} from '#domain';
import {
  type Checkpoint,
  type Hash,
  leafHash,
  MAX_ENTRY_BYTES,
  MultiProofMismatch,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  type PlacedLeaf,
  rootOfMultiProof,
  type TrustedKeys,
} from '#ledger';
import { factsAlone, factsWhereSaid, type TrailFacts, trailFacts, type TrailRow } from '#read-models';
import { BrokenExport, type ExportFaults } from './export-faults.js';
import { type ExportLayout, linesIn, type PlacedLine } from './export-layout.js';

/**
 * What an export shows by itself: that it is whole, that each row says what its entry says, that its statement says what
 * the record of the export says, and that all these entries are in the tree of the signed checkpoint. Two readings of the
 * file in the memory of a few lines.
 */
export class EvidenceCheck {
  private readonly query: Query | null;
  /** The line of the entry read last. */
  private line = 0;
  /** Entries in the tree of the checkpoint; null where it cannot be read. */
  private size: number | null = null;

  constructor(
    private readonly file: FileHandle,
    private readonly layout: ExportLayout,
    private readonly faults: ExportFaults,
  ) {
    this.query = queryOf(layout.statement.said.query);
  }

  /** Returns the checkpoint as it stands there, believed or not; null where it cannot be read. */
  async run(keys: TrustedKeys): Promise<Checkpoint | null> {
    this.checkStatement();
    const checkpoint = this.checkCheckpoint(keys);
    this.size = checkpoint?.size ?? null;
    await this.checkEntries(checkpoint);
    return checkpoint;
  }

  private checkStatement(): void {
    const { statement, sha256, rows, entries, format } = this.layout;
    const { said, line } = statement;
    if (said.sha256 !== sha256) this.faults.add({ kind: 'sha256', line });
    if (said.rows !== rows.count) this.faults.add({ kind: 'rows', line });
    if (entries.count !== rows.count) this.faults.add({ kind: 'entries', line: entries.from.line });
    if (said.format !== format) this.faults.add({ kind: 'statement', line, detail: 'format' });
    if (this.query === null) this.faults.add({ kind: 'statement', line, detail: 'query' });
  }

  private checkCheckpoint(keys: TrustedKeys): Checkpoint | null {
    const { note, line } = this.layout.checkpoint;
    const verdict = openCheckpoint(note, keys);
    if (verdict.holds) return verdict.checkpoint;
    const { failure, who } = verdict;
    const kind = failure === 'not-included' ? 'proof' : failure;
    this.faults.add({ kind, line, ...(who === undefined ? {} : { detail: who }) });
    return failure === 'checkpoint-malformed' ? null : parseCheckpoint(parseNote(note).text);
  }

  private async checkEntries(checkpoint: Checkpoint | null): Promise<void> {
    const leaves = this.leaves();
    try {
      if (checkpoint === null) return;
      const root = await rootOfMultiProof(checkpoint.size, leaves, this.hashes());
      if (!root.equals(checkpoint.root)) this.proofFault();
    } catch (error) {
      if (!(error instanceof MultiProofMismatch)) throw error;
      if (error.reason === 'hash-left' || error.reason === 'hash-missing') this.proofFault();
      else this.faults.add({ kind: 'order', line: this.line });
    } finally {
      // The rows are compared with their entries to the last, whatever became of the proof.
      for await (const _leaf of leaves);
    }
  }

  private proofFault(): void {
    const { records, checkpoint } = this.layout;
    const detail = `lines ${records.from.line}–${checkpoint.line - 1}`;
    this.faults.add({ kind: 'proof', line: checkpoint.line, detail });
  }

  private async *hashes(): AsyncGenerator<Hash> {
    const { format, hashes } = this.layout;
    for await (const { said } of linesIn(this.file, format, hashes, 'hash'))
      yield Buffer.from(said.hash, 'hex');
  }

  private async *leaves(): AsyncGenerator<PlacedLeaf> {
    const { format, records, rows, entries, statement } = this.layout;
    const recorded: ClearEvent[] = [];
    for await (const record of linesIn(this.file, format, records, 'record')) {
      this.line = record.line;
      const known = eventIn(record.said.entry);
      if (known) recorded.push(known.event);
      else this.faults.add({ kind: 'entry-malformed', line: record.line });
      yield leafOf(record);
    }
    const beyond = isBeyond(statement.said, this.size) ? ['position'] : [];
    for (const field of new Set([...beyond, ...fieldsAmiss(statement.said, recorded)]))
      this.faults.add({ kind: 'statement', line: statement.line, detail: field });
    const beside = linesIn(this.file, format, rows, 'row');
    for await (const entry of linesIn(this.file, format, entries, 'entry')) {
      this.line = entry.line;
      const { done, value } = await beside.next();
      if (done !== true) this.checkRow(value, entry);
      yield leafOf(entry);
    }
  }

  private checkRow({ said: { row }, line }: PlacedLine<'row'>, entry: PlacedLine<'entry'>): void {
    const { position } = this.layout.statement.said;
    if (position === null || BigInt(row.position) > BigInt(position))
      this.faults.add({ kind: 'row-beyond', line });
    if (this.query && !mayMatchQuery(this.query, row)) this.faults.add({ kind: 'row-not-meant', line });
    const known = eventIn(entry.said.entry);
    if (known === null) {
      this.faults.add({ kind: 'entry-malformed', line: entry.line });
      return;
    }
    const differing = columnsAmiss(row, known, entry.said.leaf);
    if (differing.length)
      this.faults.add({ kind: 'row-differs', line, detail: `${differing.join(', ')}; entry ${entry.line}` });
  }
}

/** Throws BrokenExport for an entry that is larger than any of a log. */
function leafOf({ said, line }: PlacedLine<'record' | 'entry'>): PlacedLeaf {
  const bytes = Buffer.from(said.entry);
  if (bytes.length > MAX_ENTRY_BYTES) throw new BrokenExport({ kind: 'entry-malformed', line });
  return { index: said.leaf, hash: leafHash(bytes) };
}

/** The query, if it stands there in its canonical form. */
export function queryOf(text: string): Query | null {
  const read = readQuery(text);
  return 'query' in read && printQuery(read.query) === text ? read.query : null;
}

type ClearEvent = EventHeader & { readonly data: object };

/** An event in its clear view, and what it says of itself in the columns of the trail. */
interface KnownEvent {
  readonly event: ClearEvent;
  readonly facts: TrailFacts;
}

/** Null for an entry that is no event of this program's. */
function eventIn(text: string): KnownEvent | null {
  try {
    const event = recordedEvent(parseEntry(text), catalogue, upcasters);
    return { event, facts: trailFacts(event) };
  } catch {
    return null;
  }
}

const header = ['id', 'type', 'stream', 'at', 'agreement'] as const;

/** The columns in which a row says something else than the event itself. What only earlier events tell is not among them. */
function columnsAmiss(row: TrailRow, { event, facts }: KnownEvent, leaf: number): readonly ExportColumn[] {
  return [
    ...(row.position === String(leaf + 1) ? [] : ['position' as const]),
    ...header.filter((column) => row[column] !== event[column]),
    ...factsAlone.filter((column) => !isDeepStrictEqual(row[column], facts[column])),
    ...factsWhereSaid.filter((column) => facts[column] !== null && row[column] !== facts[column]),
  ];
}

type Statement = ExportLayout['statement']['said'];

/** Whether a statement speaks of more than the log had. */
const isBeyond = ({ position }: Statement, size: number | null): boolean =>
  position !== null && size !== null && BigInt(position) > BigInt(size);

/** The fields in which a statement says something else than the events of its export. */
function fieldsAmiss(said: Statement, [last, first]: readonly ClearEvent[]): readonly string[] {
  const [approved, requested] = first === undefined ? [undefined, last] : [last, first];
  if (requested?.type !== 'ExportRequested' || !isOf(said, requested)) return ['export'];
  const data = dataOf(requested);
  const pairs: readonly (readonly [keyof Statement, unknown])[] = [
    ['export', data['export']],
    ['agreement', requested.agreement],
    ['format', data['format']],
    ['rows', data['rows']],
    ['position', data['position']],
    ['requestedAt', requested.at],
    ['requestedBy', data['operator']],
    ['approvedBy', approvalIn(said, approved, data['needsApproval'] === true)],
  ];
  return pairs.filter(([field, recorded]) => said[field] !== recorded).map(([field]) => field);
}

/** Whoever approved; null where nobody had to; undefined where the record says neither. */
function approvalIn(said: Statement, approved: ClearEvent | undefined, wasNeeded: boolean): unknown {
  if (approved === undefined) return wasNeeded ? undefined : null;
  return approved.type === 'ExportApproved' && isOf(said, approved)
    ? dataOf(approved)['operator']
    : undefined;
}

const dataOf = ({ data }: ClearEvent): Readonly<Record<string, unknown>> => data as Record<string, unknown>;

const isOf = ({ export: id }: Statement, { stream }: ClearEvent): boolean => stream === exportStream(id);
