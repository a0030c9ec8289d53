import { type Contacts, lagBehind, type WitnessReplies } from '#application';
import { type Rooms, WORKER_LEASE } from '#wiring';
import { alarmProgress } from '../incidents/alarm-progress.js';

interface Check {
  readonly ok: boolean;
  readonly value?: number | string | null;
  /** Of the witnesses, by name: the kind of its answer and none of its words; null where it was never asked. */
  readonly said?: ReturnType<WitnessReplies['kinds']>;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<Record<string, Check>>;
}

/** Read models further behind than this (milliseconds of real time) answer what is no longer so. */
const PROJECTION_LAG_MS = 60_000;
/** An alarm further behind than this (milliseconds of real time) tells nobody of what has just happened. */
const ALARM_LAG_MS = 60_000;

/**
 * What is told and does not decide. A party gets its contact through this very api, so an api that was taken out of
 * service for want of one would never get it; inquiries are refused meanwhile. Nor does a missing mail server keep
 * anybody from the counter.
 */
const TOLD_ONLY: ReadonlySet<string> = new Set(['contacts', 'channels']);

/** What the api needs to do its work, each part asked by itself so that one failure does not hide another. */
export class Readiness {
  constructor(
    private readonly rooms: Rooms,
    private readonly contacts: Pick<Contacts, 'missing' | 'living'>,
  ) {}

  async report(): Promise<ReadinessReport> {
    const { store, vault, logHealth, cosignedAge, queries, configuration } = this.rooms;
    const checks = await Promise.all([
      check('store', async () => ({ ok: true, value: await store.lastPosition() })),
      check('keys', async () => ({ ok: true, value: (await vault.epochs()).current })),
      check('log', async () => ({ ok: await logHealth.provable(), value: await logHealth.lagMs() })),
      ...(cosignedAge.isAsked ? [check('witnesses', async () => this.cosigned())] : []),
      check('read-models', async () =>
        this.behind((await queries.readUpTo())?.position ?? null, PROJECTION_LAG_MS),
      ),
      check('worker', async () => ({ ok: this.lives(WORKER_LEASE) })),
      check('api', async () => ({ ok: this.lives(this.rooms.lease) })),
      check('alarm', async () => this.behind(alarmProgress(this.rooms.marks).position, ALARM_LAG_MS)),
      check('contacts', async () => {
        const missing = await this.contacts.missing(configuration.agreement);
        return { ok: missing.length === 0, value: missing.join(' ') || null };
      }),
      check('channels', async () => this.usable()),
    ]);
    const ready = checks.every(([name, { ok }]) => ok || TOLD_ONLY.has(name));
    return { status: ready ? 'ready' : 'not-ready', checks: Object.fromEntries(checks) };
  }

  /** Whether whoever reads the events has read them up to `position` not too long ago; says how far it is behind. */
  private async behind(position: string | null, mostMs: number): Promise<Check> {
    const lagMs = await lagBehind(this.rooms.store, position, this.rooms.clock.realNow());
    return { ok: lagMs <= mostMs, value: lagMs };
  }

  /** Whether there is a way to every channel that a contact relies on: mail needs a server. */
  private async usable(): Promise<Check> {
    const { agreement, smtpHost } = this.rooms.configuration;
    const kinds = (await this.contacts.living(agreement)).flatMap((contact) => contact.kinds);
    const stuck = smtpHost === null && kinds.includes('smtp');
    return { ok: !stuck, value: stuck ? 'smtp' : null };
  }

  /**
   * Whether the witnesses keep up and none objects, for how long what is oldest has waited for one of them, and what each
   * said.
   */
  private cosigned(): Check {
    const { cosignedAge, witnessReplies, configuration } = this.rooms;
    const ageMs = cosignedAge.ageMs();
    const inTime = ageMs <= configuration.uncosignedHours * 3_600_000;
    const ok = inTime && witnessReplies.objecting().length === 0;
    return { ok, value: ageMs, said: witnessReplies.kinds() };
  }

  private lives(name: string): boolean {
    const lease = this.rooms.operations.leases.read(name);
    return lease !== null && lease.until > this.rooms.clock.realNow();
  }
}

async function check(name: string, ask: () => Promise<Check>): Promise<[string, Check]> {
  try {
    return [name, await ask()];
  } catch {
    return [name, { ok: false }];
  }
}
