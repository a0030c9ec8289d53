import { ForgedEvent } from '#event-store';
import type { Journal, LoadedStream } from '../journal.js';

/**
 * Streams as loaded, and null for each that somebody has changed: one of them must not keep the alarm from all the
 * others. That it was changed is said by whoever watches the log.
 */
export async function loadGenuine(
  journal: Journal,
  streams: readonly string[],
): Promise<readonly (LoadedStream | null)[]> {
  try {
    return await journal.loadAll(streams);
  } catch (error) {
    if (!(error instanceof ForgedEvent)) throw error;
  }
  return Promise.all(
    streams.map(async (stream) => {
      try {
        return await journal.load(stream);
      } catch (error) {
        if (error instanceof ForgedEvent) return null;
        throw error;
      }
    }),
  );
}
