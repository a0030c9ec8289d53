import { v7 as uuidv7 } from 'uuid';
import { type FaultKind, faultTable } from '#domain';
import { faultOfError, LifeboatAlarm, type Sounded, strictLifeboatBounds } from '#application';
import { type Clock, openBusinessClock } from '#operations';
import { openWaysOut, type WaysOut } from './alarm.js';
import type { Configuration } from './configuration.js';

/** The alarm from the lifeboat of one process. */
export function lifeboatAlarmOf(
  { publicUrl, alertTimeoutSeconds }: Configuration,
  { lifeboat, channels, links }: Pick<WaysOut, 'lifeboat' | 'channels' | 'links'>,
  clock: Pick<Clock, 'now' | 'realNow'>,
): LifeboatAlarm {
  const newId = (): string => uuidv7({ msecs: clock.realNow() });
  // Time for two channels of each contact, one after the other.
  const wholeMs = Math.min(strictLifeboatBounds.wholeMs, 2 * alertTimeoutSeconds * 1_000);
  return new LifeboatAlarm(
    { lifeboat, channels, links, publicUrl, clock, newId },
    { ...strictLifeboatBounds, wholeMs },
  );
}

/**
 * Tells the contacts why this process ends, before any room is open or after they have failed: from the configuration,
 * the alert key and the lifeboat alone (decision 21). Never rejects, and ends within twenty seconds.
 *
 * `process`: the name under which its rooms are opened, too.
 */
export async function soundBeforeTheEnd(
  configuration: Configuration,
  process: string,
  error: unknown,
): Promise<Sounded & { readonly kind: FaultKind }> {
  const kind = faultOfError(error);
  try {
    const ways = openWaysOut(configuration, process);
    try {
      const told = await lifeboatAlarmOf(configuration, ways, clockOf(configuration)).sound(kind);
      return { ...told, kind };
    } finally {
      // Not awaited: a server that hangs must not keep a process that wants to end.
      void ways.close().catch(() => undefined);
    }
  } catch {
    // The alert key or a certificate is not to be had: nobody can be told from here.
    return { contacts: 0, reached: 0, kind };
  }
}

/** What this process says of it on standard error. */
export const soundedText = ({ kind, contacts, reached }: Sounded & { readonly kind: FaultKind }): string =>
  contacts === 0
    ? '非常用の控えに連絡先がなく、通報できません。 The lifeboat knows no contacts; nobody was alerted.\n'
    : `${faultTable[kind].ja}連絡先${contacts}件のうち${reached}件に通報済みです。 ` +
      `${faultTable[kind].en} ${reached} of ${contacts} contacts know (${kind}).\n`;

/** Business time as far as it can be had: a clock that does not open must not keep the alarm. */
function clockOf({ paths, movableClock }: Configuration): Pick<Clock, 'now' | 'realNow'> {
  try {
    return openBusinessClock({ offsetFile: paths.clockOffset, mayAdvance: movableClock });
  } catch {
    return { now: () => new Date().toISOString(), realNow: Date.now };
  }
}
