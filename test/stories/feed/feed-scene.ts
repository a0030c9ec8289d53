import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import type { StoredEvent } from '#event-store';
import { makeDemoPki, openRooms, readConfiguration } from '#wiring';
import { ask } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import type { Siem, SiemIdentity } from '../../harness/siem.js';
import { AlarmScene } from '../incidents/alarm-scene.js';

/** An installation whose trail is fed to a receiver, under an authority of the receiver's own. */
export class FeedScene<S extends Siem> {
  private constructor(
    private readonly directory: string,
    readonly siem: S,
    readonly identity: SiemIdentity,
    readonly alarm: AlarmScene,
  ) {}

  static async open<S extends Siem>(
    start: (identity: SiemIdentity, ca: string) => Promise<S>,
    settings: Readonly<Record<string, string>>,
    token: string | null,
  ): Promise<FeedScene<S>> {
    const directory = await mkdtemp(join(tmpdir(), 'kiroku-siem-'));
    const pki = await makeDemoPki(join(directory, 'pki'), { now: new Date(), names: ['kiroku-feed'] });
    const identity = {
      cert: await readFile(pki.api.certificate, 'utf8'),
      key: await readFile(pki.api.key, 'utf8'),
    };
    const siem = await start(identity, await readFile(pki.authority.certificate, 'utf8'));
    const client = pki.clients['kiroku-feed'];
    if (!client) throw new Error('no client certificate was made');
    if (token !== null) await writeFile(join(directory, 'token'), `${token}\n`);
    const alarm = await AlarmScene.open({
      KIROKU_FEED_URL: siem.url,
      KIROKU_FEED_CA: pki.authority.certificate,
      KIROKU_FEED_CERTIFICATE: client.certificate,
      KIROKU_FEED_KEY: client.key,
      KIROKU_FAULT_SETTLE_SECONDS: '0',
      ...(token === null ? {} : { KIROKU_FEED_TOKEN_FILE: join(directory, 'token') }),
      ...settings,
    });
    return new FeedScene(directory, siem, identity, alarm);
  }

  async close(): Promise<void> {
    await this.alarm.close();
    await this.siem.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** One inquiry, with all that the record has of it. */
  async inquire(): Promise<void> {
    await ask(this.alarm.people.operator, { residentCode: wellKnown.found }).expect(200);
  }

  /** Everything on record, in order. */
  async recorded(): Promise<readonly StoredEvent[]> {
    const configuration = readConfiguration(this.alarm.kiroku.environment, 'cli');
    const rooms = await openRooms(configuration, 'cli', () => undefined);
    try {
      return await rooms.store.readAll(null, 10_000);
    } finally {
      await rooms.close();
    }
  }

  /** Waits until the receiver has everything on record that leaves at all, in order. */
  async everythingArrived(): Promise<readonly StoredEvent[]> {
    let events: readonly StoredEvent[] = [];
    await until('the receiver to have everything', async () => {
      await this.alarm.kiroku.worker.bring();
      events = (await this.recorded()).filter(({ type }) => type !== 'RecordProvided');
      return events.length === this.siem.uids.length;
    });
    return events;
  }
}

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] =>
  events.map(({ id }) => id);
