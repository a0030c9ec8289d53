import {
  decideBeginFeed,
  type FeedBeginning,
  feedFolding,
  feedStream,
  type FeedBeginningsSoFar,
} from '#domain';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/** Where the feed began, on record: what says that there ought to be a mark. */
export class FeedBeginnings {
  constructor(
    private readonly journal: Journal,
    private readonly context: () => CommandContext,
  ) {}

  newId(): string {
    return this.journal.newId();
  }

  /** Every beginning, oldest first. */
  async all(): Promise<FeedBeginningsSoFar> {
    return foldLoaded(await this.journal.load(this.stream), feedFolding);
  }

  /** Durable when it resolves; again is nothing. */
  async record(beginning: FeedBeginning): Promise<void> {
    await this.journal.decide(this.stream, feedFolding, this.context(), (state) =>
      decideBeginFeed(state, beginning),
    );
  }

  private get stream(): string {
    return feedStream(this.context().agreement);
  }
}
