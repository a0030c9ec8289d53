import { VaultUnavailable } from './port.js';

/** For a missing place of the roots, by its name: who opens the vault and who only reads from it say the same. */
export const rootsAway = (place: string): VaultUnavailable =>
  new VaultUnavailable({
    ja: `根の鍵のディレクトリーがありません：${place}。移した、またはマウントしていないものを、この場所に戻してください（空のものは作りません）`,
    en: `root key directory missing: ${place}. It was moved, or is not mounted: put it back at this very place (no empty one is made)`,
  });

/**
 * The root of the key hierarchy (decision 10): one key for each epoch, wrapping the keys of the key store.
 * A provider keeps the raw bytes to itself, so that a file, a PKCS#11 token or a transit service can stand here.
 *
 * Synchronous, because a wrap happens inside the key table's transaction. `make` and `destroy` are called under
 * the key table's lock. Failures of the provider are thrown as `VaultUnavailable`.
 */
export interface RootKeys {
  /**
   * Makes the place of the roots. Only before the first root: a place that is gone later was moved, or is not mounted,
   * and must not be covered by an empty one.
   */
  prepare(): void;
  /** The name of the place where all roots are, if it is not there; null if it is, with whatever roots. */
  missingPlace(): string | null;
  /** Makes the root of an epoch and returns when it is durable; leaves an existing one as it is, made durable. */
  make(epoch: number): void;
  has(epoch: number): boolean;
  /** Wraps 32 bytes: nonce ‖ ciphertext ‖ tag. Throws `VaultUnavailable` when the root is missing. */
  wrap(epoch: number, raw: Buffer, aad: Buffer): Buffer;
  /** Throws `VaultUnavailable` when the root is missing, `BoxBroken` when the wrap is not of this root and binding. */
  unwrap(epoch: number, wrap: Buffer, aad: Buffer): Buffer;
  /** Destroys a root for good; nothing happens when it is gone already. Durable when it returns. */
  destroy(epoch: number): void;
  /** The epochs whose roots are there, ascending. */
  list(): readonly number[];
  /** Where the root of an epoch is, for messages to the operator: a path, a token's label. */
  nameOf(epoch: number): string;
}
