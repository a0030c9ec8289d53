import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { type ExportPage, type ExportReport, Exports, inChunks, type RequestedExport } from '#application';
import type { ExportFormat } from '#domain';
import type { EdgeRequest } from '../edge/caller.js';
import { Caller, Requires } from '../edge/caller.js';
import { FilesUnderWay } from '../edge/files-under-way.js';
import { isUuid } from '../edge/identifiers.js';
import { DEFAULT_LIMIT, limitOf, Paged } from '../edge/page.js';
import { problem } from '../problems/problem.js';
import { EdgeSettings } from '../settings.js';
import { RefuseExportDto, RequestExportDto } from './exports.dto.js';

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};

/** Exports (書き出し) of the trail: asked for, approved by a second person where they are large, fetched once. */
@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1/audit/exports')
export class ExportsController {
  constructor(
    private readonly exports: Exports,
    private readonly files: FilesUnderWay,
    private readonly settings: EdgeSettings,
  ) {}

  /** What is in it is fixed here: all that matches up to now. On record, with its reason. */
  @Post()
  @HttpCode(201)
  @Requires('export-trail')
  @ApiOperation({ summary: '証跡の書き出しを求める / ask for an export of the trail' })
  async request(
    @Caller() { context }: Caller,
    @Body() { query, format, reason }: RequestExportDto,
  ): Promise<RequestedExport> {
    return this.exports.request({ query, format, reason }, context);
  }

  /** Those asked for last first, 50 at a time unless told; without query and reason. */
  @Get()
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しの一覧を見る / the exports, the newest first' })
  @Paged()
  async list(
    @Query('limit') limit: string = DEFAULT_LIMIT,
    @Query('cursor') cursor?: string,
  ): Promise<ExportPage> {
    return this.exports.list(this.settings.agreement, { limit: limitOf(limit), cursor: cursor ?? null });
  }

  /** With query and reason, for whoever is to approve. On record, once for a person. */
  @Get(':export')
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しの内容を見る / an export' })
  async show(@Caller() { context }: Caller, @Param('export') id: string): Promise<ExportReport> {
    return this.exports.show(known(id), context);
  }

  /** By somebody else than its requester. */
  @Post(':export/approval')
  @HttpCode(204)
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しを承認する / approve an export' })
  async approve(@Caller() { context }: Caller, @Param('export') id: string): Promise<void> {
    await this.exports.approve(known(id), context);
  }

  /** By somebody else than its requester, and for good. */
  @Post(':export/refusal')
  @HttpCode(204)
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しを却下する / refuse an export' })
  async refuse(
    @Caller() { context }: Caller,
    @Param('export') id: string,
    @Body() { reason }: RefuseExportDto,
  ): Promise<void> {
    await this.exports.refuse(known(id), reason, context);
  }

  /** The file, for its requester and once. Streamed; one that does not end with its statement is not whole. */
  @Post(':export/file')
  @HttpCode(200)
  @Requires('export-trail')
  @ApiOperation({ summary: '書き出したファイルを受け取る / fetch the file of an export' })
  async file(
    @Caller() { context }: Caller,
    @Param('export') id: string,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.files.handOver(request, reply, async () => {
      const { format, lines } = await this.exports.fetch(known(id), context);
      const disposition = `attachment; filename="trail-${id}.${format}"`;
      return { parts: inChunks(lines), type: mediaTypes[format], disposition };
    });
  }
}

function known(id: string): string {
  if (!isUuid(id)) throw problem('export-missing');
  return id;
}
