import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Terminals } from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { BindCertificateDto, RegisterTerminalDto } from './terminals.dto.js';

@ApiTags('terminals 端末')
@ApiBearerAuth()
@Controller('v1')
export class TerminalsController {
  constructor(private readonly terminals: Terminals) {}

  @Post('terminals')
  @HttpCode(201)
  @Requires('register-terminal')
  @ApiOperation({ summary: '端末を登録する / register a terminal with its certificate' })
  async register(
    @Caller() { context }: Caller,
    @Body() { terminal, label, certificate, notAfter }: RegisterTerminalDto,
  ): Promise<{ terminal: string }> {
    await this.terminals.register({ terminal, label }, { certificate, notAfter: instant(notAfter) }, context);
    return { terminal };
  }

  @Post('terminals/:terminal/certificates')
  @HttpCode(204)
  @Requires('register-terminal')
  @ApiOperation({ summary: '証明書を追加する / bind a further certificate' })
  async bind(
    @Caller() { context }: Caller,
    @Param('terminal') terminal: string,
    @Body() { certificate, notAfter }: BindCertificateDto,
  ): Promise<void> {
    await this.terminals.bind(terminal, { certificate, notAfter: instant(notAfter) }, context);
  }

  @Delete('terminals/:terminal')
  @HttpCode(204)
  @Requires('register-terminal')
  @ApiOperation({ summary: '端末を廃止する / retire a terminal' })
  async retire(@Caller() { context }: Caller, @Param('terminal') terminal: string): Promise<void> {
    await this.terminals.retire(terminal, context);
  }

  @Delete('certificates/:sha256')
  @HttpCode(204)
  @Requires('register-terminal')
  @ApiOperation({ summary: '証明書を失効させる / withdraw a certificate' })
  async retireCertificate(@Caller() { context }: Caller, @Param('sha256') sha256: string): Promise<void> {
    await this.terminals.retireCertificate(sha256, context);
  }
}

const instant = (value: string): string => new Date(value).toISOString();
