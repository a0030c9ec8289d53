import {
  alertFolding,
  alertOf,
  alertStream,
  decideRaiseAlert,
  faultOf,
  incidentFolding,
  incidentStream,
  recordSent,
} from '#domain';
import type { Lifeboat, LifeboatAlarm as NotedAlarm } from '#notifications';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import type { Contacts } from './contacts.js';
import type { Faults } from './faults.js';
import type { Incidents } from './incidents.js';
import { lastWordOf, strictLifeboatBounds } from './lifeboat-alarm.js';

/** How old the checkpoint in the lifeboat may be, in milliseconds of real time: each newer one costs an fsync. */
const CHECKPOINT_MS = 60_000;

/** Between the record and the lifeboat: what it must hold before it is needed, and what it did when it was. */
export class LifeboatRecords {
  private checkpoint: { readonly note: string | null; readonly at: number } | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly contacts: Pick<Contacts, 'reachable'>,
    private readonly faults: Pick<Faults, 'raise'>,
    private readonly incidents: Pick<Incidents, 'declareFor'>,
    private readonly lifeboat: Pick<Lifeboat, 'provisions' | 'stock' | 'alarms' | 'forget'>,
    private readonly latestCheckpoint: () => Promise<string | null>,
  ) {}

  /**
   * Keeps in the lifeboat what the record says of the contacts. To be called often: when nothing moved it writes
   * nothing. Not to be called while the record is in doubt, and even then an empty one changes nothing: contacts are
   * never all removed, so a store that knows none has lost them.
   */
  async restock(agreement: string): Promise<void> {
    const reachable = await this.contacts.reachable(agreement);
    // Where neither the vault nor the lifeboat has the addresses there is nothing to keep.
    const contacts = reachable.flatMap(({ contact, party, version, channels }) =>
      channels ? [{ contact, party, version, channels }] : [],
    );
    if (!contacts.length) return;
    this.lifeboat.stock({ agreement, contacts, checkpoint: await this.recentCheckpoint() });
  }

  /**
   * Puts on record what the processes of this machine told past it: whom it reached, each at the time it happened, the
   * fault, and its incident. Every step may be repeated, and any process may do it for another. With `forget` what this
   * process noted goes once it is over; until then the same is recorded again at every call, which is nothing.
   */
  async record(context: CommandContext, forget: boolean): Promise<void> {
    for (const alarm of this.lifeboat.alarms()) {
      // The other way round, whoever delivers would find an incident of which nobody seems to have been told.
      for (const told of alarm.deliveries) await this.recordTold(alarm, told, context);
      await this.declare(alarm, context);
      if (forget && (await this.isOver(alarm))) this.lifeboat.forget(alarm.incident);
    }
  }

  /**
   * Whether the same fault would be news: its incident was closed, or there was no word of it for so long. Forgotten as
   * soon as it is on record, a disk that is full, and for a moment is not, would be an incident at every restart.
   */
  private async isOver(alarm: NotedAlarm): Promise<boolean> {
    const silence = this.journal.clock.realNow() - lastWordOf(alarm);
    if (Math.abs(silence) >= strictLifeboatBounds.sameForMs) return true;
    const incident = await this.journal.load(incidentStream(alarm.incident));
    return foldLoaded(incident, incidentFolding).state === 'closed';
  }

  private async declare({ incident, kind }: NotedAlarm, context: CommandContext): Promise<void> {
    // Declared before, and perhaps closed since: what is over is not raised again.
    if ((await this.journal.load(incidentStream(incident))).revision >= 0) return;
    await this.faults.raise(kind, context, { incident });
    // Declared even where the fault belongs to another incident by now: people were told of this one.
    const fault = faultOf(context.agreement, kind);
    await this.incidents.declareFor({ incident, cause: kind, fault }, context);
  }

  private async recordTold(
    { incident }: NotedAlarm,
    { contact, party, channel, kind, message, at }: NotedAlarm['deliveries'][number],
    context: CommandContext,
  ): Promise<void> {
    if (at === null) return;
    const alert = alertOf(incident, contact);
    const round = Number(message.slice(message.lastIndexOf('.') + 1));
    await this.journal.decide(alertStream(alert), alertFolding, context, (state) =>
      decideRaiseAlert(state, { alert, incident, contact, party }),
    );
    await this.journal.decide(alertStream(alert), alertFolding, context, (state) =>
      recordSent(state, { channel, kind, round, message, lifeboat: at }),
    );
  }

  private async recentCheckpoint(): Promise<string | null> {
    const now = this.journal.clock.realNow();
    if (!this.checkpoint || now - this.checkpoint.at >= CHECKPOINT_MS || now < this.checkpoint.at) {
      const kept = this.checkpoint?.note ?? this.lifeboat.provisions()?.checkpoint ?? null;
      const latest = await this.latestCheckpoint().catch(() => null);
      this.checkpoint = { note: isShorter(latest, kept) ? kept : latest, at: now };
    }
    return this.checkpoint.note;
  }
}

/**
 * Whether a checkpoint is of the same log as the one that is kept, with fewer entries: of a log that was put back to an
 * older state. Kept, the longer one is what the full check finds that by.
 */
function isShorter(latest: string | null, kept: string | null): boolean {
  if (latest === null || kept === null) return latest === null;
  const [found, known] = [latest, kept].map((note) => note.split('\n'));
  return found?.[0] === known?.[0] && Number(found?.[1]) < Number(known?.[1]);
}
