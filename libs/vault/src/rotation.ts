import { VaultUnavailable } from './port.js';
import { openRow, wrapRow } from './key-ring.js';
import type { RootKeys } from './root-keys.js';
import type { KeyTable } from './sqlite/key-table.js';

/** The steps of a rotation, in order; each can be the last before a crash. */
export const rotationSteps = [
  'make-root',
  'rewrap',
  'commit',
  'truncate-journal',
  'destroy-old-roots',
] as const;
export type RotationStep = (typeof rotationSteps)[number];

/** Called before and after each step; the fault tests throw here. */
export type StepHook = (step: RotationStep, moment: 'before' | 'after') => void;

export interface Rotated {
  readonly epoch: number;
  /** The newest epoch whose root this call destroyed; every older one is gone, too. Null when there was none. */
  readonly destroyedEpoch: number | null;
}

/**
 * Re-wraps the survivors under a fresh root and destroys the old one (decision 10), so that old copies of the key
 * table (backups, journals, remapped flash) open nothing.
 *
 * A crash before the commit leaves epoch n with an unused root n+1, which the next run takes. A crash after it leaves
 * epoch n+1 with an old root, which the next run destroys; it begins another epoch first when a key was destroyed in
 * the meantime, for copies under root n+1 hold that key. Other processes go on: they unwrap under the row's epoch.
 */
export async function rotateRoot(
  table: KeyTable,
  roots: RootKeys,
  fence: number,
  hook: StepHook = () => undefined,
): Promise<Rotated> {
  hook('make-root', 'before');
  await table.transaction(() => {
    table.requireFence(fence);
    if (isUnfinished(table, roots)) return;
    const next = table.state().epoch + 1;
    // Durable before any row rests on it.
    roots.make(next);
    hook('make-root', 'after');
    hook('rewrap', 'before');
    rewrapSurvivors(table, roots, next);
    table.beginEpoch(next);
    hook('rewrap', 'after');
    hook('commit', 'before');
  });
  hook('commit', 'after');
  hook('truncate-journal', 'before');
  // Before the old root goes: with rows still in the journal only, the database file itself would need root n.
  await table.truncateJournal();
  hook('truncate-journal', 'after');
  hook('destroy-old-roots', 'before');
  const rotated = await destroyOldRoots(table, roots);
  hook('destroy-old-roots', 'after');
  return rotated;
}

/** An earlier run committed its epoch, did not destroy the old roots, and nothing was destroyed since. */
function isUnfinished(table: KeyTable, roots: RootKeys): boolean {
  const { epoch, generation, epochGeneration } = table.state();
  return generation === epochGeneration && roots.list().some((root) => root < epoch);
}

function rewrapSurvivors(table: KeyTable, roots: RootKeys, next: number): void {
  for (const survivor of table.survivors()) {
    const raw = openRow(roots, survivor, survivor);
    table.rewrap(survivor, wrapRow(roots, survivor, next, raw));
    raw.fill(0);
  }
}

/** Under the lock, which keeps a second rotation from moving the epoch meanwhile. Writes nothing to the table. */
const destroyOldRoots = (table: KeyTable, roots: RootKeys): Promise<Rotated> =>
  table.transaction(() => {
    const { epoch } = table.state();
    const stranded = table.epochsInUse().find((used) => used < epoch);
    if (stranded !== undefined) {
      // Never in our own hands; better an old root too many than keys that nothing opens.
      throw new VaultUnavailable(`keys are still wrapped under epoch ${stranded}: its root is not destroyed`);
    }
    const old = roots.list().filter((root) => root < epoch);
    for (const root of old) roots.destroy(root);
    return { epoch, destroyedEpoch: old.at(-1) ?? null };
  });
