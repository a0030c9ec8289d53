import type { Cosigned, WitnessReply } from '#ledger';
import type { Marks } from '#operations';

/** Mark by which the worker shows every process what each witness says: `Remembered` by the witness's name. */
export const WITNESS_REPLIES = 'witness-replies';

/** What a witness answered, in a word. */
export type ReplyKind = WitnessReply['kind'];
const replyKinds: readonly ReplyKind[] = ['cosigned', 'ahead', 'forked', 'refused', 'unreachable'];

/** It knows another history of the log, or more of it than there is. */
export type Objection = Extract<ReplyKind, 'ahead' | 'forked'>;
const objections: readonly Objection[] = ['ahead', 'forked'];

interface Remembered {
  readonly said: ReplyKind;
  /** Where it has objected and not cosigned since. */
  readonly objection: Objection | null;
}

/** What the log of a process says when a witness answers otherwise than before. */
export interface WitnessNews {
  readonly witness: string;
  readonly reply: ReplyKind;
  /** Its reason, as it gave it or as the way to it failed: at most 200 printable ASCII characters. Of a cosignature none. */
  readonly why?: string;
}

const LONGEST_WHY = 200;

/**
 * What the witnesses said last. An objection stays until the witness that raised it has cosigned: it is not taken back by
 * a witness that cannot be reached any more, nor by a worker that was started since, or who rewrote the log would only
 * have to cut the line. A person ends it by taking the witness out of the list.
 *
 * The mark holds kinds and none of the witness's words. Who takes it away hides an objection from the other processes
 * until the worker has heard the next answer, and from the next worker if that cannot reach the witness.
 */
export class WitnessReplies {
  /** Heard by this process itself. */
  private readonly heard = new Map<string, Remembered>();
  /** What was said of each witness; nobody is told of one that cosigns from the beginning. */
  private readonly told = new Map<string, WitnessNews>();
  private readonly untold = new Map<string, WitnessNews>();

  constructor(
    /** Names of all witnesses. */
    private readonly witnesses: readonly string[],
    private readonly marks: Pick<Marks, 'read' | 'write'>,
  ) {}

  /** One round of answers. On disk when it returns. */
  hear(replies: Cosigned['replies']): void {
    for (const { witness, reply } of replies) {
      this.heard.set(witness, { said: reply.kind, objection: this.objectionAfter(witness, reply.kind) });
      this.note(newsOf(witness, reply));
    }
    const remembered = Object.fromEntries(this.heard);
    if (JSON.stringify(this.marks.read(WITNESS_REPLIES)) !== JSON.stringify(remembered))
      this.marks.write(WITNESS_REPLIES, remembered);
  }

  /** Names of those that object. */
  objecting(): readonly string[] {
    return this.witnesses.filter((name) => this.remembered(name)?.objection);
  }

  /** What each said last, by name: its objection where it has not cosigned since; null where it was never asked. */
  kinds(): Readonly<Record<string, ReplyKind | null>> {
    const kindOf = (name: string): ReplyKind | null => {
      const { said = null, objection = null } = this.remembered(name) ?? {};
      return objection ?? said;
    };
    return Object.fromEntries(this.witnesses.map((name) => [name, kindOf(name)]));
  }

  /** What is new since this was last asked, the latest of each witness. */
  news(): readonly WitnessNews[] {
    const news = [...this.untold.values()];
    this.untold.clear();
    return news;
  }

  private objectionAfter(witness: string, said: ReplyKind): Objection | null {
    if (said === 'cosigned') return null;
    return objections.find((each) => each === said) ?? this.remembered(witness)?.objection ?? null;
  }

  private note(news: WitnessNews): void {
    const { witness, reply, why } = news;
    const before: WitnessNews = this.told.get(witness) ?? { witness, reply: 'cosigned' };
    if (before.reply === reply && before.why === why) return;
    this.told.set(witness, news);
    this.untold.set(witness, news);
  }

  private remembered(witness: string): Remembered | null {
    const heard = this.heard.get(witness);
    if (heard) return heard;
    const marked = this.marks.read<Readonly<Record<string, Partial<Remembered>>>>(WITNESS_REPLIES)?.[witness];
    const said = replyKinds.find((each) => each === marked?.said);
    const objection = objections.find((each) => each === marked?.objection) ?? null;
    return said ? { said, objection } : null;
  }
}

function newsOf(witness: string, reply: WitnessReply): WitnessNews {
  if (reply.kind === 'cosigned') return { witness, reply: reply.kind };
  const why = reply.kind === 'ahead' ? `it has cosigned ${reply.size} entries` : reply.why;
  return { witness, reply: reply.kind, why: plain(why) };
}

/** The words of another machine, in one line: nothing in them steers a terminal, or reads as a line of ours. */
const plain = (text: string): string =>
  text
    .slice(0, 4 * LONGEST_WHY)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, LONGEST_WHY);
