import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, MaxLength, ValidateNested } from 'class-validator';
import { MOST_CASES } from '#application';
import { IsText, IsTextOrNull } from '../edge/fields.js';

/** A case (案件) as the agency's own system has it now. */
export class CaseDto {
  /** Affair of the agreement, for example `rtva-59-1`. */
  @IsText()
  @MaxLength(64)
  affair!: string;

  /** In the pattern of its affair; kept in clear. */
  @IsText()
  @MaxLength(256)
  caseReference!: string;

  /** First Tokyo day, `YYYY-MM-DD`. */
  @IsText()
  @MaxLength(10)
  openedOn!: string;

  /** Last Tokyo day; null while it is open. Never left out: that could be meant or forgotten. */
  @IsTextOrNull(10)
  closedOn!: string | null;
}

/** Cases as they stand now, each once; what the register has already is no event. */
export class HandOverCasesDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_CASES)
  @ValidateNested({ each: true })
  @Type(() => CaseDto)
  cases!: CaseDto[];
}
