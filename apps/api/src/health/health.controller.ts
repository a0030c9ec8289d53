import { Controller, Get, HttpCode, HttpStatus, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../edge/caller.js';
import { Readiness, type ReadinessReport } from './readiness.js';

@ApiTags('health 稼働状況')
@Public()
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process answers. */
  @Get('livez')
  @HttpCode(200)
  @ApiOperation({ summary: '稼働確認 / the process answers' })
  livez(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** The process can do its work: store, keys, log lag, projection lag, worker. 503 says which part cannot. */
  @Get('readyz')
  @ApiOperation({ summary: '準備状況 / the process can do its work' })
  async readyz(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    void reply.status(report.status === 'ready' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }
}
