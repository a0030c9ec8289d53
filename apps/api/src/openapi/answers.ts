import type {
  CountReport,
  DisclosureResult,
  DueReport,
  ErasureReport,
  HistogramBar,
  HouseholdReport,
  InquiryResult,
  IssuedAccount,
  OpenedSession,
} from '#application';
import {
  type AgreementTerms,
  emptyOutcomes,
  type GrantTerms,
  type IdentityRecord,
  type ProvisionState,
  purposes,
  type RegisteredOperator,
  roles,
  type ServiceHours,
} from '#domain';
import type { Receipt } from '#event-store';
import type { DueCohort, ReadPosition, TrailPage, TrailRow } from '#read-models';
import type { AgreementReport } from '../agreements/agreements.controller.js';
import type { ReadinessReport } from '../health/readiness.js';
import { incidentAnswers, incidentParts, readinessOfAgreement } from './incident-answers.js';
import { caseAnswers } from './case-answers.js';
import { disclosureRequestAnswers } from './disclosure-request-answers.js';
import { exportAnswers } from './export-answers.js';
import { reviewAnswers, reviewParts } from './review-answers.js';
import {
  count,
  day,
  flag,
  instant,
  listOf,
  oneOf,
  orNull,
  refTo,
  type Schema,
  type Schemas,
  shapeOf,
  text,
  uuid,
} from './schema.js';

const only = (name: string, schema: Schema): Schema => ({
  type: 'object',
  properties: { [name]: schema },
  required: [name],
});
const proposal = only('proposal', text);
const purpose = oneOf(purposes);
const outcome = oneOf(['found', 'several', ...emptyOutcomes]);

const cohort = {
  cohort: text,
  agreement: text,
  purpose,
  usableThrough: day,
  inquiries: count,
} satisfies Record<keyof DueCohort, Schema>;

const hours = {
  proposal: text,
  hours: listOf({
    type: 'object',
    properties: { weekday: count, from: count, until: count },
    required: ['weekday', 'from', 'until'],
  }),
  closedDays: listOf(day),
  effectiveFrom: day,
} satisfies Partial<Record<keyof ServiceHours, Schema>>;

/** What answers are made of. */
export const answerParts: Schemas = {
  Receipt: shapeOf<Receipt>()({
    id: uuid,
    position: { type: 'string', description: 'Opaque, strictly increasing.' },
    stream: text,
    revision: count,
    leafHash: { type: 'string', description: 'RFC 6962 leaf hash of the entry, lower-case hex.' },
    mac: { type: 'string', description: 'Over leaf hash and place, by the append key.' },
  }),
  IdentityRecord: shapeOf<IdentityRecord>()({
    residentCode: text,
    name: text,
    birthDate: text,
    sex: text,
    address: text,
    changeReason: orNull(text),
    changedOn: orNull(text),
  }),
  ReadPosition: shapeOf<ReadPosition>()({ position: text, eventId: uuid }),
  TrailRow: shapeOf<TrailRow>()({
    position: text,
    id: uuid,
    type: text,
    stream: text,
    at: instant,
    agreement: text,
    operator: orNull(text),
    unit: { ...orNull(text), description: 'Organisational unit of the operator at that time.' },
    terminal: orNull(text),
    session: orNull(text),
    grant: orNull(text),
    purpose: orNull(text),
    outcome: orNull(text),
    refusals: { ...listOf(text), description: 'Codes for which the event says no (docs/problems.md).' },
    caseReference: orNull(text),
    caseMatches: {
      ...orNull(flag),
      description:
        'Whether a case of the agency, handed over by others, answered to the reference when the inquiry began; null where that cannot be said.',
    },
    inquiry: orNull(uuid),
  }),
  DueCohort: shapeOf<DueCohort>()(cohort),
  ...incidentParts,
  ...reviewParts,
};

const inquiry = shapeOf<InquiryResult>()({
  inquiry: uuid,
  outcome,
  records: listOf(refTo('IdentityRecord')),
  count: { ...orNull(count), description: 'How many records match, where there are too many.' },
  usableThrough: day,
  redelivered: flag,
  receipts: listOf(refTo('Receipt')),
});

const due = shapeOf<DueReport>()({
  today: day,
  due: listOf(refTo('DueCohort')),
  coming: listOf(shapeOf<DueCohort & { dueAt: string }>()({ ...cohort, dueAt: instant })),
  hold: orNull(
    shapeOf<NonNullable<DueReport['hold']>>()({
      run: uuid,
      why: text,
      days: count,
      through: day,
      approvals: count,
    }),
  ),
  readUpTo: orNull(refTo('ReadPosition')),
});

const erasure = shapeOf<ErasureReport>()({
  run: uuid,
  cohort: text,
  state: oneOf(['started', 'erased', 'verified']),
  inquiries: count,
  startedAt: instant,
  erasedAt: orNull(instant),
  verifiedAt: orNull(instant),
});

const agreementTerms = {
  agreement: text,
  recipient: text,
  provider: text,
  purposes: listOf(purpose),
  casePatterns: { type: 'object', additionalProperties: text },
  deadlineMs: count,
} satisfies Record<keyof AgreementTerms, Schema>;

const agreement = shapeOf<AgreementReport>()({
  agreement: {
    type: 'object',
    properties: {
      state: oneOf(['none', 'in-force', 'terminating', 'terminated']),
      ...agreementTerms,
      proposedBy: orNull(text),
    },
    required: ['state'],
  },
  provision: shapeOf<ProvisionState>()({
    proposals: listOf({ type: 'object', properties: { ...hours, proposedBy: orNull(text) } }),
    versions: listOf({ type: 'object', properties: hours }),
    suspensions: listOf({
      type: 'object',
      properties: { suspension: text, scope: { oneOf: [oneOf(['all']), listOf(purpose)] } },
      required: ['suspension', 'scope'],
    }),
    lifted: listOf(text),
  }),
  readiness: readinessOfAgreement,
});

const grant: Schema = {
  type: 'object',
  properties: {
    state: oneOf(['requested', 'approved', 'refused', 'revoked']),
    terms: shapeOf<GrantTerms>()({
      grant: uuid,
      operator: text,
      terminal: text,
      purposes: listOf(purpose),
      from: day,
      until: day,
      prefixSearch: flag,
    }),
    requestedBy: orNull(text),
  },
  required: ['state', 'terms'],
};

const version = { proposal: text, roles: listOf(oneOf(roles)), effectiveFrom: day };
const operator = shapeOf<RegisteredOperator>()({
  state: oneOf(['registered']),
  operator: text,
  side: oneOf(['recipient', 'provider']),
  unit: text,
  proposals: listOf({ type: 'object', properties: { ...version, proposedBy: orNull(text) } }),
  roles: listOf({ type: 'object', properties: version }),
  trainings: listOf({ type: 'object', properties: { heldOn: day, validUntil: day } }),
  secrecyAcknowledged: flag,
});

const readiness = shapeOf<ReadinessReport>()({
  status: oneOf(['ready', 'not-ready']),
  checks: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { ok: flag, value: orNull({ oneOf: [{ type: 'number' }, text] }) },
      required: ['ok'],
    },
  },
});

const event: Schema = {
  type: 'object',
  properties: {
    entry: { type: 'object', description: 'As stored, sealed parts included.' },
    receipt: refTo('Receipt'),
    leafIndex: { ...orNull(count), description: 'Its number in the log; null while it is not sequenced.' },
  },
  required: ['entry', 'receipt', 'leafIndex'],
};

const tail: Schema = {
  type: 'string',
  description:
    'Server-sent events. `row`: a TrailRow, `id` its position, oldest first. `position`: everything that matches up to ' +
    '`position` was told. `end`: the Problem for which the stream ends; one that ends without was cut. See docs/tail.md.',
};

/** What each route answers when it succeeds with something to say. */
export const answers: Readonly<Record<string, Schema>> = {
  AgreementsController_show: agreement,
  AgreementsController_proposeHours: proposal,
  AgreementsController_suspend: only('suspension', text),
  ...incidentAnswers,
  GrantsController_request: only('grant', uuid),
  GrantsController_find: grant,
  HealthController_livez: only('status', oneOf(['ok'])),
  HealthController_readyz: readiness,
  InquiriesController_make: inquiry,
  InquiriesController_disclose: shapeOf<DisclosureResult>()({
    disclosure: uuid,
    inquiry: uuid,
    records: listOf(refTo('IdentityRecord')),
    usableThrough: day,
    receipts: listOf(refTo('Receipt')),
  }),
  OperatorsController_register: shapeOf<IssuedAccount>()({ operator: text, pin: text }),
  OperatorsController_find: operator,
  OperatorsController_household: shapeOf<HouseholdReport>()({
    declaredAt: { ...orNull(instant), description: 'Null where nothing was declared yet.' },
    by: orNull(text),
    names: { ...orNull(listOf(text)), description: 'Null once the person’s key is destroyed.' },
  }),
  OperatorsController_proposeRoles: proposal,
  OperatorsController_reissue: only('pin', text),
  RetentionController_propose: proposal,
  RetentionController_due: due,
  RetentionController_erasure: erasure,
  RetentionController_release: only('released', flag),
  ...caseAnswers,
  ...disclosureRequestAnswers,
  ...exportAnswers,
  ...reviewAnswers,
  SessionsController_open: shapeOf<OpenedSession>()({
    token: { type: 'string', description: 'Given once; send it as the bearer token.' },
    session: uuid,
    expiresAt: { type: 'integer', description: 'Milliseconds since 1970, real time.' },
    pinChangeOnly: flag,
  }),
  TailController_follow: tail,
  TailController_followInBody: tail,
  TerminalsController_register: only('terminal', text),
  TrailController_search: shapeOf<TrailPage>()({
    rows: listOf(refTo('TrailRow')),
    next: { ...orNull(text), description: 'The cursor of the next page; null on the last.' },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  TrailController_count: shapeOf<CountReport>()({
    count,
    more: { ...flag, description: 'Whether there are more than were counted.' },
    histogram: {
      ...orNull(listOf(shapeOf<HistogramBar>()({ moment: text, count }))),
      description: 'By the hour, day or month of Tokyo, ascending; what has no events has no bar.',
    },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  TrailController_event: event,
};
