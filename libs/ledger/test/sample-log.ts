import { Buffer } from 'node:buffer';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '#domain';
import { ed25519Signer } from '../src/core/signing-key.js';
import { leafHash } from '../src/core/hashing.js';
import type { SequencedEvent } from '../src/port.js';

export const ORIGIN = 'kiroku.example/log';
export const NOW = '2026-04-01T00:00:00.000Z';

/** An Ed25519 key made from a seed byte: PKCS#8 is a fixed prefix (RFC 8410) and the seed. */
export const seededPem = (seed: Buffer): string =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

export const signerOf = (seed = 7, name = ORIGIN) => ed25519Signer(name, seededPem(Buffer.alloc(32, seed)));

/** Event number `index`: its id, position (with gaps) and entry are the same in every run. */
export function eventAt(index: number, variant = ''): SequencedEvent {
  const id = `0190a000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
  const entry: Entry = {
    actor: { system: 'api' },
    agreement: 'agreement-1',
    at: NOW,
    correlation: '0190a000-0000-7000-9000-000000000000',
    data: { number: index, ...(variant === '' ? {} : { variant }) },
    id,
    stream: `inquiry-${id}`,
    type: 'InquiryReceived',
    v: 1,
  };
  return sequenced(id, String(10 + 3 * index), JSON.stringify(entry));
}

export const sequenced = (eventId: string, position: string, entry: string): SequencedEvent => ({
  eventId,
  position,
  entry,
  leafHash: leafHash(Buffer.from(entry)).toString('hex'),
});

/** Events [from, to). */
export const eventsIn = (from: number, to: number, variant = ''): SequencedEvent[] =>
  Array.from({ length: to - from }, (_, at) => eventAt(from + at, variant));

/** Temporary directories, all removed by `clear`. */
export class Places {
  private readonly made: string[] = [];

  constructor(private readonly under = tmpdir()) {}

  make(): { directory: string; database: string } {
    const place = mkdtempSync(join(this.under, 'kiroku-ledger-'));
    this.made.push(place);
    return { directory: join(place, 'log'), database: join(place, 'ledger.sqlite') };
  }

  clear(): void {
    for (const place of this.made.splice(0)) rmSync(place, { recursive: true, force: true });
  }
}

/** A small generator of numbers (mulberry32), so that properties are tried on the same cases in every run. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
