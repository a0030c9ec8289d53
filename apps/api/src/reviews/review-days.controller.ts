import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DailyReviews, type DaysReport } from '#application';
import { Caller, Requires } from '../edge/caller.js';
import { SignDayDto } from './reviews.dto.js';

/** The daily look at the operations: the terminal manager signs each day off (annex 2, 2(4)). */
@ApiTags('reviews 点検')
@ApiBearerAuth()
@Controller('v1/reviews/days')
export class ReviewDaysController {
  constructor(private readonly dailyReviews: DailyReviews) {}

  /** The days that nobody has signed off, the oldest first, and those signed lately. */
  @Get()
  @Requires('view-review-days')
  @ApiOperation({ summary: '日次点検の状況を見る / the days that are not signed off' })
  async list(@Caller() { context }: Caller): Promise<DaysReport> {
    return this.dailyReviews.days(context.agreement);
  }

  /** Signs a day off with the counts that were shown of it. Whoever inquired on that day cannot. */
  @Post(':day/signature')
  @HttpCode(204)
  @Requires('sign-day')
  @ApiOperation({ summary: '一日の操作履歴を確認する / sign a day off' })
  async sign(
    @Caller() { context }: Caller,
    @Param('day') day: string,
    @Body() { remark, ...shown }: SignDayDto,
  ): Promise<void> {
    await this.dailyReviews.sign({ day, shown, remark: remark ?? null }, context);
  }
}
