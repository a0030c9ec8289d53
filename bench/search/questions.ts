import { purposes, readQuery } from '#domain';
import type { TrailFilter } from '#read-models';
import { agency, MadeUpTrail } from './made-up-trail.js';

/** A condition on the table that was written by hand, as somebody who knows it would put it. */
export interface BareQuestion {
  readonly where: string;
  readonly parameters: readonly (string | number)[];
}

/** A kind of search: each time it is asked with other values. */
export interface Question {
  readonly name: string;
  /** The longest that 95 of 100 may take, in milliseconds. */
  readonly aim: number;
  draw(pick: (n: number) => number, rows: number): readonly [TrailFilter, BareQuestion];
}

const SINGLE_MS = 20;
const COMBINED_MS = 50;

type Drawn = readonly [query: string, where: string, ...parameters: (string | number)[]];

const asked = (
  aim: number,
  name: string,
  draw: (pick: (n: number) => number, rows: number) => Drawn,
): Question => ({
  name,
  aim,
  draw(pick, rows) {
    const [text, where, ...parameters] = draw(pick, rows);
    const read = readQuery(text);
    if ('refusals' in read) throw new Error(`${name}: ${read.refusals[0].code}`);
    return [{ query: read.query }, { where, parameters }];
  },
});
const single = (name: string, draw: Parameters<typeof asked>[2]): Question => asked(SINGLE_MS, name, draw);
const combined = (name: string, draw: Parameters<typeof asked>[2]): Question =>
  asked(COMBINED_MS, name, draw);

const one = <T>(pick: (n: number) => number, list: readonly T[]): T => list[pick(list.length)] as T;
const year = (pick: (n: number) => number): number => one(pick, agency.years);

/** The first instant of a day of Tokyo, and of the one after so many. */
function between(day: number, days: number): readonly [string, string] {
  const instant = (n: number): string => `${agency.day(n - 1)}T15:00:00.000Z`;
  return [instant(day), instant(day + days)];
}

/** Every field of the query language alone. */
const singles: readonly Question[] = [
  single('operator', (pick) => {
    const operator = agency.operator(pick(agency.operators));
    return [`operator:${operator}`, 'operator = ?', operator];
  }),
  single('organisation', (pick) => {
    const unit = agency.unit(pick(agency.units));
    return [`organisation:${unit}`, 'unit = ?', unit];
  }),
  single('terminal', (pick) => {
    const terminal = agency.terminal(pick(agency.terminals));
    return [`terminal:${terminal}`, 'terminal = ?', terminal];
  }),
  single('session', (pick) => {
    const session = agency.session(pick(agency.operators), pick(agency.days));
    return [`session:${session}`, 'session = ?', session];
  }),
  single('grant', (pick) => {
    const grant = agency.grant(pick(agency.operators), pick(agency.days));
    return [`grant:${grant}`, '"grant" = ?', grant];
  }),
  single('purpose', (pick) => {
    const purpose = one(pick, purposes);
    return [`purpose:${purpose}`, 'purpose = ?', purpose];
  }),
  single('purpose, an affair', () => [
    'purpose:rtva-67',
    'purpose in (?, ?, ?)',
    'rtva-67:acceptance',
    'rtva-67:examination',
    'rtva-67:response',
  ]),
  single('outcome', (pick) => {
    const outcome = one(pick, ['found', 'not-found', 'several', 'too-many', 'refused']);
    return [`outcome:${outcome}`, 'outcome = ?', outcome];
  }),
  single('type', (pick) => {
    const type = one(pick, ['InquiryReceived', 'RecordProvided', 'DisclosureOpened', 'AnswerRedelivered']);
    return [`type:${type}`, 'type = ?', type];
  }),
  single('refusal', (pick) => {
    const code = one(pick, agency.refusals);
    return [`refusal:${code}`, 'refusals = ?', code];
  }),
  single('case', (pick, rows) => {
    const prefix = one(pick, agency.prefixes);
    const reference = `${prefix}-${year(pick)}-${String(pick(Math.ceil(rows / 6)) % 1_000_000).padStart(6, '0')}`;
    return [`case:${reference}`, 'case_reference = ?', reference];
  }),
  single('case, the beginning', (pick) => beginning(one(pick, ['SK-', 'SK-20', `KN-${year(pick)}-`]))),
  single('case, the beginning of a number', (pick, rows) => {
    const number = String(pick(Math.ceil(rows / 6)) % 1_000_000).padStart(6, '0');
    return beginning(`SK-${year(pick)}-${number.slice(0, 3 + pick(3))}`);
  }),
  single('inquiry', (pick, rows) => {
    const inquiry = MadeUpTrail.inquiry(1 + pick(Math.ceil(rows / 3)));
    return [`inquiry:${inquiry}`, 'inquiry = ?', inquiry];
  }),
  single('agreement', () => [`agreement:${agency.agreement}`, 'agreement = ?', agency.agreement]),
  single('at, a month', (pick) => {
    const day = pick(agency.days - 31);
    return [`at:${agency.day(day)}..${agency.day(day + 30)}`, 'at >= ? and at < ?', ...between(day, 31)];
  }),
  single('has:no-case', () => ['has:no-case', 'case_reference is null']),
  {
    name: 'resident',
    aim: SINGLE_MS,
    draw(pick) {
      const token = agency.token(pick(agency.residents));
      const subjectTokens = agency.years.map((fiscalYear) => ({ fiscalYear, token }));
      // Nobody would have the residents in clear; an id that finds as many rows stands in for them.
      const inquiry = MadeUpTrail.inquiry(1 + pick(1_000));
      return [{ subjectTokens }, { where: 'inquiry = ?', parameters: [inquiry] }];
    },
  },
];

function beginning(prefix: string): Drawn {
  return [`case:${prefix}*`, 'case_reference >= ? and case_reference < ?', prefix, `${prefix}~`];
}

const combinations: readonly Question[] = [
  combined('operator, outcome, month', (pick) => {
    const [operator, day] = [agency.operator(pick(agency.operators)), pick(agency.days - 31)];
    return [
      `operator:${operator} outcome:found at:${agency.day(day)}..${agency.day(day + 30)}`,
      'operator = ? and outcome = ? and at >= ? and at < ?',
      operator,
      'found',
      ...between(day, 31),
    ];
  }),
  combined('operator, refused', (pick) => {
    const operator = agency.operator(pick(agency.operators));
    return [`operator:${operator} outcome:refused`, 'operator = ? and outcome = ?', operator, 'refused'];
  }),
  combined('organisation, not found, another terminal', (pick) => {
    const [unit, terminal] = [agency.unit(pick(agency.units)), agency.terminal(pick(agency.terminals))];
    return [
      `organisation:${unit} outcome:not-found -terminal:${terminal}`,
      'unit = ? and outcome = ? and terminal is not ?',
      unit,
      'not-found',
      terminal,
    ];
  }),
  combined('one of two operators, purpose', (pick) => {
    const [operator, other] = [pick(agency.operators), pick(agency.operators)].map(agency.operator) as [
      string,
      string,
    ];
    const purpose = one(pick, purposes);
    return [
      `(operator:${operator} OR operator:${other}) purpose:${purpose}`,
      'operator in (?, ?) and purpose = ?',
      operator,
      other,
      purpose,
    ];
  }),
  combined('operator or terminal, refused', (pick) => {
    const [operator, terminal] = [
      agency.operator(pick(agency.operators)),
      agency.terminal(pick(agency.terminals)),
    ];
    return [
      `(operator:${operator} OR terminal:${terminal}) type:InquiryRefused`,
      '(operator = ? or terminal = ?) and type = ?',
      operator,
      terminal,
      'InquiryRefused',
    ];
  }),
  combined('terminal, refusal, quarter', (pick) => {
    const [terminal, code] = [agency.terminal(pick(agency.terminals)), one(pick, agency.refusals)];
    const day = pick(agency.days - 92);
    return [
      `terminal:${terminal} refusal:${code} at:${agency.day(day)}..${agency.day(day + 90)}`,
      'terminal = ? and refusals = ? and at >= ? and at < ?',
      terminal,
      code,
      ...between(day, 91),
    ];
  }),
  combined('case beginning, several', (pick) => {
    const prefix = `SK-${year(pick)}-`;
    return [
      `case:${prefix}* outcome:several`,
      'case_reference >= ? and case_reference < ? and outcome = ?',
      prefix,
      `${prefix}~`,
      'several',
    ];
  }),
  combined('the example of the page', (pick) => {
    const [operator, terminal] = [
      agency.operator(pick(agency.operators)),
      agency.terminal(pick(agency.terminals)),
    ];
    const day = pick(agency.days - 92);
    return [
      `operator:${operator} purpose:rtva-59-1 outcome:found at:${agency.day(day)}..${agency.day(day + 90)} -terminal:${terminal}`,
      'operator = ? and purpose in (?, ?, ?) and outcome = ? and at >= ? and at < ? and terminal is not ?',
      operator,
      ...purposes.filter((purpose) => purpose.startsWith('rtva-59-1:')),
      'found',
      ...between(day, 91),
      terminal,
    ];
  }),
];

export const questions: readonly Question[] = [...singles, ...combinations];
