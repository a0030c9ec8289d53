import { randomBytes, randomInt } from 'node:crypto';
import { pinFaults } from '#domain';

const DIGITS = 8;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** An initial PIN: 8 random digits that a holder could have chosen too (not all the same, no run). */
export function initialPin(): string {
  for (;;) {
    const pin = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
    if (pinFaults(pin).length === 0) return pin;
  }
}

/** `o-` and 8 random characters of lower-case base32 (40 bits): says nothing about the person (decision 9). */
export const newOperatorId = (): string =>
  `o-${[...randomBytes(8)].map((byte) => BASE32[byte % BASE32.length]).join('')}`;

/** The verifier of this fits no PIN: 256 random bits that nobody is told. Puts a credential out of use. */
export const nobodysPin = (): string => randomBytes(32).toString('hex');
