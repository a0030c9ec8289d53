import type { Detector, Finding, LookoutStanding } from './detector.js';
import { type DetectorSettings, detectorsOf } from './detectors.js';
import type { Observation } from './observation.js';

/** How many keys a detector remembers: operators, or pairs of operator and resident. */
const MOST_REMEMBERED = 200_000;

/**
 * All detectors over the recorded events, in their order: what remembers while the rules stay pure. It lives in
 * memory only, for it holds subject tokens, which may rest in one table of their year and nowhere else (decision 14);
 * after a start it is fed the events of the last `daysToRemember` again, and what it finds twice has the same cause.
 */
export class Lookout {
  readonly #detectors: readonly Remembering[];

  constructor(settings: DetectorSettings, remembered: number = MOST_REMEMBERED) {
    // Each detector has a state of its own type, which only its own memory knows.
    const remember = <S>(detector: Detector<S> | null): Remembering[] =>
      detector ? [new Memory(detector, remembered)] : [];
    const on = detectorsOf(settings);
    this.#detectors = [
      ...remember(on.sameResident),
      ...remember(on.ownName),
      ...remember(on.outOfHours),
      ...remember(on.volume),
      ...remember(on.withoutCase),
      ...remember(on.notFound),
      ...remember(on.watchedResident),
    ];
  }

  /** What this event shows, together with those before it. */
  observe(observation: Observation, standing: LookoutStanding): readonly Finding[] {
    return this.#detectors.flatMap((detector) => detector.observe(observation, standing));
  }

  /** How many keys had to be forgotten for want of room: above 0, a slow repetition may have gone unnoticed. */
  get forgotten(): number {
    return this.#detectors.reduce((sum, { forgotten }) => sum + forgotten, 0);
  }
}

interface Remembering {
  readonly forgotten: number;
  observe(observation: Observation, standing: LookoutStanding): readonly Finding[];
}

/** The states of one detector by key; the key that was seen least recently makes room. */
class Memory<S> implements Remembering {
  forgotten = 0;
  readonly #states = new Map<string, S>();

  constructor(
    private readonly detector: Detector<S>,
    private readonly most: number,
  ) {}

  observe(observation: Observation, standing: LookoutStanding): readonly Finding[] {
    const { keysOf, initial, observe } = this.detector;
    return keysOf(observation).flatMap((key) => {
      const before = this.#states.get(key) ?? initial;
      const { state, finding } = observe(before, observation, key, standing);
      this.#states.delete(key);
      if (state !== initial) this.#states.set(key, state);
      this.#makeRoom(observation.at);
      return finding ?? [];
    });
  }

  /** A Map keeps the order of insertion: what stands first was touched least recently. */
  #makeRoom(at: string): void {
    if (this.#states.size <= this.most) return;
    const [oldest] = this.#states;
    if (!oldest) return;
    this.#states.delete(oldest[0]);
    if (!this.detector.isOver?.(oldest[1], at)) this.forgotten += 1;
  }
}
