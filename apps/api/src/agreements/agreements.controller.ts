import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Agreements, Contacts } from '#application';
import type { AgreementState, ProvisionState, Side } from '#domain';
import { Caller, Requires } from '../edge/caller.js';
import { ReasonDto } from '../grants/grants.dto.js';
import { EdgeSettings } from '../settings.js';
import { ProposeHoursDto, SuspendDto } from './agreements.dto.js';

/** Whether inquiries may be made under the agreement at all, and what stands in the way of it. */
export interface AgreementReadiness {
  readonly ready: boolean;
  /** A party without a contact that the other has confirmed (annex 2, 4(1)). */
  readonly missing: readonly { readonly party: Side; readonly what: 'contact' }[];
}

export interface AgreementReport {
  readonly agreement: AgreementState;
  readonly provision: ProvisionState;
  readonly readiness: AgreementReadiness;
}

@ApiTags('agreement 協定')
@ApiBearerAuth()
@Controller('v1')
export class AgreementsController {
  constructor(
    private readonly agreements: Agreements,
    private readonly contacts: Contacts,
    private readonly settings: EdgeSettings,
  ) {}

  /** Terms, service hours, suspensions, and whether both parties can be reached: what an operator's banner shows. */
  @Get('agreement')
  @ApiOperation({ summary: '協定と提供状況を見る / the agreement and what is provided now' })
  async show(): Promise<AgreementReport> {
    const { agreement } = this.settings;
    const missing = await this.contacts.missing(agreement);
    return {
      agreement: await this.agreements.agreement(agreement),
      provision: await this.agreements.provision(agreement),
      readiness: {
        ready: missing.length === 0,
        missing: missing.map((party) => ({ party, what: 'contact' })),
      },
    };
  }

  @Post('service-hours')
  @HttpCode(201)
  @Requires('propose-service-hours')
  @ApiOperation({ summary: '送受信可能時間帯を提案する / propose service hours (schedule 2(4))' })
  async proposeHours(
    @Caller() { context }: Caller,
    @Body() body: ProposeHoursDto,
  ): Promise<{ proposal: string }> {
    const hours = body.hours.map(({ weekday, from, until }) => ({ weekday, from, until }));
    return this.agreements.proposeHours(
      { hours, closedDays: body.closedDays, effectiveFrom: body.effectiveFrom },
      context,
    );
  }

  @Post('service-hours/:proposal/approval')
  @HttpCode(204)
  @Requires('approve-service-hours')
  @ApiOperation({ summary: '送受信可能時間帯を承認する / approve service hours' })
  async approveHours(@Caller() { context }: Caller, @Param('proposal') proposal: string): Promise<void> {
    await this.agreements.approveHours(proposal, context);
  }

  @Post('suspensions')
  @HttpCode(201)
  @Requires('suspend-provision')
  @ApiOperation({ summary: '提供を停止する / suspend provision at once (art. 6); the provider only' })
  async suspend(
    @Caller() { context }: Caller,
    @Body() { purposes, reason }: SuspendDto,
  ): Promise<{ suspension: string }> {
    return this.agreements.suspend({ scope: purposes ?? 'all', reason }, context);
  }

  @Post('suspensions/:suspension/end')
  @HttpCode(204)
  @Requires('suspend-provision')
  @ApiOperation({ summary: '停止を解除する / resume provision; the provider only' })
  async resume(@Caller() { context }: Caller, @Param('suspension') suspension: string): Promise<void> {
    await this.agreements.resume(suspension, context);
  }

  @Post('agreement/termination')
  @HttpCode(204)
  @Requires('propose-termination')
  @ApiOperation({ summary: '協定の廃止を申し出る / propose the end of the agreement (art. 10)' })
  async proposeTermination(@Caller() { context }: Caller, @Body() { reason }: ReasonDto): Promise<void> {
    await this.agreements.proposeTermination(reason, context);
  }

  @Post('agreement/termination/decision')
  @HttpCode(204)
  @Requires('decide-termination')
  @ApiOperation({ summary: '協定の廃止を決定する / agree to the end of the agreement (art. 10)' })
  async decideTermination(@Caller() { context }: Caller): Promise<void> {
    await this.agreements.decideTermination(context);
  }
}
