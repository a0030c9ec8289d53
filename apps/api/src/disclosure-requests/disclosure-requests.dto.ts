import { IsIn, MaxLength } from 'class-validator';
import { type DisclosureAnswer, disclosureAnswers } from '#domain';
import { IsText, Omittable } from '../edge/fields.js';

/** A request of a resident to be told who was given the resident's data (開示請求). */
export class ReceiveDisclosureRequestDto {
  /** The agency's number of the request, with a digit in it and no identifier; sealed. */
  @IsText()
  @MaxLength(256)
  reference!: string;

  /** Day of receipt in Tokyo, YYYY-MM-DD: today, or less than a year ago. */
  @IsText()
  @MaxLength(10)
  receivedOn!: string;
}

/** More days for the answer. */
export class ExtendDisclosureRequestDto {
  /** The last day from now on, YYYY-MM-DD: at most thirty days after the one that stands. */
  @IsText()
  @MaxLength(10)
  dueOn!: string;

  /** As the resident is told it; sealed. */
  @IsText()
  @MaxLength(4096)
  reason!: string;
}

/** How the resident was answered, or the request ended otherwise. */
export class AnswerDisclosureRequestDto {
  /** Disclosed (開示), refused (不開示), withdrawn (取下げ) or registered in error (誤登録), which needs a remark. */
  @IsIn(disclosureAnswers)
  answer!: DisclosureAnswer;

  /** Day of the answer in Tokyo, YYYY-MM-DD: not before the request was received, or its days were extended. */
  @IsText()
  @MaxLength(10)
  answeredOn!: string;

  /** What there is to say about it, or was wrong with it; sealed. */
  @Omittable()
  @IsText()
  @MaxLength(4096)
  remark?: string;
}
