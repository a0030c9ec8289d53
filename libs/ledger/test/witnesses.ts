import { Buffer } from 'node:buffer';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatAddCheckpoint } from '../src/core/add-checkpoint.js';
import { formatCheckpoint } from '../src/core/checkpoint.js';
import { signNote } from '../src/core/note.js';
import { type RunningWitness, startWitness, type WitnessOptions } from '../src/witness/witness-server.js';
import { naiveLeaf, NaiveTree } from './naive-tree.js';
import { ORIGIN, signerOf } from './sample-log.js';

export const WITNESS = 'witness.example/office';
/** What the witnesses' clocks say, in milliseconds. */
export const WITNESSED_AT = Date.parse('2026-04-01T09:00:00.000Z');
export const { verifierKey: logKey } = signerOf();

/** Witnesses in directories of their own; `clear` ends and removes all of them. */
export class Witnesses {
  private readonly places: string[] = [];
  private readonly running: RunningWitness[] = [];

  /** Where the state of a witness may be made. */
  place(): string {
    const made = mkdtempSync(join(tmpdir(), 'kiroku-witness-'));
    this.places.push(made);
    return join(made, 'state');
  }

  async start(directory: string, options: Partial<WitnessOptions> = {}): Promise<RunningWitness> {
    const realNow = (): number => WITNESSED_AT;
    return this.keep(
      await startWitness({ directory, name: WITNESS, logKeys: [logKey], port: 0, realNow, ...options }),
    );
  }

  keep(witness: RunningWitness): RunningWitness {
    this.running.push(witness);
    return witness;
  }

  async stop(witness: RunningWitness): Promise<void> {
    this.running.splice(this.running.indexOf(witness), 1);
    await witness.close();
  }

  async clear(): Promise<void> {
    for (const witness of this.running.splice(0)) await witness.close();
    for (const place of this.places.splice(0)) rmSync(place, { recursive: true, force: true });
  }
}

/** Where a witness keeps what it knows of each log. */
export const logsIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name));

const treeOf = (variant: string): NaiveTree =>
  new NaiveTree(Array.from({ length: 40 }, (_, at) => naiveLeaf(Buffer.from(`${variant} ${at}`))));
/** Two histories of one log. */
export const [history, forked] = [treeOf('entry'), treeOf('rewritten')];

export const noteOf = (tree: NaiveTree, size: number, signer = signerOf()): string =>
  signNote(formatCheckpoint({ origin: ORIGIN, size, root: tree.root(0, size) }), [signer]);

/** A request to cosign the tree of size `to` by who thinks that `from` was the last. */
export const body = (tree: NaiveTree, from: number, to: number, note = noteOf(tree, to)): string =>
  formatAddCheckpoint({ oldSize: from, proof: from === 0 ? [] : tree.subproof(from, 0, to, true), note });

export const post = async ({ url }: RunningWitness, text: string | Uint8Array<ArrayBuffer>) => {
  const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: text });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
};
