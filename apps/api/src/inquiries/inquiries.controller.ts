import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Disclosures, type DisclosureResult, Inquiries, type InquiryResult } from '#application';
import { AtTerminal, Caller, Requires } from '../edge/caller.js';
import { isUuid7 } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { MakeInquiryDto, RequestDisclosureDto } from './inquiries.dto.js';

/** Outcomes that are the provider's refusal or failure: a problem for the caller, an event on record all the same. */
const problemOf: Readonly<Record<string, string>> = {
  'provider-unavailable': 'provider-unavailable',
  malformed: 'provider-found-malformed',
  suspended: 'provider-suspended',
  'out-of-hours': 'provider-out-of-hours',
};

@ApiTags('inquiries 照会')
@ApiBearerAuth()
@Controller('v1/inquiries')
export class InquiriesController {
  constructor(
    private readonly inquiries: Inquiries,
    private readonly disclosures: Disclosures,
  ) {}

  /** Puts a question to the register. The answer leaves only when it is recorded. */
  @Post()
  @HttpCode(200)
  @AtTerminal()
  @Requires('inquire')
  @ApiOperation({ summary: '照会する / make an inquiry' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: true,
    description: 'UUIDv7: the id of the inquiry; send it again to repeat safely.',
  })
  async make(
    @Caller() caller: Caller,
    @Headers('idempotency-key') inquiry: string | undefined,
    @Body() body: MakeInquiryDto,
  ): Promise<InquiryResult> {
    if (!isUuid7(inquiry)) throw problem('idempotency-key-missing', 'Idempotency-Key');
    const { purpose, caseReference, question, grant = null } = body;
    const result = await this.inquiries.make(
      {
        inquiry,
        purpose,
        caseReference,
        question,
        operator: caller.operator,
        ...placeOf(caller),
        grant,
      },
      caller.context,
    );
    const failed = problemOf[result.outcome];
    if (failed) throw problem(failed);
    return result;
  }

  /** Shows a stored answer again, for a listed reason; an event of its own. 410 after erasure. */
  @Post(':id/disclosures')
  @HttpCode(201)
  @AtTerminal()
  @Requires('disclose')
  @ApiOperation({ summary: '保存済みの応答を閲覧する / see a stored answer' })
  async disclose(
    @Caller() caller: Caller,
    @Param('id') inquiry: string,
    @Body() { reason, note }: RequestDisclosureDto,
  ): Promise<DisclosureResult> {
    if (!isUuid7(inquiry)) throw problem('inquiry-not-found');
    return this.disclosures.request(
      {
        inquiry,
        operator: caller.operator,
        ...placeOf(caller),
        reason,
        note: note ?? null,
        securityOfficer: caller.roles.includes('security-officer'),
      },
      caller.context,
    );
  }
}

/** The guard has let nobody through without a terminal and its certificate; the type does not know that. */
function placeOf({ terminal, session: { certificate } }: Caller): { terminal: string; certificate: string } {
  if (terminal === null || certificate === null) throw problem('terminal-certificate-missing');
  return { terminal, certificate };
}
