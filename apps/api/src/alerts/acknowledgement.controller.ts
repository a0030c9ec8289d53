import { Controller, Get, Header, HttpCode, Param, Post, Req, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { type AlertOfLink, Alerts, FailureCounter, NotFound } from '#application';
import { Public } from '../edge/caller.js';
import { sourceOf } from '../edge/source.js';
import { acknowledgementPage } from './acknowledgement-page.js';
import { PAGE_TYPE, pagePolicy } from './page.js';
import { PageFilter } from './page.filter.js';

/**
 * What the link of a message leads to. Whoever holds it is the contact, or was handed the message: no session is needed,
 * and none is looked at. A wrong token and an alert that never was are the same to everybody, and counted.
 */
@ApiTags('alerts 通報')
@Public()
@UseFilters(PageFilter)
@Controller('acknowledge')
export class AcknowledgementController {
  constructor(
    private readonly alerts: Alerts,
    private readonly failures: FailureCounter,
  ) {}

  /** The page with its button. Opening it changes nothing: the scanners of mail servers open every link. */
  @Get(':alert/:token')
  @Header('content-type', PAGE_TYPE)
  @RouteConfig({ helmet: pagePolicy })
  @ApiOperation({ summary: '通報の確認のページ / the page behind the link of a message' })
  async show(
    @Param('alert') alert: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    return acknowledgementPage(await this.opened(request, () => this.alerts.byLink(alert, token)));
  }

  /** What its button does: puts on record that the contact has the message. Once more changes nothing. */
  @Post(':alert/:token')
  @HttpCode(200)
  @Header('content-type', PAGE_TYPE)
  @RouteConfig({ helmet: pagePolicy, emptyForm: true })
  @ApiOperation({
    summary: 'リンクから通報を確認する / acknowledge by the link of a message (annex 2, 4(4))',
  })
  async acknowledge(
    @Param('alert') alert: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
  ): Promise<string> {
    return acknowledgementPage(
      await this.opened(request, async () => {
        await this.alerts.acknowledgeByLink(alert, token);
        return this.alerts.byLink(alert, token);
      }),
    );
  }

  private async opened(request: FastifyRequest, open: () => Promise<AlertOfLink>): Promise<AlertOfLink> {
    try {
      return await open();
    } catch (error) {
      if (error instanceof NotFound) this.failures.count(sourceOf(request), 'unknown-token');
      throw error;
    }
  }
}
