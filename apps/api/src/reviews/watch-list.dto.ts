import { MaxLength } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

export class WatchResidentDto {
  /** Resident code (住民票コード): 11 digits as text; sealed under a key of its own. */
  @IsText()
  @MaxLength(64)
  residentCode!: string;

  /** Last Tokyo day, `YYYY-MM-DD`; left out for no end. */
  @Omittable()
  @IsText()
  @MaxLength(10)
  until?: string;

  /** Why the person is protected; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}

export class EndWatchDto {
  /** Sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}
