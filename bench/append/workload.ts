import { benchId } from '../ids.js';
import { addDays, cohortId, type EventDraft, fiscalYear, tokyoDay } from '#domain';
import type { Vault } from '#vault';

/** What is appended: one event, each to a stream of its own. */
export interface Workload {
  readonly name: string;
  draft(): EventDraft;
}

const AGREEMENT = 'agreement-2019';
const PURPOSE = 'rtva-59-1:examination';
const now = new Date().toISOString();
const usableThrough = addDays(tokyoDay(now), 90);
const [operator, session, grant, correlation, lease] = Array.from({ length: 5 }, () => benchId()) as [
  string,
  string,
  string,
  string,
  string,
];
const header = {
  v: 1,
  at: now,
  agreement: AGREEMENT,
  actor: { operator, session, terminal: 'terminal-1' },
  correlation,
};

/** An accepted inquiry as the api records it: the question sealed with a fresh data key, one subject token. */
function received(): EventDraft {
  const inquiry = benchId();
  return {
    ...header,
    id: benchId(),
    type: 'InquiryReceived',
    stream: `inquiry-${inquiry}`,
    data: {
      inquiry,
      purpose: PURPOSE,
      caseReference: 'SK-2026-000001',
      form: 'by-code',
      question: { residentCode: '24727059608' },
      subjects: [{ kind: 'resident-code', value: '24727059608' }],
      operator,
      terminal: 'terminal-1',
      grant,
      usableThrough,
      deadline: now,
      lease: `api/${lease}`,
    },
  };
}

/** What was supplied: nothing in it is sealed. */
function provided(): EventDraft {
  const inquiry = benchId();
  return {
    ...header,
    id: benchId(),
    type: 'InformationProvided',
    stream: `inquiry-${inquiry}`,
    data: { inquiry, purpose: PURPOSE, outcome: 'found', records: 1, message: grant },
  };
}

/** One sealed event to `clear` clear ones, in turn. */
function mixed(name: string, clear: number): Workload {
  let turn = 0;
  return {
    name,
    draft: () => {
      turn = (turn + 1) % (clear + 1);
      return turn === 1 ? received() : provided();
    },
  };
}

/** Mostly clear events: in an inquiry's own stream less than this, over all streams (access, terminals, keys) more. */
export const ordinary = mixed('1 sealed : 3 clear', 3);
export const clearOnly: Workload = { name: 'clear only', draft: provided };
export const sealedOnly: Workload = { name: 'sealed only', draft: received };

/** Makes the keys that the workloads need, as the worker does a day ahead. */
export async function makeKeys(vault: Vault): Promise<void> {
  const year = String(fiscalYear(tokyoDay(now)));
  await vault.ensure('cohort', [cohortId({ agreement: AGREEMENT, purpose: PURPOSE, usableThrough })]);
  await vault.ensure('trail', [year]);
  await vault.ensure('subject', [year]);
}
