import { ArrayMaxSize, IsArray, IsIn, IsString, MaxLength } from 'class-validator';
import { roles, type Role, type Side } from '#domain';

export class RegisterOperatorDto {
  /** 甲 recipient or 乙 provider. */
  @IsIn(['recipient', 'provider'])
  side!: Side;

  /** The person's name; sealed under the person's own key. */
  @IsString()
  @MaxLength(4096)
  name!: string;

  /** Organisational unit; not a person. */
  @IsString()
  @MaxLength(4096)
  unit!: string;
}

export class ProposeRolesDto {
  @IsArray()
  @ArrayMaxSize(roles.length)
  @IsIn(roles, { each: true })
  roles!: Role[];

  /** First Tokyo day, `YYYY-MM-DD`. */
  @IsString()
  @MaxLength(10)
  effectiveFrom!: string;
}

export class RecordTrainingDto {
  @IsString()
  @MaxLength(10)
  heldOn!: string;

  /** Last Tokyo day on which it counts. */
  @IsString()
  @MaxLength(10)
  validUntil!: string;
}
