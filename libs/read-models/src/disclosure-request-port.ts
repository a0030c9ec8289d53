import type { DisclosureAnswer } from '#domain';
import type { ReadPosition } from './port.js';

/** A request for disclosure (開示請求) as it is listed: its number and what people wrote are sealed in its stream. */
export interface DisclosureRequestRow {
  readonly disclosureRequest: string;
  readonly state: 'open' | 'answered';
  /** Tokyo days. */
  readonly receivedOn: string;
  /** Last day for the answer, as it stands. */
  readonly dueOn: string;
  readonly extended: boolean;
  /** How often the provisions were listed under it. */
  readonly looks: number;
  readonly answer: DisclosureAnswer | null;
  readonly answeredOn: string | null;
}

/** One page of the list of requests. */
export interface DisclosureRequestPage {
  /** Open ones first, the one that is due first first; then answered ones, the one registered last first. */
  readonly rows: readonly DisclosureRequestRow[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  /** How far the read models had read when the page was made. */
  readonly readUpTo: ReadPosition | null;
}

/** What is read of the register of requests: part of `Queries`. */
export interface DisclosureRequestQueries {
  /**
   * Requests of an agreement. `limit` and `cursor` as for the trail. One that is extended or answered between two pages may
   * come a second time, at its new place; none is left out.
   */
  disclosureRequests(
    agreement: string,
    page: { limit: number; cursor?: string },
  ): Promise<DisclosureRequestPage>;
  /** Ids of open requests due before a Tokyo day, the one that is due first first; `limit` of them at most. */
  disclosureRequestsDue(agreement: string, before: string, limit: number): Promise<readonly string[]>;
}
