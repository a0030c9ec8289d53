import type { LeftOut, OcsfRow } from './ocsf-row.js';

type Rows = Readonly<Record<string, OcsfRow | LeftOut>>;
type Part = Omit<OcsfRow, 'class' | 'activity' | 'entity' | 'database' | 'finding' | 'user'>;

const entity = (activity: string, type: string, field: string, part: Part = {}): OcsfRow => ({
  class: 'entity-management',
  activity,
  entity: [type, field],
  ...part,
});
const account = (activity: string, part: Part = {}): OcsfRow => ({
  class: 'account-change',
  activity,
  user: 'operator',
  ...part,
});
const authentication = (activity: string, part: Part = {}): OcsfRow => ({
  class: 'authentication',
  activity,
  user: 'operator',
  ...part,
});
const datastore = (activity: string, database: string, part: Part = {}): OcsfRow => ({
  class: 'datastore-activity',
  activity,
  database,
  ...part,
});
const detection = (activity: string, type: string, field: string, part: Part = {}): OcsfRow => ({
  class: 'detection-finding',
  activity,
  finding: [type, field],
  ...part,
});
const incident = (activity: string, part: Part = {}): OcsfRow => ({
  class: 'incident-finding',
  activity,
  finding: ['incident', 'incident'],
  ...part,
});

/** What is looked into: the provider’s register, the answers kept here, the trail, and the data that is erased. */
const REGISTER = 'population-register';
const ANSWERS = 'stored-answers';
const TRAIL = 'trail';
const IDENTITY = 'identity-data';

const hours = { carries: ['effectiveFrom'], omits: { hours: 'bulk', closedDays: 'bulk' } } as const;

const agreements: Rows = {
  AgreementConcluded: entity('create', 'agreement', 'agreement', {
    carries: ['purposes', 'deadlineMs'],
    omits: { recipient: 'words', provider: 'words', casePatterns: 'words' },
  }),
  TerminationProposed: entity('update', 'agreement', 'agreement'),
  TerminationDecided: entity('disable', 'agreement', 'agreement', { severity: 'medium' }),
  ServiceHoursProposed: entity('create', 'service-hours', 'proposal', hours),
  ServiceHoursSet: entity('enable', 'service-hours', 'proposal', hours),
  ProvisionSuspended: entity('suspend', 'provision', 'suspension', {
    severity: 'medium',
    carries: ['scope'],
  }),
  ProvisionResumed: entity('resume', 'provision', 'suspension'),
};

const roles = { carries: ['operator', 'roles', 'effectiveFrom'] } as const;

const access: Rows = {
  OperatorRegistered: account('create', { carries: ['side'], omits: { unit: 'words' } }),
  RolesProposed: entity('create', 'roles', 'proposal', roles),
  RolesSet: {
    class: 'user-access',
    activity: 'assign',
    user: 'operator',
    privileges: 'roles',
    carries: ['proposal', 'effectiveFrom'],
  },
  TrainingAttended: entity('update', 'operator', 'operator', { carries: ['heldOn', 'validUntil'] }),
  SecrecyAcknowledged: entity('update', 'operator', 'operator'),
  HouseholdDeclared: entity('update', 'operator', 'operator'),
  PinIssued: account('password-reset', { severity: 'low' }),
  PinRejected: authentication('logon', { severity: 'low', status: 'failure', carries: ['consecutive'] }),
  PinAccepted: authentication('other'),
  PinLocked: account('lock', { severity: 'medium' }),
  PinChanged: account('password-change'),
  TerminalRegistered: entity('create', 'terminal', 'terminal', { omits: { label: 'words' } }),
  TerminalRetired: entity('delete', 'terminal', 'terminal'),
  CertificateBound: entity('create', 'certificate', 'certificate', { carries: ['terminal', 'notAfter'] }),
  CertificateRetired: entity('delete', 'certificate', 'certificate', { carries: ['terminal'] }),
  GrantRequested: entity('create', 'grant', 'grant', {
    carries: ['operator', 'terminal', 'purposes', 'from', 'until', 'prefixSearch'],
  }),
  GrantApproved: entity('enable', 'grant', 'grant', { carries: ['operator', 'terminal'] }),
  GrantRefused: entity('update', 'grant', 'grant', { status: 'failure', carries: ['operator', 'terminal'] }),
  GrantRevoked: entity('disable', 'grant', 'grant', { severity: 'low', carries: ['operator', 'terminal'] }),
  SignedIn: authentication('logon', { session: 'session', carries: ['terminal'] }),
  SignedOut: authentication('logoff', { session: 'session' }),
  AccessDenied: {
    class: 'api-activity',
    activity: 'other',
    severity: 'low',
    status: 'failure',
    operation: 'action',
    because: 'codes',
    count: 'count',
    carries: ['operator', 'session', 'minute'],
  },
  FailuresCounted: {
    class: 'authentication',
    activity: 'logon',
    severity: 'low',
    status: 'failure',
    user: null,
    because: 'kind',
    count: 'count',
    carries: ['bucket', 'minute'],
  },
};

const inquiries: Rows = {
  InquiryReceived: datastore('query', REGISTER, {
    carries: ['inquiry', 'purpose', 'form', 'operator', 'terminal', 'grant', 'usableThrough', 'deadline'],
    omits: { caseReference: 'case', lease: 'inside' },
  }),
  InquiryRefused: datastore('query', REGISTER, {
    severity: 'low',
    status: 'failure',
    because: 'reasons',
    carries: ['inquiry', 'purpose', 'operator', 'terminal'],
    omits: { caseReference: 'case' },
  }),
  InformationProvided: datastore('read', REGISTER, {
    carries: ['inquiry', 'purpose', 'outcome', 'records'],
    omits: { message: 'theirs' },
  }),
  RecordProvided: {
    leftOut: {
      en: 'all but its number is sealed; the `InformationProvided` beside it says how many records there are',
      ja: '番号のほかはすべて封印されており、件数は同時に記録される InformationProvided にあるため',
    },
  },
  NothingProvided: datastore('read', REGISTER, {
    failsBy: { field: 'outcome', values: ['malformed', 'suspended', 'out-of-hours', 'provider-unavailable'] },
    carries: ['inquiry', 'purpose', 'outcome', 'count'],
  }),
  AnswerFaulty: datastore('read', REGISTER, {
    severity: 'medium',
    status: 'failure',
    because: 'fault',
    carries: ['inquiry'],
  }),
  InquiryOutcomeUnknown: datastore('read', REGISTER, {
    severity: 'low',
    status: 'unknown',
    because: 'cause',
    carries: ['inquiry'],
  }),
  LateAnswerDiscarded: datastore('read', REGISTER, {
    severity: 'low',
    status: 'failure',
    carries: ['inquiry', 'records'],
  }),
  AnswerRedelivered: datastore('read', ANSWERS, { carries: ['inquiry', 'operator', 'terminal'] }),
  AnswerWithheld: datastore('read', ANSWERS, {
    severity: 'low',
    status: 'failure',
    because: 'reasons',
    carries: ['inquiry', 'operator'],
  }),
  DisclosureRequested: datastore('query', ANSWERS, {
    carries: ['disclosure', 'inquiry', 'operator', 'reason'],
  }),
  DisclosureOpened: datastore('read', ANSWERS, { carries: ['disclosure', 'inquiry', 'operator', 'records'] }),
  DisclosureDenied: datastore('read', ANSWERS, {
    severity: 'low',
    status: 'failure',
    because: 'reasons',
    carries: ['disclosure', 'inquiry', 'operator'],
  }),
  TrailSearched: datastore('query', TRAIL, { carries: ['search', 'operator'] }),
  EventViewed: datastore('read', TRAIL, { carries: ['search', 'operator', 'event'] }),
};

const period = { carries: ['purpose', 'period', 'effectiveFrom'] } as const;

const retention: Rows = {
  RetentionPeriodProposed: entity('create', 'retention-period', 'proposal', period),
  RetentionPeriodApproved: entity('enable', 'retention-period', 'proposal', period),
  ErasureStarted: datastore('delete', IDENTITY, {
    status: 'unknown',
    carries: ['cohort', 'run', 'inquiries', 'root'],
  }),
  IdentityDataErased: datastore('delete', IDENTITY, {
    carries: ['cohort', 'run', 'part'],
    omits: { inquiries: 'bulk' },
  }),
  ErasureVerified: datastore('delete', IDENTITY, { carries: ['cohort', 'run', 'epoch', 'generation'] }),
  ErasureHeld: datastore('delete', IDENTITY, {
    severity: 'medium',
    status: 'failure',
    because: 'why',
    carries: ['run', 'days', 'through'],
  }),
  ErasureReleaseApproved: entity('update', 'erasure-hold', 'run', { carries: ['approver'] }),
};

const contact = { carries: ['party', 'version', 'kinds'] } as const;
const attempt = {
  carries: ['incident', 'contact', 'channel', 'kind', 'round'],
  omits: { message: 'inside' },
} as const;

const incidents: Rows = {
  ContactRegistered: entity('create', 'contact', 'contact', contact),
  ContactChanged: entity('update', 'contact', 'contact', contact),
  ContactConfirmed: entity('enable', 'contact', 'contact', { carries: ['party', 'version'] }),
  ContactRemoved: entity('delete', 'contact', 'contact', { carries: ['party'] }),
  IncidentDeclared: incident('create', {
    severity: 'medium',
    severityBy: { field: 'kind', of: { drill: 'informational', 'leak-feared': 'high', leak: 'critical' } },
    carries: ['kind', 'cause', 'fault'],
  }),
  IncidentNoted: incident('update'),
  IncidentClosed: incident('close'),
  FaultOpened: detection('create', 'fault', 'fault', {
    severity: 'medium',
    carries: ['kind', 'incident', 'times', 'through'],
  }),
  FaultRepeated: detection('update', 'fault', 'fault', {
    severity: 'medium',
    carries: ['incident', 'times', 'through'],
  }),
  FaultCleared: detection('close', 'fault', 'fault', { carries: ['incident', 'times'] }),
  AlertRaised: entity('create', 'alert', 'alert', { carries: ['incident', 'contact', 'party'] }),
  AlertSent: entity('update', 'alert', 'alert', {
    carries: [...attempt.carries, 'lifeboat'],
    omits: attempt.omits,
  }),
  AlertDeliveryFailed: entity('update', 'alert', 'alert', {
    severity: 'low',
    status: 'failure',
    because: 'why',
    carries: [...attempt.carries, 'permanent'],
    omits: attempt.omits,
  }),
  AlertAcknowledged: entity('update', 'alert', 'alert', { carries: ['incident', 'contact', 'by'] }),
};

const search = { carries: ['version', 'owner', 'shared', 'threshold'] } as const;

const trail: Rows = {
  SearchSaved: entity('create', 'saved-search', 'savedSearch', search),
  SavedSearchChanged: entity('update', 'saved-search', 'savedSearch', search),
  SavedSearchRemoved: entity('delete', 'saved-search', 'savedSearch'),
  SavedSearchJudged: datastore('query', TRAIL, {
    carries: ['savedSearch', 'version', 'day', 'events'],
  }),
  TailOpened: datastore('query', TRAIL, {
    carries: ['tail', 'operator', 'savedSearch', 'after'],
  }),
  TailClosed: datastore('read', TRAIL, {
    because: 'why',
    carries: ['tail', 'operator', 'rows', 'position'],
  }),
  ExportRequested: datastore('query', TRAIL, {
    severity: 'low',
    carries: ['export', 'operator', 'format', 'rows', 'position', 'needsApproval'],
  }),
  ExportApproved: entity('enable', 'export', 'export', { carries: ['operator'] }),
  ExportRefused: entity('update', 'export', 'export', { status: 'failure', carries: ['operator'] }),
  ExportViewed: entity('update', 'export', 'export', { carries: ['operator'] }),
  ExportFetched: datastore('read', TRAIL, { severity: 'low', carries: ['export', 'operator'] }),
  ExportCompleted: datastore('read', TRAIL, {
    severity: 'low',
    carries: ['export', 'operator', 'rows', 'sha256', 'statementSha256'],
  }),
};

const request = ['disclosure-request', 'disclosureRequest'] as const;

const disclosureRequests: Rows = {
  DisclosureRequestReceived: entity('create', ...request, { carries: ['operator', 'receivedOn', 'dueOn'] }),
  DisclosureRequestExtended: entity('update', ...request, { carries: ['operator', 'dueOn'] }),
  DisclosureRequestViewed: entity('update', ...request, { carries: ['operator'] }),
  ResidentProvisionsShown: datastore('read', TRAIL, {
    carries: ['disclosureRequest', 'listing', 'operator', 'format'],
  }),
  DisclosureRequestAnswered: entity('update', ...request, { carries: ['operator', 'answer', 'answeredOn'] }),
};

const nothingButACase: LeftOut = {
  leftOut: {
    en: 'a case has no id but its reference, which leads to a person at the agency',
    ja: '案件の識別子は案件番号のみであり、省庁内で個人にたどり着けるため',
  },
};

const cases: Rows = {
  CaseRegistered: nothingButACase,
  CaseClosed: nothingButACase,
  CaseReopened: nothingButACase,
  CaseOpeningCorrected: nothingButACase,
};

const reviews: Rows = {
  ReviewOpened: detection('create', 'review', 'review', {
    severity: 'medium',
    carries: ['concern', 'operator', 'savedSearch'],
  }),
  ReviewNoted: detection('update', 'review', 'review'),
  ReviewClosed: detection('close', 'review', 'review', {
    severityBy: { field: 'conclusion', of: { improper: 'high' } },
    carries: ['conclusion', 'incident'],
  }),
  DailyReviewsBegun: entity('enable', 'daily-reviews', 'from'),
  DayReviewed: entity('create', 'daily-review', 'day', {
    carries: ['inquiries', 'refused', 'reviewsOpened', 'through'],
  }),
  ResidentWatched: entity('create', 'watch-list-entry', 'entry', { carries: ['until'] }),
  WatchEnded: entity('delete', 'watch-list-entry', 'entry'),
};

const keys: Rows = {
  KeyGenerated: entity('create', 'key', 'key', { carries: ['kind'] }),
  KeyDestroyed: entity('delete', 'key', 'key', { carries: ['kind'] }),
  LogKeyRegistered: entity('create', 'log-key', 'verifierKey', { carries: ['origin'] }),
};

const feed: Rows = {
  FeedBegun: entity('create', 'siem-feed', 'beginning', { severity: 'low', carries: ['from', 'position'] }),
};

/**
 * How each event type leaves for a SIEM (docs/siem-feed.md). Every type of the catalogue has a row; the one that a newer
 * program wrote has none, and leaves with its header alone.
 */
export const ocsfTable: Rows = {
  ...agreements,
  ...access,
  ...inquiries,
  ...cases,
  ...retention,
  ...incidents,
  ...trail,
  ...disclosureRequests,
  ...reviews,
  ...keys,
  ...feed,
};
