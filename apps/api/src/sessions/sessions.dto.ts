import { MaxLength } from 'class-validator';
import { IsText } from '../edge/fields.js';

export class SignInDto {
  /** Operator id, `o-…`. */
  @IsText()
  @MaxLength(64)
  operator!: string;

  @IsText()
  @MaxLength(64)
  pin!: string;
}

export class ChangePinDto {
  @IsText()
  @MaxLength(64)
  pin!: string;

  /** 6 to 12 digits; not all the same, not a run, not the old one. */
  @IsText()
  @MaxLength(64)
  newPin!: string;
}
