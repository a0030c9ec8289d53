import type { Kiroku } from '../../harness/kiroku.js';
import type { Person } from '../../harness/people.js';

export interface Recorded {
  readonly type: string;
  readonly stream: string;
  readonly operator: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of a type that are on record, oldest first, as stored: sealed fields stay sealed. */
export async function onRecord(
  kiroku: Kiroku,
  security: Person,
  type: string,
  filter: object = {},
): Promise<readonly Recorded[]> {
  await kiroku.settle();
  const { body } = await security
    .post('/v1/audit/searches', { type, ...filter, limit: 500, reason: 'daily review' })
    .expect(200);
  const rows = body.rows as readonly { id: string; stream: string; operator: string | null }[];
  const events: Recorded[] = [];
  for (const { id, stream, operator } of rows.toReversed()) {
    const viewed = await security.get(`/v1/events/${id}`).expect(200);
    events.push({ type, stream, operator, data: viewed.body.entry.data });
  }
  return events;
}
