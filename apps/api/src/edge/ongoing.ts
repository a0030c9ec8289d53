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
