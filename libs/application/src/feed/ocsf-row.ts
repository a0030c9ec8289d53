/**
 * The words of the Open Cybersecurity Schema Framework (https://schema.ocsf.io/1.4.0) that the feed uses, and the shape
 * of a row of its table. 1.4 and not 1.3: from there on every class takes the `host` profile (`actor`, `device`).
 */
export const OCSF_VERSION = '1.4.0';

/** Classes by name; a class belongs to the category of its thousands. */
export const ocsfClasses = {
  base: 0,
  'detection-finding': 2004,
  'incident-finding': 2005,
  'account-change': 3001,
  authentication: 3002,
  'entity-management': 3004,
  'user-access': 3005,
  'api-activity': 6003,
  'datastore-activity': 6005,
} as const;
export type OcsfClass = keyof typeof ocsfClasses;

/** What the feed uses of each class’s `activity_id`; 99 is “other”, with the event’s type as its name. */
export const ocsfActivities = {
  base: { other: 99 },
  'detection-finding': { create: 1, update: 2, close: 3 },
  'incident-finding': { create: 1, update: 2, close: 3 },
  'account-change': { create: 1, 'password-change': 3, 'password-reset': 4, lock: 9 },
  authentication: { logon: 1, logoff: 2, other: 99 },
  'entity-management': { create: 1, update: 3, delete: 4, enable: 8, disable: 9, suspend: 12, resume: 13 },
  'user-access': { assign: 1 },
  'api-activity': { other: 99 },
  'datastore-activity': { read: 1, query: 4, delete: 7 },
} as const satisfies Record<OcsfClass, Record<string, number>>;

/** `severity_id`. */
export const ocsfSeverities = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;
export type OcsfSeverity = keyof typeof ocsfSeverities;

/** `status_id` of what somebody did; findings and incidents have states of their own, by their activity. */
export const ocsfStatuses = { unknown: 0, success: 1, failure: 2 } as const;
export type OcsfStatus = keyof typeof ocsfStatuses;

/** Why a clear field does not leave. */
export const omissions = {
  case: {
    en: 'a case reference leads to a person at the agency',
    ja: '案件番号からは、省庁内で個人にたどり着けるため',
  },
  words: { en: 'somebody’s own words, not an id', ja: '識別子ではなく、人が書いた文言であるため' },
  bulk: { en: 'a list without a bound; the api has it', ja: '長さに限りのない一覧であり、API で読めるため' },
  inside: { en: 'means nothing outside this installation', ja: 'この設置環境の外では意味を持たないため' },
  theirs: { en: 'an id of the provider’s own', ja: '提供者側の識別子であるため' },
} as const;
export type Omission = keyof typeof omissions;

/**
 * How one event type leaves. Only fields that a row names leave, whatever an event holds: each clear field is named once
 * at least, as a part of the class or in `carries`, or else in `omits`. Sealed fields cannot be named.
 */
export interface OcsfRow {
  readonly class: OcsfClass;
  readonly activity: string;
  /** `informational` if not given. A field’s value may raise it. */
  readonly severity?: OcsfSeverity;
  readonly severityBy?: { readonly field: string; readonly of: Readonly<Record<string, OcsfSeverity>> };
  /** `success` if not given. */
  readonly status?: OcsfStatus;
  /** The values of a field that make it a failure. */
  readonly failsBy?: { readonly field: string; readonly values: readonly string[] };
  /** The field with codes that say why: `status_detail`. */
  readonly because?: string;
  /** The field with the id of the account that it is about: `user.uid`; null where nobody was known. */
  readonly user?: string | null;
  /** The field with the session’s id. */
  readonly session?: string;
  /** What was changed, and the field with its id. */
  readonly entity?: readonly [type: string, field: string];
  /** What was looked into. */
  readonly database?: string;
  /** The field with the id of the finding or incident, and its type. */
  readonly finding?: readonly [type: string, field: string];
  /** The field with the privileges that were given. */
  readonly privileges?: string;
  /** The field that says what was asked of the api. */
  readonly operation?: string;
  /** The field with the number of times. */
  readonly count?: string;
  /** Fields that go to `unmapped` under their own names. */
  readonly carries?: readonly string[];
  readonly omits?: Readonly<Record<string, Omission>>;
}

/** A type of which nothing leaves, and why. */
export interface LeftOut {
  readonly leftOut: { readonly en: string; readonly ja: string };
}

export const isLeftOut = (row: OcsfRow | LeftOut): row is LeftOut => 'leftOut' in row;

/** The fields of an event’s data that a row reads. */
export function fieldsOf(row: OcsfRow): readonly string[] {
  const { severityBy, failsBy, because, user, session, entity, finding, privileges, operation, count } = row;
  const named = [severityBy?.field, failsBy?.field, because, user, session, entity?.[1], finding?.[1]];
  const fields = [...named, privileges, operation, count, ...(row.carries ?? [])];
  return [...new Set(fields.filter((field) => typeof field === 'string'))];
}
