import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FailureCounter, SignIn } from '#application';
import type { Action } from '#domain';
import { EdgeSettings } from '../settings.js';
import { Problem } from '../problems/problem.js';
import { ACTION, AT_TERMINAL, type Caller, type EdgeRequest, INITIAL_PIN, PUBLIC } from './caller.js';
import { sourceOf } from './source.js';
import { type Demands, OfNobody, Standing } from './standing.js';

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
    private readonly standing: Standing,
    private readonly signIn: SignIn,
    private readonly failures: FailureCounter,
    private readonly settings: EdgeSettings,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    if (this.marked(PUBLIC, host)) return true;
    const request = host.switchToHttp().getRequest<EdgeRequest>();
    try {
      request.caller = await this.callerOf(request, host);
    } catch (error) {
      if (error instanceof OfNobody) this.failures.count(sourceOf(request), error.kind);
      throw error;
    }
    return true;
  }

  private async callerOf(request: EdgeRequest, host: ExecutionContext): Promise<Caller> {
    const session = await this.standing.sessionOf(request);
    const { operator, terminal } = session;
    const roles = await this.standing.rolesOf(operator);
    const actor = { operator, session: session.id, ...(terminal === null ? {} : { terminal }) };
    const context = { actor, agreement: this.settings.agreement, correlation: request.correlation as string };
    const action = this.reflector.getAllAndOverride<Action | undefined>(ACTION, [host.getHandler()]) ?? null;
    const caller: Caller = { session, operator, terminal, roles, action, context };
    const demands = {
      action,
      atTerminal: this.marked(AT_TERMINAL, host),
      withInitialPin: this.marked(INITIAL_PIN, host),
    };
    await this.assertAllowed(caller, demands, request);
    return caller;
  }

  /** Whoever has a session and is denied is counted, whatever the reason (decision 17). */
  private async assertAllowed(caller: Caller, demands: Demands, request: EdgeRequest): Promise<void> {
    const { session, action, context } = caller;
    try {
      await this.standing.assertAllowed(caller, demands, request);
    } catch (error) {
      const codes = error instanceof Problem ? error.refusals.map(({ code }) => code) : [];
      if (codes.length) this.signIn.deny(session, action ?? NO_ACTION, codes, context);
      throw error;
    }
  }

  private marked(mark: string, host: ExecutionContext): boolean {
    return (
      this.reflector.getAllAndOverride<boolean | undefined>(mark, [host.getHandler(), host.getClass()]) ??
      false
    );
  }
}
