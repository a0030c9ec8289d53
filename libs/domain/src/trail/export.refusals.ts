/** Every code with which an export is refused, besides those of its query. */
export const exportRefusals = [
  'export-exists',
  'export-missing',
  'export-of-other',
  'export-not-approved',
  'export-refused',
  'export-approval-not-needed',
  'export-fetched-already',
  'approver-not-different',
  'reason-malformed',
] as const;
export type ExportRefusal = (typeof exportRefusals)[number];
