import { createHmac, timingSafeEqual } from 'node:crypto';

/** `<incident>-<contact>`, each a UUID: what an alert's id looks like, asked before it names a stream. */
const ALERT = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The links by which a contact acknowledges without an account. The token is the HMAC-SHA-256 of the alert's id, so
 * nothing is stored for it, and a message that the lifeboat sent carries the same link as any other. Whoever has the
 * mail can acknowledge, and do nothing else: what the link opens shows ids only.
 */
export class AcknowledgementLinks {
  /** `key`: at least 32 bytes, for this purpose only. `publicUrl`: where contacts reach the api, without a slash at its end. */
  constructor(
    private readonly key: Buffer,
    private readonly publicUrl: string,
  ) {
    if (key.length < 32) throw new RangeError('the key of acknowledgement links has at least 32 bytes');
  }

  urlOf(alert: string): string {
    return `${this.publicUrl}/acknowledge/${alert}/${this.tokenOf(alert)}`;
  }

  /** Whether a link with these parts was ours. Takes the same time however much of the token is right. */
  opens(alert: string, token: string): boolean {
    const given = Buffer.from(token, 'utf8');
    const right = Buffer.from(this.tokenOf(alert), 'utf8');
    return given.length === right.length && timingSafeEqual(given, right) && ALERT.test(alert);
  }

  private tokenOf(alert: string): string {
    return createHmac('sha256', this.key).update(alert, 'utf8').digest('base64url');
  }
}
