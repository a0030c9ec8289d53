import { describe, expect, it } from '@jest/globals';
import { catalogue, type Entry, parseEntry, recordedEvent, upcasters } from '#domain';
import { type ClearEvent, ocsfOf } from './ocsf-event.js';
import { isLeftOut, ocsfClasses } from './ocsf-row.js';
import { ocsfTable } from './ocsf-table.js';

const ID = '019d6000-0000-7000-8000-000000000001';
const SOURCE = { version: '1.2.3', logName: 'kiroku.example/log' };
const AT = '2026-04-06T01:00:00.000Z';

const recorded = (type: string, data: object, changes: Partial<ClearEvent> = {}): ClearEvent => ({
  id: ID,
  type,
  v: 1,
  stream: 'a-stream',
  at: AT,
  agreement: 'mlit-2019',
  actor: { operator: 'o-17', terminal: 't-3', session: 's-1' },
  correlation: '019d6000-0000-7000-8000-0000000000cc',
  data,
  ...changes,
});
const sent = (type: string, data: object, changes: Partial<ClearEvent> = {}) =>
  ocsfOf(recorded(type, data, changes), '42', SOURCE);

describe('an event for a SIEM', () => {
  it('says what OCSF asks of every event', () => {
    expect(sent('SignedIn', { session: 's-1', operator: 'o-17', terminal: 't-3' })).toEqual({
      category_uid: 3,
      class_uid: 3002,
      activity_id: 1,
      type_uid: 300_201,
      time: Date.parse(AT),
      severity_id: 1,
      status_id: 1,
      message: 'サインインした。 Somebody signed in.',
      metadata: {
        version: '1.4.0',
        profiles: ['host'],
        product: { name: 'Kiroku', vendor_name: 'Kiroku', version: '1.2.3' },
        uid: ID,
        event_code: 'SignedIn',
        correlation_uid: '019d6000-0000-7000-8000-0000000000cc',
        log_name: 'kiroku.example/log',
        original_time: AT,
        logged_time: Number.parseInt('019d60000000', 16),
        sequence: 42,
      },
      actor: { user: { uid: 'o-17', type_id: 1 }, session: { uid: 's-1' } },
      device: { uid: 't-3', type_id: 0 },
      src_endpoint: { uid: 't-3' },
      user: { uid: 'o-17', type_id: 1 },
      session: { uid: 's-1' },
      service: { name: 'Kiroku' },
      unmapped: { terminal: 't-3', agreement: 'mlit-2019', schemaVersion: 1, position: '42' },
    });
  });

  it('says which program did it, where no person did', () => {
    const event = sent('KeyGenerated', { key: 'trail/2026', kind: 'trail' }, { actor: { system: 'api' } });
    expect(event).toMatchObject({
      class_uid: 3004,
      actor: { app_name: 'api' },
      src_endpoint: { svc_name: 'api' },
      entity: { type: 'key', uid: 'trail/2026' },
    });
    expect(event).not.toHaveProperty('device');
  });

  it('tells an inquiry without its case, and a refusal with its codes', () => {
    const inquiry = { inquiry: 'i-1', purpose: 'rtva-59-1:examination', caseReference: '品川-12-3456' };
    const who = { operator: 'o-17', terminal: 't-3' };
    const received = sent('InquiryReceived', { ...inquiry, ...who, form: 'by-code', lease: 'api/1' });
    expect(received).toMatchObject({
      type_uid: 600_504,
      status_id: 1,
      database: { name: 'population-register' },
      unmapped: { inquiry: 'i-1', purpose: 'rtva-59-1:examination', form: 'by-code' },
    });
    const refused = sent('InquiryRefused', { ...inquiry, ...who, reasons: ['grant-missing', 'hours'] });
    expect(refused).toMatchObject({ status_id: 2, severity_id: 2, status_detail: 'grant-missing, hours' });
    expect(JSON.stringify([received, refused])).not.toMatch(/品川|api\/1/);
  });

  it.each([
    ['not-found', 1],
    ['provider-unavailable', 2],
  ])('takes an inquiry that ended as %s for status %d', (outcome, status) => {
    const data = { inquiry: 'i-1', purpose: 'rtva-59-1:examination', outcome, count: null };
    const event = sent('NothingProvided', data);
    expect(event).toMatchObject({ status_id: status, unmapped: { outcome } });
    expect(event?.['unmapped']).not.toHaveProperty('count');
  });

  it.each([
    ['drill', 1],
    ['failure', 3],
    ['leak-feared', 4],
    ['leak', 5],
  ])('weighs an incident that is a %s as %d', (kind, severity) => {
    expect(sent('IncidentDeclared', { incident: 'in-1', kind, cause: null, fault: null })).toMatchObject({
      type_uid: 200_501,
      severity_id: severity,
      status_id: 1,
      finding_info_list: [{ uid: 'in-1', title: 'incident' }],
      assignee_group: { name: 'incident-responder' },
    });
  });

  it('closes a review as a finding that is resolved', () => {
    expect(sent('ReviewClosed', { review: 'r-1', conclusion: 'improper', incident: 'in-1' })).toMatchObject({
      type_uid: 200_403,
      status_id: 4,
      severity_id: 4,
      is_alert: false,
      finding_info: { uid: 'r-1', title: 'review' },
    });
  });

  it('counts failures of somebody who is not known', () => {
    const data = { bucket: 'b-1', kind: 'unknown-operator', minute: '2026-04-06T01:00Z', count: 7 };
    expect(sent('FailuresCounted', data, { actor: { system: 'api' } })).toMatchObject({
      type_uid: 300_201,
      status_id: 2,
      count: 7,
      status_detail: 'unknown-operator',
      user: { uid: 'unknown', type_id: 0 },
    });
  });

  it('has a position as a number only where it is one', () => {
    const event = ocsfOf(recorded('SignedOut', { session: 's-1', operator: 'o-17' }), 'C:9/P:9', SOURCE);
    expect(event?.['metadata']).not.toHaveProperty('sequence');
    expect(event).toMatchObject({ unmapped: { position: 'C:9/P:9' } });
  });

  it('is nothing for a type that is left out', () => {
    expect(sent('RecordProvided', { inquiry: 'i-1', number: 1 })).toBeNull();
  });

  it('says of a type that it does not know that it happened, and no more', () => {
    const event = sent('HouseSold', { owner: 'MARK' });
    expect(event).toMatchObject({
      class_uid: 0,
      type_uid: 99,
      activity_name: 'HouseSold',
      metadata: { uid: ID },
    });
    expect(JSON.stringify(event)).not.toContain('MARK');
  });
});

describe('whatever lies in an entry beside its clear fields', () => {
  const MARK = '山田太郎24727059608';

  /** An entry with marks where nothing may leave from: sealed boxes, keys, fields that are not declared clear. */
  const marked = (type: string): Entry => {
    const lifetimes = Object.entries(catalogue[type]?.lifetimes as Record<string, unknown>);
    const clear = lifetimes.filter(([, lifetime]) => lifetime === 'clear').map(([field]) => field);
    const sealed = lifetimes.filter(([, lifetime]) => lifetime !== 'clear').map(([field]) => field);
    const row = ocsfTable[type];
    const omitted = row && !isLeftOut(row) ? Object.keys(row.omits ?? {}) : clear;
    const data = Object.fromEntries([
      ...clear.map((field) => [field, omitted.includes(field) ? MARK : `clear ${field}`]),
      // As a program would leave them that forgot to seal.
      ...sealed.map((field) => [field, MARK]),
      ['undeclared', MARK],
    ]);
    const boxes = Object.fromEntries(sealed.map((field) => [field, { key: MARK, box: MARK }]));
    const entry = {
      ...recorded(type, {}),
      data,
      sealed: boxes,
      keys: { [MARK]: { cohort: MARK, wrap: MARK } },
    };
    return parseEntry(JSON.stringify(entry));
  };

  it.each(Object.keys(catalogue))('stays inside: %s', (type) => {
    const event = recordedEvent(marked(type), catalogue, upcasters);
    expect(JSON.stringify(ocsfOf(event, '1', SOURCE))).not.toContain(MARK);
  });
});

describe('every class that the feed uses', () => {
  const required: Readonly<Record<string, readonly string[]>> = {
    'detection-finding': ['finding_info'],
    'incident-finding': ['finding_info_list', 'assignee_group', 'status_id'],
    'account-change': ['user'],
    authentication: ['user', 'service'],
    'entity-management': ['entity'],
    'user-access': ['user', 'privileges'],
    'api-activity': ['actor', 'api', 'src_endpoint'],
    'datastore-activity': ['actor', 'database', 'src_endpoint'],
    base: [],
  };
  const always = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];

  it('is one whose demands are known here', () => {
    expect(Object.keys(required).sort()).toEqual(Object.keys(ocsfClasses).sort());
  });

  const rows = Object.entries(ocsfTable).flatMap(([type, row]) =>
    isLeftOut(row) ? [] : [[type, row] as const],
  );

  it.each(rows)('gets what OCSF requires of it: %s', (type, row) => {
    const clear = Object.keys(catalogue[type]?.lifetimes ?? {});
    const event = sent(type, Object.fromEntries(clear.map((field) => [field, 'x'])));
    expect(Object.keys(event ?? {})).toEqual(
      expect.arrayContaining([...always, ...(required[row.class] ?? [])]),
    );
  });
});
