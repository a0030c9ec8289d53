import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** One entry of the watch list of protected persons (見守り名簿). The id is random: it stands for a resident. */
export const watchStream = (entry: string): string => `watch-${entry}`;

export const ResidentWatched = defineEvent<{
  entry: string;
  /**
   * Sealed under a key of the entry's own, because tokens change with the fiscal year and have to be made anew from it.
   */
  residentCode: string;
  /** Last Tokyo day on which inquiries are looked at; null for no end. */
  until: string | null;
  reason: string;
}>()(
  'ResidentWatched',
  1,
  {
    en: 'A protected person was put on the watch list: inquiries about them are looked at.',
    ja: '要保護者が見守り名簿に載り、その照会が点検の対象となった。',
  },
  { entry: 'clear', residentCode: { person: 'entry' }, until: 'clear', reason: 'trail' },
);

export const WatchEnded = defineEvent<{ entry: string; reason: string }>()(
  'WatchEnded',
  1,
  { en: 'A person was taken off the watch list.', ja: '見守り名簿から外された。' },
  { entry: 'clear', reason: 'trail' },
);

export const watchEvents = { ResidentWatched, WatchEnded } as const;
export type WatchEvent = FactsOf<typeof watchEvents>;
export type RecordedWatchEvent = RecordsOf<typeof watchEvents>;
