import {
  decideEndWatch,
  decideWatchResident,
  type Entry,
  personBehind,
  watchFolding,
  type WatchResident,
  watchStream,
} from '#domain';
import type { Queries, WatchRow } from '#read-models';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { recordViewing } from './viewing.js';

/** An entry of the watch list with whom it is about. */
export interface WatchReport extends WatchRow {
  /** Null once its key is destroyed. */
  readonly residentCode: string | null;
  readonly reason: string | null;
  /** Operator id of whoever put the person on the list. */
  readonly by: string | null;
}

/** The watch list of protected persons (見守り名簿): whoever inquires about one of them is looked at. */
export class WatchList {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'watchList'>,
  ) {}

  async watch(
    person: Omit<WatchResident, 'entry'>,
    context: CommandContext,
  ): Promise<{ readonly entry: string }> {
    personOf(context);
    const entry = this.journal.newId();
    await this.journal.decide(watchStream(entry), watchFolding, context, (state, now) =>
      decideWatchResident(state, { ...person, entry }, now),
    );
    return { entry };
  }

  /** `watch-missing` for an unknown one, and for one that has ended; so does `show`. */
  async end(entry: string, reason: string, context: CommandContext): Promise<void> {
    personOf(context);
    await this.find(entry, context.agreement);
    await this.journal.decide(watchStream(entry), watchFolding, context, (state) =>
      decideEndWatch(state, { reason }),
    );
  }

  /** The entries, without whom they are about. */
  entries(agreement: string): Promise<readonly WatchRow[]> {
    return this.queries.watchList(agreement);
  }

  /** One entry, with the resident. That somebody looked is on record before it is opened. */
  async show(entry: string, context: CommandContext): Promise<WatchReport> {
    const { watched, until } = await this.find(entry, context.agreement);
    await recordViewing(this.journal, watched.id, context);
    return {
      entry,
      until,
      watchedAt: watched.at,
      by: personBehind(watched),
      residentCode: await this.opened(watched, 'residentCode'),
      reason: await this.opened(watched, 'reason'),
    };
  }

  private async find(
    entry: string,
    agreement: string,
  ): Promise<{ readonly watched: Entry; readonly until: string | null }> {
    const loaded = await this.journal.load(watchStream(entry));
    const state = foldLoaded(loaded, watchFolding);
    const [watched] = loaded.entries;
    if (state.state !== 'watched' || watched?.agreement !== agreement)
      throw new Refused([{ code: 'watch-missing', field: 'entry' }]);
    return { watched, until: state.until };
  }

  private async opened(entry: Entry, field: string): Promise<string | null> {
    const opened = await this.opener.open<string>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}
