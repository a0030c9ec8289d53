import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { logSigner, MalformedNote, type NoteSigner, parseCheckpoint, parseNote } from '#ledger';
import type { Configuration } from './configuration.js';
import { type Bilingual, Fault } from './setting.js';
import { settings } from './settings.js';

/** Where the log's signing keys are, and which log they sign. */
export type LogKeyFiles = Pick<Configuration, 'logOrigin' | 'logKey' | 'logNextKey'>;

/** The log's key first, then the next one during the overlap in which both sign. */
export type LogSigners = readonly [NoteSigner, ...NoteSigner[]];

/** A configured key signs no log. The configuration was read without looking at it, or the file is another since. */
export class SigningKeyUnusable extends Error {
  readonly code = 'signing-key-unusable';
  constructor(
    /** What is wrong with it, apart by language; `message` says both. */
    readonly told: Bilingual,
  ) {
    super(`${told.ja}\n${told.en}`);
    this.name = 'SigningKeyUnusable';
  }
}

/** The signers of the configured keys. Throws SigningKeyUnusable, and the file system's errors. */
export function logSignersOf({ logOrigin, logKey, logNextKey }: LogKeyFiles): LogSigners {
  const signer = (key: 'logKey' | 'logNextKey', file: string): NoteSigner => {
    const read = readSigner(logOrigin, file);
    if (read instanceof Fault) throw new SigningKeyUnusable(of(key, read));
    return read;
  };
  return [signer('logKey', logKey), ...(logNextKey === null ? [] : [signer('logNextKey', logNextKey)])];
}

/**
 * What is wrong with the keys of a worker that is about to start, whose files can be read: a key that nothing can be
 * signed with, the same one twice, or none that has signed the checkpoint in the log's directory `log`.
 */
export function logKeyFaults(files: LogKeyFiles, log: string): readonly Bilingual[] {
  const { logOrigin, logKey, logNextKey } = files;
  const own = readSigner(logOrigin, logKey);
  const next = logNextKey === null ? null : readSigner(logOrigin, logNextKey);
  const faults = [
    ...(own instanceof Fault ? [of('logKey', own)] : []),
    ...(next instanceof Fault ? [of('logNextKey', next)] : []),
  ];
  if (own instanceof Fault || next instanceof Fault) return faults;
  if (next?.keyId === own.keyId) return [of('logNextKey', twice)];
  const signers = next === null ? [own] : [own, next];
  const signing = signingKeys(logOrigin, join(log, 'checkpoint'));
  const isUnknown = signing.length > 0 && !signers.some(({ keyId }) => signing.includes(keyId));
  return isUnknown ? [of('logKey', withoutOverlap(signers, signing))] : [];
}

/**
 * Puts the log's verifier key beside the log, for who checks it on this machine. It is the key of KIROKU_LOG_KEY, which has
 * signed every checkpoint as long as this process writes them: call this with the log open and before it grows. So the
 * file holds the old key during an overlap, which may still be given up and of which checkpoints may be kept, and the new
 * one from the start without the old.
 *
 * A crash leaves the file as it was. What it names has then signed the checkpoint beside it all the same, for nothing was
 * appended yet; the next start comes here again.
 */
export function keepVerifierKey({ ledgerDatabase }: Configuration['paths'], verifierKey: string): void {
  const file = join(dirname(ledgerDatabase), 'verifier-key');
  const line = `${verifierKey}\n`;
  if (textOf(file) === line) return;
  const aside = `${file}.new`;
  writeFileSync(aside, line, { flush: true });
  renameSync(aside, file);
}

/** The signer of the key in a file. The file system's errors when it cannot be read. */
function readSigner(origin: string, file: string): NoteSigner | Fault {
  const pem = readFileSync(file, 'utf8');
  try {
    return logSigner(origin, pem);
  } catch (error) {
    if (error instanceof MalformedNote) return unusable(file);
    throw error;
  }
}

/**
 * The ids of the keys that the log's published checkpoint names as its own; none where there is none, or where the file
 * is something else: that is no matter of settings, and found out with an alarm when the log is opened.
 *
 * The file may be older than the database's row by the one checkpoint that a crash kept from being published. Where the
 * two differ in their keys, readers have never seen both sign: to go on with the new one alone would be too early.
 */
function signingKeys(origin: string, checkpoint: string): readonly string[] {
  const note = textOf(checkpoint);
  if (note === null) return [];
  try {
    const { text, signatures } = parseNote(note);
    if (parseCheckpoint(text).origin !== origin) return [];
    return signatures.filter(({ name }) => name === origin).map(({ keyId }) => keyId);
  } catch (error) {
    if (error instanceof MalformedNote) return [];
    throw error;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const of = (key: 'logKey' | 'logNextKey', { ja, en }: Fault): Bilingual => {
  const { name } = settings[key];
  return { ja: `${name} ${ja}`, en: `${name} ${en}` };
};

const unusable = (file: string): Fault =>
  new Fault(
    `のファイル ${file} ではログに署名できません。パスワードのない PKCS#8（PEM）の、Ed25519 か ML-DSA-44 の秘密鍵にしてください`,
    `names ${file}, by which no log can be signed: it must be a private key of Ed25519 or ML-DSA-44, PKCS#8 in PEM without a password`,
  );

const twice = new Fault(
  `は ${settings.logKey.name} と同じ鍵です。切替えが済んでいるなら外してください`,
  `is the same key as ${settings.logKey.name}; take it away if the key was replaced already`,
);

const withoutOverlap = (signers: readonly NoteSigner[], others: readonly string[]): Fault => {
  const [ours, theirs] = [signers.map(({ keyId }) => keyId).join(', '), others.join(', ')];
  const [own, next] = [settings.logKey.name, settings.logNextKey.name];
  return new Fault(
    `の鍵（${ours}）は、ログのチェックポイントにまだ署名していません（署名したのは ${theirs}）。${own} には今までの鍵を、${next} に新しい鍵を指定して、まず両方で署名してください。鍵を替えた覚えがなければ、チェックポイントが書き換えられています（verify --installation）`,
    `names a key (${ours}) that has no signature on the log’s checkpoint, which ${theirs} signed; give the key used until now in ${own} and the new one in ${next}, so that both sign first. If nobody replaced a key, the checkpoint was changed: verify --installation`,
  );
};
