import { Injectable } from '@nestjs/common';
import { type FailureKind, Operators, SignIn, Terminals } from '#application';
import { type Action, may, type Role } from '#domain';
import type { Session } from '#operations';
import { Problem, problem } from '../problems/problem.js';
import { bearerToken } from './bearer.js';
import type { EdgeRequest } from './caller.js';
import { clientCertificate } from './client-certificate.js';

/** Nobody knows who that was: counted by where it came from (decision 17). */
export class OfNobody extends Problem {
  constructor(
    readonly kind: FailureKind,
    code: string,
  ) {
    super([{ code }]);
  }
}

/** What a route asks of whoever calls it. */
export interface Demands {
  /** The row of the role table; null where a session is enough. */
  readonly action: Action | null;
  readonly atTerminal: boolean;
  readonly withInitialPin: boolean;
}

/** What somebody has to show, and what is known of it now: session, terminal and roles as they stand this moment. */
@Injectable()
export class Standing {
  constructor(
    private readonly signIn: SignIn,
    private readonly operators: Operators,
    private readonly terminals: Terminals,
  ) {}

  /** The living session of the request's token, at the place where it was opened. */
  async sessionOf(request: EdgeRequest): Promise<Session> {
    const token = bearerToken(request.headers.authorization);
    const session = token === null ? null : await this.signIn.sessionOf(token);
    if (!session) throw new OfNobody('unknown-token', 'session-missing');
    const shown = clientCertificate(request);
    if (session.certificate !== null && shown?.sha256 !== session.certificate)
      throw new OfNobody('unknown-token', 'session-elsewhere');
    return session;
  }

  rolesOf(operator: string): Promise<readonly Role[]> {
    return this.operators.rolesOf(operator);
  }

  /** Throws the problem for which somebody with this session and these roles is not let through. */
  async assertAllowed(
    { session, roles }: { readonly session: Session; readonly roles: readonly Role[] },
    { action, atTerminal, withInitialPin }: Demands,
    request: EdgeRequest,
  ): Promise<void> {
    // A session opened at a terminal ends with the terminal's right, on every route.
    if (atTerminal || session.terminal !== null) await this.assertTerminal(session, request);
    if (session.pinChangeOnly && !withInitialPin) throw problem('pin-change-required');
    if (action && !may(roles, action)) throw problem('role-missing');
  }

  /**
   * Judges anew who was let through, for answers that go on: throws what would stop the same request now. Nothing is
   * counted and no session lives longer for it, because nobody asked.
   */
  async assertStill(request: EdgeRequest, demands: Demands): Promise<void> {
    const session = await this.sessionOf(request);
    const roles = await this.rolesOf(session.operator);
    await this.assertAllowed({ session, roles }, demands, request);
  }

  /** The terminal's certificate must be good now, not only at sign-in. */
  private async assertTerminal(session: Session, request: EdgeRequest): Promise<void> {
    const shown = clientCertificate(request);
    if (!shown || session.terminal === null) throw problem('terminal-certificate-missing');
    if (!shown.authorized) throw new OfNobody('unknown-certificate', 'certificate-not-trusted');
    const found = await this.terminals.terminalOfCertificate(shown.sha256);
    if ('refusals' in found) throw new Problem([{ code: 'terminal-not-valid' }, ...found.refusals]);
    if (found.terminal !== session.terminal) throw problem('session-elsewhere');
  }
}
