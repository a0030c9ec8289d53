import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../apps/registry-simulator/src/well-known.js';
import type { Receipt } from '#event-store';
import type { Caller, Reply } from './caller.js';
import { PURPOSE } from './people.js';

/** What the operators wrote down outside Kiroku: which inquiries were answered, with which receipts. */
export class Acknowledgements {
  readonly answered = new Map<string, readonly Receipt[]>();
  /** Inquiries whose connection broke before an answer: nothing is known about them. */
  readonly cut = new Set<string>();
  /** Answers that were none: status and code, counted. */
  readonly refused = new Map<string, number>();

  take(inquiry: string, { status, body }: Reply): void {
    if (status === 200) {
      this.answered.set(inquiry, body['receipts'] as readonly Receipt[]);
      return;
    }
    const what = `${status} ${String(body['code'])}`;
    this.refused.set(what, (this.refused.get(what) ?? 0) + 1);
  }
}

/** Found, found with rare characters, too many, nobody: every shape of answer. */
const questions: readonly object[] = [
  { residentCode: wellKnown.found },
  { residentCode: wellKnown.rareCharacters },
  { ...wellKnown.tooMany },
  { residentCode: wellKnown.nobody },
];

/** One inquiry under an id of its own, and its acknowledgement written down. */
export async function askAndNote(
  caller: Caller,
  list: Acknowledgements,
  { inquiry = uuidv7(), nth = 0, purpose = PURPOSE, caseReference = 'SK-2032-000001' } = {},
): Promise<void> {
  const body = { purpose, caseReference, question: questions[nth % questions.length] };
  let reply: Reply;
  try {
    reply = await caller.post('/v1/inquiries', body, { 'idempotency-key': inquiry });
  } catch {
    list.cut.add(inquiry);
    return;
  }
  list.take(inquiry, reply);
}

/** `callers` at work until each has made `each` inquiries, or its connection broke. */
export async function load(
  callers: readonly Caller[],
  list: Acknowledgements,
  { each, atOnce }: { readonly each: number; readonly atOnce: number },
): Promise<void> {
  const loop = async (caller: Caller): Promise<void> => {
    const before = list.cut.size;
    for (let nth = 0; nth < each && list.cut.size === before; nth += 1)
      await askAndNote(caller, list, { nth });
  };
  await Promise.all(callers.flatMap((caller) => Array.from({ length: atOnce }, () => loop(caller))));
}
