import { type FileHandle, open } from 'node:fs/promises';
import { LogUnreachable, parseVerifierKey, type Witnessed, witnessedBy, parseNote } from '#ledger';
import { wrongCall } from '../bilingual-error.js';
import { type BesideLog, checkBesideLog, type LogBeside } from '../exports/beside-log.js';
import { EvidenceCheck } from '../exports/export-evidence.js';
import { BrokenExport, type ExportFault, ExportFaults, meaningOf } from '../exports/export-faults.js';
import { type ExportLayout, layOut } from '../exports/export-layout.js';
import { tellWhyNot } from './why-not.js';

export interface VerifyExportOptions {
  /** The export, JSON Lines or CSV. */
  readonly export: string;
  /** Verifier keys of the log, from somebody whom you trust; one at least. */
  readonly key?: readonly string[];
  /** Witnesses that must have cosigned the checkpoint in the file, each. */
  readonly witness?: readonly string[];
  /** The log, a directory or a URL prefix; without it what only the log can show is not checked. */
  readonly log?: string;
  readonly json?: boolean;
}

/** The options of `kiroku verify`, as far as they do not go with an export. */
interface OfOtherChecks {
  readonly proof?: string;
  readonly entry?: string;
  readonly seen?: readonly string[];
  readonly installation?: boolean;
}

/** The call as it was typed. */
export type VerifyExportCall = Partial<VerifyExportOptions> & OfOtherChecks;

/** What a check of an export found; plain data, fit for JSON. */
export interface ExportVerification extends BesideLog {
  /** Whether no fault was found. */
  readonly ok: boolean;
  /** What the statement says, believed or not; null where the file has none. */
  readonly export: string | null;
  readonly query: string | null;
  readonly position: string | null;
  /** Rows that there are. */
  readonly rows: number | null;
  /** Of the checkpoint in the file. Root in lower-case hex. */
  readonly log: { readonly origin: string; readonly size: number; readonly root: string } | null;
  readonly witnessed: readonly Witnessed[];
  /** The first thousand. */
  readonly faults: readonly ExportFault[];
  readonly faultCount: number;
}

/**
 * Checks an export of the trail: from the file alone that it is whole, that each row says what its entry says, and that
 * every entry is in the tree of the signed checkpoint; beside the log also that the checkpoint is one of that log's, that
 * this file was handed over on record, and that its rows are all that match. Returns 0 when all of it holds, 1 on any
 * fault, 2 when it cannot be asked.
 */
export async function verifyExport(directory: string | undefined, call: VerifyExportCall): Promise<number> {
  try {
    const options = asked(directory, call);
    const result = await checkExport(options);
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : told(result, options));
    return result.ok ? 0 : 1;
  } catch (error) {
    return tellWhyNot(error as Error, call.json);
  }
}

type Asked = VerifyExportOptions & { readonly key: readonly string[] };

/** Throws for a call that asks for nothing, or for two things at once. */
function asked(directory: string | undefined, call: VerifyExportCall): Asked {
  const { export: file, key = [], proof, entry, seen, installation } = call;
  if (file === undefined) throw wrongCall('--log は --export とともに指定', '--log goes with --export');
  if ([directory, proof, entry, seen, installation].some((other) => other !== undefined))
    throw wrongCall(
      '--export とともに使えるのは --log、--key、--witness、--json のみ',
      'with --export go --log, --key, --witness and --json alone',
    );
  if (key.length === 0)
    throw wrongCall(
      '--key がありません（鍵がなければ、書き出しは何も証明しません）',
      '--key is missing: an export shows nothing without a key',
    );
  return { ...call, export: file, key };
}

const notAsked: BesideLog = { handedOver: null, complete: null };

async function checkExport(options: Asked): Promise<ExportVerification> {
  const keys = {
    log: options.key.map(parseVerifierKey),
    witnesses: (options.witness ?? []).map(parseVerifierKey),
  };
  const file = await open(options.export);
  const faults = new ExportFaults();
  try {
    const layout = await layOut(file);
    const checkpoint = await new EvidenceCheck(file, layout, faults).run(keys);
    const { log, key } = options;
    const beside = log === undefined ? notAsked : await askLog(file, layout, { log, key }, faults);
    return {
      ...stated(layout),
      log: checkpoint && { ...checkpoint, root: checkpoint.root.toString('hex') },
      witnessed: checkpoint ? witnessedBy(parseNote(layout.checkpoint.note), keys.witnesses) : [],
      ...beside,
      ...judged(faults),
    };
  } catch (error) {
    if (!(error instanceof BrokenExport)) throw error;
    faults.add(error.fault);
    return { ...nothingStated, ...notAsked, ...judged(faults) };
  } finally {
    await file.close();
  }
}

/** Beside the log; throws LogUnreachable, but for a file that is known to be faulty without. */
async function askLog(
  file: FileHandle,
  layout: ExportLayout,
  beside: LogBeside,
  faults: ExportFaults,
): Promise<BesideLog> {
  try {
    return await checkBesideLog(file, layout, beside, faults);
  } catch (error) {
    if (!(error instanceof LogUnreachable) || faults.count === 0) throw error;
    return notAsked;
  }
}

const stated = ({ statement: { said }, rows }: ExportLayout) => ({
  export: said.export,
  query: said.query,
  position: said.position,
  rows: rows.count,
});

const nothingStated = { export: null, query: null, position: null, rows: null, log: null, witnessed: [] };

const judged = ({ kept, count }: ExportFaults) => ({ ok: count === 0, faults: kept, faultCount: count });

// ---- for people ----

const SHOWN_FAULTS = 20;

function told(result: ExportVerification, { export: file, log: beside }: VerifyExportOptions): string {
  const { query, rows, position, log, witnessed } = result;
  const lines = [
    ...(query === null ? [] : [`検索式 query: ${query}`, `件数 rows: ${rows}`, `位置 position: ${position}`]),
    ...(log === null ? [] : [`ログ log: ${log.origin} ${log.size} ${log.root}`]),
    ...witnessed.map(({ name, time }) => `証人 witness: ${name} ${new Date(time * 1_000).toISOString()}`),
    ...(result.ok ? whatHolds(result, beside !== undefined) : whatDoesNot(result, file)),
  ];
  return `${lines.join('\n')}\n`;
}

function whatHolds({ complete }: ExportVerification, besideLog: boolean): readonly string[] {
  const alone = '検証済み verified: the file is whole, and every row is an event of the log that was signed';
  if (!besideLog)
    return [
      alone,
      '件数の過不足と引き渡しの記録は未確認（--log が必要） not checked: that the rows are all that match, and that the file was handed over on record; give --log for that',
    ];
  const handed = '引き渡しの記録あり on record: the log has it that just this file was handed over';
  return complete === true
    ? [alone, handed, '過不足なし complete: the rows are exactly all that match in the range']
    : [
        alone,
        handed,
        '本文の検索のため過不足は確認できない completeness cannot be shown: the query looks for sealed words, and needs the keys; every row was checked against the rest of it',
      ];
}

function whatDoesNot({ faults, faultCount }: ExportVerification, file: string): readonly string[] {
  const more = faultCount - Math.min(faultCount, SHOWN_FAULTS);
  return [
    `不一致 FAULTS: ${faultCount}`,
    ...faults.slice(0, SHOWN_FAULTS).map((fault) => `  ${faultLine(fault, file)}`),
    ...(more > 0 ? [`  … ${more} more`] : []),
  ];
}

function faultLine({ kind, line, event, detail }: ExportFault, file: string): string {
  const place = line === undefined ? (event ?? '') : `${file}:${line}`;
  return `${place === '' ? '' : `${place}: `}${meaningOf(kind)}${detail === undefined ? '' : ` (${detail})`}`;
}
