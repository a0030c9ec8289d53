import { agreementStream } from '#domain';
import type { Faults } from '../incidents/faults.js';
import type { CommandContext, Journal } from '../journal.js';
import type { TakenUp } from './policy-mark.js';

/**
 * What a policy says about a mark that is gone, or that another hand wrote. A process that has read on by itself puts its
 * own back, and nothing is missed. One that starts begins a new one where the events end, and what would have followed
 * from those in between does not: so that is a fault, and people have to look through the time since.
 *
 * That there ought to be a mark the events say: `initialise` makes the marks of both policies before it concludes the
 * agreement. Who lost the operations database is told so too. A mark of another history is the log's to tell.
 */
export class LostMark {
  constructor(
    private readonly journal: Pick<Journal, 'load'>,
    private readonly faults: Pick<Faults, 'raise'>,
  ) {}

  /** To be called before the new mark is kept: after a crash in between it is told again, which is once. */
  async tell(taken: TakenUp, context: CommandContext): Promise<void> {
    if (await this.isAmiss(taken, context)) await this.faults.raise('mark-forged', context);
  }

  private async isAmiss(taken: TakenUp, context: CommandContext): Promise<boolean> {
    if (taken === 'none') return this.isInstalled(context);
    return taken === 'lost' || taken === 'forged';
  }

  private async isInstalled({ agreement }: CommandContext): Promise<boolean> {
    return (await this.journal.load(agreementStream(agreement))).revision >= 0;
  }
}
