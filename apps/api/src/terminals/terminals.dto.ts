import { IsISO8601, IsString, MaxLength } from 'class-validator';

export class BindCertificateDto {
  /** SHA-256 of the certificate's DER bytes, lower-case hex. */
  @IsString()
  @MaxLength(64)
  certificate!: string;

  /** End of the certificate's validity, ISO 8601. */
  @IsISO8601({ strict: true })
  notAfter!: string;
}

export class RegisterTerminalDto extends BindCertificateDto {
  /** Id of the terminal: lower-case letters, digits, hyphens. */
  @IsString()
  @MaxLength(64)
  terminal!: string;

  /** Where it stands, for people; not a person. */
  @IsString()
  @MaxLength(4096)
  label!: string;
}
