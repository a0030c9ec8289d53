import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LogProofs } from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';

@ApiTags('log ログ')
@ApiBearerAuth()
@Controller('v1/events')
export class LogProofsController {
  constructor(private readonly proofs: LogProofs) {}

  /** The proof that an event is in the log, with the event as stored: a file for `kiroku verify --proof`. On record. */
  @Get(':id/proof')
  @Requires('prove-event')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'イベントの証明（C2SP tlog-proof） / the proof that an event is in the log' })
  async proof(@Caller() { context }: Caller, @Param('id') id: string): Promise<string> {
    if (!isUuid(id)) throw problem('event-not-found');
    return this.proofs.proofOf(id, context);
  }
}
