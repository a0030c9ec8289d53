import { type KeyPurpose, keyFolding, keyStream, recordDestroyed, recordGenerated } from '#domain';
import type { KeyCustody } from '#vault';
import type { CommandContext, Journal } from '../journal.js';

const RECORDED = ['cohort', 'trail', 'subject', 'append'] as const;

/**
 * Keeps the custody of keys on record (annex 2, 2(5)). Keys are made in the key store first, by the schedule or on
 * demand, and recorded then; this looks for living keys without a record, so a crash in between loses nothing.
 */
export class KeyRecords {
  /** Streams known to exist; only saves look-ups. */
  private readonly known = new Set<string>();

  constructor(
    private readonly journal: Journal,
    private readonly custody: KeyCustody,
  ) {}

  /** Records every living key that has no record yet, and the roots of all epochs. */
  async reconcile(context: CommandContext): Promise<void> {
    for (const kind of RECORDED) {
      for (const id of await this.custody.living(kind)) await this.generated(kind, id, context);
    }
    const { current, roots } = await this.custody.epochs();
    for (const epoch of roots) await this.generated('root', String(epoch), context);
    for (let epoch = current - 1; epoch > 0 && !roots.includes(epoch); epoch -= 1) {
      if (!(await this.destroyed('root', String(epoch), context))) break;
    }
  }

  /** Records a destruction; returns whether it was not on record yet. */
  async destroyed(kind: KeyPurpose, id: string, context: CommandContext): Promise<boolean> {
    const key = nameOf(kind, id);
    const { receipts } = await this.journal.decide(keyStream(key), keyFolding, context, (state) =>
      recordDestroyed(state, key, kind),
    );
    return receipts.length > 0;
  }

  private async generated(kind: KeyPurpose, id: string, context: CommandContext): Promise<void> {
    const key = nameOf(kind, id);
    if (this.known.has(key)) return;
    await this.journal.decide(keyStream(key), keyFolding, context, (state) =>
      recordGenerated(state, key, kind),
    );
    this.known.add(key);
  }
}

/** A key's name on record, for example `trail/2026`; ids alone repeat between kinds. */
const nameOf = (kind: KeyPurpose, id: string): string => `${kind}/${id}`;
