import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNotEmptyObject, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

/**
 * So many events within so many Tokyo days, today's included, open a review. A query with `text:` is judged once the day is
 * over, and on record (docs/reviews.md).
 */
export class SearchThresholdDto {
  @IsInt()
  @Min(1)
  @Max(10_000)
  count!: number;

  @IsInt()
  @Min(1)
  @Max(31)
  days!: number;
}

/** A search of the trail to be kept; see docs/query-language.md. */
export class SaveSearchDto {
  /** 1 to 60 characters, without anything that identifies a resident; sealed. */
  @IsText()
  @MaxLength(4096)
  name!: string;

  /** In the query language; sealed. */
  @IsText()
  @MaxLength(4096)
  query!: string;

  /** Whether every security officer sees it. */
  @IsBoolean()
  shared!: boolean;

  @Omittable()
  @IsNotEmptyObject()
  @ValidateNested()
  @Type(() => SearchThresholdDto)
  threshold?: SearchThresholdDto;
}
