/** The client of the provider's online search server: channel, sealing, freshness and schema put together. */
import { v7 as uuidv7 } from 'uuid';
import type { AnswerFault } from '#domain';
import { parseAnswer, parseEnvelope } from './answer.schema.js';
import { configurationFaults, RegistryMisconfigured, type RegistryOptions } from './configuration.js';
import { Channel } from './exchange.js';
import { discardIndividualNumbers } from './individual-number.js';
import { sealingKey } from './link-keys.js';
import { issuedAt, type AnswerBody, type InquiryClaims } from './message.js';
import { RegistryClosed, type ProviderAnswer, type ProviderQuestion, type Registry } from './port.js';
import { ReplayWindow } from './replay-window.js';
import { openMessage, sealMessage } from './sealing.js';

/** The longest time a timer of Node can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Opens the client. Connects only when asked something.
 *
 * @throws RegistryMisconfigured with every fault of the options at once.
 */
export function openRegistry(options: RegistryOptions): Registry {
  const now = options.now ?? Date.now;
  const faults = configurationFaults(options, now());
  if (faults.length > 0) throw new RegistryMisconfigured(faults);
  return new OnlineRegistry(options, now);
}

const unavailable = (...faults: AnswerFault[]): ProviderAnswer => ({
  outcome: 'provider-unavailable',
  count: null,
  message: null,
  faults,
});

class OnlineRegistry implements Registry {
  private readonly channel: Channel;
  private readonly window: ReplayWindow;
  private readonly underWay = new Set<AbortController>();
  private closed = false;

  constructor(
    private readonly options: RegistryOptions,
    private readonly now: () => number,
  ) {
    this.channel = new Channel(options);
    this.window = new ReplayWindow(options.freshnessMs);
  }

  async ask(inquiry: ProviderQuestion): Promise<ProviderAnswer> {
    if (this.closed) throw new RegistryClosed();
    const remaining = inquiry.deadline - this.now();
    if (remaining <= 0 || inquiry.signal?.aborted) return unavailable('timeout');
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const timer = setTimeout(end, Math.min(remaining, LONGEST_TIMER_MS));
    inquiry.signal?.addEventListener('abort', end);
    this.underWay.add(ending);
    try {
      return await this.askWithin(inquiry, ending.signal);
    } finally {
      clearTimeout(timer);
      inquiry.signal?.removeEventListener('abort', end);
      this.underWay.delete(ending);
    }
  }

  close(): Promise<void> {
    this.closed = true;
    for (const ending of this.underWay) ending.abort();
    this.channel.close();
    return Promise.resolve();
  }

  /** The first attempt, and a second where the first surely made no provision, or none that would count twice. */
  private async askWithin(inquiry: ProviderQuestion, signal: AbortSignal): Promise<ProviderAnswer> {
    for (const connection of ['kept', 'fresh'] as const) {
      if (signal.aborted) return unavailable('timeout');
      const key = sealingKey(this.options.linkKeys, this.now());
      // Every link key has run out since the start: nothing can be said so that the provider would believe it.
      if (!key) return unavailable('not-authentic');
      const claims = this.claimsOf(inquiry);
      const sealed = await sealMessage('kiroku-inquiry', claims, key);
      const exchanged = await this.channel.exchange(sealed, signal, connection);
      if (exchanged.ok) return this.read(exchanged.body, claims);
      if (!exchanged.retryable || connection === 'fresh') return unavailable(exchanged.fault);
    }
    return unavailable('unreachable');
  }

  /** A message of its own for each attempt: the inquiry's id stays, `jti` and `iat` are new. */
  private claimsOf({ inquiry, agreement, purpose, question }: ProviderQuestion): InquiryClaims {
    return { jti: uuidv7(), iat: issuedAt(this.now()), inquiry, agreement, purpose, question };
  }

  /**
   * Turns a body into an answer, in this order: authentic, free of individual numbers, an envelope, fresh, an
   * answer to this very request, well-formed. What fails takes everything with it except the list of faults.
   */
  private async read(body: string, asked: InquiryClaims): Promise<ProviderAnswer> {
    const opened = await openMessage('kiroku-answer', body, this.options.linkKeys, this.now());
    if (!opened.ok) return unavailable(opened.fault);
    const { value, found } = discardIndividualNumbers(opened.claims);
    const faults: AnswerFault[] = found ? ['individual-number'] : [];
    const envelope = parseEnvelope(value);
    if (!envelope) return unavailable(...faults, 'malformed');
    const fresh = this.window.admit(envelope.jti, envelope.iat, this.now()) === 'fresh';
    if (!fresh || envelope.inReplyTo !== asked.jti || envelope.inquiry !== asked.inquiry) {
      return unavailable(...faults, 'replayed');
    }
    const answer = parseAnswer(envelope.answer, asked.question);
    return answer ? toProviderAnswer(answer, envelope.jti, faults) : unavailable(...faults, 'malformed');
  }
}

const toProviderAnswer = (
  answer: AnswerBody,
  message: string,
  faults: readonly AnswerFault[],
): ProviderAnswer =>
  'records' in answer
    ? { outcome: answer.outcome, records: answer.records, message, faults }
    : { outcome: answer.outcome, count: 'count' in answer ? answer.count : null, message, faults };
