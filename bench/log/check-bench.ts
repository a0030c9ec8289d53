import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519Signer, generateSigningKey, leafHash, openLog, tilePath, tilesOf, verifyLog } from '#ledger';
import { vaultIn } from '../append/append-bench.js';
import { cpuSince } from '../append/port-side.js';
import { type Comparison, compare, type Side, type Work } from '../rounds.js';
import { distinctEntries } from './distinct-entries.js';

export interface CheckResult extends Comparison {
  readonly entries: number;
  /** Mean size of an entry in bytes. */
  readonly entryBytes: number;
}

const ORIGIN = 'kiroku.example.jp/bench';
/** A hundred bundles in an append: filling is not what is measured. */
const AT_ONCE = 25_600;

/** The full check of a log by its files alone, against a loop that reads the same bundles and hashes the same entries. */
export async function benchCheck(
  directory: string,
  { entries, rounds }: { readonly entries: number; readonly rounds: number },
): Promise<CheckResult> {
  const log = join(directory, 'log');
  const { verifierKey, bytes } = await fill(directory, log, entries);
  const ours: Side = {
    name: 'full check',
    work: timed(entries, async () => {
      const { ok, entries: read } = await verifyLog({ directory: log, verifierKey });
      if (!ok || read !== entries) throw new Error(`a sound log of ${entries} was found wanting at ${read}`);
    }),
  };
  const theirs: Side = { name: 'bare SHA-256', work: timed(entries, async () => hashAll(log, entries)) };
  const compared = await compare(ours, theirs, { rounds, ms: 0 });
  return { entries, entryBytes: Math.round(bytes / entries), ...compared };
}

/** One pass, however long it takes. */
const timed = (operations: number, pass: () => Promise<void>) => async (): Promise<Work> => {
  const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
  await pass();
  return { operations, seconds: (performance.now() - began) / 1_000, cpuSeconds: cpuSince(cpuBefore) };
};

function hashAll(log: string, size: number): Promise<void> {
  for (const tile of tilesOf(size)) {
    if (tile.level !== 'entries') continue;
    const bytes = readFileSync(join(log, tilePath(tile)));
    for (let at = 0; at < bytes.length; ) {
      const end = at + 2 + bytes.readUInt16BE(at);
      hash('sha256', bytes.subarray(at + 2, end), 'buffer');
      at = end;
    }
  }
  return Promise.resolve();
}

async function fill(
  directory: string,
  log: string,
  size: number,
): Promise<{ readonly verifierKey: string; readonly bytes: number }> {
  const vault = await vaultIn(directory);
  const { privateKeyPem, verifierKey } = generateSigningKey(ORIGIN);
  const signer = ed25519Signer(ORIGIN, privateKeyPem);
  const writing = await openLog({
    directory: log,
    database: join(directory, 'ledger.sqlite'),
    origin: ORIGIN,
    signer,
  });
  try {
    const next = await distinctEntries(vault);
    const now = new Date().toISOString();
    let bytes = 0;
    for (let made = 0; made < size; made += AT_ONCE) {
      const events = Array.from({ length: Math.min(AT_ONCE, size - made) }, (_, n) => {
        const { id: eventId, entry } = next();
        bytes += Buffer.byteLength(entry);
        const leaf = leafHash(Buffer.from(entry)).toString('hex');
        return { eventId, position: String(made + n + 1), entry, leafHash: leaf };
      });
      await writing.append(events, { fence: 1, now });
    }
    return { verifierKey, bytes };
  } finally {
    await writing.close();
    await vault.close();
  }
}
