import { type LogFiles, LogNotFound, type LogReader, type LogState, openLogReadOnly } from '#ledger';

/** The state of a log that nobody has begun yet. */
const notBegun: LogState = {
  origin: '',
  size: 0,
  root: '',
  position: null,
  eventId: null,
  note: '',
  fence: 0,
  createdAt: '',
};

/**
 * The log for a process that only reads it. The worker makes it, and may start later: until then the log is empty,
 * which is what `LogHealth` must see to fail closed in time (decision 8).
 */
export function logThatMayCome(files: LogFiles): LogReader {
  let opened: Promise<LogReader> | null = null;
  const log = async (): Promise<LogReader | null> => {
    opened ??= openLogReadOnly(files);
    try {
      return await opened;
    } catch (error) {
      opened = null;
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  };
  const begun = async (): Promise<LogReader> => {
    const found = await log();
    if (!found) throw new LogNotFound(files.database);
    return found;
  };
  return {
    state: async () => (await log())?.state() ?? notBegun,
    checkpointNote: async () => (await begun()).checkpointNote(),
    leafOf: async (eventId) => (await log())?.leafOf(eventId) ?? null,
    rootAt: async (size) => (await begun()).rootAt(size),
    inclusionProof: async (leafIndex, size) => (await begun()).inclusionProof(leafIndex, size),
    consistencyProof: async (from, to) => (await begun()).consistencyProof(from, to),
    close: async () => {
      // Not through `log()`: closing must not open what nobody has asked for.
      const reader = await opened?.catch(() => null);
      await reader?.close();
    },
  };
}
