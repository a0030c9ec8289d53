import { Body, Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { inChunks, provisionsAsCsv, provisionsAsJson, ResidentProvisions } from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { FilesUnderWay } from '../edge/files-under-way.js';
import { ListProvisionsDto } from './resident-provisions.dto.js';

@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1/subjects')
export class ResidentProvisionsController {
  constructor(
    private readonly residentProvisions: ResidentProvisions,
    private readonly files: FilesUnderWay,
  ) {}

  /**
   * Every provision of a resident's data, under that resident's request, also of data that was erased. Streamed and
   * whole: an answer that breaks off is not the list. On record before it begins. POST: the code is in no URL.
   */
  @Post('provisions')
  @HttpCode(200)
  @Requires('list-provisions')
  @ApiOperation({
    summary: '本人の情報の提供状況を一覧する（開示請求） / the provisions of a resident’s data',
  })
  async list(@Caller() { context }: Caller, @Body() body: ListProvisionsDto): Promise<StreamableFile> {
    const { format = 'json', reference, requesterChecked, receivedOn, residentCode } = body;
    const list = await this.residentProvisions.list(
      { reference, requesterChecked, receivedOn, residentCode, format },
      context,
    );
    const text = format === 'csv' ? provisionsAsCsv(list) : provisionsAsJson(list);
    return new StreamableFile(
      this.files.of(inChunks(text)),
      format === 'csv'
        ? {
            type: 'text/csv; charset=utf-8',
            disposition: `attachment; filename="provisions-${list.listing}.csv"`,
          }
        : { type: 'application/json; charset=utf-8' },
    );
  }
}
