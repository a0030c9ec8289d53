import { type Query, readQuery, savedSearchStream, type SearchThreshold } from '#domain';
import type { Opener } from '#vault';
import type { Journal } from '../journal.js';

/** One version of a saved search, as its event has it. */
interface SavedVersion {
  readonly query: Query;
  readonly threshold: SearchThreshold | null;
}

/**
 * What a version of a saved search looks for, also of one that was changed or removed since; the latest one where no
 * version is given. Null where it is gone with the trail of its year.
 */
export async function savedVersion(
  journal: Journal,
  opener: Opener,
  savedSearch: string,
  version?: number,
): Promise<SavedVersion | null> {
  const { entries } = await journal.load(savedSearchStream(savedSearch));
  const entry = entries.findLast(
    ({ sealed, data }) => sealed?.['query'] && (version === undefined || data['version'] === version),
  );
  if (!entry) return null;
  const opened = await opener.open<string>(entry, 'query');
  if (opened.state !== 'open') return null;
  const { threshold } = entry.data as { readonly threshold: SearchThreshold | null };
  const read = readQuery(opened.value, threshold ? { withinDays: threshold.days } : {});
  return 'refusals' in read ? null : { query: read.query, threshold };
}
