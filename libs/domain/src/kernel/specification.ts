import type { AnyEvent, EventDefinition, EventHeader, Json } from './event.js';
import type { Decision } from './decision.js';

/**
 * given / when / then for deciders: `given` facts (in plain text, as decided), recorded as the store would
 * show them (clear fields only), folded; `when` a command is decided on that state; `then` events or refusals.
 */
export interface Specification<S> {
  /** Records facts; each may say when (`at`) it happened. */
  readonly given: (...facts: readonly (AnyEvent & { readonly at?: string })[]) => Given<S>;
}

export interface Given<S> {
  readonly state: S;
  readonly when: <E extends AnyEvent>(decide: (state: S) => Decision<E>) => Outcome<E>;
}

export interface Outcome<E extends AnyEvent> {
  readonly decision: Decision<E>;
  /** The decided events; empty when refused without a record. */
  readonly events: readonly E[];
  /** The codes of the refusals, in order; empty when accepted. */
  readonly refusals: readonly string[];
}

/** Makes the clear view of a fact: what `evolve` and projections get to see. */
export function record(
  definition: EventDefinition,
  fact: AnyEvent,
  header: Partial<EventHeader> = {},
): EventHeader & { data: object } {
  const clear = Object.entries(fact.data as Record<string, Json>).filter(
    ([field]) => (definition.lifetimes as Record<string, unknown>)[field] === 'clear',
  );
  return {
    id: '01900000-0000-7000-8000-000000000000',
    stream: 'specification',
    at: '2026-04-01T00:00:00.000Z',
    agreement: 'agreement',
    actor: { system: 'init' },
    correlation: '01900000-0000-7000-8000-000000000000',
    ...header,
    type: fact.type,
    v: definition.version,
    data: Object.fromEntries(clear),
  };
}

export function specify<S, E extends EventHeader>(
  definitions: Readonly<Record<E['type'], EventDefinition>>,
  evolve: (state: S, event: E) => S,
  initial: S,
): Specification<S> {
  const table: Readonly<Record<string, EventDefinition | undefined>> = definitions;
  return {
    given(...facts) {
      let state = initial;
      for (const { at, ...fact } of facts) {
        const definition = table[fact.type];
        if (!definition) throw new Error(`no definition of ${fact.type}`);
        state = evolve(state, record(definition, fact, at ? { at } : {}) as unknown as E);
      }
      return {
        state,
        when(decide) {
          const decision = decide(state);
          return {
            decision,
            events: decision.events,
            refusals: decision.accepted ? [] : decision.refusals.map((refusal) => refusal.code),
          };
        },
      };
    },
  };
}
