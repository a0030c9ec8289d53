import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { intervals } from '#application';
import { searchedOutcomes } from '#domain';
import { IsInstant, IsText, Omittable } from '../edge/fields.js';

/**
 * What is looked for in the trail; all that is given must hold. POST, because a resident code must not be in a URL. What a
 * filter may hold is what the query language says of its field, and is judged there.
 */
class TrailQuestionDto {
  /** Why the trail is searched; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;

  /** Inclusive, RFC 3339 with time zone. */
  @Omittable()
  @IsInstant()
  from?: string;

  /** Exclusive, RFC 3339 with time zone. */
  @Omittable()
  @IsInstant()
  until?: string;

  @Omittable()
  @IsText()
  @MaxLength(64)
  operator?: string;

  @Omittable()
  @IsText()
  @MaxLength(64)
  terminal?: string;

  @Omittable()
  @IsText()
  @MaxLength(64)
  purpose?: string;

  @Omittable()
  @IsText()
  @MaxLength(64)
  @ApiPropertyOptional({ enum: searchedOutcomes })
  outcome?: string;

  /** Event type, for example `InquiryReceived`. */
  @Omittable()
  @IsText()
  @MaxLength(64)
  type?: string;

  @Omittable()
  @IsText()
  @MaxLength(64)
  caseReference?: string;

  /** All events that concern this resident, also after erasure. */
  @Omittable()
  @IsText()
  @MaxLength(64)
  residentCode?: string;

  /** In the query language (docs/query-language.md): `operator:o-17 -terminal:t-3 at:2026-04..2026-06`. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  query?: string;

  /** A saved search in place of `query`: one's own or a shared one. Other filters may narrow it. */
  @Omittable()
  @IsUUID()
  savedSearch?: string;

  /** Wait, 2 seconds at most, until the read models have read this position. */
  @Omittable()
  @Matches(/^\d{1,19}$/)
  waitFor?: string;
}

/** A search of the trail. */
export class SearchTrailDto extends TrailQuestionDto {
  @Omittable()
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** `next` of an earlier page of the same search. */
  @Omittable()
  @IsText()
  @MaxLength(512)
  cursor?: string;
}

/** How many events a search would find. */
export class CountTrailDto extends TrailQuestionDto {
  /** Count all there are; otherwise 1,000 at most. */
  @Omittable()
  @IsBoolean()
  exact?: boolean;

  /** Also by the hour, day or month of Tokyo; the count is exact then. */
  @Omittable()
  @IsIn(intervals)
  interval?: (typeof intervals)[number];
}
