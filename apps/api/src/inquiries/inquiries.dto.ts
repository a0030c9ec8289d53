import { Type } from 'class-transformer';
import { IsBoolean, IsNotEmptyObject, IsUUID, MaxLength, ValidateNested } from 'class-validator';
import { IsText, Omittable } from '../edge/fields.js';

/** What is asked (照会データ). By resident code alone; or by name with at least one of birth date and address. */
export class QuestionDto {
  /** Resident code (住民票コード): 11 digits as text. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  residentCode?: string;

  /** Individual number (個人番号): not allowed under this agreement; listed so that it is refused by name. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  individualNumber?: string;

  /** Name in the register's own characters. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  name?: string;

  /** `YYYY-MM-DD`; unknown parts as `??`, an unknown year as `????` or `19??`. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  birthDate?: string;

  @Omittable()
  @IsText()
  @MaxLength(4096)
  address?: string;

  /** Search by the beginning of the name; only where the grant allows it. */
  @Omittable()
  @IsBoolean()
  prefix?: boolean;
}

/** An inquiry (照会). Only what cannot become a command is refused here; the rest is decided, and on record. */
export class MakeInquiryDto {
  /** Affair and step, for example `rtva-59-1:examination`. */
  @IsText()
  @MaxLength(4096)
  purpose!: string;

  /** The case (申請) that the inquiry belongs to, in the pattern of its affair. */
  @IsText()
  @MaxLength(4096)
  caseReference!: string;

  @IsNotEmptyObject()
  @ValidateNested()
  @Type(() => QuestionDto)
  question!: QuestionDto;

  /** The grant to use; without it every grant of operator and terminal is tried. */
  @Omittable()
  @IsUUID('7')
  grant?: string;
}

export class RequestDisclosureDto {
  /** One of the listed reasons: case-continued, applicant-query, correction, audit, incident. */
  @IsText()
  @MaxLength(64)
  reason!: string;

  /** Free text, at most 1,000 characters; sealed. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  note?: string;
}
