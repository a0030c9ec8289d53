import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  catalogue,
  defineEvent,
  parseEntry,
  type Entry,
  type EventDefinition,
  type EventDraft,
} from '#domain';
import type { SealedEvent, Vault } from './port.js';
import { openVault, type VaultOptions } from './vault.js';

/** Specimens for the specifications of the vault: events of every lifetime, and vaults in directories that go away. */

export const AGREEMENT = 'agr-1';
export const INQUIRY = '01900000-0000-7000-8000-00000000000a';
export const COHORT = `${AGREEMENT}/rtva-59-1:examination/2026-06-30`;
/** A resident who exists nowhere; searched for in every file. */
export const CANARY = '神流木カナリヤ';

/** One field of each lifetime, beside the real catalogue. */
const AllLifetimes = defineEvent<{
  inquiry: string;
  purpose?: string;
  usableThrough?: string;
  person: string;
  secret?: unknown;
  note?: string | null;
  name?: string | null;
  subjects?: readonly unknown[];
}>()(
  'AllLifetimes',
  1,
  { en: 'A specimen.', ja: '見本。' },
  {
    inquiry: 'clear',
    purpose: 'clear',
    usableThrough: 'clear',
    person: 'clear',
    secret: 'identity',
    note: 'trail',
    name: { person: 'person' },
    subjects: 'subjects',
  },
);

const specimenCatalogue: Readonly<Record<string, EventDefinition>> = { ...catalogue, AllLifetimes };

let drafts = 0;

/** A draft of `type`; ids count up. */
export function draft(type: string, data: object, header: Partial<EventDraft> = {}): EventDraft {
  drafts += 1;
  return {
    id: `01900000-0000-7000-8000-${String(drafts).padStart(12, '0')}`,
    type,
    v: 1,
    stream: `inquiry-${INQUIRY}`,
    at: '2026-04-01T00:30:00.000Z',
    agreement: AGREEMENT,
    actor: { operator: 'op-1', terminal: 't-1' },
    correlation: '01900000-0000-7000-8000-00000000000c',
    data,
    ...header,
  };
}

/** An event with one field of every lifetime, in a cohort of its own choice. */
export const everything = (data: object = {}, header: Partial<EventDraft> = {}): EventDraft =>
  draft(
    'AllLifetimes',
    {
      inquiry: INQUIRY,
      purpose: 'rtva-59-1:examination',
      usableThrough: '2026-06-30',
      person: 'op-7',
      secret: { name: CANARY },
      note: `why: ${CANARY}`,
      name: CANARY,
      subjects: [{ kind: 'resident-code', value: '24727059608' }],
      ...data,
    },
    header,
  );

/** An inquiry with its own id, usable through `day`. */
export function inquiry(id: string, day: string, secret: unknown = { name: CANARY }): EventDraft {
  return draft(
    'AllLifetimes',
    { inquiry: id, purpose: 'rtva-59-1:examination', usableThrough: day, person: 'op-7', secret },
    { stream: `inquiry-${id}` },
  );
}

export const entryOf = (sealed: SealedEvent | undefined): Entry => parseEntry(sealed?.entry ?? 'null');

export async function sealOne(
  vault: Vault,
  event: EventDraft,
  history: readonly Entry[] = [],
): Promise<Entry> {
  const [sealed] = await vault.seal([event], history);
  return entryOf(sealed);
}

/** A place for one vault and its clock; `remove` closes what was opened there and deletes the directories. */
export class Place {
  readonly base = mkdtempSync(join(tmpdir(), 'kiroku-vault-'));
  readonly directory = join(this.base, 'data');
  readonly rootDirectory = join(this.base, 'root');
  now = 1_000_000;
  private readonly vaults: Vault[] = [];

  options(changes: Partial<VaultOptions> = {}): VaultOptions {
    return {
      directory: this.directory,
      rootDirectory: this.rootDirectory,
      process: 'specification',
      catalogue: specimenCatalogue,
      realNow: () => this.now,
      ...changes,
    };
  }

  async open(changes: Partial<VaultOptions> = {}): Promise<Vault> {
    const vault = await openVault(this.options(changes));
    this.vaults.push(vault);
    return vault;
  }

  /** The bytes of every file below a directory of this place, one after the other. */
  bytes(directory = this.directory): Buffer {
    return Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
  }

  /** As if every process had ended. */
  async close(): Promise<void> {
    for (const vault of this.vaults.splice(0)) await vault.close();
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.base, { recursive: true, force: true });
  }
}

/** The text with its first character another one: for a forged wrap, whatever it began with. */
export const tampered = (text: string): string => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;

/** A small seeded generator (mulberry32): properties are tried on the same values in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
