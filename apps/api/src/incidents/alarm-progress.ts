import { ALARM_POLICIES } from '#application';
import type { Marks } from '#operations';

/** How far the alarm has read, and what it knows to be open. */
export interface AlarmProgress {
  readonly position: string | null;
  /** Ids of the open incidents, oldest first. */
  readonly open: readonly string[];
}

/** As kept by whichever process carries the alarm out: the worker, or an api while the worker is silent. */
export const alarmProgress = (marks: Pick<Marks, 'read'>): AlarmProgress =>
  marks.read<AlarmProgress>(ALARM_POLICIES) ?? { position: null, open: [] };
