import type { KeyObject } from 'node:crypto';
import type { Entry, EventDefinition, Lifetime, Opened, SubjectIdentifier } from '#domain';
import { fieldBinding } from './binding.js';
import { BoxBroken, openText } from './box.js';
import { unknownKey } from './codec.js';
import { cohortKey, dataKeyIn, wrappedKeyIn } from './data-key.js';
import { EntryText } from './entry-text.js';
import type { KeyRing } from './key-ring.js';
import { SealBroken, type Opener, type SubjectTokens } from './port.js';
import { subjectKey } from './preparation.js';
import type { KeyTable } from './sqlite/key-table.js';
import { parseKeyName, type StoreKey } from './store-key.js';
import { subjectToken } from './subject-tokens.js';

/**
 * Opens sealed fields. Every call looks at the key store's generation, and is done before anything else of this
 * process runs: a key destroyed by another process is not used from memory.
 */
export class FieldOpener implements Opener, SubjectTokens {
  constructor(
    private readonly ring: KeyRing,
    private readonly table: KeyTable,
    private readonly catalogue: Readonly<Record<string, EventDefinition>>,
  ) {}

  async open<T = unknown>(entry: Entry, field: string): Promise<Opened<T>> {
    this.ring.catchUp();
    return this.opened(entry, field) as Opened<T>;
  }

  async openTokens(entry: Entry): Promise<readonly string[]> {
    const [tokens = []] = await this.openTokensOfEach([entry]);
    return tokens;
  }

  async openTokensOfEach(entries: readonly Entry[]): Promise<readonly (readonly string[])[]> {
    this.ring.catchUp();
    const ended = new Map<string, boolean>();
    return entries.map((entry) => this.tokensIn(entry, ended));
  }

  /** `ended`: of which years the subject key was found destroyed, or not, in this same turn. */
  private tokensIn(entry: Entry, ended: Map<string, boolean>): readonly string[] {
    const fields = Object.keys(entry.sealed ?? {}).filter((field) => this.holdsSubjects(entry.type, field));
    return fields.flatMap((field) => {
      const year = parseKeyName(entry.sealed?.[field]?.key ?? '')?.id;
      // The two keys of a year die together; a run that stopped half-way must not feed the index any more.
      if (year !== undefined && this.hasEnded(year, ended)) return [];
      const opened = this.opened(entry, field);
      return opened.state === 'open' ? (opened.value as string[]) : [];
    });
  }

  private hasEnded(year: string, known: Map<string, boolean>): boolean {
    const ended = known.get(year) ?? this.table.find(subjectKey(Number(year))) === 'destroyed';
    known.set(year, ended);
    return ended;
  }

  async tokensFor(
    agreement: string,
    identifier: SubjectIdentifier,
  ): Promise<readonly { fiscalYear: number; token: string }[]> {
    this.ring.catchUp();
    return this.table.living('subject').flatMap((id) => {
      const year = Number(id);
      const key = this.ring.held(subjectKey(year));
      if (typeof key === 'string') return [];
      return [{ fiscalYear: year, token: subjectToken(key, agreement, year, identifier) }];
    });
  }

  private holdsSubjects(type: string, field: string): boolean {
    const lifetimes = this.catalogue[type]?.lifetimes as Readonly<Record<string, Lifetime>> | undefined;
    return lifetimes !== undefined && Object.hasOwn(lifetimes, field) && lifetimes[field] === 'subjects';
  }

  private opened(entry: Entry, field: string): Opened {
    const sealed = entry.sealed && Object.hasOwn(entry.sealed, field) ? entry.sealed[field] : undefined;
    if (!sealed) throw new TypeError(`event ${entry.id} has no sealed field ${field}`);
    const key = this.keyOf(entry, field, sealed.key);
    if (key === 'destroyed') return { state: 'shredded' };
    const binding = bindingOf(entry, field);
    try {
      return { state: 'open', value: JSON.parse(openText(key, binding, sealed.box)) as unknown };
    } catch (error) {
      if (error instanceof BoxBroken) throw new SealBroken(entry.id, field);
      throw error;
    }
  }

  /** A key that the event carries itself, or one of the key store. */
  private keyOf(entry: Entry, field: string, name: unknown): KeyObject | 'destroyed' {
    if (typeof name !== 'string') throw new SealBroken(entry.id, field);
    if (entry.keys && Object.hasOwn(entry.keys, name)) {
      const cohort = this.held(cohortKey(wrappedKeyIn(entry, name).cohort));
      return cohort === 'destroyed' ? cohort : dataKeyIn(entry, name, cohort);
    }
    const key = parseKeyName(name);
    if (!key) throw new SealBroken(entry.id, field);
    return this.held(key);
  }

  /** Only a tombstone makes a field `shredded`: a key that is merely absent means that the key table is not ours. */
  private held(key: StoreKey): KeyObject | 'destroyed' {
    const held = this.ring.held(key);
    if (held === 'unknown') throw unknownKey(key);
    return held;
  }
}

/** A header that canonical JSON cannot hold was never sealed by us. */
function bindingOf(entry: Entry, field: string): Buffer {
  try {
    return fieldBinding(new EntryText(entry).header, field);
  } catch (error) {
    if (error instanceof TypeError) throw new SealBroken(entry.id, field);
    throw error;
  }
}
