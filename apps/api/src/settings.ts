import type { Session, Sessions } from '#operations';

/** What the edge needs to know of the configuration. */
export class EdgeSettings {
  constructor(readonly agreement: string) {}
}

/** The sessions in force, as the guard asks for them. */
export class LivingSessions {
  constructor(private readonly sessions: Sessions) {}

  find(token: string): Session | null {
    return this.sessions.find(token);
  }
}
