import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** One export (書き出し) of the trail, from its request to the file. */
export const exportStream = (id: string): string => `export-${id}`;

export const exportFormats = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const ExportRequested = defineEvent<{
  export: string;
  operator: string;
  format: ExportFormat;
  /** Canonical form of the query language; sealed, as the reason is. */
  query: string;
  reason: string;
  /** How many events the query finds up to `position`. */
  rows: number;
  /** The last event that the export may hold; null where nothing was on record. */
  position: string | null;
  /** Whether a second person has to approve. */
  needsApproval: boolean;
}>()(
  'ExportRequested',
  1,
  { en: 'Somebody asked to take a part of the trail outside.', ja: '証跡の書き出しが求められた。' },
  {
    export: 'clear',
    operator: 'clear',
    format: 'clear',
    query: 'trail',
    reason: 'trail',
    rows: 'clear',
    position: 'clear',
    needsApproval: 'clear',
  },
);
export const ExportApproved = defineEvent<{ export: string; operator: string }>()(
  'ExportApproved',
  1,
  { en: 'A second person approved an export.', ja: '別の担当者が証跡の書き出しを承認した。' },
  { export: 'clear', operator: 'clear' },
);
export const ExportRefused = defineEvent<{ export: string; operator: string; reason: string }>()(
  'ExportRefused',
  1,
  { en: 'A second person refused an export.', ja: '別の担当者が証跡の書き出しを却下した。' },
  { export: 'clear', operator: 'clear', reason: 'trail' },
);
export const ExportViewed = defineEvent<{ export: string; operator: string }>()(
  'ExportViewed',
  1,
  {
    en: 'Somebody saw the query and the reason of an export; recorded once for a person.',
    ja: '書き出しの検索式と理由が閲覧された（一人につき一度だけ記録）。',
  },
  { export: 'clear', operator: 'clear' },
);
export const ExportFetched = defineEvent<{ export: string; operator: string }>()(
  'ExportFetched',
  1,
  {
    en: 'The file of an export began to be handed over; it is handed over once.',
    ja: '書き出したファイルの引き渡しが始まった（一度限り）。',
  },
  { export: 'clear', operator: 'clear' },
);
export const ExportCompleted = defineEvent<{
  export: string;
  operator: string;
  rows: number;
  /** SHA-256 of the file up to its statement, evidence included, lower-case hex. */
  sha256: string;
  /**
   * SHA-256 of the line of the statement, lower-case hex: it binds the query, which stands there alone. The salt in that line
   * keeps the query from being guessed by it. Not there in events of the time before it.
   */
  statementSha256?: string;
}>()(
  'ExportCompleted',
  1,
  { en: 'All rows of an export were handed over.', ja: '書き出しの全件が引き渡された。' },
  { export: 'clear', operator: 'clear', rows: 'clear', sha256: 'clear', statementSha256: 'clear' },
);

export const exportEvents = {
  ExportRequested,
  ExportApproved,
  ExportRefused,
  ExportViewed,
  ExportFetched,
  ExportCompleted,
} as const;
export type ExportEvent = FactsOf<typeof exportEvents>;
export type RecordedExportEvent = RecordsOf<typeof exportEvents>;
