import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FailureCounter, type FailureKind, Operators, SignIn, Terminals } from '#application';
import { type Action, may } from '#domain';
import type { Session } from '#operations';
import { EdgeSettings } from '../settings.js';
import { Problem, problem } from '../problems/problem.js';
import { bearerToken } from './bearer.js';
import { ACTION, AT_TERMINAL, type Caller, type EdgeRequest, INITIAL_PIN, PUBLIC } from './caller.js';
import { clientCertificate } from './client-certificate.js';
import { sourceOf } from './source.js';

/** What a denial is counted as on a route that no row of the role table names. */
const NO_ACTION = 'session';

/**
 * Who is asking, from where, and whether the role table lets them (annex 2, 2(4)). A terminal is a client certificate
 * bound to a registered terminal; a session is bound to the certificate it was opened with.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly signIn: SignIn,
    private readonly operators: Operators,
    private readonly terminals: Terminals,
    private readonly failures: FailureCounter,
    private readonly settings: EdgeSettings,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    if (this.marked(PUBLIC, host)) return true;
    const request = host.switchToHttp().getRequest<EdgeRequest>();
    const session = await this.sessionOf(request);
    const { operator, terminal } = session;
    const roles = await this.operators.rolesOf(operator);
    const actor = { operator, session: session.id, ...(terminal === null ? {} : { terminal }) };
    const context = { actor, agreement: this.settings.agreement, correlation: request.correlation as string };
    const action = this.reflector.getAllAndOverride<Action | undefined>(ACTION, [host.getHandler()]) ?? null;
    const caller: Caller = { session, operator, terminal, roles, action, context };
    await this.assertAllowed(caller, request, host);
    request.caller = caller;
    return true;
  }

  /** Whoever has a session and is denied is counted, whatever the reason (decision 17). */
  private async assertAllowed(caller: Caller, request: EdgeRequest, host: ExecutionContext): Promise<void> {
    const { session, action, context } = caller;
    try {
      // A session opened at a terminal ends with the terminal's right, on every route.
      if (this.marked(AT_TERMINAL, host) || session.terminal !== null) {
        await this.assertTerminal(session, request);
      }
      if (session.pinChangeOnly && !this.marked(INITIAL_PIN, host)) throw problem('pin-change-required');
      if (action && !may(caller.roles, action)) throw problem('role-missing');
    } catch (error) {
      const codes = error instanceof Problem ? error.refusals.map(({ code }) => code) : [];
      if (codes.length) this.signIn.deny(session, action ?? NO_ACTION, codes, context);
      throw error;
    }
  }

  private async sessionOf(request: EdgeRequest): Promise<Session> {
    const token = bearerToken(request.headers.authorization);
    const session = token === null ? null : await this.signIn.sessionOf(token);
    if (!session) throw this.counted(request, 'unknown-token', 'session-missing');
    const shown = clientCertificate(request);
    if (session.certificate !== null && shown?.sha256 !== session.certificate) {
      throw this.counted(request, 'unknown-token', 'session-elsewhere');
    }
    return session;
  }

  /** The terminal's certificate must be good now, not only at sign-in. */
  private async assertTerminal(session: Session, request: EdgeRequest): Promise<void> {
    const shown = clientCertificate(request);
    if (!shown || session.terminal === null) throw problem('terminal-certificate-missing');
    if (!shown.authorized) throw this.counted(request, 'unknown-certificate', 'certificate-not-trusted');
    const found = await this.terminals.terminalOfCertificate(shown.sha256);
    if ('refusals' in found) throw new Problem([{ code: 'terminal-not-valid' }, ...found.refusals]);
    if (found.terminal !== session.terminal) throw problem('session-elsewhere');
  }

  private counted(request: EdgeRequest, kind: FailureKind, code: string): Error {
    this.failures.count(sourceOf(request), kind);
    return problem(code);
  }

  private marked(mark: string, host: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [host.getHandler(), host.getClass()]) ??
      false
    );
  }
}
