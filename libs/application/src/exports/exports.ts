import {
  decideApproveExport,
  decideCompleteExport,
  decideFetchExport,
  decideRequestExport,
  type Entry,
  exportFaults,
  exportFolding,
  type ExportFormat,
  type ExportState,
  exportStream,
  type ExportTerms,
  readQuery,
} from '#domain';
import type { EventStore } from '#event-store';
import { type Queries, trailCursor, type TrailRow } from '#read-models';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { looksForText, type QueriedFilter, TextSearch } from '../trail/text-search.js';
import type { Trail } from '../trail/trail.js';
import { exportLines, type ExportStatement } from './export-file.js';
import { caughtUp, pagesOf } from './whole-trail.js';

/** An export as its people see it. */
export interface ExportReport {
  readonly export: string;
  readonly state: 'waiting' | 'ready' | 'fetched' | 'completed';
  readonly format: ExportFormat;
  /** Null once the trail of its year has ended; so is `reason`. */
  readonly query: string | null;
  readonly reason: string | null;
  readonly rows: number;
  readonly position: string | null;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly approvedBy: string | null;
}

export interface RequestedExport {
  readonly export: string;
  readonly rows: number;
  /** Whether a second person has to approve before the file may be fetched. */
  readonly needsApproval: boolean;
}

export interface ExportFile {
  readonly export: string;
  readonly format: ExportFormat;
  /** Read once, to the end; an error in between means that the file is not whole. */
  readonly lines: AsyncIterable<string>;
}

/** Rows that an export was asked for are not all there any more. The file breaks off: never is it cut silently. */
export class ExportIncomplete extends Error {
  constructor() {
    super('the rows of an export are not those that were counted');
    this.name = 'ExportIncomplete';
  }
}

type Existing = Exclude<ExportState, { state: 'none' }>;

/**
 * Exports (書き出し) of the trail. What is in one is fixed when it is asked for, by query and position, so that whoever
 * approves approves of exactly what leaves. That the file is begun is on record before its first byte, and that all rows
 * have left before the statement at its end: after a crash between the two it has to be asked for anew.
 */
export class Exports {
  private readonly text: TextSearch;

  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'readEvent' | 'lastPosition'>,
    private readonly queries: Pick<Queries, 'searchTrail' | 'countTrail'>,
    private readonly opener: Opener,
    private readonly trail: Pick<Trail, 'waitFor'>,
    /** Above so many rows a second person approves. */
    private readonly approvalAbove: number,
  ) {
    this.text = new TextSearch(store, opener, queries);
  }

  /** Refuses with `trail-behind` while the read models have not read all that is on record. */
  async request(terms: ExportTerms, context: CommandContext): Promise<RequestedExport> {
    const by = personOf(context);
    const against = exportFaults(terms);
    if (against.length) throw new Refused(against);
    await caughtUp(this.store, this.trail);
    const counted = await this.counted(filterOf(terms.query));
    const id = this.journal.newId();
    const { approvalAbove } = this;
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideRequestExport(state, { ...terms, ...counted, export: id, by, approvalAbove }),
    );
    return { export: id, rows: counted.rows, needsApproval: counted.rows > approvalAbove };
  }

  /** Refuses with `export-missing` for one that nobody asked for. */
  async show(id: string): Promise<ExportReport> {
    const { state, requested } = await this.find(id);
    return {
      export: id,
      state: state.state,
      format: state.format,
      query: await this.opened(requested, 'query'),
      reason: await this.opened(requested, 'reason'),
      rows: state.rows,
      position: state.position,
      requestedAt: requested.at,
      requestedBy: state.requester,
      approvedBy: 'approver' in state ? state.approver : null,
    };
  }

  async approve(id: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(exportStream(id), exportFolding, context, (state) =>
      decideApproveExport(state, { by }),
    );
  }

  /** Begins the file, for its requester and once. */
  async fetch(id: string, context: CommandContext): Promise<ExportFile> {
    const by = personOf(context);
    const { requested } = await this.find(id);
    const query = await this.opened(requested, 'query');
    if (query === null) throw missing();
    await caughtUp(this.store, this.trail);
    const { state } = await this.journal.decide(exportStream(id), exportFolding, context, (current) =>
      decideFetchExport(current, { by }),
    );
    if (state.state === 'none') throw missing();
    const { format, position, requester } = state;
    const lines = exportLines(format, this.rows(filterOf(query), position), async ({ rows, sha256 }) => {
      if (rows !== state.rows) throw new ExportIncomplete();
      await this.journal.decide(exportStream(id), exportFolding, context, (current) =>
        decideCompleteExport(current, { sha256 }),
      );
      return {
        statement: 'kiroku-export/1',
        export: id,
        agreement: requested.agreement,
        format,
        query,
        rows,
        position,
        requestedAt: requested.at,
        requestedBy: requester,
        approvedBy: 'approver' in state ? state.approver : null,
        sha256,
      } satisfies ExportStatement;
    });
    return { export: id, format, lines };
  }

  private async counted(filter: QueriedFilter): Promise<{ rows: number; position: string | null }> {
    if (!looksForText(filter)) {
      const { count, readUpTo } = await this.queries.countTrail(filter, null);
      return { rows: count, position: readUpTo?.position ?? null };
    }
    const position = (await this.text.requireBounded(filter))?.position ?? null;
    let rows = 0;
    for await (const _row of this.rows(filter, position)) rows += 1;
    return { rows, position };
  }

  /** The rows up to a position, newest first. */
  private async *rows(filter: QueriedFilter, position: string | null): AsyncGenerator<TrailRow> {
    if (position === null) return;
    // A cursor passes over its own row: one behind the next position begins with this one.
    const from = trailCursor(filter, String(BigInt(position) + 1n));
    if (looksForText(filter)) yield* this.text.matching(filter, from);
    else for await (const page of pagesOf(this.queries, filter, from)) yield* page;
  }

  private async find(id: string): Promise<{ readonly state: Existing; readonly requested: Entry }> {
    const loaded = await this.journal.load(exportStream(id));
    const state = foldLoaded(loaded, exportFolding);
    const [requested] = loaded.entries;
    if (state.state === 'none' || !requested) throw missing();
    return { state, requested };
  }

  private async opened(entry: Entry, field: string): Promise<string | null> {
    const opened = await this.opener.open<string>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}

const missing = (): Refused => new Refused([{ code: 'export-missing', field: 'export' }]);

/** The filter of a query that was read before. */
function filterOf(text: string): QueriedFilter {
  const read = readQuery(text);
  if ('refusals' in read) throw new Refused(read.refusals);
  return { query: read.query };
}
