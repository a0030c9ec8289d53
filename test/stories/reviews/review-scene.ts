import { v7 as uuidv7 } from 'uuid';
import type { DaysReport, ReviewReport } from '#application';
import { startOfTokyoDay, tokyoDay } from '#domain';
import type { ReviewRow } from '#read-models';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';
import { DAY_MS, passUntil } from '../access/time.js';

/** An ordinary office on a clock that a story moves, whose operator is looked at. */
export class ReviewScene {
  private constructor(
    readonly kiroku: Kiroku,
    readonly people: FirstPeople & { operator: Person; grant: string },
  ) {}

  static async open(settings: Readonly<Record<string, string>> = {}): Promise<ReviewScene> {
    const usual = { KIROKU_SESSION_MINUTES: '720', KIROKU_FAULT_SETTLE_SECONDS: '0' };
    const kiroku = await Kiroku.start({ ...usual, ...settings });
    try {
      return new ReviewScene(kiroku, await ordinaryDay(kiroku));
    } catch (error) {
      await kiroku.stop();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.kiroku.stop();
  }

  /** One inquiry by the operator; returns its id. */
  async inquire(question: object, person: Person = this.people.operator): Promise<string> {
    const id = uuidv7();
    await ask(person, question, { id }).expect(200);
    return id;
  }

  /** Moves to the next day, at an hour of Tokyo. */
  async nextDay(hour = 10): Promise<void> {
    const tomorrow = tokyoDay(new Date(Date.parse(this.kiroku.clock.now()) + DAY_MS).toISOString());
    const instant = new Date(Date.parse(startOfTokyoDay(tomorrow)) + hour * 3_600_000).toISOString();
    await passUntil(this.kiroku, instant);
  }

  /** The reviews, open ones first, once the detectors have read everything recorded so far. */
  async reviews(): Promise<readonly ReviewRow[]> {
    await this.kiroku.settle();
    // What was opened just now is listed once it is read itself.
    await this.kiroku.settle();
    const { body } = await this.people.security.get('/v1/reviews').expect(200);
    return body.reviews as readonly ReviewRow[];
  }

  async report(review: string): Promise<ReviewReport> {
    const { body } = await this.people.security.get(`/v1/reviews/${review}`).expect(200);
    return body as ReviewReport;
  }

  /** The detectors that have found something, with what they found, the latest first. */
  async found(): Promise<readonly ReviewReport[]> {
    return Promise.all((await this.reviews()).map(({ review }) => this.report(review)));
  }

  async days(): Promise<DaysReport> {
    await this.kiroku.settle();
    const { body } = await this.people.manager.get('/v1/reviews/days').expect(200);
    return body as DaysReport;
  }
}
