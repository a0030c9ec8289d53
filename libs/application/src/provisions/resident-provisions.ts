import {
  agreementFolding,
  agreementStream,
  byResidentCode,
  cohortId,
  codesOfResident,
  decideShowResidentProvisions,
  disclosureRequestFolding,
  type DisclosureRequestState,
  disclosureRequestStream,
  inquiryStream,
  nameOfPurpose,
  type ShowResidentProvisions,
} from '#domain';
import { MOST_PRINTED } from '#documents';
import type { EventReads } from '#event-store';
import { LogNotFound, type PublishedLog } from '#ledger';
import type { Queries, ReadPosition, TrailFilter, TrailRow } from '#read-models';
import type { Opener, SubjectTokens } from '#vault';
import { personOf } from '../access/acting-person.js';
import { caughtUp, pagesOf } from '../exports/whole-trail.js';
import { receivedIn } from '../inquiries/stored-answer.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import type { Trail } from '../trail/trail.js';
import { requestIn } from './disclosure-requests.js';

export interface ListProvisions extends Omit<ShowResidentProvisions, 'listing' | 'operator'> {
  /** The request under which it is listed, which must be open. */
  readonly disclosureRequest: string;
}

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

/** The log's checkpoint as it is published, unverified here; whoever has its verifier key checks it. */
export interface LogPlace {
  readonly origin: string;
  /** Entries in the log. */
  readonly size: number;
  /** Base64. */
  readonly root: string;
}

/** The list under one request. */
export interface ProvisionList {
  readonly disclosureRequest: string;
  readonly listing: string;
  /** Business time, UTC. */
  readonly listedAt: string;
  /** The agency that hands the list over (甲). */
  readonly agency: string | null;
  readonly receivedOn: string;
  /** Last day for the answer: the thirtieth, counting the day of receipt, or that of the extension. */
  readonly dueOn: string;
  /** The list is complete up to here. */
  readonly readUpTo: ReadPosition | null;
  /** The log when the list was made; null where nothing was published yet. It may be a second behind `readUpTo`. */
  readonly log: LogPlace | null;
  /** Newest first. Read it once, to its end: an error in between means that the list is not whole. */
  readonly provisions: AsyncIterable<ResidentProvision>;
}

/** A list, and for the paper that goes to the resident, and for no other format, the number of its request. */
export type ShownProvisions =
  | { readonly format: 'pdf'; readonly list: ProvisionList; readonly reference: string }
  | { readonly format: 'json' | 'csv'; readonly list: ProvisionList };

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
    private readonly queries: Pick<Queries, 'searchTrail' | 'countTrail' | 'erasureOfCohort'>,
    private readonly vault: Pick<SubjectTokens, 'tokensFor'> & Opener,
    private readonly trail: Pick<Trail, 'waitFor'>,
    private readonly published: () => Pick<PublishedLog, 'checkpoint'>,
  ) {}

  /**
   * Refuses with `disclosure-request-missing` or `disclosure-request-answered` where there is no open request, with
   * `trail-behind` while the read models have not read all that is on record, and with `provisions-too-many-to-print`
   * where a PDF would hold more than anybody reads. Throws what the ledger throws when the log's checkpoint cannot be read.
   */
  async list(command: ListProvisions, context: CommandContext): Promise<ShownProvisions> {
    const operator = personOf(context);
    const listing = this.journal.newId();
    const stream = disclosureRequestStream(command.disclosureRequest);
    const look = (state: DisclosureRequestState) =>
      decideShowResidentProvisions(state, { ...command, listing, operator });
    const loaded = await this.journal.load(stream);
    const decision = look(requestIn(loaded, context));
    if (!decision.accepted) throw new Refused(decision.refusals);
    const readUpTo = await caughtUp(this.store, this.trail);
    const filter = await this.filterOf(command, context);
    const { format } = command;
    if (format === 'pdf') await this.refuseTooMany(filter);
    const reference = format === 'pdf' ? await this.referenceIn(loaded) : '';
    const [agency, log] = [await this.agencyOf(context.agreement), this.placeInLog()];
    // Judged again: somebody may have answered the request meanwhile, or extended its days.
    let listedAt = '';
    const decided = await this.journal.decide(
      stream,
      disclosureRequestFolding,
      context,
      (_, now, current) => {
        listedAt = now;
        return look(requestIn(current, context));
      },
    );
    if (decided.state.state === 'none') throw missing();
    const { disclosureRequest, receivedOn, dueOn } = decided.state;
    const head = { disclosureRequest, listing, listedAt, agency, receivedOn, dueOn, readUpTo, log };
    const list = { ...head, provisions: this.provisions(filter) };
    return format === 'pdf' ? { format, list, reference } : { format, list };
  }

  /** The number of a request, opened; the look that bears it is on record before anybody sees it. */
  private async referenceIn({ entries: [received] }: LoadedStream): Promise<string> {
    const opened = received && (await this.vault.open<string>(received, 'reference'));
    if (opened?.state !== 'open') throw missing();
    return opened.value;
  }

  /** Whatever was provided under any of the resident's codes, in any fiscal year; an event under two is found once. */
  private async filterOf(command: ListProvisions, { agreement }: CommandContext): Promise<TrailFilter> {
    const identifiers = codesOfResident(command).map(byResidentCode);
    const tokens = await Promise.all(identifiers.map((code) => this.vault.tokensFor(agreement, code)));
    return { type: 'RecordProvided', subjectTokens: tokens.flat() };
  }

  private async refuseTooMany(filter: TrailFilter): Promise<void> {
    const { more } = await this.queries.countTrail(filter, MOST_PRINTED);
    if (more) throw new Refused([{ code: 'provisions-too-many-to-print', field: 'format' }]);
  }

  private placeInLog(): LogPlace | null {
    try {
      const { origin, size, root } = this.published().checkpoint().checkpoint;
      return { origin, size, root: root.toString('base64') };
    } catch (error) {
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  }

  private async *provisions(filter: TrailFilter): AsyncGenerator<ResidentProvision> {
    const known: Known = { agencies: new Map(), erasures: new Map() };
    for await (const rows of pagesOf(this.queries, filter)) {
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

const missing = (): Refused =>
  new Refused([{ code: 'disclosure-request-missing', field: 'disclosureRequest' }]);

function remembered<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? find();
  known.set(key, found);
  return found;
}
