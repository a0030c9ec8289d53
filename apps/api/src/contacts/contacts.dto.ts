import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { type ChannelKind, channelKinds } from '#domain';
import { IsText } from '../edge/fields.js';

export class ChannelDto {
  /** Mail, or a signed web request (Standard Webhooks). */
  @IsIn(channelKinds)
  kind!: ChannelKind;

  /** A mail address, or an absolute https URL; sealed. */
  @IsText()
  @MaxLength(4096)
  address!: string;
}

/** A contact of the party of whoever sends it (annex 2, 4(1)). */
export class ContactDto {
  /** Name of the person or duty; sealed. */
  @IsText()
  @MaxLength(4096)
  name!: string;

  /** In the order in which they are tried. */
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ChannelDto)
  channels!: ChannelDto[];
}

export class ConfirmContactDto {
  /** The version that was told: a contact changed since then is not confirmed by mistake. */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  version!: number;
}
