import {
  agreementFolding,
  agreementStream,
  byResidentCode,
  cohortId,
  decideShowResidentProvisions,
  inquiryStream,
  nameOfPurpose,
  residentProvisionsStream,
  type ShowResidentProvisions,
} from '#domain';
import type { EventReads } from '#event-store';
import type { Queries, ReadPosition, TrailRow } from '#read-models';
import type { SubjectTokens } from '#vault';
import { personOf } from '../access/acting-person.js';
import { caughtUp, pagesOf } from '../exports/whole-trail.js';
import { receivedIn } from '../inquiries/stored-answer.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import type { Trail } from '../trail/trail.js';

export type ListProvisions = Omit<ShowResidentProvisions, 'listing' | 'operator' | 'now'>;

/** One provision of the resident's data: to whom, when, and why. What was provided is not told, erased or not. */
export interface ResidentProvision {
  /** Business time, UTC. */
  readonly at: string;
  readonly inquiry: string;
  readonly agreement: string;
  /** The agency that was given the data (甲). */
  readonly agency: string | null;
  /** Its unit, as the operator's was at that time. */
  readonly unit: string | null;
  readonly purpose: string | null;
  readonly purposeName: { readonly ja: string; readonly en: string } | null;
  readonly caseReference: string | null;
  /** Last Tokyo day on which the agency may use the data. */
  readonly usableThrough: string | null;
  /** When the agency erased the data; null while it is kept. Business time, UTC. */
  readonly erasedAt: string | null;
}

/** The list under one request. */
export interface ProvisionList {
  readonly listing: string;
  readonly receivedOn: string;
  /** Last day for the answer: the thirtieth, counting the day of receipt. */
  readonly dueOn: string;
  /** The list is complete up to here. */
  readonly readUpTo: ReadPosition | null;
  /** Newest first. Read it once, to its end: an error in between means that the list is not whole. */
  readonly provisions: AsyncIterable<ResidentProvision>;
}

/** What one look needs to know more than once. */
interface Known {
  readonly agencies: Map<string, Promise<string | null>>;
  readonly erasures: Map<string, Promise<string | null>>;
}

/**
 * The resident's own view (開示請求): every provision of that resident's data, found by the tokens of all living fiscal
 * years, so also after the data was erased (decision 14). The look is on record before the first of it leaves.
 */
export class ResidentProvisions {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventReads, 'lastPosition'>,
    private readonly queries: Pick<Queries, 'searchTrail' | 'erasureOfCohort'>,
    private readonly tokens: Pick<SubjectTokens, 'tokensFor'>,
    private readonly trail: Pick<Trail, 'waitFor'>,
  ) {}

  /** Refuses with `trail-behind` while the read models have not read all that is on record. */
  async list(command: ListProvisions, context: CommandContext): Promise<ProvisionList> {
    const operator = personOf(context);
    const listing = this.journal.newId();
    const now = this.journal.clock.now();
    const decision = decideShowResidentProvisions({ ...command, listing, operator, now });
    if (!decision.accepted) throw new Refused(decision.refusals);
    const readUpTo = await caughtUp(this.store, this.trail);
    const stream = await this.journal.load(residentProvisionsStream(listing));
    await this.journal.append(stream, decision.events, context, now);
    const subjectTokens = await this.tokens.tokensFor(
      context.agreement,
      byResidentCode(command.residentCode),
    );
    const [shown] = decision.events;
    return {
      listing,
      receivedOn: command.receivedOn,
      dueOn: shown?.data.dueOn ?? command.receivedOn,
      readUpTo,
      provisions: this.provisions(subjectTokens),
    };
  }

  private async *provisions(
    subjectTokens: readonly { readonly fiscalYear: number; readonly token: string }[],
  ): AsyncGenerator<ResidentProvision> {
    const known: Known = { agencies: new Map(), erasures: new Map() };
    for await (const rows of pagesOf(this.queries, { type: 'RecordProvided', subjectTokens })) {
      const streams = rows.map(({ inquiry }) => inquiryStream(inquiry ?? ''));
      const inquiries = await this.journal.loadAll(streams);
      for (const [at, row] of rows.entries())
        yield await this.provision(row, inquiries[at] as LoadedStream, known);
    }
  }

  private async provision(row: TrailRow, inquiry: LoadedStream, known: Known): Promise<ResidentProvision> {
    const { at, agreement, unit, purpose, caseReference } = row;
    const received = receivedIn(inquiry)?.data as { usableThrough?: string } | undefined;
    const usableThrough = received?.usableThrough ?? null;
    const cohort =
      purpose === null || usableThrough === null ? null : cohortId({ agreement, purpose, usableThrough });
    return {
      at,
      inquiry: row.inquiry ?? '',
      agreement,
      agency: await remembered(known.agencies, agreement, () => this.agencyOf(agreement)),
      unit,
      purpose,
      purposeName: purpose === null ? null : nameOfPurpose(purpose),
      caseReference,
      usableThrough,
      erasedAt:
        cohort === null ? null : await remembered(known.erasures, cohort, () => this.erasureOf(cohort)),
    };
  }

  private async agencyOf(agreement: string): Promise<string | null> {
    const terms = foldLoaded(await this.journal.load(agreementStream(agreement)), agreementFolding);
    return terms.state === 'none' ? null : terms.recipient;
  }

  private async erasureOf(cohort: string): Promise<string | null> {
    return (await this.queries.erasureOfCohort(cohort))?.erasedAt ?? null;
  }
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
