import { LogProofs } from '#application';
import { LogNotFound, PublishedLog, type ServedFile } from '#ledger';
import { LogReaders } from './log-readers.js';
import type { Rooms } from './rooms.js';
import { Fault } from './setting.js';

/** Proofs from the log's published files: the api needs neither its key nor its database for them. */
export const logProofsOf = ({ journal, store, log, configuration }: Rooms): LogProofs =>
  new LogProofs(journal, store, log, () => PublishedLog.open(configuration.paths.log));

/** The log's files for those who were given a token. */
export class PublicLog {
  constructor(
    private readonly readers: LogReaders,
    private readonly directory: string,
    private readonly witnessed: boolean,
  ) {}

  /** Whether the token is somebody's. */
  admits(token: string): boolean {
    return this.readers.nameOf(token) !== null;
  }

  /** A file as C2SP tlog-tiles has it served; null for 404. Throws the ledger's LogInconsistent. */
  serve(path: string): ServedFile | null {
    try {
      return PublishedLog.open(this.directory).serve(path, { witnessed: this.witnessed });
    } catch (error) {
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  }
}

/** The log's files for the configured readers, who were checked when the configuration was read. */
export function publicLogOf({ configuration: { logReaders, witnesses, paths } }: Rooms): PublicLog {
  const readers = logReaders === null ? LogReaders.none : LogReaders.read(logReaders);
  if (readers instanceof Fault) throw new Error(`KIROKU_LOG_READERS ${readers.en}`);
  return new PublicLog(readers, paths.log, witnesses !== null);
}
