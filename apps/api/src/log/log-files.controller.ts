import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FailureCounter } from '#application';
import { PublicLog } from '#wiring';
import { Public } from '../edge/caller.js';
import { sourceOf } from '../edge/source.js';
import { problem } from '../problems/problem.js';

/**
 * The log for whoever verifies it, exactly as C2SP tlog-tiles has it, below a prefix that holds the reader's token: an
 * unmodified client takes only a URL prefix, so there is no session and no header. What is served are sealed entries and
 * hashes. A token that is nobody's and a file that is not there are the same to everybody; the first is counted.
 */
@ApiTags('log ログ')
@Public()
@Controller('log/:reader')
export class LogFilesController {
  constructor(
    private readonly files: PublicLog,
    private readonly failures: FailureCounter,
  ) {}

  /** The latest signed checkpoint, cached for seconds. */
  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'ログのチェックポイント / the log’s checkpoint (C2SP tlog-tiles)' })
  checkpoint(
    @Param('reader') reader: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    return this.serve(reader, 'checkpoint', request, reply);
  }

  /** A tile of hashes or a bundle of entries, full or partial, the same for ever. */
  @Get('tile/*')
  @Header('content-type', 'application/octet-stream')
  @ApiOperation({ summary: 'ログのタイルとエントリ / tiles and entry bundles of the log (C2SP tlog-tiles)' })
  tile(
    @Param('reader') reader: string,
    @Param('*') path: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    return this.serve(reader, `tile/${path}`, request, reply);
  }

  private serve(reader: string, path: string, request: FastifyRequest, reply: FastifyReply): Buffer {
    if (!this.files.admits(reader)) {
      this.failures.count(sourceOf(request), 'unknown-token');
      throw problem('route-not-found');
    }
    const file = this.files.serve(path);
    if (!file) throw problem('route-not-found');
    void reply.header('content-type', file.contentType).header('cache-control', file.cacheControl);
    return file.bytes;
  }
}
