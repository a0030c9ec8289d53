/** Messages in, messages out: opens a question, has it answered, seals the answer. Knows nothing of HTTP. */
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import {
  issuedAt,
  LINK_KEY_BYTES,
  openingKey,
  openMessage,
  parseInquiry,
  ReplayWindow,
  sealMessage,
  type AnswerBody,
  type AnswerClaims,
  type InquiryEnvelope,
  type LinkKey,
  type LinkKeys,
} from '#registry';
import type { Mode } from './behaviour.js';
import type { Provider } from './provider.js';

/** Why a message gets no sealed answer. */
export type DeskRefusal = 'malformed' | 'not-authentic' | 'replayed';

export type DeskReply =
  | { readonly ok: true; readonly message: string; readonly inquiry: string; readonly outcome: string }
  | { readonly ok: false; readonly refusal: DeskRefusal };

/** More than any answer may have. */
const OVERSIZE_BYTES = 48 * 1024;

export class MessageDesk {
  private readonly window: ReplayWindow;
  private repeated: DeskReply | null = null;

  constructor(
    private readonly provider: Provider,
    private readonly linkKeys: LinkKeys,
    private readonly now: () => number,
    freshnessMs: number,
  ) {
    this.window = new ReplayWindow(freshnessMs);
  }

  /** Forgets the answer that `twice` repeats. */
  startAfresh(): void {
    this.repeated = null;
  }

  /** Takes one message and gives the one that answers it. Refuses a repeated or stale message, as the client does. */
  async take(message: string, mode: Mode): Promise<DeskReply> {
    const opened = await openMessage('kiroku-inquiry', message, this.linkKeys, this.now());
    if (!opened.ok) return this.refuse(opened.fault);
    const inquiry = parseInquiry(opened.claims);
    if (!inquiry) return this.refuse('malformed');
    if (this.window.admit(inquiry.jti, inquiry.iat, this.now()) !== 'fresh') return this.refuse('replayed');
    const answer = this.provider.answer(inquiry, mode);
    if (mode === 'twice' && this.repeated) return this.repeated;
    const reply = await this.seal(inquiry, answer, mode, this.keyFor(opened.kid, mode));
    if (mode === 'twice') this.repeated = reply;
    return reply;
  }

  /** The answer goes under the key of the question: that one both sides surely have. */
  private keyFor(kid: string, mode: Mode): LinkKey {
    const key = openingKey(this.linkKeys, kid, this.now());
    return mode === 'unauthentic' || !key ? { kid, key: new Uint8Array(randomBytes(LINK_KEY_BYTES)) } : key;
  }

  private async seal(
    inquiry: InquiryEnvelope,
    answer: AnswerBody,
    mode: Mode,
    key: LinkKey,
  ): Promise<DeskReply> {
    const claims: AnswerClaims = {
      jti: uuidv7(),
      iat: issuedAt(this.now()),
      in_reply_to: inquiry.jti,
      inquiry: inquiry.inquiry,
      answer,
    };
    const message = await sealMessage('kiroku-answer', { ...claims, ...deformity(mode) }, key);
    return { ok: true, message, inquiry: inquiry.inquiry, outcome: answer.outcome };
  }

  private refuse(refusal: DeskRefusal): DeskReply {
    this.provider.refuse();
    return { ok: false, refusal };
  }
}

/** What a mode adds to the claims that the format does not know. */
function deformity(mode: Mode): object {
  if (mode === 'wrong') return { answer: { outcome: 'found', record: 'see enclosure' } };
  return mode === 'oversize' ? { padding: 'x'.repeat(OVERSIZE_BYTES) } : {};
}
