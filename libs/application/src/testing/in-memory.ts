import { catalogue, parseEntry, recordedEvent, upcasters } from '#domain';
import { type CommandContext, Journal, type RecordedAny } from '../journal.js';
import { InMemoryEventStore } from './in-memory-event-store.js';
import { InMemoryCredentials, InMemorySessions, MovedClock } from './in-memory-operations.js';
import { InMemoryVault } from './in-memory-vault.js';

export { InMemoryCredentials, InMemoryEventStore, InMemorySessions, InMemoryVault, MovedClock };

/** Monday, 2026-04-06, 10:00 in Tokyo. */
export const MONDAY_MORNING = '2026-04-06T01:00:00.000Z';

/** The agreement of specifications. */
export const AGREEMENT = 'mlit-jlis';

const CORRELATION = '019d6000-0000-7000-8000-000000000000';

/** A command of an operator. */
export const by = (operator: string): CommandContext => ({
  actor: { operator },
  agreement: AGREEMENT,
  correlation: CORRELATION,
});

/** A command of `init`. */
export const byInit: CommandContext = {
  actor: { system: 'init' },
  agreement: AGREEMENT,
  correlation: CORRELATION,
};

/** Everything under the use cases, in memory. */
export class InMemory {
  readonly clock: MovedClock;
  readonly store = new InMemoryEventStore();
  readonly vault = new InMemoryVault();
  readonly credentials = new InMemoryCredentials();
  readonly sessions: InMemorySessions;
  readonly journal: Journal;

  constructor(start: string = MONDAY_MORNING) {
    this.clock = new MovedClock(start);
    this.sessions = new InMemorySessions(this.clock);
    this.journal = new Journal(this.store, this.vault, this.clock);
  }

  /** The recorded events of a stream: header and clear fields. */
  async recorded(stream: string): Promise<readonly RecordedAny[]> {
    const stored = await this.store.readStream(stream);
    return stored.map(({ entry }) => recordedEvent(parseEntry(entry), catalogue, upcasters));
  }

  /** The types of the events of a stream, in order. */
  async types(stream: string): Promise<readonly string[]> {
    return (await this.recorded(stream)).map(({ type }) => type);
  }

  /** All entries as stored, as text: what somebody with the database would see (less the sealing). */
  async entries(): Promise<readonly string[]> {
    return (await this.store.readAll(null, 10_000)).map(({ entry }) => entry);
  }
}
