import type { Channel } from '#domain';
import type { AlertMessage, Channels, Delivery, Lifeboat, LifeboatAlarm, Provisions } from '#notifications';

/** The lifeboats of the processes of one machine; what is in here outlives each of them. */
export class InMemoryHarbour {
  /** Provisions, as text: nobody keeps a reference. */
  stocked: string | null = null;
  /** Nothing can be written any more; what is there can be read. */
  full = false;
  private readonly notes = new Map<string, Map<string, string>>();

  /** The lifeboat of a process that starts now: what it holds, and what is only in its memory. */
  lifeboatOf(process: string): Lifeboat {
    const own = new Map(this.notes.get(process));
    const others = (): readonly string[] =>
      [...this.notes].flatMap(([name, notes]) => (name === process ? [] : [...notes.values()]));
    const write = (act: () => void): void => {
      if (this.full) throw Object.assign(new Error('full'), { code: 'lifeboat-unwritable' });
      act();
    };
    const save = (): void => write(() => void this.notes.set(process, new Map(own)));
    return {
      provisions: () => (this.stocked === null ? null : (JSON.parse(this.stocked) as Provisions)),
      stock: (provisions) => write(() => (this.stocked = JSON.stringify(provisions))),
      alarms: () => [...own.values(), ...others()].map((text) => JSON.parse(text) as LifeboatAlarm),
      note(alarm) {
        own.set(alarm.incident, JSON.stringify(alarm));
        save();
      },
      forget(incident) {
        if (own.delete(incident)) save();
      },
    };
  }
}

/** How a receiver answers: takes the message, refuses it for now or for good, or not at all. */
type Manner = 'takes' | 'refuses' | 'is-gone' | 'hangs';

/** Ways out that lead nowhere: what was sent to whom, in order, and how each address behaves. */
export class InMemoryChannels implements Channels {
  readonly sent: { readonly address: string; readonly id: string; readonly message: AlertMessage }[] = [];
  private readonly manners = new Map<string, Manner>();
  private hanging: (() => void)[] = [];

  behave(address: string, manner: Manner): void {
    this.manners.set(address, manner);
  }

  /** Those that hang give up: timed out. */
  letGo(): void {
    for (const giveUp of this.hanging.splice(0)) giveUp();
  }

  async send({ address }: Channel, message: AlertMessage): Promise<Delivery> {
    this.sent.push({ address, id: message.id, message });
    const not = { delivered: false, message: message.id, permanent: false } as const;
    const manner = this.manners.get(address) ?? 'takes';
    if (manner === 'takes') return { delivered: true, message: message.id };
    if (manner === 'refuses') return { ...not, why: 'refused' };
    if (manner === 'is-gone') return { ...not, why: 'gone', permanent: true };
    await new Promise<void>((resolve) => void this.hanging.push(resolve));
    return { ...not, why: 'timeout' };
  }

  async close(): Promise<void> {
    this.letGo();
  }
}
