import { createHmac } from 'node:crypto';

/**
 * The ids of reviews: of one cause the same one, whoever finds it and how often, and none from which the cause could be
 * told. The cause may hold a resident's inquiry, and a stream's name is kept for ever.
 */
export class ReviewIds {
  /** `key`: 32 bytes that are never destroyed and that nothing else uses. */
  constructor(private readonly key: Buffer) {}

  /** UUIDv8 (RFC 9562, 5.8) of the first 122 bits of HMAC-SHA-256 over agreement and cause. */
  of(agreement: string, cause: string): string {
    const bytes = createHmac('sha256', this.key)
      .update(JSON.stringify([agreement, cause]))
      .digest();
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex', 0, 16);
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    return parts.join('-');
  }
}
