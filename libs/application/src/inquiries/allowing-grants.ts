import type { StandingQuestion } from './standing.js';

/** Who asks for what from where; a few hundred at an agency. */
type Asking = Pick<StandingQuestion, 'operator' | 'terminal' | 'purpose'>;

/** At some 150 bytes each, less than a megabyte. */
const REMEMBERED = 5_000;

/**
 * Which grant allowed the last inquiry of this kind: the one to look at first, so that the read models need not be
 * asked. Ids only, and a suggestion like theirs: whether it still holds is read from its stream every time.
 */
export class AllowingGrants {
  private readonly grants = new Map<string, string>();

  suggest(asking: Asking): string | null {
    return this.grants.get(nameOf(asking)) ?? null;
  }

  /** Call when `grant` has allowed it. The kind longest unheard of is forgotten when there are too many. */
  remember(asking: Asking, grant: string): void {
    const name = nameOf(asking);
    this.grants.delete(name);
    this.grants.set(name, grant);
    if (this.grants.size > REMEMBERED) this.grants.delete(this.grants.keys().next().value as string);
  }
}

const nameOf = ({ operator, terminal, purpose }: Asking): string =>
  JSON.stringify([operator, terminal, purpose]);
