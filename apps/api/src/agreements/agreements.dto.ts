import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

export class OpeningHoursDto {
  /** 0 = Sunday … 6 = Saturday. */
  @IsInt()
  @Min(0)
  @Max(6)
  weekday!: number;

  /** Tokyo minutes since midnight, inside. */
  @IsInt()
  from!: number;

  /** Tokyo minutes since midnight, outside. */
  @IsInt()
  until!: number;
}

export class ProposeHoursDto {
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => OpeningHoursDto)
  hours!: OpeningHoursDto[];

  /** Tokyo days on which the provider does not answer at all. */
  @IsArray()
  @ArrayMaxSize(400)
  @IsText({ each: true })
  @MaxLength(10, { each: true })
  closedDays!: string[];

  /** First Tokyo day on which these hours hold. */
  @IsText()
  @MaxLength(10)
  effectiveFrom!: string;
}

export class SuspendDto {
  /** The purposes to suspend; all when left out. */
  @Omittable()
  @IsArray()
  @ArrayMaxSize(14)
  @IsText({ each: true })
  @MaxLength(64, { each: true })
  purposes?: string[];

  /** Why; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}
