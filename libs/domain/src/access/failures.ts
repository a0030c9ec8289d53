import { accept, type Decision } from '../kernel/decision.js';
import type { FailureEvent, RecordedFailureEvent } from './access.events.js';

/** Failures of one source, kind and minute before an identity was known; without what was typed (decision 17). */
export interface CountFailures {
  /** Names the stream; UUIDv7, so that the source cannot be read from it. */
  readonly bucket: string;
  readonly source: string;
  readonly kind: string;
  /** Minute of business time, `YYYY-MM-DDTHH:MMZ`. */
  readonly minute: string;
  readonly count: number;
}

export interface FailuresState {
  readonly state: 'none' | 'counted';
}

export const initialFailures: FailuresState = { state: 'none' };

/** Puts the count on record once; a repetition after an uncertain append is accepted without a second event. */
export function decideCountFailures(
  state: FailuresState,
  { bucket, source, kind, minute, count }: CountFailures,
): Decision<FailureEvent> {
  if (state.state === 'counted') return accept();
  return accept<FailureEvent>({ type: 'FailuresCounted', data: { bucket, source, kind, minute, count } });
}

export function evolveFailures(_state: FailuresState, _event: RecordedFailureEvent): FailuresState {
  return { state: 'counted' };
}

export const failuresFolding = { initial: initialFailures, evolve: evolveFailures };
