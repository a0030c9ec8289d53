import { IsArray, IsBoolean, IsIn, MaxLength } from 'class-validator';
import { type ProvisionFormat, provisionFormats } from '#domain';
import { IsText, Omittable } from '../edge/fields.js';

/** A request of a resident to be told who was given the resident's data (開示請求). */
export class ListProvisionsDto {
  /** The agency's number of the request, with a digit in it and no identifier; sealed. */
  @IsText()
  @MaxLength(256)
  reference!: string;

  /** True: whoever asks is the resident, or may ask for the resident. */
  @IsBoolean()
  requesterChecked!: boolean;

  /** Day of receipt in Tokyo, YYYY-MM-DD. */
  @IsText()
  @MaxLength(10)
  receivedOn!: string;

  @IsText()
  @MaxLength(64)
  residentCode!: string;

  /** Codes that the resident had before (住民票コードの変更), ten at most; each provision is listed once. Sealed, as the code is. */
  @Omittable()
  @IsArray()
  @IsText({ each: true })
  @MaxLength(64, { each: true })
  formerResidentCodes?: string[];

  /** `json` unless told; CSV is UTF-8 with a byte order mark, PDF is for the resident's hand. */
  @Omittable()
  @IsIn(provisionFormats)
  format?: ProvisionFormat;
}
