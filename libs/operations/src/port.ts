/**
 * What is mutable by nature and never an event: clocks, sessions, credentials, leases. Events say what happened
 * to them (`SignedIn`, `PinLocked`); these tables say what holds this second.
 */

/**
 * The two clocks (decision 22). Business time decides what is due; real time is for TLS, leases, deadlines,
 * backoff and the age of the log. Business time = real time + a persisted offset that only ever grows and that
 * only a demo or a test may set.
 */
export interface Clock {
  /** Business time, UTC ISO 8601 with milliseconds. */
  now(): string;
  /** Real time, milliseconds since the epoch. */
  realNow(): number;
  /** Monotonic milliseconds since the machine started, comparable between processes of one boot, with that boot's id. */
  monotonic(): { readonly bootId: string; readonly ms: number };
}

/** Somebody signed in. */
export interface Session {
  readonly id: string;
  readonly operator: string;
  /** The registered terminal whose certificate opened the session, or null for an officer without one. */
  readonly terminal: string | null;
  /** SHA-256 of the client certificate that the session is bound to, or null. */
  readonly certificate: string | null;
  /** The PIN is an initial one: nothing but changing it is allowed. */
  readonly pinChangeOnly: boolean;
  /** Real time, milliseconds. */
  readonly expiresAt: number;
}

/** Sessions of all processes; they end in real time. */
export interface Sessions {
  /** Opens a session; the token (32 random bytes, base64url) is returned once and stored only as its SHA-256. */
  open(
    session: Omit<Session, 'expiresAt'>,
    ttlMs: number,
  ): { readonly token: string; readonly expiresAt: number };
  /** The living session of a token, or null. Constant work whether it exists or not. */
  find(token: string): Session | null;
  /** Ends a session by its id; nothing happens when there is none. */
  close(id: string): void;
  /** Ends every session of an operator: locked out, or the PIN changed. */
  closeAllOf(operator: string): void;
  /** Deletes what has expired. */
  sweep(): void;
}

/** PIN verifiers (argon2id); they live with the keys, never in an event (decision 9). */
export interface Credentials {
  /** Stores the verifier of a PIN in place of any other; on disk when it resolves. */
  set(operator: string, pin: string): Promise<void>;
  /** Whether the PIN is right. An unknown operator costs the same time as a wrong PIN. */
  verify(operator: string, pin: string): Promise<boolean>;
}

/** Who may work on something for a while. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** The fencing token: strictly increasing with every change of holder, as long as the leases are not lost. */
  readonly fence: number;
  /** Real time, milliseconds. */
  readonly until: number;
}

/** A lease saves work; safety lies in fences and expected revisions (decision 8). */
export interface Leases {
  /** Takes or renews the lease, or null while somebody else holds it. `ttlMs`: seconds, at most five minutes. */
  acquire(name: string, holder: string, ttlMs: number): Lease | null;
  /**
   * Lifts the fence of `holder`'s own living lease above `seen`, the highest that those have seen whom it fences: leases
   * that were lost, or put back from a backup, begin below them. One that is above already stays. Null, and nothing
   * changes, when `holder` does not have the lease. RangeError when there is no whole number above `seen`.
   */
  liftFence(name: string, holder: string, seen: number): Lease | null;
  /** Gives the lease up early; nothing happens unless `holder` has it. The fence is kept. */
  release(name: string, holder: string): void;
  /**
   * The lease as it stands, living or not; null when it was never taken. One that would end later than any can, because
   * the clock was put back since, has run out.
   */
  read(name: string): Lease | null;
}

/** Small remembered facts of the worker, for example when the last erasure run was. */
export interface Marks {
  /** The value last written under this name, in the shape that its writer gave it; null when there is none. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the caller knows what it wrote
  read<T>(name: string): T | null;
  /** Remembers a JSON value; on disk when this returns. */
  write(name: string, value: unknown): void;
}
