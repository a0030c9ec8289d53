import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ReviewReport, Reviews } from '#application';
import type { ReviewPage, ReviewRow } from '#read-models';
import { type Rooms, ROOMS } from '#wiring';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { DEFAULT_LIMIT, limitOf, Paged } from '../edge/page.js';
import { problem } from '../problems/problem.js';
import { CloseReviewDto, NoteReviewDto } from './reviews.dto.js';

export interface ReviewsAnswer extends Omit<ReviewPage, 'rows'> {
  readonly reviews: readonly ReviewRow[];
}

/** What the detectors and the saved searches found, until a security officer has looked at it (annex 2, 2(4)). */
@ApiTags('reviews 点検')
@ApiBearerAuth()
@Controller('v1/reviews')
export class ReviewsController {
  constructor(
    private readonly reviews: Reviews,
    @Inject(ROOMS) private readonly rooms: Rooms,
  ) {}

  /** Open ones first, 50 at a time unless told. */
  @Get()
  @Requires('view-reviews')
  @ApiOperation({ summary: '点検の一覧を見る / the reviews, open ones first' })
  @Paged()
  async list(
    @Caller() { context }: Caller,
    @Query('limit') limit: string = DEFAULT_LIMIT,
    @Query('cursor') cursor?: string,
  ): Promise<ReviewsAnswer> {
    const asked = { limit: limitOf(limit), ...(cursor === undefined ? {} : { cursor }) };
    const { rows, ...page } = await this.rooms.queries.reviews(context.agreement, asked);
    return { reviews: rows, ...page };
  }

  /** Everything there is about a review: what was found, noted and concluded. That somebody looked is on record. */
  @Get(':review')
  @Requires('view-reviews')
  @ApiOperation({ summary: '点検を見る / a review, and what was found' })
  async show(@Caller() { context }: Caller, @Param('review') review: string): Promise<ReviewReport> {
    return this.reviews.show(known(review), context);
  }

  @Post(':review/notes')
  @HttpCode(204)
  @Requires('note-review')
  @ApiOperation({ summary: '経過を書き加える / add a note' })
  async note(
    @Caller() { context }: Caller,
    @Param('review') review: string,
    @Body() { note }: NoteReviewDto,
  ): Promise<void> {
    await this.reviews.note(known(review), note, context);
  }

  @Post(':review/closure')
  @HttpCode(204)
  @Requires('close-review')
  @ApiOperation({ summary: '所見を付して点検を終える / close a review with a finding' })
  async close(
    @Caller() { context }: Caller,
    @Param('review') review: string,
    @Body() { incident, ...finding }: CloseReviewDto,
  ): Promise<void> {
    await this.reviews.close(known(review), { ...finding, incident: incident ?? null }, context);
  }
}

function known(review: string): string {
  if (!isUuid(review)) throw problem('review-missing');
  return review;
}
