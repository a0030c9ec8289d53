import {
  AlertAcknowledged,
  AlertRaised,
  AlertSent,
  AnswerRedelivered,
  CaseClosed,
  CaseRegistered,
  DisclosureDenied,
  DisclosureOpened,
  ErasureStarted,
  ErasureVerified,
  FaultCleared,
  FaultOpened,
  GrantApproved,
  GrantRequested,
  GrantRevoked,
  IdentityDataErased,
  IncidentClosed,
  IncidentDeclared,
  InformationProvided,
  InquiryOutcomeUnknown,
  InquiryReceived,
  InquiryRefused,
  NothingProvided,
  RecordProvided,
  SignedIn,
  addDays,
  affairOf,
  alertOf,
  caseStream,
  cohortId,
  emptyOutcomes,
  faultOf,
  inquiryStream,
  purposes,
  tokyoDay,
  type EventDefinition,
  type EventHeader,
} from '#domain';
import { record } from '../../domain/src/kernel/specification.js';
import type { ProjectedEvent, Projections } from './port.js';

/** UUIDv7-shaped ids that sort in the order of `n`. */
export const uuid = (n: number): string => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** Park–Miller: the same numbers in every run. Returns whole numbers below `n`. */
export function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

type DataOf<Def> = Def extends EventDefinition<infer _T, infer D> ? Partial<D> : never;
type Header = Partial<Pick<EventHeader, 'at' | 'actor' | 'stream' | 'agreement'>>;

const receipt = {
  purpose: 'rtva-59-1:examination',
  caseReference: 'R8-1',
  form: 'by-code',
  operator: 'op-1',
  terminal: 'term-1',
  grant: 'grant-1',
  usableThrough: '2026-06-30',
  deadline: '2026-04-01T00:01:00.000Z',
  lease: 'api-1',
} as const;

/** Facts in the global order, as a follower would hand them over. Positions have gaps, as real ones may. */
export class History {
  readonly events: ProjectedEvent[] = [];
  private projected = 0;

  /** One event; the header's defaults are those of a receipt by op-1 at term-1 on 2026-04-01. */
  add<Def extends EventDefinition>(
    definition: Def,
    data: DataOf<Def>,
    header: Header = {},
    tokens: readonly string[] = [],
  ): this {
    const n = this.events.length + 1;
    const inquiry = (data as { inquiry?: string }).inquiry;
    const event = record(
      definition,
      { type: definition.type, data },
      {
        id: uuid(0xe00000 + n),
        actor: { operator: 'op-1', terminal: 'term-1', session: 'session-1' },
        ...(inquiry === undefined ? {} : { stream: inquiryStream(inquiry) }),
        ...header,
      },
    );
    this.events.push({ position: String(n * 3), event, tokens });
    return this;
  }

  received(
    inquiry: string,
    data: DataOf<typeof InquiryReceived> = {},
    header: Header = {},
    tokens: string[] = [],
  ) {
    return this.add(InquiryReceived, { ...receipt, inquiry, ...data }, header, tokens);
  }

  /** The answer `found`: one record. */
  found(inquiry: string, header: Header = {}, tokens: string[] = []) {
    const purpose = receipt.purpose;
    return this.add(
      InformationProvided,
      { inquiry, purpose, outcome: 'found', records: 1, message: 'm' },
      header,
    ).add(RecordProvided, { inquiry, number: 1 }, header, tokens);
  }

  /** What was added since `mark` events. */
  since(mark: number): ProjectedEvent[] {
    return this.events.slice(mark);
  }

  /** Projects what was added since the last call. */
  async projectInto(projections: Pick<Projections, 'apply'>): Promise<void> {
    await projections.apply(this.since(this.projected));
    this.projected = this.events.length;
  }
}

/** What the events of one made-up inquiry share. */
interface Asked {
  readonly n: number;
  readonly inquiry: string;
  readonly purpose: string;
  readonly caseReference: string;
  readonly operator: string;
  readonly terminal: string;
}

/** A made-up office: `inquiries` inquiries over two fiscal years, with everything that may become of them. */
export function randomHistory(seed: number, inquiries: number): History {
  const pick = seeded(seed);
  const history = new History();
  let now = Date.parse('2026-02-01T00:00:00.000Z');
  const at = (): string => {
    // Now and then an event carries an earlier time than the one before it: commands are not appended in order.
    now += pick(Math.ceil(8_640_000_000 / inquiries));
    return new Date(now - (pick(10) === 0 ? pick(7_200_000) : 0)).toISOString();
  };
  for (let n = 1; n <= inquiries; n++) {
    const [operator, terminal] = [`op-${pick(5)}`, `term-${pick(3)}`];
    const purpose = purposes[pick(purposes.length)] as string;
    const asked: Asked = {
      n,
      inquiry: uuid(n),
      purpose,
      caseReference: `R8-${pick(40)}`,
      operator,
      terminal,
    };
    if (n % 3 === 0) addCase(history, asked);
    addInquiry(history, asked, pick, at);
    addAround(history, asked, pick, at);
  }
  return history;
}

/** The case of an inquiry is handed over, or closed. */
function addCase(history: History, { n, purpose, caseReference }: Asked): void {
  const at = history.events.at(-1)?.event.at ?? '2026-02-01T00:00:00.000Z';
  const which = { affair: affairOf(purpose), caseReference };
  const day = tokyoDay(at);
  // By a registrar; one in seven by somebody who asks, and whom it does not explain.
  const actor = { operator: n % 7 === 0 ? 'op-1' : 'registrar-1' };
  const header = { at, actor, stream: caseStream('agreement', which.affair, caseReference) };
  const known = history.events.some(({ event }) => event.stream === header.stream);
  if (known) {
    history.add(CaseClosed, { ...which, closedOn: day, explainsThrough: addDays(day, n % 20) }, header);
  } else {
    const days = { openedOn: addDays(day, -(n % 5)), closedOn: null, explainsThrough: null };
    history.add(CaseRegistered, { ...which, ...days }, header);
  }
}

function addInquiry(history: History, asked: Asked, pick: (n: number) => number, at: () => string): void {
  const { n, inquiry, purpose, caseReference, operator, terminal } = asked;
  const actor = { operator, terminal, session: `session-${operator}` };
  const subject = [`code-${pick(30)}`, `name-${pick(25)}`];
  const question = { inquiry, purpose, caseReference, operator, terminal };
  const fate = pick(20);
  if (fate === 0) {
    history.add(InquiryRefused, { ...question, reasons: ['grant-missing'] }, { at: at(), actor }, subject);
    return;
  }
  const usableThrough = `2026-0${5 + pick(4)}-15`;
  history.received(inquiry, { ...question, usableThrough }, { at: at(), actor }, subject);
  if (fate === 1) return;
  if (fate === 2) {
    const worker = { system: 'retention-worker' } as const;
    history.add(InquiryOutcomeUnknown, { inquiry, cause: 'abandoned' }, { at: at(), actor: worker });
  } else if (fate < 8) {
    const outcome = emptyOutcomes[pick(emptyOutcomes.length)] ?? 'not-found';
    history.add(NothingProvided, { inquiry, purpose, outcome, count: null }, { at: at(), actor });
  } else {
    const [outcome, records] = fate === 8 ? (['several', 2] as const) : (['found', 1] as const);
    const answer = { inquiry, purpose, outcome, records, message: `m${n}` };
    history.add(InformationProvided, answer, { at: at(), actor });
    for (let number = 1; number <= records; number++) {
      history.add(RecordProvided, { inquiry, number }, { at: at(), actor }, [...subject, `code-${pick(30)}`]);
    }
    if (fate > 16) history.add(AnswerRedelivered, { inquiry, operator, terminal }, { at: at(), actor });
  }
  if (pick(60) !== 0) return;
  const cohort = cohortId({ agreement: 'agreement', purpose, usableThrough });
  addErasure(history, uuid(0xc00000 + n), cohort, [inquiry], at());
}

/** What happens around an inquiry: somebody looks at it, signs in, is granted access. */
function addAround(history: History, asked: Asked, pick: (n: number) => number, at: () => string): void {
  const { n, inquiry, operator, terminal } = asked;
  const actor = { operator: 'op-9', session: 'session-9' };
  const disclosure = { disclosure: uuid(0xd00000 + n), inquiry, operator: 'op-9' };
  const looked = pick(16);
  if (looked === 0) history.add(DisclosureOpened, { ...disclosure, records: 1 }, { at: at(), actor });
  if (looked === 1)
    history.add(DisclosureDenied, { ...disclosure, reasons: ['erased'] }, { at: at(), actor });
  if (pick(15) === 0) {
    const session = `session-${operator}`;
    history.add(SignedIn, { session, operator, terminal }, { at: at(), actor: { system: 'api' } });
  }
  if (pick(30) === 0) addIncident(history, uuid(0xb00000 + n), at(), pick(4));
  if (pick(40) === 0) addGrant(history, uuid(0xa00000 + n), operator, terminal, at(), pick(3));
}

function addGrant(
  history: History,
  grant: string,
  operator: string,
  terminal: string,
  at: string,
  fate: number,
): void {
  const header = { at, stream: `grant-${grant}` };
  history.add(
    GrantRequested,
    { grant, operator, terminal, purposes: [], from: '2026-02-01', until: '2027-03-31', prefixSearch: false },
    header,
  );
  if (fate > 0) history.add(GrantApproved, { grant, operator, terminal }, header);
  if (fate > 1) history.add(GrantRevoked, { grant, operator, terminal }, header);
}

function addErasure(history: History, run: string, cohort: string, inquiries: string[], at: string): void {
  const header = { at, stream: `erasure-${cohort}-${run}`, actor: { system: 'retention-worker' } as const };
  history
    .add(ErasureStarted, { cohort, run, inquiries: inquiries.length, root: '00' }, header)
    .add(IdentityDataErased, { cohort, run, part: 1, inquiries }, header)
    .add(ErasureVerified, { cohort, run, epoch: 1, generation: 1 }, header);
}

function addIncident(history: History, incident: string, at: string, fate: number): void {
  const header = { at, actor: { system: 'retention-worker' } as const };
  const [cause, contact] = ['provider-unreachable', uuid(0xf00001)] as const;
  const [fault, alert] = [faultOf('agreement', cause), alertOf(incident, contact)];
  history
    .add(FaultOpened, { fault, kind: cause, incident, times: 1, through: null }, header)
    .add(IncidentDeclared, { incident, kind: 'failure', cause, fault }, header)
    .add(AlertRaised, { alert, incident, contact, party: 'recipient' }, header);
  if (fate > 0) history.add(AlertSent, { alert, incident, contact }, header);
  if (fate > 1) history.add(AlertAcknowledged, { alert, incident, contact, by: 'link' }, header);
  if (fate > 2)
    history
      .add(FaultCleared, { fault, incident, times: 2 }, header)
      .add(IncidentClosed, { incident }, header);
}
