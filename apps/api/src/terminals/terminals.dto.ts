import { MaxLength } from 'class-validator';
import { IsInstant, IsText } from '../edge/fields.js';

export class BindCertificateDto {
  /** SHA-256 of the certificate's DER bytes, lower-case hex. */
  @IsText()
  @MaxLength(64)
  certificate!: string;

  /** End of the certificate's validity, ISO 8601. */
  @IsInstant()
  notAfter!: string;
}

export class RegisterTerminalDto extends BindCertificateDto {
  /** Id of the terminal: lower-case letters, digits, hyphens. */
  @IsText()
  @MaxLength(64)
  terminal!: string;

  /** Where it stands, for people; not a person. */
  @IsText()
  @MaxLength(4096)
  label!: string;
}
