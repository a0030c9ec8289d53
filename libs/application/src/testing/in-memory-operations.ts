import type { Clock, Credentials, Session, Sessions } from '#operations';

/** A clock that stands still until it is told to move; business and real time move together. */
export class MovedClock implements Clock {
  private ms: number;

  /** `start`: UTC ISO 8601. */
  constructor(start: string) {
    this.ms = Date.parse(start);
  }

  now(): string {
    return new Date(this.ms).toISOString();
  }

  realNow(): number {
    return this.ms;
  }

  monotonic(): { readonly bootId: string; readonly ms: number } {
    return { bootId: 'boot', ms: this.ms };
  }

  advance(ms: number): void {
    this.ms += ms;
  }

  /** Moves on to an instant, UTC ISO 8601. */
  moveTo(instant: string): void {
    this.ms = Date.parse(instant);
  }
}

/** PINs in plain text, and how often they were asked for: specifications count the work. */
export class InMemoryCredentials implements Credentials {
  readonly pins = new Map<string, string>();
  /** Operators whose PIN was verified, known or not, in order. */
  readonly verified: string[] = [];
  private readonly interruptions: (() => Promise<void>)[] = [];
  private readonly earlier: (() => Promise<void>)[] = [];

  /** Runs `act` inside the next verification, as a slow hash lets others in. */
  duringNextVerification(act: () => Promise<void>): void {
    this.interruptions.push(act);
  }

  /** Runs `act` before the next PIN is set. */
  beforeNextSet(act: () => Promise<void>): void {
    this.earlier.push(act);
  }

  async set(operator: string, pin: string): Promise<void> {
    await this.earlier.shift()?.();
    this.pins.set(operator, pin);
  }

  async verify(operator: string, pin: string): Promise<boolean> {
    this.verified.push(operator);
    const right = this.pins.get(operator) === pin;
    await this.interruptions.shift()?.();
    return right;
  }
}

/** Sessions by token; tokens are numbered. */
export class InMemorySessions implements Sessions {
  readonly living = new Map<string, Session>();
  private opened = 0;

  constructor(private readonly clock: Clock) {}

  open(
    session: Omit<Session, 'expiresAt'>,
    ttlMs: number,
  ): { readonly token: string; readonly expiresAt: number } {
    this.opened += 1;
    const token = `token-${this.opened}`;
    const expiresAt = this.clock.realNow() + ttlMs;
    this.living.set(token, { ...session, expiresAt });
    return { token, expiresAt };
  }

  find(token: string): Session | null {
    const session = this.living.get(token);
    return session && session.expiresAt > this.clock.realNow() ? session : null;
  }

  close(id: string): void {
    this.forget((session) => session.id === id);
  }

  closeAllOf(operator: string): void {
    this.forget((session) => session.operator === operator);
  }

  sweep(): void {
    this.forget((session) => session.expiresAt <= this.clock.realNow());
  }

  private forget(over: (session: Session) => boolean): void {
    for (const [token, session] of this.living) if (over(session)) this.living.delete(token);
  }
}
