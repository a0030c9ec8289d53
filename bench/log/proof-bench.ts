import { catchUp } from '#application';
import { formatTlogProof, PublishedLog } from '#ledger';
import { openRooms, readConfiguration, takeUpDuties } from '#wiring';
import { makeKeys } from '../append/workload.js';
import { benchId } from '../ids.js';
import { enter, install, type Installation } from '../inquiry/installation.js';
import { urlIn, withPrograms } from '../inquiry/process.js';
import { type Percentiles, percentiles } from '../latencies.js';
import { seededPick } from '../search/made-up-trail.js';
import { distinctEntries } from './distinct-entries.js';

export interface ProofResult extends Percentiles {
  readonly entries: number;
  readonly samples: number;
  /** The same proofs from the log's files alone, in the process that asks. */
  readonly floor: Percentiles;
}

/** Before anything is measured: connections, code and the tiles near the root are warm on both sides. */
const WARM_UP = 50;
const APPENDS_AT_ONCE = 128;
const STREAM = 4;
/** Fifty bundles in an append: filling is not what is measured. */
const SEQUENCED_AT_ONCE = 12_800;

/** `GET /v1/events/{id}/proof` by one client, each for another event anywhere in the log, the view put on record. */
export async function benchProof(
  directory: string,
  { entries, samples }: Pick<ProofResult, 'entries' | 'samples'>,
): Promise<ProofResult> {
  const installation = await install(directory);
  const filled = await fill(installation, entries, samples + WARM_UP);
  // Nobody inquires.
  const environment = { ...installation.environment, KIROKU_REGISTRY_URL: 'https://127.0.0.1:9' };
  return withPrograms(async (launch) => {
    const api = await launch('apps/api/src/main.js', environment);
    const { pki, accounts } = installation;
    const officer = await enter(urlIn(api), pki, accounts, 'security-officer');
    const published = PublishedLog.open(filled.log);
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (const { id, index } of filled.asked) {
      const began = performance.now();
      const { status, bytes } = await officer.get(`/v1/events/${id}/proof`);
      const between = performance.now();
      const proof = published.proofOf(index);
      const text = proof && formatTlogProof(proof);
      const ended = performance.now();
      if (status !== 200 || bytes.toString() !== text) throw new Error(`a proof was answered ${status}`);
      ours.push(between - began);
      theirs.push(ended - between);
    }
    officer.close();
    const floor = percentiles(theirs.slice(WARM_UP));
    return { entries: filled.size, samples, ...percentiles(ours.slice(WARM_UP)), floor };
  });
}

interface Asked {
  readonly id: string;
  readonly index: number;
}

interface Filled {
  readonly log: string;
  readonly size: number;
  readonly asked: readonly Asked[];
}

/** Events through the store and into the log, by the worker's own parts; and which of them will be asked for. */
async function fill({ environment }: Installation, entries: number, wanted: number): Promise<Filled> {
  const configuration = readConfiguration(environment, 'cli');
  const rooms = await openRooms(configuration, 'cli', (error) => {
    throw error;
  });
  try {
    const { store, vault } = rooms;
    await makeKeys(vault);
    const next = await distinctEntries(vault);
    let left = Math.ceil(entries / STREAM);
    const pick = seededPick(4_711);
    const asked: Asked[] = [];
    const writer = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const receipts = await store.append(
          `inquiry-${benchId()}`,
          'no-stream',
          Array.from({ length: STREAM }, next),
        );
        // Positions of the embedded store have no gaps, and all of them go into the log.
        for (const { id, position } of receipts) {
          if (pick(entries) < 2 * wanted) asked.push({ id, index: Number(position) - 1 });
        }
      }
    };
    await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, writer));
    const size = await sequence(rooms);
    return { log: configuration.paths.log, size, asked: asked.slice(0, wanted) };
  } finally {
    await rooms.close();
  }
}

async function sequence(rooms: Awaited<ReturnType<typeof openRooms>>): Promise<number> {
  const duties = await takeUpDuties(rooms, () => 1);
  try {
    const { log } = duties;
    const checkpoint = () => log.checkpoint();
    await catchUp(rooms.store, {
      name: log.name,
      batch: SEQUENCED_AT_ONCE,
      checkpoint,
      apply: (batch) => log.apply(batch),
    });
    return Number((await checkpoint())?.position);
  } finally {
    await duties.close();
  }
}
