import {
  applyDecorators,
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type FollowTrail, Tails } from '#application';
import type { EdgeRequest } from '../edge/caller.js';
import { Caller, Requires } from '../edge/caller.js';
import { OpenTails } from './open-tails.js';
import { questionInBody, questionInUrl, REASON_HEADER } from './tail-question.js';
import { FollowTrailDto } from './tail.dto.js';

const EventStream = (): MethodDecorator =>
  applyDecorators(
    Requires('search-trail'),
    Header('content-type', 'text/event-stream; charset=utf-8'),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      schema: { type: 'string', pattern: String.raw`^\d{1,19}$` },
      description: 'The last `id` that was received: goes on behind it.',
    }),
  );

const InUrl = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'query',
      required: false,
      schema: { type: 'string', maxLength: 4096 },
      description: 'In the query language, without `case:` and `text:`. Left out, everything is followed.',
    }),
    ApiQuery({
      name: 'savedSearch',
      required: false,
      schema: { type: 'string', format: 'uuid' },
      description: 'Id of a saved search, instead of `query`.',
    }),
    ApiQuery({
      name: 'since',
      required: false,
      schema: { type: 'integer', minimum: 0, maximum: 500 },
      description: 'How many of the newest come first. Default 20.',
    }),
    ApiHeader({
      name: REASON_HEADER,
      required: true,
      schema: { type: 'string' },
      description: 'Why the trail is followed, as percent-encoded UTF-8; sealed.',
    }),
  );

/**
 * The trail as it comes (追跡表示), as server-sent events: docs/tail.md. Clients use `fetch`: an `EventSource` sends no
 * bearer token, and a token has no place in a URL.
 */
@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1/audit/tail')
export class TailController {
  constructor(
    private readonly tails: Tails,
    private readonly open: OpenTails,
  ) {}

  /** The newest, and then what comes. A URL holds nothing personal: a clear query, or the id of a saved search. */
  @Get()
  @EventStream()
  @InUrl()
  @ApiOperation({ summary: '証跡を追跡する / follow the trail' })
  async follow(
    @Caller() caller: Caller,
    @Query() given: Record<string, unknown>,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.serve(caller, questionInUrl(given, request), request, reply);
  }

  /** The same, for what a URL must not hold: a case, a resident, a reason as it is typed. */
  @Post()
  @HttpCode(200)
  @EventStream()
  @ApiOperation({ summary: '証跡を追跡する（条件は本文） / follow the trail, asked in the body' })
  async followInBody(
    @Caller() caller: Caller,
    @Body() body: FollowTrailDto,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.serve(caller, questionInBody(body, request), request, reply);
  }

  private serve(
    { context }: Caller,
    question: FollowTrail,
    request: EdgeRequest,
    reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.open.serve(request, reply, () => this.tails.follow(question, context));
  }
}
