import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CaseRegister,
  type CaseReport,
  type CommandContext,
  type HandedOverCase,
  MOST_CASES,
} from '#application';
import type { HandOverCase } from '#domain';
import type { CaseRegisterRow } from '#read-models';
import { Caller, Requires } from '../edge/caller.js';
import { CsvFile } from '../edge/lists.js';
import { catalogueRow } from '../problems/catalogue.js';
import { problem } from '../problems/problem.js';
import { readCaseFile } from './case-file.js';
import { HandOverCasesDto } from './cases.dto.js';

/** A thousand cases whose cells are as long as they may be in the characters of a reference, and not in escapes. */
const LARGEST_LIST = 512 * 1024;

/** Why a case was refused; never what was typed. */
export interface CaseError {
  readonly code: string;
  readonly field?: string;
  readonly titles: { readonly ja: string; readonly en: string };
}

export interface CaseResult {
  /** Its place in the list, from 1; in a file its row, the heading being row 1. */
  readonly row: number;
  readonly result: HandedOverCase['result'];
  /** Only of one that was refused. */
  readonly errors?: readonly CaseError[];
}

/** How many of each result, and the result of each. */
export type HandOverAnswer = Readonly<Record<HandedOverCase['result'], number>> & {
  readonly cases: readonly CaseResult[];
};

export interface CaseRegistersAnswer {
  readonly registers: readonly CaseRegisterRow[];
}

/** The register of cases (案件台帳): what may explain an inquiry. See docs/cases.md. */
@ApiTags('cases 案件')
@ApiBearerAuth()
@Controller('v1/cases')
export class CasesController {
  constructor(private readonly register: CaseRegister) {}

  /** How many cases of each affair the register has, and when they last changed. */
  @Get()
  @Requires('view-cases')
  @ApiOperation({ summary: '案件台帳の状況を見る / the register of cases by affair' })
  async list(@Caller() { context }: Caller): Promise<CaseRegistersAnswer> {
    return { registers: await this.register.registers(context.agreement) };
  }

  /** Up to 1,000 cases as they stand now. One that is refused holds up no other. */
  @Post()
  @HttpCode(200)
  @Requires('register-cases')
  @RouteConfig({ largestBody: LARGEST_LIST, longestList: { field: 'cases', items: MOST_CASES } })
  @ApiOperation({ summary: '案件を登録する / hand cases over' })
  async handOver(
    @Caller() { context }: Caller,
    @Body() { cases }: HandOverCasesDto,
  ): Promise<HandOverAnswer> {
    return this.answer(cases, 1, context);
  }

  /** The same as a file of CSV in UTF-8, with a heading. */
  @Post('file')
  @HttpCode(200)
  @Requires('register-cases')
  @RouteConfig({ largestBody: LARGEST_LIST, csvFile: true })
  @ApiConsumes('text/csv')
  @ApiBody({ schema: { type: 'string' } })
  @ApiOperation({ summary: '案件を CSV で登録する / hand cases over as a file' })
  async handOverFile(@Caller() { context }: Caller, @Body() file: unknown): Promise<HandOverAnswer> {
    if (!(file instanceof CsvFile)) throw problem('file-not-csv');
    return this.answer(readCaseFile(file.text), 2, context);
  }

  @Get(':affair/:caseReference')
  @Requires('view-cases')
  @ApiOperation({ summary: '案件を見る / a case' })
  async show(
    @Caller() { context }: Caller,
    @Param('affair') affair: string,
    @Param('caseReference') caseReference: string,
  ): Promise<CaseReport> {
    return this.register.find(affair, caseReference, context);
  }

  private async answer(
    cases: readonly HandOverCase[],
    firstRow: number,
    context: CommandContext,
  ): Promise<HandOverAnswer> {
    const results = await this.register.handOver(cases, context);
    const counted = { registered: 0, changed: 0, unchanged: 0, refused: 0 };
    for (const { result } of results) counted[result] += 1;
    return { ...counted, cases: results.map((each, at) => shown(each, firstRow + at)) };
  }
}

function shown({ result, refusals }: HandedOverCase, row: number): CaseResult {
  if (refusals.length === 0) return { row, result };
  const errors = refusals.map(({ code, field }) => {
    const { ja, en } = catalogueRow(code);
    return { code, ...(field === undefined ? {} : { field }), titles: { ja: ja.title, en: en.title } };
  });
  return { row, result, errors };
}
