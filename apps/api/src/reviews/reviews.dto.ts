import { IsInt, IsUUID, Max, MaxLength, Min } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

/** No day has more; what cannot be a count is malformed. */
const MOST = 1_000_000_000;

export class NoteReviewDto {
  /** What was found out so far; sealed. */
  @IsText()
  @MaxLength(4096)
  note!: string;
}

export class CloseReviewDto {
  /** `explained`, `false-alarm` or `improper`. */
  @IsText()
  @MaxLength(64)
  conclusion!: string;

  /** What it came to; sealed. */
  @IsText()
  @MaxLength(4096)
  finding!: string;

  /** The incident that was declared for it; needed for `improper`. */
  @Omittable()
  @IsUUID()
  incident?: string;
}

/** A day is signed with the counts that were shown of it; when they are others by now it is refused. */
export class SignDayDto {
  /** Inquiries received on the day, as shown. */
  @IsInt()
  @Min(0)
  @Max(MOST)
  inquiries!: number;

  /** Inquiries refused on the day, as shown. */
  @IsInt()
  @Min(0)
  @Max(MOST)
  refused!: number;

  /** Reviews opened on the day, as shown. */
  @IsInt()
  @Min(0)
  @Max(MOST)
  reviewsOpened!: number;

  /** Sealed. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  remark?: string;
}
