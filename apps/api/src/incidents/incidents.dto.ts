import { IsIn, MaxLength } from 'class-validator';
import { type IncidentKind, incidentKinds } from '#domain';
import { IsText } from '../edge/fields.js';

export class DeclareIncidentDto {
  /** A failure, a leak, the fear of a leak, or a drill of the emergency plan. */
  @IsIn(incidentKinds)
  kind!: IncidentKind;

  /** What happened, as far as is known; sealed, and in no message. */
  @IsText()
  @MaxLength(4096)
  description!: string;
}

export class NoteIncidentDto {
  /** What was found or done; sealed. */
  @IsText()
  @MaxLength(4096)
  note!: string;
}

export class CloseIncidentDto {
  /** What it came to; sealed. */
  @IsText()
  @MaxLength(4096)
  finding!: string;
}
