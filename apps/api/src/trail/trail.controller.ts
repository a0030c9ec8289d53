import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CountReport, SavedSearches, Trail, type TrailQuestion } from '#application';
import type { TrailPage } from '#read-models';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { Problem, problem } from '../problems/problem.js';
import { CountTrailDto, SearchTrailDto } from './trail.dto.js';

const DEFAULT_LIMIT = 50;

@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1')
export class TrailController {
  constructor(
    private readonly trail: Trail,
    private readonly savedSearches: SavedSearches,
  ) {}

  /** Newest first, keyset paging. The search itself is on record. */
  @Post('audit/searches')
  @HttpCode(200)
  @Requires('search-trail')
  @ApiOperation({ summary: '証跡を検索する / search the trail' })
  async search(@Caller() caller: Caller, @Body() body: SearchTrailDto): Promise<TrailPage> {
    const { limit = DEFAULT_LIMIT, cursor = null, ...rest } = body;
    const question = await this.questionOf(caller, rest);
    return this.trail.search({ ...question, limit, cursor }, caller.context);
  }

  /** How many events a search would find, and when they happened. On record as a search is. */
  @Post('audit/searches/count')
  @HttpCode(200)
  @Requires('search-trail')
  @ApiOperation({ summary: '証跡の件数を数える / count in the trail' })
  async count(@Caller() caller: Caller, @Body() body: CountTrailDto): Promise<CountReport> {
    const { exact = false, interval = null, ...rest } = body;
    const question = await this.questionOf(caller, rest);
    return this.trail.count({ ...question, exact, interval }, caller.context);
  }

  /** One event as stored, sealed parts included, with its receipt and its number in the log. */
  @Get('events/:id')
  @Requires('search-trail')
  @ApiOperation({ summary: 'イベントを見る / one event' })
  async event(@Caller() caller: Caller, @Param('id') id: string): Promise<object> {
    if (!isUuid(id)) throw problem('event-not-found');
    const { stored, entry, leafIndex } = await this.trail.view(id, caller.operator, caller.context);
    const { position, stream, revision, leafHash, mac } = stored;
    return { entry, receipt: { id, position, stream, revision, leafHash, mac }, leafIndex };
  }

  /** What a body asks, and who does. */
  private async questionOf(caller: Caller, body: Question): Promise<TrailQuestion> {
    const { reason, waitFor = null, residentCode = null, savedSearch = null, from, until, ...rest } = body;
    const { query: typed = null, ...fields } = rest;
    const query = savedSearch === null ? typed : await this.savedQuery(savedSearch, typed, caller);
    const range = { ...(from ? { from: instant(from) } : {}), ...(until ? { until: instant(until) } : {}) };
    const filter = Object.fromEntries(
      Object.entries({ ...fields, ...range }).filter(([, value]) => value !== undefined),
    );
    return { operator: caller.operator, filter, query, savedSearch, residentCode, reason, waitFor };
  }

  /** What a saved search looks for, which whoever asks has to see; it stands in place of a query. */
  private async savedQuery(savedSearch: string, typed: string | null, { context }: Caller): Promise<string> {
    if (typed !== null)
      throw new Problem([{ code: 'request-malformed' }, { code: 'field-malformed', field: 'savedSearch' }]);
    const { query } = await this.savedSearches.show(savedSearch, context);
    if (query === null) throw problem('saved-search-missing', 'savedSearch');
    return query;
  }
}

type Question = Omit<SearchTrailDto, 'limit' | 'cursor'>;

/** The same instant in the form in which events are stored, so that strings compare in time. */
const instant = (value: string): string => new Date(value).toISOString();
