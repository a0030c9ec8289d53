import { defineEvent, type FactsOf } from '../kernel/event.js';
import type { SubjectIdentifier } from '../kernel/identity.js';

/** One tail (追跡表示) of the trail: somebody follows it live, over one connection. */
export const tailStream = (tail: string): string => `tail-${tail}`;

export const TailOpened = defineEvent<{
  tail: string;
  operator: string;
  /** The saved search that is followed; null where a query was given, or none. */
  savedSearch: string | null;
  /** Canonical form of the query language; sealed, as the reason is. Null: everything is followed. */
  query: string | null;
  subjects: readonly SubjectIdentifier[];
  reason: string;
  /** It goes on behind this position; null where it begins with the newest. */
  after: string | null;
}>()(
  'TailOpened',
  1,
  { en: 'Somebody began to follow the trail.', ja: '証跡の追跡表示が始まった。' },
  {
    tail: 'clear',
    operator: 'clear',
    savedSearch: 'clear',
    query: 'trail',
    subjects: 'subjects',
    reason: 'trail',
    after: 'clear',
  },
);
export const TailClosed = defineEvent<{
  tail: string;
  operator: string;
  /** `left`, `too-slow`, or the code of the problem that ended it. */
  why: string;
  /** How many rows were handed to the connection. */
  rows: number;
  /** Up to where it was told; null where nothing was on record. */
  position: string | null;
}>()(
  'TailClosed',
  1,
  { en: 'Somebody no longer follows the trail.', ja: '証跡の追跡表示が終わった。' },
  { tail: 'clear', operator: 'clear', why: 'clear', rows: 'clear', position: 'clear' },
);

export const tailEvents = { TailOpened, TailClosed } as const;
export type TailEvent = FactsOf<typeof tailEvents>;
