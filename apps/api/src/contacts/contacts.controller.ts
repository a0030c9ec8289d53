import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Contacts, type ContactView } from '#application';
import type { Side } from '#domain';
import { WebhookSecrets } from '#wiring';
import { Caller, Requires } from '../edge/caller.js';
import { isUuid } from '../edge/identifiers.js';
import { problem } from '../problems/problem.js';
import { EdgeSettings } from '../settings.js';
import { ConfirmContactDto, ContactDto } from './contacts.dto.js';

/** The contacts of both parties, and the parties that have none which the other has confirmed. */
export interface ContactsReport {
  readonly contacts: readonly ContactView[];
  readonly missing: readonly Side[];
}

export interface StoredContact {
  readonly contact: string;
  readonly version: number;
  /** What the contact's webhooks are signed with; null without a webhook. Told here and never again. */
  readonly webhookSecret: string | null;
}

/** Each party tells the other whom to reach in an emergency, and the other confirms that it was told (annex 2, 4(1)). */
@ApiTags('contacts 連絡先')
@ApiBearerAuth()
@Controller('v1/contacts')
export class ContactsController {
  constructor(
    private readonly contacts: Contacts,
    private readonly secrets: WebhookSecrets,
    private readonly settings: EdgeSettings,
  ) {}

  @Get()
  @Requires('view-contacts')
  @ApiOperation({ summary: '双方の連絡先を見る / the contacts of both parties' })
  async list(): Promise<ContactsReport> {
    const { agreement } = this.settings;
    return {
      contacts: await this.contacts.list(agreement),
      missing: await this.contacts.missing(agreement),
    };
  }

  @Post()
  @HttpCode(201)
  @Requires('manage-contacts')
  @ApiOperation({ summary: '連絡先を登録する / register a contact of one’s own party (annex 2, 4(1))' })
  async register(@Caller() { context }: Caller, @Body() body: ContactDto): Promise<StoredContact> {
    const command = commandOf(body);
    const { contact, version } = await this.contacts.register(command, context);
    return { contact, version, webhookSecret: this.secretFor(command, contact, version) };
  }

  /** Replaces name and channels; the other party has to confirm again, and webhooks have another secret. */
  @Put(':contact')
  @Requires('manage-contacts')
  @ApiOperation({ summary: '連絡先を変更する / change a contact' })
  async change(
    @Caller() { context }: Caller,
    @Param('contact') contact: string,
    @Body() body: ContactDto,
  ): Promise<StoredContact> {
    const command = commandOf(body);
    const { version } = await this.contacts.change(known(contact), command, context);
    return { contact, version, webhookSecret: this.secretFor(command, contact, version) };
  }

  @Delete(':contact')
  @HttpCode(204)
  @Requires('manage-contacts')
  @ApiOperation({ summary: '連絡先を削除する / remove a contact; not the last one of a party' })
  async remove(@Caller() { context }: Caller, @Param('contact') contact: string): Promise<void> {
    await this.contacts.remove(known(contact), context);
  }

  @Post(':contact/confirmation')
  @HttpCode(204)
  @Requires('confirm-contacts')
  @ApiOperation({ summary: '相手方の連絡先を確認する / confirm a contact that the other party told' })
  async confirm(
    @Caller() { context }: Caller,
    @Param('contact') contact: string,
    @Body() { version }: ConfirmContactDto,
  ): Promise<void> {
    await this.contacts.confirm(known(contact), version, context);
  }

  private secretFor({ channels }: ContactDto, contact: string, version: number): string | null {
    return channels.some(({ kind }) => kind === 'webhook') ? this.secrets.of(contact, version) : null;
  }
}

/** The command alone: a body is an instance of its class, and an event is plain data. */
const commandOf = ({ name, channels }: ContactDto): ContactDto => ({
  name,
  channels: channels.map(({ kind, address }) => ({ kind, address })),
});

function known(contact: string): string {
  if (!isUuid(contact)) throw problem('contact-not-found');
  return contact;
}
