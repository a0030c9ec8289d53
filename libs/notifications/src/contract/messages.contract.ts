import type { AlertMessage } from '../port.js';

let serial = 0;

/** A message of its own. */
export function messageOf(changes: Partial<AlertMessage> = {}): AlertMessage {
  serial += 1;
  const alert = `01900000-0000-7000-8000-00000000000a-01900000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
  return {
    id: `${alert}.0.0`,
    subject: '【Kiroku】障害の通報 / Alert: failure',
    text: '障害が発生しました。\n\nA failure was declared.\n',
    payload: { type: 'incident.declared', timestamp: '2026-07-01T00:00:00.000Z', data: { alert } },
    contact: '01900000-0000-7000-8000-0000000000c1',
    version: 1,
    ...changes,
  };
}
