import { Body, Controller, Get, HttpCode, Param, Post, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ExportReport, Exports, inChunks, type RequestedExport } from '#application';
import type { ExportFormat } from '#domain';
import { Caller, Requires } from '../edge/caller.js';
import { FilesUnderWay } from '../edge/files-under-way.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { RequestExportDto } from './exports.dto.js';

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

  /** With query and reason, for whoever is to approve. */
  @Get(':export')
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しの内容を見る / an export' })
  async show(@Param('export') id: string): Promise<ExportReport> {
    return this.exports.show(known(id));
  }

  /** By somebody else than its requester. */
  @Post(':export/approval')
  @HttpCode(204)
  @Requires('approve-export')
  @ApiOperation({ summary: '書き出しを承認する / approve an export' })
  async approve(@Caller() { context }: Caller, @Param('export') id: string): Promise<void> {
    await this.exports.approve(known(id), context);
  }

  /** The file, for its requester and once. Streamed; one that does not end with its statement is not whole. */
  @Post(':export/file')
  @HttpCode(200)
  @Requires('export-trail')
  @ApiOperation({ summary: '書き出したファイルを受け取る / fetch the file of an export' })
  async file(@Caller() { context }: Caller, @Param('export') id: string): Promise<StreamableFile> {
    const { format, lines } = await this.exports.fetch(known(id), context);
    return new StreamableFile(this.files.of(inChunks(lines)), {
      type: mediaTypes[format],
      disposition: `attachment; filename="trail-${id}.${format}"`,
    });
  }
}

function known(id: string): string {
  if (!isUuid(id)) throw problem('export-missing');
  return id;
}
