import { matchesQuery } from '#domain';
import type { Queries, ReadPosition, TrailFilter, TrailRow } from '#read-models';

/** What a row has of which nothing is known. */
export const nowhere = {
  stream: 'inquiry-1',
  at: '2026-04-06T01:00:00.000Z',
  agreement: 'mlit-jlis',
  operator: null,
  unit: null,
  terminal: null,
  session: null,
  grant: null,
  purpose: null,
  outcome: null,
  refusals: [],
  caseReference: null,
  caseMatches: null,
  inquiry: null,
} as const;

/** A row that concerns a resident: found by the token. */
interface Told extends TrailRow {
  readonly token: string | null;
}

const rowOf = ({ token: _token, ...row }: Told): TrailRow => row;
const isAfter = (one: string, other: string | null): boolean => other === null || Number(one) > Number(other);

/**
 * The trail as the read models tell it, for specifications: a row at each position from 1 on, read up to where it is
 * told to. Counts what it is asked.
 */
export class InMemoryTrail implements Pick<Queries, 'readUpTo' | 'searchTrail' | 'followTrail'> {
  private readonly rows: Told[] = [];
  /** How many of the rows have been read; null: all. */
  readRows: number | null = null;
  readonly asked = { readUpTo: 0, searchTrail: 0, followTrail: 0 };
  failing: Error | null = null;

  /** Something happens; its position. */
  add(operator: string, token: string | null = null): string {
    const position = String(this.rows.length + 1);
    this.rows.push({ ...nowhere, position, id: `e-${position}`, type: 'InquiryReceived', operator, token });
    return position;
  }

  private get read(): readonly Told[] {
    return this.readRows === null ? this.rows : this.rows.slice(0, this.readRows);
  }

  private get position(): ReadPosition | null {
    const last = this.read.at(-1);
    return last ? { position: last.position, eventId: last.id } : null;
  }

  private found({ query, subjectTokens }: TrailFilter): readonly Told[] {
    return this.read.filter(
      (row) =>
        (!query || matchesQuery(query, { ...row, texts: [] })) &&
        (!subjectTokens || subjectTokens.some(({ token }) => token === row.token)),
    );
  }

  private count(what: keyof InMemoryTrail['asked']): Promise<void> {
    this.asked[what] += 1;
    return this.failing ? Promise.reject(this.failing) : Promise.resolve();
  }

  async readUpTo(): Promise<ReadPosition | null> {
    await this.count('readUpTo');
    return this.position;
  }

  searchTrail: Queries['searchTrail'] = async (filter, { limit }) => {
    await this.count('searchTrail');
    const rows = this.found(filter).toReversed().slice(0, limit).map(rowOf);
    return { rows, next: null, readUpTo: this.position };
  };

  followTrail: Queries['followTrail'] = async (filter, { after, limit }) => {
    await this.count('followTrail');
    const rows = this.found(filter)
      .filter(({ position }) => isAfter(position, after))
      .map(rowOf);
    const more = rows.length > limit;
    const end = this.position?.position ?? null;
    const behind = end !== null && isAfter(end, after) ? end : after;
    return { rows: rows.slice(0, limit), more, through: more ? (rows[limit - 1]?.position ?? null) : behind };
  };
}
