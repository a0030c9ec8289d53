import { ArrayMaxSize, IsArray, IsBoolean, MaxLength } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

export class RequestGrantDto {
  /** Who will hold it. */
  @IsText()
  @MaxLength(64)
  operator!: string;

  @IsText()
  @MaxLength(64)
  terminal!: string;

  /** Affair and step each, for example `rtva-59-1:examination`. */
  @IsArray()
  @ArrayMaxSize(14)
  @IsText({ each: true })
  @MaxLength(64, { each: true })
  purposes!: string[];

  /** First Tokyo day. */
  @IsText()
  @MaxLength(10)
  from!: string;

  /** Last Tokyo day; at most 366 days after the first. */
  @IsText()
  @MaxLength(10)
  until!: string;

  /** Whether the holder may search by the beginning of a name. */
  @Omittable()
  @IsBoolean()
  prefixSearch?: boolean;

  /** Why; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}

export class ReasonDto {
  /** Why; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}
