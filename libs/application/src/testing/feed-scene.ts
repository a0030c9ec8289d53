import type { FeedBeginning } from '#domain';
import type { FeedAnswer, FeedItem, FeedWay } from '#notifications';
import { workerContext } from '../journal.js';
import { AGREEMENT, type InMemory } from './in-memory.js';

/** Beginnings beside the record, which a feed under specification does not bring. */
export class InMemoryBeginnings {
  readonly begun: FeedBeginning[] = [];

  newId(): string {
    return `beginning-${this.begun.length + 1}`;
  }

  all(): Promise<readonly FeedBeginning[]> {
    return Promise.resolve([...this.begun]);
  }

  record(beginning: FeedBeginning): Promise<void> {
    if (!this.begun.some((one) => one.beginning === beginning.beginning)) this.begun.push(beginning);
    return Promise.resolve();
  }
}

/** A way that answers as told, once each, and takes everything else. */
export class ScriptedFeedWay implements FeedWay {
  readonly answers: FeedAnswer[] = [];
  /** What was offered, taken or not. */
  readonly offered: (readonly FeedItem[])[] = [];
  readonly taken: FeedItem[] = [];
  /** Takes no more than this at once. */
  most = Infinity;
  during: () => void = () => undefined;

  constructor(readonly acknowledges: boolean) {}

  send(items: readonly FeedItem[]): Promise<FeedAnswer> {
    this.offered.push(items);
    this.during();
    const answer: FeedAnswer =
      this.answers.shift() ?? (items.length > this.most ? { state: 'too-large' } : { state: 'taken' });
    if (answer.state === 'taken') this.taken.push(...items);
    return Promise.resolve(answer);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  get uids(): readonly string[] {
    return this.taken.map(({ uid }) => uid);
  }

  get sizes(): readonly number[] {
    return this.offered.map(({ length }) => length);
  }
}

/** Records so many events, of a type that the feed brings or of one that it leaves out; their ids. */
export async function recordForFeed(
  memory: InMemory,
  count: number,
  leftOut = false,
): Promise<readonly string[]> {
  const { journal } = memory;
  const before = (await memory.store.readAll(null, 10_000)).length;
  for (let index = 0; index < count; index += 1) {
    const key = `k-${journal.newId()}`;
    const event = leftOut
      ? { type: 'CaseReopened', data: { affair: 'rtva-59-1', caseReference: key } }
      : { type: 'KeyGenerated', data: { key, kind: 'trail' } };
    await journal.append(await journal.load(`key-${key}`), [event], workerContext(journal, AGREEMENT));
  }
  return (await memory.store.readAll(null, 10_000)).slice(before).map(({ id }) => id);
}
