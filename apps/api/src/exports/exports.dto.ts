import { IsIn, MaxLength } from 'class-validator';
import { type ExportFormat, exportFormats } from '#domain';
import { IsText } from '../edge/fields.js';

/** A part of the trail to be taken outside. */
export class RequestExportDto {
  /** In the query language (docs/query-language.md). */
  @IsText()
  @MaxLength(4096)
  query!: string;

  /** JSON Lines, or CSV in UTF-8 with a byte order mark. */
  @IsIn(exportFormats)
  format!: ExportFormat;

  /** What it is for; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}

/** A second person's no. */
export class RefuseExportDto {
  /** Why; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}
