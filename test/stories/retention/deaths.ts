import type { House, Tools } from './house.js';

/** The worker dies here: nothing after this line of the run happens. */
export class Death extends Error {
  constructor(step: string) {
    super(`died at ${step}`);
    this.name = 'Death';
  }
}

/** At which call the worker dies: before it has any effect, or after its effect is on disk and before the answer. */
export interface Point {
  readonly step: string;
  /** Which of the calls with this name, from 1. */
  readonly occurrence: number;
  readonly moment: 'before' | 'after';
}

type Method = (...args: never[]) => unknown;

/**
 * The rooms of a run with every call that has an effect, or on which a certificate rests, given a name. `point` lets
 * one of them be the last; `steps` lists those that were made.
 */
export class Deaths {
  readonly steps: string[] = [];

  constructor(private readonly point: Point | null = null) {}

  tools({ tools }: House): Tools {
    return {
      store: this.watched(tools.store, {
        append: (_stream: string, _expected: unknown, events: readonly { type: string; entry: string }[]) =>
          `append ${events.map(({ type, entry }) => `${type}${keyKindIn(entry)}`).join(' + ')}`,
      }),
      vault: this.watched(tools.vault, {
        destroy: (kind: string) => `destroy ${kind}`,
        rotateRoot: () => 'rotate the root',
        isGone: (kind: string) => `read back ${kind}`,
        droppedEverywhere: () => 'ask every process',
      }),
      projections: this.watched(tools.projections, { dropSubjectYear: () => 'drop the subject index' }),
      marks: this.watched(tools.marks, { write: (name: string) => `mark ${name}` }),
    };
  }

  private watched<T extends object>(
    room: T,
    names: Readonly<Record<string, (...args: never[]) => string>>,
  ): T {
    return new Proxy(room, {
      get: (target, property) => {
        const method = (Reflect.get(target, property) as Method).bind(target);
        const name = names[String(property)];
        return name ? (...args: never[]) => this.call(name(...args), () => method(...args)) : method;
      },
    });
  }

  private call(step: string, act: () => unknown): unknown {
    this.steps.push(step);
    const { point } = this;
    const here =
      point?.step === step && this.steps.filter((made) => made === step).length === point.occurrence;
    if (!here) return act();
    if (point.moment === 'before') throw new Death(step);
    const effect = act();
    // A synchronous room (marks) must die in the same turn, or the next line would still run.
    if (!(effect instanceof Promise)) throw new Death(step);
    return effect.then(() => {
      throw new Death(step);
    });
  }
}

/** ` of <kind>` for the custody of keys, so that the steps of a root, a cohort and a year have different names. */
function keyKindIn(entry: string): string {
  const { type, data } = JSON.parse(entry) as { type: string; data: { kind?: string } };
  return type.startsWith('Key') ? ` of ${data.kind}` : '';
}

/**
 * The points of a rehearsed run at which a worker can die: before its first step, and after each, the first time and
 * the last. To die before a step is to have died after the one before it: the same is on disk.
 */
export const pointsOf = (steps: readonly string[]): readonly Point[] => [
  { step: steps[0] ?? 'none', occurrence: 1, moment: 'before' },
  ...[...new Set(steps)].flatMap((step) => {
    const times = steps.filter((made) => made === step).length;
    return [...new Set([1, times])].map((occurrence): Point => ({ step, occurrence, moment: 'after' }));
  }),
];
