import { ArrayMaxSize, IsArray, IsIn, MaxLength } from 'class-validator';
import { MOST_OF_HOUSEHOLD, roles, type Role, type Side } from '#domain';
import { IsText } from '../edge/fields.js';

export class RegisterOperatorDto {
  /** 甲 recipient or 乙 provider. */
  @IsIn(['recipient', 'provider'])
  side!: Side;

  /** The person's name; sealed under the person's own key. */
  @IsText()
  @MaxLength(4096)
  name!: string;

  /** Organisational unit; not a person. */
  @IsText()
  @MaxLength(4096)
  unit!: string;
}

export class ProposeRolesDto {
  @IsArray()
  @ArrayMaxSize(roles.length)
  @IsIn(roles, { each: true })
  roles!: Role[];

  /** First Tokyo day, `YYYY-MM-DD`. */
  @IsText()
  @MaxLength(10)
  effectiveFrom!: string;
}

export class RecordTrainingDto {
  @IsText()
  @MaxLength(10)
  heldOn!: string;

  /** Last Tokyo day on which it counts. */
  @IsText()
  @MaxLength(10)
  validUntil!: string;
}

export class DeclareHouseholdDto {
  /** Whole names, family name first; they replace the former list. Sealed under the person's own key. */
  @IsArray()
  @ArrayMaxSize(MOST_OF_HOUSEHOLD)
  @IsText({ each: true })
  @MaxLength(4096, { each: true })
  names!: string[];
}
