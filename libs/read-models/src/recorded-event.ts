import type { catalogueByCapability, RecordsOf } from '#domain';
import type { ProjectedEvent } from './port.js';

type ByCapability = typeof catalogueByCapability;

/** Every event of the catalogue in its clear view: narrow by `event.type`. */
export type RecordedEvent = {
  [Capability in keyof ByCapability]: RecordsOf<ByCapability[Capability]>;
}[keyof ByCapability];

/**
 * The event with its type. The follower has looked its type up in the catalogue before (`recordedEvent`), which
 * is what makes this a view and not a hope.
 */
export const recorded = ({ event }: ProjectedEvent): RecordedEvent => event as RecordedEvent;

/** Fields that mean the same wherever in the catalogue they appear (`recorded-event.spec.ts` holds it to that). */
export type SharedField =
  | 'inquiry'
  | 'operator'
  | 'terminal'
  | 'session'
  | 'grant'
  | 'purpose'
  | 'caseReference';

/** What an event's clear data says in a shared field, or null. */
export function named({ data }: RecordedEvent, field: SharedField): string | null {
  const value = (data as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : null;
}
