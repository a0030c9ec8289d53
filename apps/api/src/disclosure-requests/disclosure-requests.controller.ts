import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type DisclosureRequestReport,
  DisclosureRequests,
  type ListedDisclosureRequest,
  type ListedDisclosureRequests,
} from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid7 } from '../edge/identifiers.js';
import { DEFAULT_LIMIT, limitOf, Paged } from '../edge/page.js';
import { problem } from '../problems/problem.js';
import {
  AnswerDisclosureRequestDto,
  ExtendDisclosureRequestDto,
  ReceiveDisclosureRequestDto,
} from './disclosure-requests.dto.js';

/** The register of requests for disclosure (開示請求): thirty days each, which are watched. See docs/exports.md. */
@ApiTags('disclosure requests 開示請求')
@ApiBearerAuth()
@Controller('v1/disclosure-requests')
export class DisclosureRequestsController {
  constructor(private readonly requests: DisclosureRequests) {}

  /** The thirty days run from the day of receipt on, that day counted. */
  @Post()
  @HttpCode(201)
  @Requires('manage-disclosure-requests')
  @ApiOperation({ summary: '開示請求を受け付ける / register a resident’s request for disclosure' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'UUIDv7: the id of the request; send it again to repeat safely.',
  })
  async receive(
    @Caller() { context }: Caller,
    @Headers('idempotency-key') disclosureRequest: string | undefined,
    @Body() { reference, receivedOn }: ReceiveDisclosureRequestDto,
  ): Promise<ListedDisclosureRequest> {
    if (!isUuid7(disclosureRequest)) throw problem('idempotency-key-missing', 'Idempotency-Key');
    return this.requests.receive({ disclosureRequest, reference, receivedOn }, context);
  }

  /** Open ones first, the one that is due first first, 50 at a time unless told; without what is sealed. */
  @Get()
  @Requires('manage-disclosure-requests')
  @ApiOperation({
    summary: '開示請求の一覧を見る / the requests for disclosure, by the day on which they are due',
  })
  @Paged()
  async list(
    @Caller() { context }: Caller,
    @Query('limit') limit: string = DEFAULT_LIMIT,
    @Query('cursor') cursor?: string,
  ): Promise<ListedDisclosureRequests> {
    return this.requests.list(context.agreement, { limit: limitOf(limit), cursor: cursor ?? null });
  }

  /** With its number and what was written about it. On record, once for a person. */
  @Get(':disclosureRequest')
  @Requires('manage-disclosure-requests')
  @ApiOperation({ summary: '開示請求を見る / a request for disclosure' })
  async show(
    @Caller() { context }: Caller,
    @Param('disclosureRequest') id: string,
  ): Promise<DisclosureRequestReport> {
    return this.requests.show(known(id), context);
  }

  /** Once, by thirty days at most, and before the days are over (Act on the Protection of Personal Information, art. 83(2)). */
  @Post(':disclosureRequest/extension')
  @HttpCode(204)
  @Requires('manage-disclosure-requests')
  @ApiOperation({ summary: '回答の期限を延長する / extend the days for the answer' })
  async extend(
    @Caller() { context }: Caller,
    @Param('disclosureRequest') id: string,
    @Body() { dueOn, reason }: ExtendDisclosureRequestDto,
  ): Promise<void> {
    await this.requests.extend(known(id), { dueOn, reason }, context);
  }

  /** The end of a request; `disclosed` needs a list that was made under it, `registered-in-error` a remark. */
  @Post(':disclosureRequest/answer')
  @HttpCode(204)
  @Requires('manage-disclosure-requests')
  @ApiOperation({ summary: '開示請求への回答を記録する / record how a request was answered' })
  async answer(
    @Caller() { context }: Caller,
    @Param('disclosureRequest') id: string,
    @Body() { answer, answeredOn, remark }: AnswerDisclosureRequestDto,
  ): Promise<void> {
    await this.requests.answer(known(id), { answer, answeredOn, remark: remark ?? null }, context);
  }
}

function known(id: string): string {
  if (!isUuid7(id)) throw problem('disclosure-request-missing', 'disclosureRequest');
  return id;
}
