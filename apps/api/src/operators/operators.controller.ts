import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type HouseholdReport, Households, type IssuedAccount, NotFound, Operators } from '#application';
import type { OperatorState } from '#domain';
import { Caller, Requires } from '../edge/caller.js';
import {
  DeclareHouseholdDto,
  ProposeRolesDto,
  RecordTrainingDto,
  RegisterOperatorDto,
} from './operators.dto.js';

@ApiTags('operators 操作者')
@ApiBearerAuth()
@Controller('v1/operators')
export class OperatorsController {
  constructor(
    private readonly operators: Operators,
    private readonly households: Households,
  ) {}

  /** Registers somebody without roles; the initial PIN is told once. */
  @Post()
  @HttpCode(201)
  @Requires('register-operator')
  @ApiOperation({ summary: '操作者を登録する / register an account holder' })
  async register(@Caller() { context }: Caller, @Body() body: RegisterOperatorDto): Promise<IssuedAccount> {
    return this.operators.register(body, context);
  }

  @Get(':operator')
  @Requires('view-access')
  @ApiOperation({ summary: '操作者を見る / an account holder, without the name' })
  async find(@Param('operator') operator: string): Promise<OperatorState> {
    const state = await this.operators.find(operator);
    if (state.state === 'none') throw new NotFound('operator');
    return state;
  }

  @Post(':operator/roles')
  @HttpCode(201)
  @Requires('propose-roles')
  @ApiOperation({ summary: '役割を提案する / propose roles' })
  async proposeRoles(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
    @Body() body: ProposeRolesDto,
  ): Promise<{ proposal: string }> {
    return this.operators.proposeRoles(operator, body, context);
  }

  @Post(':operator/roles/:proposal/approval')
  @HttpCode(204)
  @Requires('approve-roles')
  @ApiOperation({ summary: '役割を承認する / approve roles' })
  async approveRoles(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
    @Param('proposal') proposal: string,
  ): Promise<void> {
    await this.operators.approveRoles(operator, proposal, context);
  }

  @Post(':operator/trainings')
  @HttpCode(204)
  @Requires('record-training')
  @ApiOperation({ summary: '研修の受講を記録する / record training (art. 5)' })
  async training(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
    @Body() body: RecordTrainingDto,
  ): Promise<void> {
    await this.operators.recordTraining(operator, body, context);
  }

  @Post(':operator/secrecy')
  @HttpCode(204)
  @Requires('record-training')
  @ApiOperation({ summary: '秘密保持義務の周知を記録する / record the announcement of secrecy' })
  async secrecy(@Caller() { context }: Caller, @Param('operator') operator: string): Promise<void> {
    await this.operators.acknowledgeSecrecy(operator, context);
  }

  /** The names of the person's household: inquiries about one of them are looked at. They replace the former list. */
  @Put(':operator/household')
  @HttpCode(204)
  @Requires('declare-household')
  @ApiOperation({ summary: '世帯の氏名を記録する / put the names of a household on record' })
  async declareHousehold(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
    @Body() { names }: DeclareHouseholdDto,
  ): Promise<void> {
    await this.households.declare(operator, names, context);
  }

  /** The names that hold now. That somebody looked is on record. */
  @Get(':operator/household')
  @Requires('view-household')
  @ApiOperation({ summary: '世帯の氏名を見る / the names of a household' })
  async household(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
  ): Promise<HouseholdReport> {
    return this.households.show(operator, context);
  }

  /** A fresh one-time PIN for somebody locked out; every session of the person ends. */
  @Post(':operator/pin')
  @HttpCode(201)
  @Requires('register-operator')
  @ApiOperation({ summary: '初期暗証番号を再発行する / issue a new initial PIN' })
  async reissue(
    @Caller() { context }: Caller,
    @Param('operator') operator: string,
  ): Promise<{ pin: string }> {
    return this.operators.reissuePin(operator, context);
  }
}
