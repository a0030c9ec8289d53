import { accept, assertNever, type Decision, type Refusal, refuse } from '../kernel/decision.js';
import { reasonFaults } from '../kernel/text.js';
import type { ExportEvent, ExportFormat, RecordedExportEvent } from './export.events.js';
import { readQuery } from './query-parser.js';
import { printQuery } from './query-printer.js';
import type { ExportRefusal } from './export.refusals.js';

const because = (code: ExportRefusal, field?: string): Refusal<ExportRefusal> =>
  field === undefined ? { code } : { code, field };

// ---- commands ----

/** What is to be taken outside, and why. */
export interface ExportTerms {
  /** In the query language. A resident is not exported: the list under that resident's request is. */
  readonly query: string;
  readonly format: ExportFormat;
  readonly reason: string;
}

/** What the query finds. */
export interface Counted {
  readonly rows: number;
  /** The last event that was read; null where there was none. */
  readonly position: string | null;
}

export interface RequestExport extends ExportTerms, Counted {
  readonly export: string;
  /** Operator id. */
  readonly by: string;
  /** From how many rows on more, a second person has to approve. */
  readonly approvalAbove: number;
}

// ---- state ----

interface Requested extends Counted {
  readonly export: string;
  readonly format: ExportFormat;
  readonly requester: string;
  /** Who has seen query and reason, each once. */
  readonly viewers: readonly string[];
}

export type ExportState =
  | { readonly state: 'none' }
  | ({ readonly state: 'waiting' } & Requested)
  /** The second person said no: it stays so, and whoever needs the rows asks anew. */
  | ({ readonly state: 'refused'; readonly refuser: string } & Requested)
  /** Approved, or in no need of it. */
  | ({ readonly state: 'ready'; readonly approver: string | null } & Requested)
  /** The file was begun and is not known to have been handed over whole; it is not begun again. */
  | ({ readonly state: 'fetched'; readonly approver: string | null } & Requested)
  | ({ readonly state: 'completed'; readonly approver: string | null; readonly sha256: string } & Requested);

type Existing = Exclude<ExportState, { state: 'none' }>;

export const initialExport: ExportState = { state: 'none' };

// ---- decide ----

/** What is wrong with the terms; to be asked before anything is counted. */
export function exportFaults({ query, reason }: ExportTerms): readonly Refusal[] {
  const read = readQuery(query);
  return [...reasonFaults(reason), ...('refusals' in read ? read.refusals : [])];
}

/** Asks for an export, up to a position: what comes later is not in it, however late it is fetched. */
export function decideRequestExport(state: ExportState, command: RequestExport): Decision<ExportEvent> {
  const { by, query, format, reason, rows, position, approvalAbove } = command;
  if (state.state !== 'none') return refuse(because('export-exists', 'export'));
  const read = readQuery(query);
  const against = exportFaults(command);
  if (against.length || 'refusals' in read) return refuse(...against);
  return accept<ExportEvent>({
    type: 'ExportRequested',
    data: {
      export: command.export,
      operator: by,
      format,
      query: printQuery(read.query),
      reason,
      rows,
      position,
      needsApproval: rows > approvalAbove,
    },
  });
}

/** A second person approves. */
export function decideApproveExport(
  state: ExportState,
  { by }: { readonly by: string },
): Decision<ExportEvent> {
  if (state.state === 'none') return refuse(because('export-missing', 'export'));
  const against = againstDeciding(state, by);
  if (against) return refuse(against);
  return accept<ExportEvent>({ type: 'ExportApproved', data: { export: state.export, operator: by } });
}

/** A second person says no, and why. */
export function decideRefuseExport(
  state: ExportState,
  { by, reason }: { readonly by: string; readonly reason: string },
): Decision<ExportEvent> {
  if (state.state === 'none') return refuse(because('export-missing', 'export'));
  const against = againstDeciding(state, by);
  if (against) return refuse(against);
  const faults = reasonFaults(reason);
  if (faults.length) return refuse(...faults);
  return accept<ExportEvent>({ type: 'ExportRefused', data: { export: state.export, operator: by, reason } });
}

/** What stands against somebody's deciding over an export. */
function againstDeciding(state: Existing, by: string): Refusal<ExportRefusal> | null {
  if (state.state === 'refused') return because('export-refused', 'export');
  if (state.state !== 'waiting') return because('export-approval-not-needed', 'export');
  return state.requester === by ? because('approver-not-different') : null;
}

/** Somebody is about to see query and reason: on record once for a person, not for each look (decision 19). */
export function decideViewExport(state: ExportState, { by }: { readonly by: string }): Decision<ExportEvent> {
  if (state.state === 'none') return refuse(because('export-missing', 'export'));
  if (state.viewers.includes(by)) return accept<ExportEvent>();
  return accept<ExportEvent>({ type: 'ExportViewed', data: { export: state.export, operator: by } });
}

/** Its requester fetches the file, once. */
export function decideFetchExport(
  state: ExportState,
  { by }: { readonly by: string },
): Decision<ExportEvent> {
  if (state.state === 'none') return refuse(because('export-missing', 'export'));
  if (state.requester !== by) return refuse(because('export-of-other', 'export'));
  if (state.state === 'refused') return refuse(because('export-refused', 'export'));
  if (state.state === 'waiting') return refuse(because('export-not-approved', 'export'));
  if (state.state !== 'ready') return refuse(because('export-fetched-already', 'export'));
  return accept<ExportEvent>({ type: 'ExportFetched', data: { export: state.export, operator: by } });
}

/** All rows have left; the statement at the end may follow. */
export function decideCompleteExport(
  state: ExportState,
  { sha256, statementSha256 }: { readonly sha256: string; readonly statementSha256: string },
): Decision<ExportEvent> {
  if (state.state === 'none') return refuse(because('export-missing', 'export'));
  if (state.state !== 'fetched') return refuse(because('export-fetched-already', 'export'));
  const { requester, rows } = state;
  return accept<ExportEvent>({
    type: 'ExportCompleted',
    data: { export: state.export, operator: requester, rows, sha256, statementSha256 },
  });
}

// ---- evolve ----

export function evolveExport(state: ExportState, event: RecordedExportEvent): ExportState {
  switch (event.type) {
    case 'ExportRequested': {
      const { export: id, format, operator: requester, rows, position, needsApproval } = event.data;
      const requested = { export: id, format, requester, rows, position, viewers: [] };
      return needsApproval
        ? { state: 'waiting', ...requested }
        : { state: 'ready', approver: null, ...requested };
    }
    case 'ExportApproved':
      return state.state === 'waiting' ? { ...state, state: 'ready', approver: event.data.operator } : state;
    case 'ExportRefused':
      return state.state === 'waiting' ? { ...state, state: 'refused', refuser: event.data.operator } : state;
    case 'ExportViewed':
      return state.state === 'none' ? state : { ...state, viewers: [...state.viewers, event.data.operator] };
    case 'ExportFetched':
      return state.state === 'ready' ? { ...state, state: 'fetched' } : state;
    case 'ExportCompleted':
      return state.state === 'fetched' ? { ...state, state: 'completed', sha256: event.data.sha256 } : state;
    default:
      return assertNever(event);
  }
}

export const exportFolding = { initial: initialExport, evolve: evolveExport };

export { exportRefusals } from './export.refusals.js';
