import { IsArray, IsBoolean, IsIn, MaxLength } from 'class-validator';
import { type ProvisionFormat, provisionFormats } from '#domain';
import { IsText, Omittable } from '../edge/fields.js';

/** A look for a resident who asked to be told who was given the resident's data. */
export class ListProvisionsDto {
  /** Id of the request (開示請求) under which it is listed; it must be open. */
  @IsText()
  @MaxLength(64)
  disclosureRequest!: string;

  /** True: whoever asks is the resident, or may ask for the resident. */
  @IsBoolean()
  requesterChecked!: boolean;

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
