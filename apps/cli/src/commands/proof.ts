import type { Buffer } from 'node:buffer';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type Checkpoint,
  formatTlogProof,
  leafHash,
  LogInconsistent,
  MalformedProof,
  type MalformedProofReason,
  type NoteVerifier,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
  type ProofFailure,
  PublishedLog,
  type TlogProof,
  verifyTlogProof,
  type Witnessed,
  witnessedBy,
} from '#ledger';
import { wrongCall } from '../bilingual-error.js';
import { tellWhyNot } from './why-not.js';

const LEAF_INDEX = /^\d{1,15}$/;

/**
 * Writes the proof that an event is in a log, from the log's published files alone. Returns 0 when it is written, 1 when
 * the event is not in the log or the log's files contradict each other, 2 when the call cannot be answered.
 */
export async function proof(
  directory: string,
  event: string,
  options: { readonly out?: string; readonly withoutEntry?: boolean },
): Promise<number> {
  return told(() => {
    const log = PublishedLog.open(directory);
    const index = LEAF_INDEX.test(event) ? Number(event) : log.indexOf(event);
    const found = index === null ? null : log.proofOf(index, { withEntry: options.withoutEntry !== true });
    if (found === null) {
      const { size } = log.checkpoint().checkpoint;
      process.stderr.write(`ログにありません not in the log of ${size} entries: ${event}\n`);
      return 1;
    }
    const text = formatTlogProof(found);
    if (options.out === undefined) process.stdout.write(text);
    else {
      writeFileSync(options.out, text);
      process.stdout.write(`証明を書きました proof of entry ${found.index} written: ${options.out}\n`);
    }
    return 0;
  });
}

export interface VerifyProofOptions {
  /** The file of the proof. */
  readonly proof: string;
  readonly key?: readonly string[];
  readonly witness?: readonly string[];
  /** The file of the entry; without it the proof must carry the entry. */
  readonly entry?: string;
  readonly json?: boolean;
}

/**
 * Checks a proof offline, with nothing but verifier keys: that the entry is in the log which the key's holder signed.
 * Returns 0 when it holds, 1 when it does not or is none at all, 2 when the call cannot be answered.
 */
export async function verifyProof(options: VerifyProofOptions): Promise<number> {
  return told(() => {
    const result = checkProof(options);
    process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : forPeople(result));
    return result.ok ? 0 : 1;
  }, options.json);
}

function checkProof(options: VerifyProofOptions): ProofResult {
  const keys = (options.key ?? []).map(parseVerifierKey);
  if (keys.length === 0)
    throw wrongCall(
      '--key がありません（鍵がなければ、証明は何も示しません）',
      '--key is missing: a proof shows nothing without a key',
    );
  const witnesses = (options.witness ?? []).map(parseVerifierKey);
  const read = readProof(options.proof);
  if (read instanceof MalformedProof)
    return { ok: false, index: null, leafHash: null, failure: 'proof-malformed', detail: read.reason };
  const entry = options.entry === undefined ? read.extra : readFileSync(options.entry);
  if (entry === null)
    throw wrongCall(
      'この証明はエントリを含みません：--entry で指定',
      'the proof does not carry its entry: give it by --entry',
    );
  const leaf = leafHash(entry);
  const verdict = verifyTlogProof(read, leaf, { log: keys, witnesses });
  const judged = { ok: verdict.holds, index: read.index, leafHash: leaf.toString('hex') };
  return verdict.holds
    ? { ...judged, ...whatHolds(verdict.checkpoint, entry), witnessed: cosignaturesOn(read, witnesses) }
    : { ...judged, failure: verdict.failure, who: verdict.who };
}

/** What is given as evidence and is none is a finding, as with an export; a file that is not there is not. */
function readProof(file: string): TlogProof | MalformedProof {
  const text = readFileSync(file, 'utf8');
  try {
    return parseTlogProof(text);
  } catch (error) {
    if (error instanceof MalformedProof) return error;
    throw error;
  }
}

const cosignaturesOn = ({ checkpoint }: TlogProof, witnesses: readonly NoteVerifier[]): Witnessed[] =>
  witnessedBy(parseNote(checkpoint), witnesses);

const whatHolds = ({ origin, size, root }: Checkpoint, entry: Buffer) => ({
  event: eventIn(entry),
  origin,
  size,
  root: root.toString('hex'),
});

/** Clear header fields of an entry. */
interface ClearHeader {
  readonly id: string;
  readonly type: string;
  readonly at: string;
}

/** The result as JSON. What the entry and the checkpoint say is told only when the proof holds. */
interface ProofResult {
  readonly ok: boolean;
  /** This and the next are null where the file is no proof. */
  readonly index: number | null;
  readonly leafHash: string | null;
  /** Null when the entry is not the JSON of an event. */
  readonly event?: ClearHeader | null;
  readonly origin?: string;
  readonly size?: number;
  readonly root?: string;
  /** The cosignatures of the witnesses given; times in POSIX seconds. */
  readonly witnessed?: readonly Witnessed[];
  readonly failure?: ProofFailure | 'proof-malformed';
  /** Whose signature is missing. */
  readonly who?: string | undefined;
  /** Of a file that is no proof, what is wrong with its form. */
  readonly detail?: MalformedProofReason;
}

/** Why a proof does not hold, in Japanese and English. */
const failures: Readonly<Record<NonNullable<ProofResult['failure']>, string>> = {
  'proof-malformed': 'C2SP tlog-proof の証明ではない / the file is no proof of C2SP tlog-proof',
  'checkpoint-malformed': 'チェックポイントの形式が誤り / the proof’s checkpoint cannot be read',
  'checkpoint-signature': '与えられた鍵による署名がない / the checkpoint is not signed by the key given',
  'checkpoint-origin': 'ログの名前が鍵の名前と異なる / the checkpoint is of another log than the key',
  'witness-missing': '証人の署名がない / a witness has not cosigned',
  'not-included': 'エントリはこのログの木にない / the path does not lead from this entry to the signed root',
};

/** What is wrong with the form of a proof, in Japanese and English. */
const forms: Readonly<Record<MalformedProofReason, string>> = {
  'too-long': '長すぎる / too long',
  header: '一行目が c2sp.org/tlog-proof@v1 ではない / its first line is not c2sp.org/tlog-proof@v1',
  'cut-off':
    '途中で切れている（空行とチェックポイントがない） / cut off: no empty line with the checkpoint after it',
  index: 'index の行がないか、番号の形が誤り / no line "index", or no number without leading zeroes in it',
  'path-length': 'ハッシュが多すぎる / too many hashes',
  extra: 'extra の行が base64 ではない / the line "extra" is not base64',
  hash: 'index より後にハッシュ（base64）でない行がある / a line after the index is no hash in base64',
};

/** Who has not signed, or what is no proof about the file. */
function detailOf({ who, detail }: ProofResult): string {
  if (detail !== undefined) return ` — ${forms[detail]}`;
  return who ? ` (${who})` : '';
}

function forPeople(given: ProofResult): string {
  const { event, origin, size, root, witnessed = [], failure, ...result } = given;
  const lines = [
    ...(result.index === null ? [] : [`エントリ entry: ${result.index}  ${result.leafHash}`]),
    ...(event ? [`イベント event: ${event.id}  ${event.type}  ${event.at}`] : []),
    ...(origin === undefined ? [] : [`ログ log: ${origin}`, `件数 entries: ${size}`, `ルート root: ${root}`]),
    ...witnessed.map(({ name, time }) => `証人 witness: ${name} ${new Date(time * 1_000).toISOString()}`),
    failure === undefined
      ? '検証済み verified: the entry is in the log, and the checkpoint is signed by the key given'
      : `不成立 DOES NOT HOLD: ${failures[failure]}${detailOf(given)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function eventIn(entry: Buffer): ClearHeader | null {
  try {
    const { id, type, at } = JSON.parse(entry.toString()) as Record<string, unknown>;
    return typeof id === 'string' && typeof type === 'string' && typeof at === 'string'
      ? { id, type, at }
      : null;
  } catch {
    return null;
  }
}

/** Runs a command; what goes wrong is told on stderr. A log that contradicts itself is a finding, the rest is not. */
function told(act: () => number, json?: boolean): number {
  try {
    return act();
  } catch (error) {
    const code = tellWhyNot(error as Error, json);
    return error instanceof LogInconsistent ? 1 : code;
  }
}
