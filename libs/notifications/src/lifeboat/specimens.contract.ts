import * as fs from 'node:fs';
import type { LifeboatAlarm, LifeboatDelivery, Provisions } from '../port.js';
import type { Files } from './files.js';

export const key = Buffer.alloc(32, 0x4c);
export const agreement = '01900000-0000-7000-8000-0000000000a1';

/** An id by form: the same for the same number. */
export const idOf = (number: number): string =>
  `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** Provisions with one contact, whose words must never be readable. */
export const provisionsOf = (address = 'oncall@agency.example'): Provisions => ({
  agreement,
  contacts: [
    {
      contact: idOf(1),
      party: 'recipient',
      version: 1,
      name: '当直 花子',
      channels: [
        { kind: 'smtp', address },
        { kind: 'webhook', address: 'https://agency.example/hook' },
      ],
    },
  ],
  checkpoint: 'log.example/kiroku\n12\nqA==\n\n— log.example/kiroku Az3grlgt\n',
});

/** An alarm, told apart by its number, that was brought so many times. */
export const alarmOf = (number: number, deliveries = 1): LifeboatAlarm => ({
  incident: idOf(0x1000 + number),
  kind: 'store-failed',
  since: '2026-07-01T00:00:00.000Z',
  deliveries: Array.from({ length: deliveries }, (_, index) => deliveryOf(number, index)),
});

const deliveryOf = (number: number, index: number): LifeboatDelivery => ({
  contact: idOf(index),
  party: index % 2 ? 'provider' : 'recipient',
  channel: index % 3,
  kind: 'smtp',
  message: `<${idOf(0x1000 + number)}-${idOf(index)}.${index % 3}.0@agency.example>`,
  at: new Date(Date.UTC(2026, 6, 1) + (number * 997 + index * 7_919) * 13).toISOString(),
  why: null,
});

/** The file system's errors, as it reports them. */
const broken = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: of a test`), { code });

/** A disk without a free block while `full()`: what a file has is written over, and nothing is added. */
export const fullDisk = (full: () => boolean): Files => ({
  ...fs,
  writeSync: ((file: number, bytes: Buffer, offset: number, length: number, position: number) => {
    if (full() && position + length > fs.fstatSync(file).size) throw broken('ENOSPC');
    return fs.writeSync(file, bytes, offset, length, position);
  }) as typeof fs.writeSync,
});

const CALLS = [
  'fsyncSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmSync',
  'statSync',
  'writeSync',
] as const;

/**
 * A disk that fails once the `nth` call that could change something has come (from 0 on), and at every call after it:
 * what is seen afterwards is what a crash at that moment leaves. A write of that number is done in half.
 */
export function failingAt(nth: number): { readonly files: Files; readonly calls: () => number } {
  let calls = 0;
  const guarded = Object.fromEntries(
    CALLS.map((name) => [
      name,
      (...given: unknown[]): unknown => {
        calls += 1;
        const work = fs[name] as (...all: unknown[]) => unknown;
        if (calls <= nth) return work(...given);
        if (calls === nth + 1 && name === 'writeSync') {
          const [file, bytes, offset, length, position] = given as [number, Buffer, number, number, number];
          fs.writeSync(file, bytes, offset, Math.floor(length / 2), position);
        }
        throw broken('EIO');
      },
    ]),
  );
  return { files: { ...fs, ...guarded }, calls: () => calls };
}
