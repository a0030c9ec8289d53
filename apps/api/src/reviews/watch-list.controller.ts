import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WatchList, type WatchReport } from '#application';
import type { WatchRow } from '#read-models';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { EndWatchDto, WatchResidentDto } from './watch-list.dto.js';

export interface WatchListAnswer {
  readonly entries: readonly WatchRow[];
}

/** Protected persons (要保護者): whoever inquires about one of them is looked at. */
@ApiTags('reviews 点検')
@ApiBearerAuth()
@Controller('v1/watch-list')
export class WatchListController {
  constructor(private readonly watchList: WatchList) {}

  /** The entries, without whom they are about. */
  @Get()
  @Requires('manage-watch-list')
  @ApiOperation({ summary: '見守り名簿の一覧を見る / the entries of the watch list' })
  async list(@Caller() { context }: Caller): Promise<WatchListAnswer> {
    return { entries: await this.watchList.entries(context.agreement) };
  }

  @Post()
  @HttpCode(201)
  @Requires('manage-watch-list')
  @ApiOperation({ summary: '見守り名簿に載せる / put a protected person on the list' })
  async watch(
    @Caller() { context }: Caller,
    @Body() { until, ...person }: WatchResidentDto,
  ): Promise<{ entry: string }> {
    const { entry } = await this.watchList.watch({ ...person, until: until ?? null }, context);
    return { entry };
  }

  /** One entry with the resident. That somebody looked is on record. */
  @Get(':entry')
  @Requires('manage-watch-list')
  @ApiOperation({ summary: '見守りの内容を見る / an entry, and whom it is about' })
  async show(@Caller() { context }: Caller, @Param('entry') entry: string): Promise<WatchReport> {
    return this.watchList.show(known(entry), context);
  }

  @Post(':entry/end')
  @HttpCode(204)
  @Requires('manage-watch-list')
  @ApiOperation({ summary: '見守り名簿から外す / take a person off the list' })
  async end(
    @Caller() { context }: Caller,
    @Param('entry') entry: string,
    @Body() { reason }: EndWatchDto,
  ): Promise<void> {
    await this.watchList.end(known(entry), reason, context);
  }
}

function known(entry: string): string {
  if (!isUuid(entry)) throw problem('watch-missing');
  return entry;
}
