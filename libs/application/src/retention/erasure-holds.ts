import { approveRelease, erasureHoldFolding, erasureHoldStream } from '#domain';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/** The two people of decision 13. */
export class ErasureHolds {
  constructor(private readonly journal: Journal) {}

  async approve(run: string, approver: string, context: CommandContext): Promise<{ released: boolean }> {
    const stream = erasureHoldStream(run);
    await this.journal.decide(stream, erasureHoldFolding, context, (state) =>
      approveRelease(state, run, approver),
    );
    return { released: foldLoaded(await this.journal.load(stream), erasureHoldFolding).state === 'released' };
  }
}
