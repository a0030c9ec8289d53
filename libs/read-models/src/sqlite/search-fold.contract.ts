import { type SearchedRow, tokyoDay } from '#domain';
import type { ProjectedEvent } from '../port.js';

/** A row of the trail as a fold of the events has it. */
export interface Folded extends SearchedRow {
  readonly position: string;
  readonly tokens: readonly string[];
}

/** The cases as somebody reading all events would list them: a card for each, signed, and the affairs that have any. */
class Cards {
  private readonly cards = new Map<string, { from: string; through: string | null; signed: string[] }>();
  private readonly affairs = new Set<string>();

  read({ event: { type, agreement, actor, data } }: ProjectedEvent): void {
    if (!type.startsWith('Case')) return;
    const of = data as Readonly<Record<string, string | null>>;
    const key = JSON.stringify([agreement, of['affair'], of['caseReference']]);
    const card = this.cards.get(key);
    const signed = [...(card?.signed ?? []), 'operator' in actor ? actor.operator : 'nobody'];
    if (card) card.signed = signed;
    if (type === 'CaseRegistered') {
      this.cards.set(key, { from: of['openedOn'] ?? '', through: of['explainsThrough'] ?? null, signed });
    } else if (card && type === 'CaseOpeningCorrected') card.from = of['openedOn'] ?? '';
    else if (card) card.through = type === 'CaseClosed' ? (of['explainsThrough'] ?? '') : null;
    this.affairs.add(JSON.stringify([agreement, of['affair']]));
  }

  /** For an inquiry that begins now. */
  explain(
    { agreement, at, data }: ProjectedEvent['event'],
    purpose: string | null,
    caseReference: string | null,
  ): boolean | null {
    const affair = purpose?.split(':')[0] ?? null;
    if (affair === null || caseReference === null) return null;
    if (!this.affairs.has(JSON.stringify([agreement, affair]))) return null;
    const card = this.cards.get(JSON.stringify([agreement, affair, caseReference]));
    const day = tokyoDay(at);
    const isOwn = card?.signed.includes((data as { operator: string }).operator);
    return card !== undefined && !isOwn && card.from <= day && day <= (card.through ?? '9');
  }
}

/** What every event is to a search, by reading all before it, one by one. */
export function fold(
  events: readonly ProjectedEvent[],
  texts: ReadonlyMap<string, readonly string[]>,
): Folded[] {
  const units = new Map<string, string>();
  const cards = new Cards();
  const inquiries = new Map<
    string,
    Partial<Record<'purpose' | 'outcome' | 'case' | 'grant', string | null>> & { matches?: boolean | null }
  >();
  return events.map((read) => {
    const { position, event, tokens } = read;
    cards.read(read);
    const data = event.data as Readonly<Record<string, unknown>>;
    const text = (name: string): string | null => (typeof data[name] === 'string' ? data[name] : null);
    const person = 'operator' in event.actor ? event.actor : null;
    const who = (name: 'operator' | 'terminal' | 'session'): string | null =>
      person ? (person[name] ?? null) : text(name);
    if (event.type === 'OperatorRegistered') units.set(text('operator') ?? '', text('unit') ?? '');
    const inquiry = text('inquiry');
    const known = inquiries.get(inquiry ?? '');
    const of = { ...known };
    const matches = (): boolean | null => cards.explain(event, text('purpose'), text('caseReference'));
    if (event.type === 'InquiryReceived') {
      Object.assign(of, { purpose: text('purpose'), case: text('caseReference'), grant: text('grant') });
      of.outcome = null;
      of.matches = matches();
    } else if (event.type === 'InquiryRefused') {
      if (!known) {
        Object.assign(of, { purpose: text('purpose'), case: text('caseReference'), grant: null });
        of.matches = matches();
      }
      of.outcome = 'refused';
    } else if (known && text('outcome') !== null) of.outcome = text('outcome');
    if (inquiry !== null && (known || event.type === 'InquiryReceived' || event.type === 'InquiryRefused'))
      inquiries.set(inquiry, of);
    const says = data['reasons'] ?? data['codes'] ?? [];
    return {
      position,
      tokens,
      type: event.type,
      at: event.at,
      agreement: event.agreement,
      operator: who('operator'),
      unit: units.get(who('operator') ?? '') ?? null,
      terminal: who('terminal'),
      session: who('session'),
      grant: text('grant') ?? of.grant ?? null,
      purpose: text('purpose') ?? of.purpose ?? null,
      outcome: event.type === 'InquiryRefused' ? 'refused' : (text('outcome') ?? of.outcome ?? null),
      refusals: [...(says as readonly string[])].sort(),
      caseReference: text('caseReference') ?? of.case ?? null,
      caseMatches: of.matches ?? null,
      inquiry,
      texts: texts.get(position) ?? [],
    };
  });
}
