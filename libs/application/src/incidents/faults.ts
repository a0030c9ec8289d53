import type { FaultKind } from '#domain';
import type { CommandContext, Journal } from '../journal.js';

export interface RaisedFault {
  /** The incident that it belongs to. */
  readonly incident: string;
  /** An incident has to be declared for it (the policies do). */
  readonly opened: boolean;
}

export interface StandingFault {
  readonly fault: string;
  readonly kind: FaultKind;
  readonly incident: string;
  readonly times: number;
  readonly standing: boolean;
}

export class Faults {
  constructor(readonly journal: Journal) {}
  /** Observed once more; idempotent while it stands. */
  raise(
    _kind: FaultKind,
    _context: CommandContext,
    _seen: { readonly occurrences?: number; readonly through?: string | null } = {},
  ): Promise<RaisedFault> {
    throw new Error('to come');
  }
  /** Whether it stood. */
  clear(_kind: FaultKind, _context: CommandContext, _times?: number): Promise<boolean> {
    throw new Error('to come');
  }
  /** The fault as on record; null when it was never seen. */
  standing(_kind: FaultKind, _agreement: string): Promise<StandingFault | null> {
    throw new Error('to come');
  }
}
