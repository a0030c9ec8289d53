import { createHmac } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  catalogue,
  cohortId,
  type Entry,
  type EventDraft,
  fiscalYear,
  FOLD_VERSION,
  type Json,
  type Lifetime,
  type Opened,
  type SealedField,
  type SubjectIdentifier,
  tokyoDay,
  type WrappedDataKey,
} from '#domain';
import { KeyGone, type Opener, type SealedEvent, type Sealer, type SubjectTokens } from '#vault';

type Fields = Readonly<Record<string, Json>>;
type Keys = Readonly<Record<string, WrappedDataKey>>;

const box = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64');
const unbox = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString());

const yearOf = ({ at }: { readonly at: string }): number => fiscalYear(tokyoDay(at));

function tokenOf(agreement: string, year: number, { kind, value }: SubjectIdentifier): string {
  const question = JSON.stringify([agreement, kind, FOLD_VERSION, year, value]);
  return createHmac('sha256', `subject/${year}`).update(question).digest('hex');
}

/**
 * A vault for specifications: it sorts fields by their lifetimes as the real one does and lets keys die, but its
 * boxes are mere base64, so that a specification may look inside. Nothing in it protects anything.
 */
export class InMemoryVault implements Sealer, Opener, SubjectTokens {
  private readonly gone = new Set<string>();
  private readonly years = new Set<number>();

  /** Destroys a key by name: `cohort/<cohort>`, `trail/<year>`, `subject/<year>`, `person/<id>`. */
  destroyKey(name: string): void {
    this.gone.add(name);
  }

  async seal(drafts: readonly EventDraft[], history: readonly Entry[]): Promise<readonly SealedEvent[]> {
    await Promise.resolve();
    const dataKey = drafts.some(hasIdentity) ? this.dataKeyOf(drafts, history) : null;
    return drafts.map((draft) => {
      const entry = this.sealOne(draft, dataKey);
      return { id: draft.id, type: draft.type, entry: canonicalize(entry) as string };
    });
  }

  async open<T = unknown>(entry: Entry, field: string): Promise<Opened<T>> {
    await Promise.resolve();
    const sealed = entry.sealed?.[field];
    if (!sealed) throw new RangeError(`${entry.type} has no sealed field ${field}`);
    const cohort = entry.keys?.[sealed.key]?.cohort;
    const name = cohort === undefined ? sealed.key : `cohort/${cohort}`;
    return this.gone.has(name) ? { state: 'shredded' } : { state: 'open', value: unbox(sealed.box) as T };
  }

  async openTokens(entry: Entry): Promise<readonly string[]> {
    if (this.gone.has(`subject/${yearOf(entry)}`)) return [];
    const fields = Object.keys(entry.sealed ?? {}).filter(
      (field) => lifetimesOf(entry.type)[field] === 'subjects',
    );
    const opened = await Promise.all(fields.map((field) => this.open<readonly string[]>(entry, field)));
    return opened.flatMap((field) => (field.state === 'open' ? field.value : []));
  }

  openTokensOfEach(entries: readonly Entry[]): Promise<readonly (readonly string[])[]> {
    return Promise.all(entries.map((entry) => this.openTokens(entry)));
  }

  async tokensFor(
    agreement: string,
    identifier: SubjectIdentifier,
  ): Promise<readonly { fiscalYear: number; token: string }[]> {
    await Promise.resolve();
    return [...this.years]
      .filter((year) => !this.gone.has(`subject/${year}`))
      .toSorted((a, b) => a - b)
      .map((year) => ({ fiscalYear: year, token: tokenOf(agreement, year, identifier) }));
  }

  private sealOne({ data, ...header }: EventDraft, dataKey: Keys | null): Entry {
    const clear: Record<string, Json> = {};
    const sealed: Record<string, SealedField> = {};
    for (const [field, value] of Object.entries(data as Fields)) {
      const lifetime = lifetimesOf(header.type)[field];
      if (lifetime === undefined) throw new TypeError(`${header.type} does not declare ${field}`);
      if (lifetime === 'clear') clear[field] = value;
      else sealed[field] = this.sealField(header, data as Fields, value, lifetime, dataKey);
    }
    const usesDataKey = Object.values(sealed).some(({ key }) => dataKey && key in dataKey);
    return {
      ...header,
      data: clear,
      ...(Object.keys(sealed).length ? { sealed } : {}),
      ...(usesDataKey && dataKey ? { keys: dataKey } : {}),
    };
  }

  private sealField(
    header: Omit<EventDraft, 'data'>,
    data: Fields,
    value: Json,
    lifetime: Exclude<Lifetime, 'clear'>,
    dataKey: Keys | null,
  ): SealedField {
    if (lifetime === 'identity') return { key: Object.keys(dataKey ?? {})[0] as string, box: box(value) };
    if (typeof lifetime === 'object') {
      const person = data[lifetime.person];
      if (typeof person !== 'string') throw new TypeError(`${header.type} does not name the person`);
      return this.under(`person/${person}`, value);
    }
    const year = yearOf(header);
    if (lifetime === 'trail') return this.under(`trail/${year}`, value);
    this.years.add(year);
    const subjects = value as unknown as readonly SubjectIdentifier[];
    const tokens = subjects.map((subject) => tokenOf(header.agreement, year, subject));
    return this.under(`trail/${year}`, tokens);
  }

  private under(key: string, value: Json): SealedField {
    if (this.gone.has(key)) throw new KeyGone(key);
    return { key, box: box(value) };
  }

  /** The inquiry's data key: the one in `history`, or a fresh one under the cohort that a draft names. */
  private dataKeyOf(drafts: readonly EventDraft[], history: readonly Entry[]): Keys {
    const kept = history.find(({ keys }) => keys)?.keys;
    const keys = kept ?? freshDataKey(drafts);
    for (const { cohort } of Object.values(keys)) {
      if (this.gone.has(`cohort/${cohort}`)) throw new KeyGone(`cohort/${cohort}`);
    }
    return keys;
  }
}

const lifetimesOf = (type: string): Readonly<Record<string, Lifetime>> => {
  const definition = catalogue[type];
  if (!definition) throw new TypeError(`event type ${type} is not in the catalogue`);
  return definition.lifetimes as Readonly<Record<string, Lifetime>>;
};

const hasIdentity = ({ type, data }: EventDraft): boolean =>
  Object.keys(data).some((field) => lifetimesOf(type)[field] === 'identity');

function freshDataKey(drafts: readonly EventDraft[]): Keys {
  const naming = drafts.filter(({ data }) => 'usableThrough' in data && 'purpose' in data);
  const [draft] = naming;
  if (!draft || naming.length > 1) throw new TypeError('exactly one event must name the cohort');
  const { usableThrough, purpose } = draft.data as { usableThrough: string; purpose: string };
  const cohort = cohortId({ agreement: draft.agreement, purpose, usableThrough });
  return { [`dk-${draft.id}`]: { cohort, wrap: box(null) } };
}
