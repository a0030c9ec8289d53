import { v7 as uuidv7 } from 'uuid';
import type { Caller, Reply } from '../harness/caller.js';
import { PURPOSE } from '../harness/people.js';

const CASE = 'SK-2032-000001';

/** Personal data where it does not belong: in every field of every body, in paths, headers and broken JSON. */
export async function sayItEverywhere(caller: Caller, code: string, name: string): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const say = async (
    path: string,
    body: object | string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    replies.push(await caller.post(path, body, headers));
  };
  const typed = [code, name];
  for (const text of typed) {
    const id = (): Readonly<Record<string, string>> => ({ 'idempotency-key': uuidv7() });
    const asked = { purpose: PURPOSE, caseReference: CASE, question: { residentCode: code } };
    for (const wrong of [
      { ...asked, purpose: text },
      { ...asked, caseReference: text },
      { ...asked, caseReference: `SK-2032-${text}` },
      { ...asked, grant: text },
      { ...asked, grant: uuidv7() },
      { ...asked, [text]: text },
      { ...asked, question: { residentCode: `${code}${text}` } },
      { ...asked, question: { individualNumber: `${text}8` } },
      { ...asked, question: { individualNumber: '123456789018' } },
      { ...asked, question: { name: text } },
      { ...asked, question: { name: text, birthDate: text } },
      { ...asked, question: { name: text, address: '\uD800' + text } },
      { ...asked, question: { name: text, birthDate: '1948-11-??', prefix: true } },
      { ...asked, question: { residentCode: code, prefix: text } },
      { ...asked, question: { [text]: text } },
      { ...asked, question: text },
      { ...asked, question: [text] },
    ])
      await say('/v1/inquiries', wrong, id());
    await say('/v1/inquiries', asked, { 'idempotency-key': encodeURIComponent(text) });
    await say('/v1/inquiries', `{"purpose":"${text}`, id());
    await say('/v1/inquiries', JSON.stringify(text.repeat(9_000)), id());
    await say('/v1/inquiries', text, { ...id(), 'content-type': 'text/plain' });
    await say('/v1/grants', {
      operator: text,
      terminal: text,
      purposes: [text],
      from: text,
      until: text,
      reason: text,
    });
    await say('/v1/sessions', { operator: text, pin: text });
    await say('/v1/retention/periods', { purpose: text, period: text, effectiveFrom: text });
    await say('/v1/terminals', { terminal: text, label: 'x', certificate: text, notAfter: text });
    await say(`/v1/inquiries/${uuidv7()}/disclosures`, { reason: text, note: text });
    await say(`/v1/inquiries/${encodeURIComponent(text)}/disclosures`, { reason: text, note: text });
    await say(
      `/v1/${encodeURIComponent(text)}?code=${encodeURIComponent(text)}`,
      { text },
      { 'accept-language': code, 'user-agent': code },
    );
    replies.push(await caller.get(`/v1/events/${encodeURIComponent(text)}`));
    replies.push(
      await caller.get(`/v1/erasures/${encodeURIComponent(text)}?name=${encodeURIComponent(text)}`),
    );
  }
  return replies;
}

/** The same in every filter of a search of the trail, which only an officer may make. */
export async function searchForItEverywhere(
  officer: Caller,
  code: string,
  name: string,
): Promise<readonly Reply[]> {
  const filters = [
    'from',
    'operator',
    'terminal',
    'purpose',
    'outcome',
    'type',
    'caseReference',
    'residentCode',
    'cursor',
    'waitFor',
    'limit',
  ];
  const bodies = [code, name].flatMap((text) => filters.map((filter) => ({ [filter]: text, reason: text })));
  const replies: Reply[] = [];
  for (const body of bodies) replies.push(await officer.post('/v1/audit/searches', body));
  // Without a reason nothing is followed, and each of these is refused.
  for (const text of [code, name]) {
    for (const what of ['query=', 'query=case:', 'query=text:', 'residentCode=', 'savedSearch=', 'since='])
      replies.push(await officer.get(`/v1/audit/tail?${what}${encodeURIComponent(text)}`));
    const body = { query: `case:${text}`, residentCode: text, savedSearch: text, reason: '' };
    replies.push(await officer.post('/v1/audit/tail', body));
  }
  replies.push(...(await askWhoWasToldOf(officer, code, name)));
  return replies;
}

/** The same in every field of a resident's request to be told who was given the resident's data. */
async function askWhoWasToldOf(officer: Caller, code: string, name: string): Promise<readonly Reply[]> {
  const replies = await registerItOf(officer, code, name);
  const disclosureRequest = uuidv7();
  const received = { reference: 'K-1', receivedOn: '2032-04-01' };
  replies.push(
    await officer.post('/v1/disclosure-requests', received, { 'idempotency-key': disclosureRequest }),
  );
  const request = {
    disclosureRequest,
    requesterChecked: true,
    residentCode: code,
    formerResidentCodes: [code],
  };
  const wrong = [code, name].flatMap((text) => [
    ...[...Object.keys(request), 'format', text].map((field) => ({ ...request, [field]: text })),
    { ...request, formerResidentCodes: [`${text}0`] },
    { ...request, formerResidentCodes: Array.from({ length: 11 }, () => text) },
  ]);
  for (const body of [request, ...wrong]) replies.push(await officer.post('/v1/subjects/provisions', body));
  for (const text of [code, name]) {
    const place = `/v1/disclosure-requests/${disclosureRequest}`;
    replies.push(await officer.post(`${place}/extension`, { dueOn: '2032-05-30', reason: text }));
    const answer = { answer: 'disclosed', answeredOn: text, remark: text };
    replies.push(await officer.post(`${place}/answer`, answer));
    replies.push(await officer.get(`/v1/disclosure-requests?cursor=${encodeURIComponent(text)}`));
    replies.push(await officer.get(`/v1/disclosure-requests/${encodeURIComponent(text)}`));
  }
  return replies;
}

/** The same in every field of its registration. */
async function registerItOf(officer: Caller, code: string, name: string): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (const text of [code, name]) {
    const wrong = { reference: `${text} 第1号`, receivedOn: text, [text]: text };
    for (const field of Object.keys(wrong)) {
      const body = { reference: 'K-1', receivedOn: '2032-04-01', [field]: wrong[field as never] };
      replies.push(await officer.post('/v1/disclosure-requests', body, { 'idempotency-key': uuidv7() }));
    }
  }
  return replies;
}

/** The same where contacts and incidents are spoken of. */
export async function sayItOfIncidents(
  responder: Caller,
  texts: readonly string[],
): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const channel = { kind: 'smtp', address: 'toban@recipient.example' };
  for (const text of texts) {
    const path = encodeURIComponent(text);
    for (const wrong of [
      { name: '当番', channels: [{ ...channel, address: text }] },
      { name: '当番', channels: [{ ...channel, address: `toban@recipient.example, ${text}` }] },
      { name: '当番', channels: [{ kind: text, address: text }] },
      { name: '当番', channels: [{ kind: 'webhook', address: `https://${path}:hidden@hooks.example/` }] },
      { name: '当番', channels: [{ kind: 'webhook', address: `http://hooks.example/${path}` }] },
      { name: `\uD800${text}`, channels: [channel] },
      { name: '当番', channels: text },
      { name: '当番', channels: [channel], [text]: text },
    ])
      replies.push(await responder.post('/v1/contacts', wrong));
    replies.push(await responder.post('/v1/incidents', { kind: text, description: text }));
    replies.push(await responder.post('/v1/incidents', { kind: 'drill', description: `\uD800${text}` }));
    replies.push(await responder.post(`/v1/incidents/${path}/notes`, { note: text }));
    replies.push(await responder.post(`/v1/incidents/${path}/closure`, { finding: text }));
    replies.push(await responder.post(`/v1/contacts/${path}/confirmation`, { version: text }));
    replies.push(await responder.post(`/v1/alerts/${path}/acknowledgement`, {}));
    replies.push(await responder.get(`/v1/incidents?cursor=${path}`));
    replies.push(await responder.get(`/acknowledge/${path}/${path}`));
  }
  return replies;
}

/** The same where cases are handed over, as a list and as a file. */
export async function sayItOfCases(manager: Caller, texts: readonly string[]): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  const good = { affair: 'rtva-59-1', caseReference: CASE, openedOn: '2032-04-01', closedOn: null };
  const csv = { 'content-type': 'text/csv' };
  for (const text of texts) {
    for (const wrong of [
      { affair: text },
      { caseReference: text },
      { caseReference: `SK-2032-${text}` },
      { openedOn: text },
      { openedOn: text.slice(0, 10), closedOn: text.slice(0, 10) },
      { [text]: text },
    ])
      replies.push(await manager.post('/v1/cases', { cases: [{ ...good, ...wrong }] }));
    for (const file of [
      text,
      `affair,caseReference,openedOn,${text}\n`,
      `affair,caseReference,openedOn,closedOn\n${text},${text},${text},${text}\n${text}\n`,
      `affair,caseReference,openedOn,closedOn\n${text},${text},${text},${text}\n`,
    ])
      replies.push(await manager.post('/v1/cases/file', file, csv));
    replies.push(await manager.get(`/v1/cases/${encodeURIComponent(text)}/${encodeURIComponent(text)}`));
  }
  return replies;
}
