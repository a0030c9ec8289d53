import type { EventHeader } from './event.js';

/** Folds the recorded events of one stream into its state. */
export const fold = <S, E extends EventHeader>(
  evolve: (state: S, event: E) => S,
  initial: S,
  events: readonly E[],
): S => events.reduce(evolve, initial);
