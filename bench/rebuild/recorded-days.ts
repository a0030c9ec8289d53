import {
  addDays,
  affairOf,
  AnswerRedelivered,
  CaseRegistered,
  caseStream,
  cohortId,
  DisclosureOpened,
  emptyOutcomes,
  type EventDefinition,
  type EventDraft,
  fiscalYear,
  GrantRequested,
  InformationProvided,
  InquiryReceived,
  InquiryRefused,
  NothingProvided,
  OperatorRegistered,
  type Purpose,
  purposes,
  RecordProvided,
  SignedIn,
  tokyoDay,
} from '#domain';
import type { EventStore } from '#event-store';
import type { Vault } from '#vault';
import { benchId } from '../ids.js';
import { agency, seededPick } from '../search/made-up-trail.js';

const DAYS = 90;
const FIRST_DAY = Date.parse('2027-04-01T00:00:00.000Z');
const DAY_MS = 86_400_000;
/** Appends under way at a time: what the store's writer makes one commit of. */
const AT_ONCE = 128;

interface Asking {
  readonly n: number;
  readonly at: string;
}

/**
 * Ninety days of an agency as Kiroku records them, everything sealed as declared: 300 people who sign in each morning; cases
 * handed over to the register, one for three appends; and inquiries of which two in a hundred are refused, 38 find nothing and
 * 60 find a record, with what follows from some.
 */
export class RecordedDays {
  readonly #pick = seededPick(27);
  #made = 0;
  #day = -1;
  #signedIn = 0;

  constructor(readonly events: number) {}

  get made(): number {
    return this.#made;
  }

  /** The events of the next append, of one stream; null when there are as many as were wanted. */
  next(): readonly EventDraft[] | null {
    if (this.#made >= this.events) return null;
    const drafts = this.#drafts();
    this.#made += drafts.length;
    return drafts;
  }

  #drafts(): readonly EventDraft[] {
    const elapsed = (this.#made / this.events) * DAYS;
    const day = Math.floor(elapsed);
    const at = new Date(FIRST_DAY + Math.floor(elapsed * DAY_MS)).toISOString();
    if (this.#made < 2 * agency.operators) return [hired(this.#made, at)];
    if (day !== this.#day) [this.#day, this.#signedIn] = [day, 0];
    if (this.#signedIn < agency.operators) return [signedIn(this.#signedIn++, day, at)];
    if (this.#pick(3) === 0) return [this.#case(day, at)];
    return this.#inquiry(day, { n: this.#pick(agency.operators), at });
  }

  /** Numbered on, under one of five prefixes: what inquiries name. */
  #reference(): string {
    return `${agency.prefixes[this.#pick(5)]}-2027-${String(Math.floor(this.#made / 10)).padStart(6, '0')}`;
  }

  #case(day: number, at: string): EventDraft {
    const affair = affairOf(purposes[this.#pick(purposes.length)] as Purpose);
    const caseReference = this.#reference();
    const openedOn = addDays('2027-04-01', day);
    // The same case may be drawn again, and every append here begins a stream.
    const stream = `${caseStream(agency.agreement, affair, caseReference)}-${benchId()}`;
    const header = { at, actor: { system: 'api' } } as const;
    const data = { affair, caseReference, openedOn, closedOn: null, explainsThrough: null };
    return drafted(CaseRegistered, stream, header, data);
  }

  #inquiry(day: number, { n, at }: Asking): readonly EventDraft[] {
    const pick = this.#pick;
    const inquiry = benchId();
    const [operator, terminal] = [agency.operator(n), agency.terminal(pick(agency.terminals))];
    const actor = { operator, terminal, session: agency.session(n, day) };
    const purpose = purposes[pick(purposes.length)] as Purpose;
    const asked = { inquiry, purpose, caseReference: this.#reference() };
    const by = { operator, terminal };
    const subjects = [{ kind: 'resident-code', value: code(pick(agency.residents)) }];
    const draft = (definition: EventDefinition, data: object): EventDraft =>
      drafted(definition, `inquiry-${inquiry}`, { at, actor }, data);
    const fate = pick(100);
    if (fate < 2) {
      const reasons = [agency.refusals[pick(agency.refusals.length)]];
      return [draft(InquiryRefused, { ...asked, ...by, reasons, subjects })];
    }
    const received = draft(InquiryReceived, {
      ...asked,
      ...by,
      form: 'by-code',
      question: { residentCode: subjects[0]?.value },
      subjects,
      grant: agency.grant(n, 0),
      usableThrough: usableThrough(at),
      deadline: at,
      lease: 'api/bench',
    });
    if (fate < 40) {
      const outcome = fate < 36 ? 'not-found' : emptyOutcomes[pick(emptyOutcomes.length)];
      return [received, draft(NothingProvided, { inquiry, purpose, outcome, count: null })];
    }
    const found = {
      inquiry,
      purpose,
      outcome: fate < 43 ? 'several' : 'found',
      records: 1,
      message: benchId(),
    };
    const record = draft(RecordProvided, {
      inquiry,
      number: 1,
      record: recordOf(subjects[0]?.value),
      subjects,
    });
    const provided = [received, draft(InformationProvided, found), record];
    if (fate === 99) provided.push(draft(AnswerRedelivered, { inquiry, ...by }));
    if (fate === 98)
      provided.push(draft(DisclosureOpened, { disclosure: inquiry, inquiry, operator, records: 1 }));
    return provided;
  }
}

/** Everybody is registered, and then has a grant. */
function hired(made: number, at: string): EventDraft {
  const n = made % agency.operators;
  const operator = agency.operator(n);
  const header = { at, actor: { system: 'init' } } as const;
  if (made < agency.operators) {
    const data = { operator, side: 'recipient', name: `窓口 ${n}`, unit: agency.unit(n) };
    return drafted(OperatorRegistered, `operator-${operator}`, header, data);
  }
  const [grant, terminal] = [agency.grant(n, 0), agency.terminal(n)];
  return drafted(GrantRequested, `grant-${grant}`, header, {
    grant,
    operator,
    terminal,
    purposes,
    from: '2027-04-01',
    until: '2027-09-30',
    prefixSearch: false,
    reason: '窓口業務のため',
  });
}

function signedIn(n: number, day: number, at: string): EventDraft {
  const [operator, session] = [agency.operator(n), agency.session(n, day)];
  const terminal = agency.terminal(n);
  const header = { at, actor: { operator, terminal, session } };
  return drafted(SignedIn, `session-${session}`, header, { session, operator, terminal });
}

const drafted = (
  { type, version }: EventDefinition,
  stream: string,
  { at, actor }: Pick<EventDraft, 'at' | 'actor'>,
  data: object,
): EventDraft => ({
  id: benchId(),
  type,
  v: version,
  stream,
  at,
  agreement: agency.agreement,
  actor,
  correlation: benchId(),
  data,
});

const code = (resident: number): string => String(10_000_000_000 + resident);
const usableThrough = (at: string): string => addDays(tokyoDay(at), 90);

const recordOf = (residentCode: string | undefined): object => ({
  residentCode,
  name: '住基 太郎',
  birthDate: '1961-04-01',
  sex: '1',
  address: '東京都千代田区霞が関二丁目一番三号',
  changeReason: null,
  changedOn: null,
});

/** Makes the keys of those days, as the worker does a day ahead. */
export async function makeKeysOfDays(vault: Vault): Promise<void> {
  const days = Array.from({ length: DAYS + 1 }, (_, n) => new Date(FIRST_DAY + n * DAY_MS).toISOString());
  const cohorts = days.flatMap((at) =>
    purposes.map((purpose) =>
      cohortId({ agreement: agency.agreement, purpose, usableThrough: usableThrough(at) }),
    ),
  );
  const years = [...new Set(days.map((at) => String(fiscalYear(tokyoDay(at)))))];
  await vault.ensure('cohort', cohorts);
  await vault.ensure('trail', years);
  await vault.ensure('subject', years);
}

/** Seals and appends them; returns how many events there are. */
export async function recordDays(store: EventStore, vault: Vault, events: number): Promise<number> {
  const days = new RecordedDays(events);
  const writer = async (): Promise<void> => {
    for (let drafts = days.next(); drafts; drafts = days.next()) {
      await store.append((drafts[0] as EventDraft).stream, 'no-stream', await vault.seal(drafts, []));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, writer));
  return days.made;
}
