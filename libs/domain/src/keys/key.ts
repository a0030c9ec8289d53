import { accept, assertNever, type Decision, refuse } from '../kernel/decision.js';
import type { KeyEvent, KeyPurpose, RecordedKeyEvent } from './key.events.js';

/** The life of one key as the record knows it. */
export type Key = { readonly state: 'none' } | { readonly state: 'living' } | { readonly state: 'destroyed' };

const initialKey: Key = { state: 'none' };

/** Puts a new key on record; again is nothing. A destroyed key is never made again. */
export function recordGenerated(state: Key, key: string, kind: KeyPurpose): Decision<KeyEvent> {
  if (state.state === 'destroyed') return refuse({ code: 'key-destroyed' });
  return state.state === 'living' ? accept() : accept({ type: 'KeyGenerated', data: { key, kind } });
}

/** Puts a destruction on record; again is nothing. */
export function recordDestroyed(state: Key, key: string, kind: KeyPurpose): Decision<KeyEvent> {
  if (state.state === 'destroyed') return accept();
  const destroyed: KeyEvent = { type: 'KeyDestroyed', data: { key, kind } };
  // A key that died before its birth was recorded (a crash in between) is recorded whole.
  return state.state === 'living'
    ? accept(destroyed)
    : accept<KeyEvent>({ type: 'KeyGenerated', data: { key, kind } }, destroyed);
}

function evolveKey(_state: Key, event: RecordedKeyEvent): Key {
  switch (event.type) {
    case 'KeyGenerated':
      return { state: 'living' };
    case 'KeyDestroyed':
      return { state: 'destroyed' };
    default:
      return assertNever(event);
  }
}

export const keyFolding = { initial: initialKey, evolve: evolveKey };
