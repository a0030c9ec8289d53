import { accept, type Decision } from '../kernel/decision.js';
import type { TokyoDay } from '../kernel/tokyo.js';
import type { RecordedSavedSearchLookEvent, SavedSearchLookEvent } from './saved-search.events.js';

/** The worker is about to open what people wrote into so many events. */
export interface JudgeSavedSearch {
  readonly savedSearch: string;
  readonly version: number;
  readonly day: TokyoDay;
  readonly events: number;
}

/** Whether the look of this version and day is on record. */
export type SavedSearchLookState = 'none' | 'judged';

/** Puts the look on record, once: a worker that stopped in the middle looks again under the same record. */
export const decideJudgeSavedSearch = (
  state: SavedSearchLookState,
  { savedSearch, version, day, events }: JudgeSavedSearch,
): Decision<SavedSearchLookEvent> =>
  state === 'judged'
    ? accept()
    : accept<SavedSearchLookEvent>({
        type: 'SavedSearchJudged',
        data: { savedSearch, version, day, events },
      });

export const savedSearchLookFolding = {
  initial: 'none' as SavedSearchLookState,
  evolve: (_state: SavedSearchLookState, _event: RecordedSavedSearchLookEvent): SavedSearchLookState =>
    'judged',
};
