import {
  addDays,
  addPeriod,
  agreementFolding,
  agreementStream,
  cohortId,
  isInForce,
  listedPurposes,
  periodOn,
  retentionPeriodFolding,
  retentionStream,
  tokyoDay,
} from '#domain';
import type { KeyCustody } from '#vault';
import { foldLoaded, type Journal } from '../journal.js';

/**
 * Makes the keys of today's and tomorrow's cohorts (decision 10), so that no inquiry has to wait for one. Sealing
 * makes a missing one itself; this only keeps that out of office hours. Returns the ids that were made.
 */
export async function makeCohortKeys(
  journal: Journal,
  custody: KeyCustody,
  agreement: string,
): Promise<readonly string[]> {
  const state = foldLoaded(await journal.load(agreementStream(agreement)), agreementFolding);
  if (!isInForce(state)) return [];
  const today = tokyoDay(journal.clock.now());
  const ids: string[] = [];
  for (const purpose of listedPurposes(state)) {
    const periods = foldLoaded(
      await journal.load(retentionStream(agreement, purpose)),
      retentionPeriodFolding,
    );
    for (const day of [today, addDays(today, 1)]) {
      const period = periodOn(periods, day);
      if (period) ids.push(cohortId({ agreement, purpose, usableThrough: addPeriod(day, period) }));
    }
  }
  return ids.length ? custody.ensure('cohort', ids) : [];
}
