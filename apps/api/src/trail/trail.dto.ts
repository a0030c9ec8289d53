import { IsIn, IsInt, IsISO8601, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { emptyOutcomes } from '#domain';

export const searchableOutcomes = ['found', 'several', ...emptyOutcomes, 'refused', 'unknown'] as const;

/** Ids and names of this system: filters are recorded in clear, and a person's name must not get in by mistake. */
const IDENTIFIER = /^[\x21-\x7e]*$/;
/** No half of a surrogate pair: it cannot be recorded. */
const WELL_FORMED = /^\P{Surrogate}*$/u;

/** ISO 8601 also has weeks, which no Date reads, and local times, which mean something else on every machine. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A search of the trail; all given filters must hold. POST, because a resident code must not be in a URL. */
export class SearchTrailDto {
  /** Why the trail is searched; sealed. */
  @IsString()
  @MaxLength(4096)
  reason!: string;

  /** Inclusive, ISO 8601 with time zone. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(INSTANT)
  from?: string;

  /** Exclusive, ISO 8601 with time zone. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @Matches(INSTANT)
  until?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Matches(IDENTIFIER)
  operator?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Matches(IDENTIFIER)
  terminal?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Matches(IDENTIFIER)
  purpose?: string;

  @IsOptional()
  @IsIn(searchableOutcomes)
  outcome?: (typeof searchableOutcomes)[number];

  /** Event type, for example `InquiryReceived`. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Matches(IDENTIFIER)
  type?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  @Matches(WELL_FORMED)
  caseReference?: string;

  /** All events that concern this resident, also after erasure. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  residentCode?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** `next` of an earlier page of the same search. */
  @IsOptional()
  @IsString()
  @MaxLength(512)
  cursor?: string;

  /** Wait, 2 seconds at most, until the read models have read this position. */
  @IsOptional()
  @Matches(/^\d{1,19}$/)
  waitFor?: string;
}
