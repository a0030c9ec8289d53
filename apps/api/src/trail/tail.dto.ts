import { IsInt, Max, MaxLength, Min } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

/** What is followed, and why. What a URL may not hold is said here. */
export class FollowTrailDto {
  /** Why the trail is followed; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;

  /** In the query language (docs/query-language.md), without `text:`. Left out, everything is followed. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  query?: string;

  /** Id of a saved search, instead of `query`. */
  @Omittable()
  @IsText()
  @MaxLength(64)
  savedSearch?: string;

  /** Only what concerns this resident. */
  @Omittable()
  @IsText()
  @MaxLength(64)
  residentCode?: string;

  /** How many of the newest come first; 20 unless told. Nothing beside Last-Event-ID. */
  @Omittable()
  @IsInt()
  @Min(0)
  @Max(500)
  since?: number;
}
