import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ErasureHolds,
  ErasureRecords,
  type DueReport,
  type ErasureReport,
  RetentionPeriods,
} from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { ProposePeriodDto } from './retention.dto.js';

@ApiTags('retention 保存と消去')
@ApiBearerAuth()
@Controller('v1')
export class RetentionController {
  constructor(
    private readonly periods: RetentionPeriods,
    private readonly holds: ErasureHolds,
    private readonly erasures: ErasureRecords,
  ) {}

  /** Proposes how long identity data of a purpose is needed; a second person approves. */
  @Post('retention/periods')
  @HttpCode(201)
  @Requires('propose-retention')
  @ApiOperation({ summary: '保存期間を提案する / propose a retention period' })
  async propose(
    @Caller() { context }: Caller,
    @Body() body: ProposePeriodDto,
  ): Promise<{ proposal: string }> {
    return this.periods.propose(body, context);
  }

  @Post('retention/periods/:purpose/:proposal/approval')
  @HttpCode(204)
  @Requires('approve-retention')
  @ApiOperation({ summary: '保存期間を承認する / approve a retention period' })
  async approve(
    @Caller() { context }: Caller,
    @Param('purpose') purpose: string,
    @Param('proposal') proposal: string,
  ): Promise<void> {
    await this.periods.approve(purpose, proposal, context);
  }

  /** What is due for erasure now and in the coming days, by purpose; and the hold that stops the runs, if any. */
  @Get('retention/due')
  @Requires('view-retention')
  @ApiOperation({ summary: '消去期限を見る / what is due for erasure' })
  async due(): Promise<DueReport> {
    return this.erasures.due();
  }

  /** One erasure: what was erased when, and whether it is verified. Survives without personal data. */
  @Get('erasures/:id')
  @Requires('view-retention')
  @ApiOperation({ summary: '消去の記録を見る / an erasure on record' })
  async erasure(@Param('id') id: string): Promise<ErasureReport> {
    if (!isUuid(id)) throw problem('erasure-not-found');
    return this.erasures.erasure(id);
  }

  /** One of the two people whom a stopped run waits for (decision 13). */
  @Post('erasure-holds/:run/approvals')
  @HttpCode(200)
  @Requires('release-erasure')
  @ApiOperation({ summary: '停止した消去の再開を承認する / let a stopped erasure run go on' })
  async release(
    @Caller() { context, operator }: Caller,
    @Param('run') run: string,
  ): Promise<{ released: boolean }> {
    if (!isUuid(run)) throw problem('erasure-hold-not-found');
    return this.holds.approve(run, operator, context);
  }
}
