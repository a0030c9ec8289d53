import { IsString, MaxLength } from 'class-validator';

export class SignInDto {
  /** Operator id, `o-…`. */
  @IsString()
  @MaxLength(64)
  operator!: string;

  @IsString()
  @MaxLength(64)
  pin!: string;
}

export class ChangePinDto {
  @IsString()
  @MaxLength(64)
  pin!: string;

  /** 6 to 12 digits; not all the same, not a run, not the old one. */
  @IsString()
  @MaxLength(64)
  newPin!: string;
}
