import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Alerts } from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { isAlertId } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';

@ApiTags('alerts 通報')
@ApiBearerAuth()
@Controller('v1/alerts')
export class AlertsController {
  constructor(private readonly alerts: Alerts) {}

  /** Somebody of the contact's own party has the message. Once more changes nothing. */
  @Post(':alert/acknowledgement')
  @HttpCode(204)
  @Requires('acknowledge-alert')
  @ApiOperation({ summary: '通報を確認する / acknowledge an alert (annex 2, 4(4))' })
  async acknowledge(@Caller() { context }: Caller, @Param('alert') alert: string): Promise<void> {
    if (!isAlertId(alert)) throw problem('alert-not-found');
    await this.alerts.acknowledge(alert, context);
  }
}
