import { v7 as uuidv7 } from 'uuid';
import {
  type Actor,
  type AnyEvent,
  catalogue,
  type Decision,
  type Entry,
  type EventDraft,
  type EventHeader,
  parseEntry,
  recordedEvent,
  upcasters,
} from '#domain';
import { type EventStore, type ExpectedRevision, type Receipt, RevisionConflict } from '#event-store';
import type { Clock } from '#operations';
import type { Sealer } from '#vault';
import { Refused } from './refused.js';

/** Who acts, under which agreement, in answer to which command. Made at the edge (HTTP, schedule, cli). */
export interface CommandContext {
  readonly actor: Actor;
  readonly agreement: string;
  /** UUIDv7 of the command; every event it leads to carries it. */
  readonly correlation: string;
}

/** The context of the worker's own commands: nobody asked for them but the schedule. */
export const workerContext = (journal: Journal, agreement: string): CommandContext => ({
  actor: { system: 'retention-worker' },
  agreement,
  correlation: journal.newId(),
});

/** A stream as loaded: the entries as stored, and the recorded view that folds. */
export interface LoadedStream {
  readonly stream: string;
  /** -1 when there is no such stream. */
  readonly revision: number;
  readonly entries: readonly Entry[];
  readonly recorded: readonly RecordedAny[];
}

export type RecordedAny = EventHeader & { readonly data: object };

/** How a stream folds; each capability of the domain exports one of these as `evolve` and `initial`. */
export interface Folding<S, E> {
  readonly initial: S;
  readonly evolve: (state: S, event: E) => S;
}

export interface Decided<S> {
  readonly receipts: readonly Receipt[];
  /** The state the decision was taken on. */
  readonly state: S;
}

/** Sealed events only; at a few kilobytes a stream this is some tens of megabytes. */
const CACHED_STREAMS = 5_000;
const ATTEMPTS = 8;

/**
 * Loads streams, asks deciders, seals, appends: the handler between commands and the event store.
 *
 * A revision conflict means that somebody else wrote first: the stream is loaded and decided again, with new
 * event ids (decision 3). Everything an append answers for is on disk when it resolves (decision 2).
 */
export class Journal {
  /** Streams by name, newest use last. Correct because the head revision is asked for at every use. */
  private readonly cache = new Map<string, LoadedStream>();

  constructor(
    private readonly store: EventStore,
    private readonly sealer: Sealer,
    readonly clock: Clock,
  ) {}

  /** A UUIDv7 of real time; the age of an event that the log has not sequenced yet is read from it. */
  newId(): string {
    return uuidv7({ msecs: this.clock.realNow() });
  }

  async load(stream: string): Promise<LoadedStream> {
    return (await this.loadAll([stream]))[0] as LoadedStream;
  }

  /** Loads several streams at once; those that have not moved since the last time come from memory. */
  async loadAll(streams: readonly string[]): Promise<readonly LoadedStream[]> {
    const heads = await this.store.headRevisions(streams);
    return Promise.all(
      streams.map(async (stream, index) => {
        const cached = this.cache.get(stream);
        if (cached && cached.revision === heads[index]) return this.remember(cached);
        return this.read(stream);
      }),
    );
  }

  /** Whether any of these streams has moved past the revision at which it was loaded. */
  async haveMoved(loaded: readonly LoadedStream[]): Promise<boolean> {
    const heads = await this.store.headRevisions(loaded.map(({ stream }) => stream));
    return loaded.some(({ revision }, index) => heads[index] !== revision);
  }

  /** Seals and appends events that were decided on `at` at business time `now`; resolves when they are durable. */
  async append(
    at: LoadedStream,
    events: readonly AnyEvent[],
    context: CommandContext,
    now: string = this.clock.now(),
  ): Promise<readonly Receipt[]> {
    const drafts: EventDraft[] = events.map((event) => ({
      id: this.newId(),
      type: event.type,
      v: catalogue[event.type]?.version ?? 1,
      stream: at.stream,
      at: now,
      agreement: context.agreement,
      actor: context.actor,
      correlation: context.correlation,
      data: event.data,
    }));
    const sealed = await this.sealer.seal(drafts, at.entries);
    const expected: ExpectedRevision = at.revision < 0 ? 'no-stream' : at.revision;
    const receipts = await this.store.append(at.stream, expected, sealed);
    const entries = sealed.map(({ entry }) => parseEntry(entry));
    this.remember({
      stream: at.stream,
      revision: at.revision + entries.length,
      entries: [...at.entries, ...entries],
      recorded: [...at.recorded, ...entries.map((entry) => recordedEvent(entry, catalogue, upcasters))],
    });
    return receipts;
  }

  /**
   * Loads `stream`, folds it, decides, and appends what was decided. Throws `Refused` with the decider's reasons
   * after putting on record whatever the refusal asked to have recorded.
   */
  async decide<S, E extends AnyEvent, R>(
    stream: string,
    folding: Folding<S, R>,
    context: CommandContext,
    decider: (state: S, now: string, loaded: LoadedStream) => Decision<E> | Promise<Decision<E>>,
  ): Promise<Decided<S>> {
    for (let attempt = 1; ; attempt += 1) {
      const loaded = await this.load(stream);
      const state = foldLoaded(loaded, folding);
      const now = this.clock.now();
      const decision = await decider(state, now, loaded);
      try {
        const receipts = decision.events.length
          ? await this.append(loaded, decision.events, context, now)
          : [];
        if (!decision.accepted) throw new Refused(decision.refusals);
        return { receipts, state };
      } catch (error) {
        if (!(error instanceof RevisionConflict) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async read(stream: string): Promise<LoadedStream> {
    const stored = await this.store.readStream(stream);
    const entries = stored.map(({ entry }) => parseEntry(entry));
    const recorded = entries.map((entry) => recordedEvent(entry, catalogue, upcasters));
    return this.remember({ stream, revision: stored.length - 1, entries, recorded });
  }

  private remember(loaded: LoadedStream): LoadedStream {
    this.cache.delete(loaded.stream);
    if (loaded.revision < 0) return loaded;
    this.cache.set(loaded.stream, loaded);
    if (this.cache.size > CACHED_STREAMS) this.cache.delete(this.cache.keys().next().value as string);
    return loaded;
  }
}

/** The state that a loaded stream folds to. */
export const foldLoaded = <S, R>(loaded: LoadedStream, { initial, evolve }: Folding<S, R>): S =>
  (loaded.recorded as unknown as readonly R[]).reduce(evolve, initial);
