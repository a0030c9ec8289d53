import type {
  ExportPage,
  ExportReport,
  ExportStatement,
  ListedExport,
  LogPlace,
  ProvisionList,
  RequestedExport,
  ResidentProvision,
} from '#application';
import { exportFormats } from '#domain';
import {
  count,
  day,
  flag,
  instant,
  listOf,
  oneOf,
  orNull,
  refTo,
  type Schema,
  shapeOf,
  text,
  uuid,
} from './schema.js';

/** The list as it is streamed: what it is, the provisions, and how many they were. */
type ListedProvisions = Omit<ProvisionList, 'provisions'> & {
  readonly provisions: readonly ResidentProvision[];
  readonly count: number;
};

const names: Schema = { type: 'object', properties: { ja: text, en: text }, required: ['ja', 'en'] };

const requested = {
  export: uuid,
  format: oneOf(exportFormats),
  rows: count,
  position: { ...orNull(text), description: 'All rows up to here; what came later is not in it.' },
  requestedAt: instant,
  requestedBy: text,
  approvedBy: orNull(text),
};

const listed = {
  ...requested,
  state: oneOf(['waiting', 'refused', 'ready', 'fetched', 'completed']),
  refusedBy: orNull(text),
};

/** What is handed over to somebody outside. */
export const exportAnswers: Readonly<Record<string, Schema>> = {
  ExportsController_request: shapeOf<RequestedExport>()({ export: uuid, rows: count, needsApproval: flag }),
  ExportsController_list: shapeOf<ExportPage>()({
    exports: listOf(shapeOf<ListedExport>()(listed)),
    next: orNull(text),
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  ExportsController_show: shapeOf<ExportReport>()({
    ...listed,
    query: { ...orNull(text), description: 'Null once the trail of its year has ended.' },
    reason: orNull(text),
    refusal: { ...orNull(text), description: 'Why the second person said no.' },
  }),
  ExportsController_file: {
    ...shapeOf<ExportStatement>()({
      ...requested,
      statement: oneOf(['kiroku-export/3']),
      agreement: text,
      query: text,
      sha256: { ...text, description: 'SHA-256 of every byte before the line of the statement.' },
      salt: { ...text, description: '16 random bytes in hex: the hash of this line is on record.' },
    }),
    description:
      'A file, as application/jsonl or text/csv: a line for each row, the newest first, the evidence that the log has them (docs/exports.md), and this statement as its last line.',
  },
  ResidentProvisionsController_list: {
    ...shapeOf<ListedProvisions>()({
      disclosureRequest: uuid,
      listing: uuid,
      listedAt: instant,
      agency: { ...orNull(text), description: 'The agency that hands the list over.' },
      receivedOn: day,
      dueOn: { ...day, description: 'Last day for the answer, as it stands.' },
      readUpTo: orNull(refTo('ReadPosition')),
      log: {
        ...orNull(shapeOf<LogPlace>()({ origin: text, size: count, root: text })),
        description: 'The log’s checkpoint when the list was made; it may be a second behind `readUpTo`.',
      },
      provisions: listOf(
        shapeOf<ResidentProvision>()({
          at: instant,
          inquiry: uuid,
          agreement: text,
          agency: orNull(text),
          unit: orNull(text),
          purpose: orNull(text),
          purposeName: orNull(names),
          caseReference: orNull(text),
          usableThrough: orNull(day),
          erasedAt: {
            ...orNull(instant),
            description: 'When the agency erased the data; null while it is kept.',
          },
        }),
      ),
      count: { ...count, description: 'How many provisions there are; an answer without it was cut.' },
    }),
    description:
      'With `format: csv` the same as text/csv in UTF-8 with a byte order mark; its last line tells the count. With `format: pdf` the same as a tagged A4 document in Japanese, for at most 5,000 provisions.',
  },
};
