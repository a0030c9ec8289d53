import type { Channel } from '#domain';
import { Attempts } from './attempts.js';
import { failed } from './delivery.js';
import type { AlertMessage, Channels, Delivery } from './port.js';
import { SmtpChannel, type SmtpOptions } from './smtp.js';
import { WebhookChannel, type WebhookOptions } from './webhook.js';

export interface ChannelOptions {
  /** Null where the installation has no mail server: mail then fails as `not-configured`. */
  readonly smtp: SmtpOptions | null;
  readonly webhook: WebhookOptions;
  /** How long one attempt may take, from the resolving of the name to the answer. */
  readonly timeoutMs: number;
}

/** Opens the ways out. Connects only when there is something to send. */
export const openChannels = (options: ChannelOptions): Channels => new OpenChannels(options);

class OpenChannels implements Channels {
  private readonly smtp: SmtpChannel | null;
  private readonly webhook: WebhookChannel;
  private readonly attempts: Attempts;

  constructor({ smtp, webhook, timeoutMs }: ChannelOptions) {
    this.smtp = smtp && new SmtpChannel(smtp, timeoutMs);
    this.webhook = new WebhookChannel(webhook);
    this.attempts = new Attempts(timeoutMs);
  }

  send({ kind, address }: Channel, message: AlertMessage): Promise<Delivery> {
    const channel = kind === 'smtp' ? this.smtp : this.webhook;
    if (!channel) return Promise.resolve(failed(message.id, 'not-configured'));
    const ended = failed(channel.nameOf(message), 'timeout');
    return this.attempts.run((signal) => channel.attempt(address, message, signal), ended);
  }

  close(): Promise<void> {
    return this.attempts.close();
  }
}
