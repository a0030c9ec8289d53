import { IsString, MaxLength } from 'class-validator';

export class ProposePeriodDto {
  /** Affair and step, for example `rtva-59-1:examination`. */
  @IsString()
  @MaxLength(64)
  purpose!: string;

  /** ISO 8601: whole days, months or years, for example `P90D`, `P6M`, `P1Y`. */
  @IsString()
  @MaxLength(16)
  period!: string;

  /** First Tokyo day on which it holds, `YYYY-MM-DD`. */
  @IsString()
  @MaxLength(10)
  effectiveFrom!: string;
}
