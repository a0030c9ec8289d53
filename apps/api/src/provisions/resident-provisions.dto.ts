import { IsBoolean, IsIn, MaxLength } from 'class-validator';
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

  /** `json` unless told; CSV is UTF-8 with a byte order mark. */
  @Omittable()
  @IsIn(provisionFormats)
  format?: ProvisionFormat;
}
