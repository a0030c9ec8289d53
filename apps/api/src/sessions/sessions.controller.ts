import { Body, Controller, Delete, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { FailureCounter, type OpenedSession, SignIn, Terminals } from '#application';
import { Caller, type EdgeRequest, Public, WithInitialPin } from '../edge/caller.js';
import { clientCertificate } from '../edge/client-certificate.js';
import { sourceOf } from '../edge/source.js';
import { Problem, problem } from '../problems/problem.js';
import { EdgeSettings } from '../settings.js';
import { ChangePinDto, SignInDto } from './sessions.dto.js';

@ApiTags('sessions サインイン')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly signIn: SignIn,
    private readonly terminals: Terminals,
    private readonly failures: FailureCounter,
    private readonly settings: EdgeSettings,
  ) {}

  /** Opens a session with operator id and PIN, bound to the terminal whose certificate the connection shows. */
  @Post()
  @Public()
  @HttpCode(201)
  @ApiOperation({ summary: 'サインインする / sign in' })
  async open(@Req() request: EdgeRequest, @Body() { operator, pin }: SignInDto): Promise<OpenedSession> {
    const source = sourceOf(request);
    const place = await this.placeOf(request, source);
    const context = { agreement: this.settings.agreement, correlation: request.correlation as string };
    return this.signIn.signIn({ operator, pin, source, ...place }, context);
  }

  @Put('current/pin')
  @ApiBearerAuth()
  @WithInitialPin()
  @HttpCode(204)
  @ApiOperation({ summary: '暗証番号を変更する / change the PIN; ends every session of the person' })
  async changePin(
    @Caller() { session, context }: Caller,
    @Body() { pin, newPin }: ChangePinDto,
  ): Promise<void> {
    await this.signIn.changePin({ session, pin, newPin }, context);
  }

  @Delete('current')
  @ApiBearerAuth()
  @WithInitialPin()
  @HttpCode(204)
  @ApiOperation({ summary: 'サインアウトする / sign out' })
  async close(@Caller() { session, context }: Caller): Promise<void> {
    await this.signIn.signOut(session, context);
  }

  /** No certificate is fine for an officer; one that we do not know or trust is not. */
  private async placeOf(
    request: EdgeRequest,
    source: string,
  ): Promise<{ terminal: string | null; certificate: string | null }> {
    const shown = clientCertificate(request);
    if (!shown) return { terminal: null, certificate: null };
    if (!shown.authorized) {
      this.failures.count(source, 'unknown-certificate');
      throw problem('certificate-not-trusted');
    }
    const found = await this.terminals.terminalOfCertificate(shown.sha256);
    if ('terminal' in found) return { terminal: found.terminal, certificate: shown.sha256 };
    // Our CA issued it, but to no terminal (or one that is retired): nobody inquires from there.
    const unbound = found.refusals.every(({ code }) => code === 'certificate-unknown');
    if (unbound) return { terminal: null, certificate: shown.sha256 };
    throw new Problem([{ code: 'terminal-not-valid' }, ...found.refusals]);
  }
}
