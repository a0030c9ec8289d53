import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** What an argon2id verifier costs: memory in KiB, passes, lanes. */
export interface Argon2Cost {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's floor for argon2id: 19 MiB, two passes, one lane; about 30 ms. Raising it re-hashes PINs as they are next used. */
const currentCost: Argon2Cost = { memory: 19_456, passes: 2, lanes: 1 };

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const ENCODED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function argon2id(pin: string, salt: Buffer, cost: Argon2Cost, length: number): Promise<Buffer> {
  const { memory, passes, lanes: parallelism } = cost;
  return new Promise((resolve, reject) => {
    argon2(
      'argon2id',
      { message: pin, nonce: salt, parallelism, tagLength: length, memory, passes },
      (error, tag) => (error ? reject(error) : resolve(tag)),
    );
  });
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** Makes the verifier of a PIN, in the PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
export async function makeVerifier(pin: string, cost: Argon2Cost = currentCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id(pin, salt, cost, HASH_BYTES);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether `pin` made `verifier`, compared in constant time. Throws for text that is no verifier: the file was tampered with. */
export async function pinFits(pin: string, verifier: string): Promise<boolean> {
  const match = ENCODED.exec(verifier);
  if (!match) throw new Error('a stored PIN verifier is not in the PHC format');
  const [memory, passes, lanes] = match.slice(1, 4).map(Number) as [number, number, number];
  const [salt, tag] = match.slice(4).map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer];
  return timingSafeEqual(await argon2id(pin, salt, { memory, passes, lanes }, tag.length), tag);
}

/** Whether a verifier was made at another cost than `cost`. */
export const madeOtherwise = (verifier: string, cost: Argon2Cost = currentCost): boolean =>
  !verifier.startsWith(`$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$`);
