import { MaxLength } from 'class-validator';
import { IsText } from '../edge/fields.js';

export class ProposePeriodDto {
  /** Affair and step, for example `rtva-59-1:examination`. */
  @IsText()
  @MaxLength(64)
  purpose!: string;

  /** ISO 8601: whole days, months or years, for example `P90D`, `P6M`, `P1Y`. */
  @IsText()
  @MaxLength(16)
  period!: string;

  /** First Tokyo day on which it holds, `YYYY-MM-DD`. */
  @IsText()
  @MaxLength(10)
  effectiveFrom!: string;
}
