import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type IncidentReport, Incidents } from '#application';
import type { IncidentPage, IncidentRow } from '#read-models';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { DEFAULT_LIMIT, limitOf, Paged } from '../edge/page.js';
import { problem } from '../problems/problem.js';
import { EdgeSettings } from '../settings.js';
import { IncidentList } from './incident-list.js';
import { CloseIncidentDto, DeclareIncidentDto, NoteIncidentDto } from './incidents.dto.js';

export interface IncidentsAnswer extends Omit<IncidentPage, 'rows'> {
  readonly incidents: readonly IncidentRow[];
}

/** Failures and leaks, feared ones included: both parties are contacted at once (annex 2, 4(4)). */
@ApiTags('incidents 事案')
@ApiBearerAuth()
@Controller('v1/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: Incidents,
    private readonly incidentList: IncidentList,
    private readonly settings: EdgeSettings,
  ) {}

  /** Open ones first, 50 at a time unless told. */
  @Get()
  @Requires('view-incidents')
  @ApiOperation({ summary: '事案の一覧を見る / the incidents, open ones first' })
  @Paged()
  async list(
    @Query('limit') limit: string = DEFAULT_LIMIT,
    @Query('cursor') cursor?: string,
  ): Promise<IncidentsAnswer> {
    const { agreement } = this.settings;
    const { rows, ...page } = await this.incidentList.page(agreement, limitOf(limit), cursor ?? null);
    return { incidents: rows, ...page };
  }

  /** Every contact of both parties is told. */
  @Post()
  @HttpCode(201)
  @Requires('declare-incident')
  @ApiOperation({
    summary: '事案を宣言する / declare a failure or a leak, or the fear of one (annex 2, 4(4))',
  })
  async declare(
    @Caller() { context }: Caller,
    @Body() { kind, description }: DeclareIncidentDto,
  ): Promise<{ incident: string }> {
    const { incident } = await this.incidents.declare({ kind, description }, context);
    return { incident };
  }

  /** Everything there is about an incident: what was noticed and written, and how each contact was reached. */
  @Get(':incident')
  @Requires('view-incidents')
  @ApiOperation({ summary: '事案を見る / an incident, and who was reached' })
  async show(@Param('incident') incident: string): Promise<IncidentReport> {
    return this.incidents.show(known(incident), this.settings.agreement);
  }

  @Post(':incident/notes')
  @HttpCode(204)
  @Requires('note-incident')
  @ApiOperation({ summary: '経過を書き加える / add a note' })
  async note(
    @Caller() { context }: Caller,
    @Param('incident') incident: string,
    @Body() { note }: NoteIncidentDto,
  ): Promise<void> {
    await this.incidents.note(known(incident), note, context);
  }

  @Post(':incident/closure')
  @HttpCode(204)
  @Requires('close-incident')
  @ApiOperation({ summary: '事案を終結する / close an incident; somebody of each party was reached' })
  async close(
    @Caller() { context }: Caller,
    @Param('incident') incident: string,
    @Body() { finding }: CloseIncidentDto,
  ): Promise<void> {
    await this.incidents.close(known(incident), finding, context);
  }
}

function known(incident: string): string {
  if (!isUuid(incident)) throw problem('incident-not-found');
  return incident;
}
