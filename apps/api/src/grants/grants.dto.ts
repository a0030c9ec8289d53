import { ArrayMaxSize, IsArray, IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

export class RequestGrantDto {
  /** Who will hold it. */
  @IsString()
  @MaxLength(64)
  operator!: string;

  @IsString()
  @MaxLength(64)
  terminal!: string;

  /** Affair and step each, for example `rtva-59-1:examination`. */
  @IsArray()
  @ArrayMaxSize(14)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  purposes!: string[];

  /** First Tokyo day. */
  @IsString()
  @MaxLength(10)
  from!: string;

  /** Last Tokyo day; at most 366 days after the first. */
  @IsString()
  @MaxLength(10)
  until!: string;

  /** Whether the holder may search by the beginning of a name. */
  @IsOptional()
  @IsBoolean()
  prefixSearch?: boolean;

  /** Why; sealed. */
  @IsString()
  @MaxLength(4096)
  reason!: string;
}

export class ReasonDto {
  /** Why; sealed. */
  @IsString()
  @MaxLength(4096)
  reason!: string;
}
