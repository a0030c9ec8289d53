import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  inChunks,
  provisionsAsCsv,
  provisionsAsJson,
  provisionsAsPdf,
  ResidentProvisions,
  type ShownProvisions,
} from '#application';
import type { ProvisionFormat } from '#domain';
import type { EdgeRequest } from '../edge/caller.js';
import { Caller, Requires } from '../edge/caller.js';
import { FilesUnderWay } from '../edge/files-under-way.js';
import { isUuid7 } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { ListProvisionsDto } from './resident-provisions.dto.js';

const contentTypes: Readonly<Record<ProvisionFormat, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  pdf: 'application/pdf',
};

function partsOf(shown: ShownProvisions): AsyncIterable<string | Uint8Array> {
  switch (shown.format) {
    case 'pdf':
      return provisionsAsPdf(shown.list, shown.reference);
    case 'csv':
      return inChunks(provisionsAsCsv(shown.list));
    default:
      return inChunks(provisionsAsJson(shown.list));
  }
}

@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1/subjects')
export class ResidentProvisionsController {
  constructor(
    private readonly residentProvisions: ResidentProvisions,
    private readonly files: FilesUnderWay,
  ) {}

  /**
   * Every provision of a resident's data, under that resident's open request, also of data that was erased. Streamed
   * and whole: an answer that breaks off is not the list. On record before it begins. POST: the code is in no URL.
   */
  @Post('provisions')
  @HttpCode(200)
  @Requires('list-provisions')
  @ApiOperation({
    summary: '本人の情報の提供状況を一覧する（開示請求） / the provisions of a resident’s data',
  })
  async list(
    @Caller() { context }: Caller,
    @Body() body: ListProvisionsDto,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { format = 'json', formerResidentCodes = [], ...asked } = body;
    if (!isUuid7(asked.disclosureRequest)) throw problem('disclosure-request-missing', 'disclosureRequest');
    return this.files.handOver(request, reply, async () => {
      const shown = await this.residentProvisions.list({ ...asked, formerResidentCodes, format }, context);
      const parts = partsOf(shown);
      const type = contentTypes[format];
      // A file's name is kept in folders and mailboxes: it names the look, not the resident.
      const disposition = `attachment; filename="provisions-${shown.list.listing}.${format}"`;
      return { parts, type, disposition: format === 'json' ? null : disposition };
    });
  }
}
