import type { KeyObject } from 'node:crypto';
import type { Entry, EventDefinition, EventDraft, SealedField, WrappedDataKey } from '#domain';
import { fieldBinding } from './binding.js';
import { sealText } from './box.js';
import { canonical } from './canonical.js';
import { cohortKey, dataKeyFor, planDataKey, type DataKey, type DataKeyPlan } from './data-key.js';
import type { KeyRing } from './key-ring.js';
import { VaultUnavailable, type SealedEvent, type Sealer } from './port.js';
import { prepareDraft, subjectKey, type PreparedDraft, type SecretField } from './preparation.js';
import { keyName, type StoreKey } from './store-key.js';
import { subjectToken } from './subject-tokens.js';

type Keys = (key: StoreKey) => KeyObject;

/** Seals before anything is hashed or written (decision 1). */
export class Codec implements Sealer {
  constructor(
    private readonly ring: KeyRing,
    private readonly catalogue: Readonly<Record<string, EventDefinition>>,
  ) {}

  async seal(drafts: readonly EventDraft[], history: readonly Entry[]): Promise<readonly SealedEvent[]> {
    const stream = drafts[0]?.stream;
    if (drafts.some((draft) => draft.stream !== stream)) {
      throw new TypeError('the drafts of one append belong to one stream');
    }
    const prepared = drafts.map((draft) => prepareDraft(draft, this.catalogue));
    const plan = planDataKey(prepared, history);
    const needed = neededKeys(prepared, plan);
    // Clear events need no key, and so no look at the key store.
    if (needed.length === 0) return prepared.map((event) => sealedEvent(event, {}, {}));
    if (plan?.carrier) this.requireKnownCohort(plan.cohort);
    return this.ring.use(needed, (keys) => {
      const dataKey = plan && dataKeyFor(plan, keys(cohortKey(plan.cohort)));
      return prepared.map((event) => sealEvent(event, keys, plan, dataKey));
    });
  }

  /** A cohort that wraps a key of the history was made once: to make it now would hide that the key table is not ours. */
  private requireKnownCohort(cohort: string): void {
    this.ring.catchUp();
    if (this.ring.held(cohortKey(cohort)) === 'unknown') throw unknownKey(cohortKey(cohort));
  }
}

/** An event names a key that this key store neither holds nor has destroyed. */
export const unknownKey = (key: StoreKey): VaultUnavailable =>
  new VaultUnavailable(
    `key ${keyName(key)} is not in the key store: an older copy of keys.sqlite, or another one`,
  );

/** Each key once; those of identity fields are replaced by their cohort's. */
function neededKeys(prepared: readonly PreparedDraft[], plan: DataKeyPlan | null): readonly StoreKey[] {
  const needed = new Map<string, StoreKey>();
  const need = (key: StoreKey) => needed.set(keyName(key), key);
  if (plan) need(cohortKey(plan.cohort));
  for (const { secrets } of prepared) {
    for (const { key, content } of secrets) {
      if (key !== 'data-key') need(key);
      if ('subjects' in content) need(subjectKey(content.year));
    }
  }
  return [...needed.values()];
}

function sealEvent(
  event: PreparedDraft,
  keys: Keys,
  plan: DataKeyPlan | null,
  dataKey: DataKey | null,
): SealedEvent {
  const sealed: Record<string, SealedField> = {};
  const carried: Record<string, WrappedDataKey> = {};
  const { header } = event.text;
  for (const secret of event.secrets) {
    const binding = fieldBinding(header, secret.field);
    const text = textOf(secret, event.draft, keys);
    if (secret.key !== 'data-key') {
      sealed[secret.field] = { key: keyName(secret.key), box: sealText(keys(secret.key), binding, text) };
    } else if (plan && dataKey) {
      sealed[secret.field] = { key: plan.id, box: sealText(dataKey.key, binding, text) };
      carried[plan.id] = dataKey.wrapped;
    }
  }
  return sealedEvent(event, sealed, carried);
}

/** What goes into the box: the field's canonical text, or the list of tokens that stand for its subjects. */
function textOf({ content, field }: SecretField, { agreement }: EventDraft, keys: Keys): string {
  if ('text' in content) return content.text;
  const key = keys(subjectKey(content.year));
  const tokens = content.subjects.map((subject) => subjectToken(key, agreement, content.year, subject));
  return canonical(tokens, field);
}

/** The entry is made here, once, and never serialised again. */
const sealedEvent = (
  { draft: { id, type }, text, data }: PreparedDraft,
  sealed: Readonly<Record<string, SealedField>>,
  carried: Readonly<Record<string, WrappedDataKey>>,
): SealedEvent => ({ id, type, entry: text.entry(data, sealed, carried) });
