import type { ProjectedEvent, TrailRow } from './port.js';
import { named, type RecordedEvent } from './recorded-event.js';
import { outcomeOf, refusalsOf, whoDidIt } from './trail.js';

/** The columns of the trail of which an event itself may speak. */
export type TrailFacts = Pick<
  TrailRow,
  | 'operator'
  | 'terminal'
  | 'session'
  | 'grant'
  | 'purpose'
  | 'outcome'
  | 'refusals'
  | 'caseReference'
  | 'inquiry'
>;

/** Columns that an event fills alone: its row shows these and nothing else there. */
export const factsAlone = ['operator', 'terminal', 'session', 'refusals', 'inquiry'] as const;
/** Columns in which the row of a follow-up event shows those of its inquiry, where the event itself says nothing (null). */
export const factsWhereSaid = ['grant', 'purpose', 'outcome', 'caseReference'] as const;

/** What an event says of itself, as its row of the trail shows it, without any event before it. */
export function trailFacts(clear: ProjectedEvent['event']): TrailFacts {
  const event = clear as RecordedEvent;
  return {
    ...whoDidIt(event),
    grant: named(event, 'grant'),
    purpose: named(event, 'purpose'),
    outcome: outcomeOf(event),
    refusals: refusalsOf(event),
    caseReference: named(event, 'caseReference'),
    inquiry: named(event, 'inquiry'),
  };
}
