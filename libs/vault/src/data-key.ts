import { createSecretKey, type KeyObject } from 'node:crypto';
import { cohortId, isTokyoDay, type Entry, type WrappedDataKey } from '#domain';
import { dataKeyBinding } from './binding.js';
import { BoxBroken, fromBase64, KEY_BYTES, unwrapKey, wrapKey } from './box.js';
import { SealBroken } from './port.js';
import type { PreparedDraft } from './preparation.js';
import { freshBytes } from './random.js';
import type { StoreKey } from './store-key.js';

/**
 * The data key of an inquiry (decision 10): made with the first event that has identity fields, carried inside every
 * event that uses it, wrapped by its cohort. `carrier` is the event of the history that brings it, null for a new one.
 */
export interface DataKeyPlan {
  /** The id of the data key is the id of the inquiry. */
  readonly id: string;
  readonly agreement: string;
  readonly cohort: string;
  readonly carrier: Entry | null;
}

/** A data key in use: a `KeyObject` for the reasons given at `KeyRing`. */
export interface DataKey {
  readonly key: KeyObject;
  readonly wrapped: WrappedDataKey;
}

export const cohortKey = (cohort: string): StoreKey => ({ kind: 'cohort', id: cohort });

/** The data key that the drafts need, or null when they have no identity fields. Throws `TypeError`. */
export function planDataKey(
  prepared: readonly PreparedDraft[],
  history: readonly Entry[],
): DataKeyPlan | null {
  const sealing = prepared.filter(({ secrets }) => secrets.some(({ key }) => key === 'data-key'));
  const first = sealing[0];
  if (!first) return null;
  const id = first.clear['inquiry'];
  if (typeof id !== 'string' || id === '' || id.includes('/')) {
    throw new TypeError(`${first.draft.type} has identity fields and names no inquiry`);
  }
  const { agreement, stream } = first.draft;
  const strays = sealing.some(({ clear, draft }) => clear['inquiry'] !== id || draft.agreement !== agreement);
  if (strays) throw new TypeError('the drafts of one append belong to one inquiry and agreement');
  const carrier = history.findLast((entry) => entry.keys !== undefined && Object.hasOwn(entry.keys, id));
  if (!carrier) return { id, agreement, cohort: cohortNamedBy(prepared, agreement), carrier: null };
  if (carrier.stream !== stream || carrier.agreement !== agreement) {
    throw new TypeError('the history is of another stream or agreement');
  }
  return { id, agreement, cohort: wrappedKeyIn(carrier, id).cohort, carrier };
}

/** The one draft with `usableThrough` and `purpose` names the cohort; the day is taken, never computed here. */
function cohortNamedBy(prepared: readonly PreparedDraft[], agreement: string): string {
  const naming = prepared.filter(({ clear }) => 'usableThrough' in clear && 'purpose' in clear);
  const { purpose, usableThrough } = naming[0]?.clear ?? {};
  if (naming.length !== 1 || typeof purpose !== 'string' || !isTokyoDay(usableThrough)) {
    throw new TypeError('exactly one draft must name the cohort by purpose and usableThrough');
  }
  if ([agreement, purpose].some((part) => part === '' || part.includes('/'))) {
    throw new TypeError('an agreement and a purpose are not empty and hold no slash');
  }
  return cohortId({ agreement, purpose, usableThrough });
}

/** The data key of a plan, wrapped afresh, so that each event opens on its own. */
export function dataKeyFor(plan: DataKeyPlan, cohort: KeyObject): DataKey {
  const raw = plan.carrier ? rawDataKey(plan.carrier, plan.id, cohort) : freshBytes(KEY_BYTES);
  const binding = dataKeyBinding(plan.id, plan.cohort, plan.agreement);
  const wrap = wrapKey(cohort, binding, raw).toString('base64');
  const key = createSecretKey(raw);
  raw.fill(0);
  return { key, wrapped: { cohort: plan.cohort, wrap } };
}

/** Takes a data key out of an event. Throws `SealBroken`. */
export function dataKeyIn(entry: Entry, id: string, cohort: KeyObject): KeyObject {
  const raw = rawDataKey(entry, id, cohort);
  const key = createSecretKey(raw);
  raw.fill(0);
  return key;
}

/**
 * The wrap of a data key inside its event. The override rows of decision 11 (moves by hold, changed period or early
 * erasure) will be asked before this one.
 */
export function wrappedKeyIn(entry: Entry, id: string): WrappedDataKey {
  const wrapped = entry.keys && Object.hasOwn(entry.keys, id) ? entry.keys[id] : undefined;
  if (!wrapped || typeof wrapped.cohort !== 'string' || wrapped.cohort === '') {
    throw new SealBroken(entry.id, `keys.${id}`);
  }
  return wrapped;
}

function rawDataKey(entry: Entry, id: string, cohort: KeyObject): Buffer {
  const wrapped = wrappedKeyIn(entry, id);
  try {
    return unwrapKey(cohort, dataKeyBinding(id, wrapped.cohort, entry.agreement), fromBase64(wrapped.wrap));
  } catch (error) {
    if (error instanceof BoxBroken || error instanceof TypeError)
      throw new SealBroken(entry.id, `keys.${id}`);
    throw error;
  }
}
