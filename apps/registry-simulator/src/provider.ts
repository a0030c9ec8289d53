/** The provider's side of an inquiry: looks the question up, remembers what it supplied, and counts. */
import { createHash } from 'node:crypto';
import type { IdentityRecord, Purpose, Question } from '#domain';
import { MAX_RECORDS, type AnswerBody, type InquiryEnvelope } from '#registry';
import type { Mode } from './behaviour.js';
import type { Residents } from './residents.js';
import { STRAY_INDIVIDUAL_NUMBER, type Resident } from './well-known.js';

/** A record as it may wrongly be supplied. */
type WireRecord = IdentityRecord & { readonly individualNumber?: string };

/** What the provider counts: its side of the quarterly bill (art. 2). A repeated inquiry counts once. */
export interface Statistics {
  /** Authentic questions received, repeats included. */
  readonly requests: number;
  /** Different inquiries answered from the register. */
  readonly inquiries: number;
  /** Questions whose inquiry had been answered before. */
  readonly repeats: number;
  /** Messages refused: not authentic, replayed, or unreadable. */
  readonly refused: number;
  /** Records supplied. */
  readonly recordsSupplied: number;
  /** Records supplied, by purpose. */
  readonly recordsByPurpose: Readonly<Record<Purpose, number>>;
}

/** How many inquiries are remembered; the oldest are forgotten first. */
const REMEMBERED = 100_000;

export class Provider {
  /** By inquiry: a digest of the question and the answer given, so that a repeat is recognised and answered alike. */
  private readonly answered = new Map<string, { digest: string; answer: AnswerBody }>();
  private requests = 0;
  private inquiries = 0;
  private repeats = 0;
  private refused = 0;
  private recordsSupplied = 0;
  private readonly recordsByPurpose: Record<Purpose, number> = {};

  constructor(private readonly residents: Residents) {}

  statistics(): Statistics {
    const { requests, inquiries, repeats, refused, recordsSupplied } = this;
    return {
      requests,
      inquiries,
      repeats,
      refused,
      recordsSupplied,
      recordsByPurpose: { ...this.recordsByPurpose },
    };
  }

  /** Counts a message that was refused before it could be a question. */
  refuse(): void {
    this.refused += 1;
  }

  /** Answers one authentic, fresh inquiry. A suspension or closing time says nothing about the question. */
  answer(inquiry: InquiryEnvelope, mode: Mode): AnswerBody {
    this.requests += 1;
    if (mode === 'suspended' || mode === 'out-of-hours') return { outcome: mode };
    if (!inquiry.body) return { outcome: 'malformed' };
    const { purpose } = inquiry.body;
    const digest = digestOf(inquiry.body);
    const before = this.answered.get(inquiry.inquiry);
    if (before) {
      this.repeats += 1;
      // The same id for another question is no repeat: it would be a second provision for one inquiry.
      return before.digest === digest ? before.answer : { outcome: 'malformed' };
    }
    const answer = lookUp(this.residents, inquiry.body.question, mode);
    this.remember(inquiry.inquiry, digest, answer);
    this.count(purpose, answer);
    return answer;
  }

  private remember(inquiry: string, digest: string, answer: AnswerBody): void {
    this.answered.set(inquiry, { digest, answer });
    if (this.answered.size <= REMEMBERED) return;
    for (const oldest of this.answered.keys()) {
      this.answered.delete(oldest);
      return;
    }
  }

  private count(purpose: Purpose, answer: AnswerBody): void {
    const supplied = 'records' in answer ? answer.records.length : 0;
    this.inquiries += 1;
    this.recordsSupplied += supplied;
    this.recordsByPurpose[purpose] = (this.recordsByPurpose[purpose] ?? 0) + supplied;
  }
}

const digestOf = (body: NonNullable<InquiryEnvelope['body']>): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('base64');

/** Looks a question up. Deleted records are never supplied; where there is nothing else, that much is said. */
function lookUp(residents: Residents, question: Question, mode: Mode): AnswerBody {
  const hits =
    'residentCode' in question
      ? oneOrNone(residents.byCode(question.residentCode))
      : residents.byName(question);
  const living = hits.filter((resident) => !resident.deleted);
  if (living.length === 0) return { outcome: hits.length > 0 ? 'deleted-record' : 'not-found' };
  if (living.length > MAX_RECORDS) return { outcome: 'too-many', count: living.length };
  const records = living.map((resident) => supply(resident, mode));
  return { outcome: records.length === 1 ? 'found' : 'several', records };
}

const oneOrNone = (resident: Resident | null): Resident[] => (resident ? [resident] : []);

function supply({ record, individualNumber }: Resident, mode: Mode): WireRecord {
  const stray = mode === 'individual-number' ? STRAY_INDIVIDUAL_NUMBER : individualNumber;
  return stray === undefined ? record : { ...record, individualNumber: stray };
}
