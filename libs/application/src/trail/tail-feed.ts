import { matchesQuery, type Query } from '#domain';
import { comparePositions } from '#event-store';
import type { Queries, TrailFilter, TrailRow, TrailStretch } from '#read-models';

/** What one who follows the trail looks for. */
export interface Followed {
  /** Null for everything. */
  readonly query: Query | null;
  /** What rows alone cannot tell is asked of the read models: which of them concern a resident. */
  readonly subjectTokens: TrailFilter['subjectTokens'] | null;
}

/** The newest events as they were read, all of them, between two positions. */
interface Remembered {
  readonly after: string | null;
  readonly through: string;
  readonly rows: readonly TrailRow[];
}

/** At most so many rows at once. */
const PAGE = 500;
/** Of the newest so many stretches stay in memory, of `PAGE` rows at most: some hundred kilobytes each. */
const REMEMBERED = 4;

const isBefore = (one: string | null, other: string | null): boolean =>
  other !== null && (one === null || comparePositions(one, other) < 0);

export const filterOf = ({ query, subjectTokens }: Followed): TrailFilter => ({
  ...(query ? { query } : {}),
  ...(subjectTokens ? { subjectTokens } : {}),
});

/**
 * What is new in the trail, for all who follow it: one `look` reads it once, however many they are, and each takes from
 * memory what matches. Who is further behind than that reads the trail by itself, in stretches, until there. Nobody is
 * pushed: each asks for what comes after the position that it has, and so misses nothing and is told nothing twice.
 */
export class TailFeed {
  /** How far it has looked; null before the first look, and while nothing is on record. */
  private head: string | null = null;
  private looked = false;
  /** Raised whenever everything is forgotten: a look that began before knows nothing of what is followed now. */
  private rests = 0;
  private stretches: Remembered[] = [];
  private readonly waiting = new Set<() => void>();
  private looking: Promise<void> | null = null;

  constructor(private readonly queries: Pick<Queries, 'readUpTo' | 'followTrail'>) {}

  /** Looks once whether the read models have read on, and lets everybody know. A look under way is waited for instead. */
  look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
      this.wake();
    });
    return this.looking;
  }

  /** Forgets everything: nobody follows any more. */
  rest(): void {
    this.rests += 1;
    this.head = null;
    this.looked = false;
    this.stretches = [];
  }

  /** Resolves at the next look, or when `wake` is called. */
  change(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** What matches after a position, or null where nothing is new. `more`: there is more to ask for at once. */
  async after(position: string | null, followed: Followed): Promise<TrailStretch | null> {
    if (!isBefore(position, this.head)) return null;
    const known = this.stretches.find(
      ({ after, through }) => !isBefore(position, after) && isBefore(position, through),
    );
    if (!known || followed.subjectTokens) {
      return this.queries.followTrail(filterOf(followed), { after: position, limit: PAGE });
    }
    const { query } = followed;
    const rows = known.rows.filter(
      (row) =>
        isBefore(position, row.position) && (query === null || matchesQuery(query, { ...row, texts: [] })),
    );
    return { rows, through: known.through, more: isBefore(known.through, this.head) };
  }

  private async lookOnce(): Promise<void> {
    const { rests } = this;
    const readUpTo = (await this.queries.readUpTo())?.position ?? null;
    if (rests !== this.rests) return;
    if (!this.looked) {
      // Whoever comes first has read up to about here by itself: what came before is not looked at again.
      this.looked = true;
      this.head = readUpTo;
      return;
    }
    // While the tables are built anew they are behind: nothing is told again, and following goes on where it was.
    while (isBefore(this.head, readUpTo)) {
      const { rows, through, more } = await this.queries.followTrail({}, { after: this.head, limit: PAGE });
      // Of what lies before these rows nothing is remembered any more.
      if (rests !== this.rests) return;
      if (through === null || !isBefore(this.head, through)) return;
      this.stretches = [...this.stretches, { after: this.head, through, rows }].slice(-REMEMBERED);
      this.head = through;
      this.wake();
      if (!more) return;
    }
  }
}
