import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type SavedSearchEntry, type SavedSearchReport, SavedSearches } from '#application';
import type { SearchTerms } from '#domain';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { SaveSearchDto } from './saved-searches.dto.js';

export interface SavedSearchesAnswer {
  readonly savedSearches: readonly SavedSearchEntry[];
}

/** Saved searches (保存検索) of the trail, personal and shared. The id is the deep link: it says nothing of anybody. */
@ApiTags('trail 証跡')
@ApiBearerAuth()
@Controller('v1/saved-searches')
export class SavedSearchesController {
  constructor(private readonly savedSearches: SavedSearches) {}

  /** One's own and the shared ones, the oldest first. */
  @Get()
  @Requires('save-search')
  @ApiOperation({ summary: '保存検索の一覧を見る / the saved searches' })
  async list(@Caller() { context }: Caller): Promise<SavedSearchesAnswer> {
    return { savedSearches: await this.savedSearches.list(context) };
  }

  @Post()
  @HttpCode(201)
  @Requires('save-search')
  @ApiOperation({ summary: '検索条件を保存する / save a search' })
  async save(@Caller() { context }: Caller, @Body() body: SaveSearchDto): Promise<{ savedSearch: string }> {
    const { savedSearch } = await this.savedSearches.save(termsOf(body), context);
    return { savedSearch };
  }

  /** With its query. It is run by its id, as `savedSearch` of `POST /v1/audit/searches`: on record, with a reason. */
  @Get(':savedSearch')
  @Requires('save-search')
  @ApiOperation({ summary: '保存検索を見る / a saved search' })
  async show(
    @Caller() { context }: Caller,
    @Param('savedSearch') savedSearch: string,
  ): Promise<SavedSearchReport> {
    return this.savedSearches.show(known(savedSearch), context);
  }

  /** Only its owner changes what a shared search means for everybody. */
  @Put(':savedSearch')
  @HttpCode(204)
  @Requires('save-search')
  @ApiOperation({ summary: '保存検索を変更する / change a saved search' })
  async change(
    @Caller() { context }: Caller,
    @Param('savedSearch') savedSearch: string,
    @Body() body: SaveSearchDto,
  ): Promise<void> {
    await this.savedSearches.change(known(savedSearch), termsOf(body), context);
  }

  @Delete(':savedSearch')
  @HttpCode(204)
  @Requires('save-search')
  @ApiOperation({ summary: '保存検索を削除する / remove a saved search' })
  async remove(@Caller() { context }: Caller, @Param('savedSearch') savedSearch: string): Promise<void> {
    await this.savedSearches.remove(known(savedSearch), context);
  }
}

const termsOf = ({ name, query, shared, threshold }: SaveSearchDto): SearchTerms => ({
  name,
  query,
  shared,
  threshold: threshold ? { count: threshold.count, days: threshold.days } : null,
});

function known(savedSearch: string): string {
  if (!isUuid(savedSearch)) throw problem('saved-search-missing');
  return savedSearch;
}
