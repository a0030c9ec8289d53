import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Grants, NotFound } from '#application';
import type { GrantState } from '#domain';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid7 } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { ReasonDto, RequestGrantDto } from './grants.dto.js';

@ApiTags('grants 利用の承認')
@ApiBearerAuth()
@Controller('v1/grants')
export class GrantsController {
  constructor(private readonly grants: Grants) {}

  @Post()
  @HttpCode(201)
  @Requires('request-grant')
  @ApiOperation({ summary: '利用を申請する / request access for operator, terminal, purposes and period' })
  async request(
    @Caller() { context }: Caller,
    @Body() { prefixSearch = false, ...body }: RequestGrantDto,
  ): Promise<{ grant: string }> {
    return this.grants.request({ ...body, prefixSearch }, context);
  }

  @Get(':grant')
  @Requires('view-access')
  @ApiOperation({ summary: '利用の承認を見る / a grant' })
  async find(@Param('grant') grant: string): Promise<GrantState> {
    const state = await this.grants.find(known(grant));
    if (state.state === 'none') throw new NotFound('grant');
    return state;
  }

  @Post(':grant/approval')
  @HttpCode(204)
  @Requires('decide-grant')
  @ApiOperation({ summary: '利用を承認する / approve (annex 2, 2(4))' })
  async approve(@Caller() { context }: Caller, @Param('grant') grant: string): Promise<void> {
    await this.grants.approve(known(grant), context);
  }

  @Post(':grant/refusal')
  @HttpCode(204)
  @Requires('decide-grant')
  @ApiOperation({ summary: '利用を認めない / refuse' })
  async refuse(
    @Caller() { context }: Caller,
    @Param('grant') grant: string,
    @Body() { reason }: ReasonDto,
  ): Promise<void> {
    await this.grants.refuse(known(grant), reason, context);
  }

  @Post(':grant/revocation')
  @HttpCode(204)
  @Requires('revoke-grant')
  @ApiOperation({ summary: '承認を取り消す / revoke at once' })
  async revoke(
    @Caller() { context }: Caller,
    @Param('grant') grant: string,
    @Body() { reason }: ReasonDto,
  ): Promise<void> {
    await this.grants.revoke(known(grant), reason, context);
  }
}

function known(grant: string): string {
  if (!isUuid7(grant)) throw problem('grant-not-found');
  return grant;
}
