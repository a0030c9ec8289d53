import { type Problem, problem } from '../problems/problem.js';
import type { EdgeRequest } from './caller.js';
import type { Demands } from './standing.js';

/** How often answers that go on are looked after, once for all of them; milliseconds of real time. */
export class Pace {
  /** How often the read models are looked at for those who follow the trail. */
  readonly lookMs: number = 250;
  /** How often the rights of whoever is being answered are judged anew: for so long at most somebody goes on without. */
  readonly judgeMs: number = 5_000;
}

/** What an answer asks of whoever is given it, as long as it goes on: what its route asked at first. */
export const demandsOf = ({ caller }: EdgeRequest): Demands => ({
  action: caller?.action ?? null,
  atTerminal: false,
  withInitialPin: false,
});

/** How many answers of a kind may go on at once, and what is said where there are as many. */
interface Room {
  readonly ofPerson: number;
  readonly ofProcess: number;
  readonly tooManyOfPerson: () => Problem;
  readonly tooManyOfProcess: () => Problem;
}
const rooms = {
  tails: {
    ofPerson: 4,
    ofProcess: 100,
    tooManyOfPerson: () => problem('tails-of-person'),
    tooManyOfProcess: () => problem('tails-of-process'),
  },
  files: {
    ofPerson: 4,
    // Some tens of megabytes each at worst: a long list as PDF.
    ofProcess: 16,
    tooManyOfPerson: () => problem('files-of-person'),
    tooManyOfProcess: () => problem('files-of-process'),
  },
} as const satisfies Readonly<Record<string, Room>>;

/** Refuses one more answer that goes on where as many go on as may, of this person or of this process. */
export function assertRoom(
  kind: keyof typeof rooms,
  request: EdgeRequest,
  taken: ReadonlySet<{ readonly request: EdgeRequest }>,
): void {
  const { ofPerson, ofProcess, tooManyOfPerson, tooManyOfProcess } = rooms[kind];
  // Not by session: whoever signs in once more would have as many again.
  const person = request.caller?.operator;
  const own = [...taken].filter(({ request: { caller } }) => caller?.operator === person);
  if (own.length >= ofPerson) throw tooManyOfPerson();
  if (taken.size >= ofProcess) throw tooManyOfProcess();
}
