import { hash } from 'node:crypto';
import { canonical } from './canonical.js';
import { keyName, type StoreKey } from './store-key.js';

/**
 * What each box is bound to (decision 15): the additional authenticated data, always a SHA-256.
 * The hashed text of a field begins with `{`, that of a wrap with its label, so that no field's binding is ever a
 * wrap's. Canonical JSON holds no raw 0x00, so the separators are unambiguous.
 */

/** SHA-256(header ‖ 0x00 ‖ field path), the header as `EntryText.header` has it: a box moved to another event or field does not open. */
export const fieldBinding = (header: string, path: string): Buffer => digest(`${header}\u0000${path}`);

/** A data key is bound to its id, its cohort and its agreement. */
export const dataKeyBinding = (dataKey: string, cohort: string, agreement: string): Buffer =>
  digest(`kiroku/data-key\u0000${canonical([dataKey, cohort, agreement], 'a data key')}`);

/** A key of the key store is bound to its kind, its id, and the epoch whose root wraps it. */
export const storeKeyBinding = (key: StoreKey, epoch: number): Buffer =>
  digest(`kiroku/store-key\u0000${canonical([key.kind, key.id, epoch], keyName(key))}`);

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
