import { searchStream } from '#domain';
import { personOf } from '../access/acting-person.js';
import type { CommandContext, Journal } from '../journal.js';

/** Puts on record that somebody is about to see an event's sealed content (decision 19): before it is opened. */
export async function recordViewing(journal: Journal, event: string, context: CommandContext): Promise<void> {
  const operator = personOf(context);
  const search = journal.newId();
  const stream = await journal.load(searchStream(search));
  await journal.append(stream, [{ type: 'EventViewed', data: { search, operator, event } }], context);
}
