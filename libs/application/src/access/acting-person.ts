import { type AccessRefusal, operatorFolding, operatorStream, type Refusal, type Side } from '#domain';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';

/** A refusal that a use case gives itself, from the same catalogue as those of the deciders. */
export const accessRefused = (code: AccessRefusal): Refused =>
  new Refused([{ code } satisfies Refusal<AccessRefusal>]);

/** The person who acts. Throws `Refused` for the system: what needs four eyes needs people. */
export function personOf({ actor }: CommandContext): string {
  if (!('operator' in actor)) throw accessRefused('person-required');
  return actor.operator;
}

/** The side of the agreement that somebody is on, from the person's own stream. */
export async function sideOfPerson(journal: Journal, operator: string): Promise<Side> {
  const person = foldLoaded(await journal.load(operatorStream(operator)), operatorFolding);
  if (person.state === 'none') throw accessRefused('operator-missing');
  return person.side;
}

/** The side of the agreement that the acting person is on. */
export const sideOf = (journal: Journal, context: CommandContext): Promise<Side> =>
  sideOfPerson(journal, personOf(context));
