import { rm } from 'node:fs/promises';
import Database from 'better-sqlite3';
import type { StoredEvent } from '#event-store';
import { type Verification, verifyLog } from '#ledger';
import { openRooms, readConfiguration, type Rooms } from '#wiring';
import { Caller } from './caller.js';
import { Kiroku } from './kiroku.js';
import type { Person, Premises } from './people.js';
import { type App, Daemon, until } from './processes.js';

/**
 * An installation whose apis and workers are processes of their own, as many as a story wants. The simulator and the
 * clock stay with the test. It begins as a `Kiroku` in this process, in which a story prepares its day quickly.
 */
export class Deployment implements Premises {
  readonly daemons: Daemon[] = [];

  private constructor(readonly kiroku: Kiroku) {}

  /** Makes an installation, lets `prepare` work with it in this process, and ends api and worker here. */
  static async make<T>(
    prepare: (kiroku: Kiroku) => Promise<T>,
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<{ deployment: Deployment; prepared: T }> {
    const kiroku = await Kiroku.start({ KIROKU_SESSION_MINUTES: '720', ...overrides });
    try {
      const prepared = await prepare(kiroku);
      await kiroku.stopApi();
      await kiroku.stopWorker();
      return { deployment: new Deployment(kiroku), prepared };
    } catch (error) {
      await kiroku.stop();
      throw error;
    }
  }

  get pki(): Kiroku['pki'] {
    return this.kiroku.pki;
  }

  get installed(): Kiroku['installed'] {
    return this.kiroku.installed;
  }

  get clock(): Kiroku['clock'] {
    return this.kiroku.clock;
  }

  get paths(): Kiroku['configuration']['paths'] {
    return this.kiroku.configuration.paths;
  }

  /** The first living api. */
  get api(): Daemon {
    const found = this.daemons.find(({ app, lives }) => app === 'api' && lives);
    if (!found) throw new Error('no api is running');
    return found;
  }

  async start(
    app: App,
    settings: Readonly<Record<string, string>> = {},
    launcher: readonly string[] = [],
  ): Promise<Daemon> {
    const daemon = await Daemon.start(app, { ...this.kiroku.environment, ...settings }, launcher);
    this.daemons.push(daemon);
    return daemon;
  }

  /** A client of an api with the session of somebody who signed in earlier, at the same place. */
  caller(person: Person, terminal?: string, api: Daemon = this.api): Caller {
    return new Caller(api.url, this.pki, terminal ? this.pki.clients[terminal] : undefined, person.token);
  }

  /** Waits until log and read models have everything recorded so far. */
  async settle(): Promise<void> {
    await this.withRooms(async ({ store, log, queries }) => {
      await until('log and read models to be up to date', async () => {
        const last = await store.lastPosition();
        const [state, read] = [await log.state(), await queries.readUpTo()];
        return (state.position ?? null) === last && read?.position === last;
      });
    });
  }

  /** Everything recorded, in order, through the store: each MAC is checked on the way. */
  recorded(): Promise<readonly StoredEvent[]> {
    return this.withRooms(async ({ store }) => {
      const events: StoredEvent[] = [];
      for (;;) {
        const page = await store.readAll(events.at(-1)?.position ?? null, 1_000);
        events.push(...page);
        if (page.length < 1_000) return events;
      }
    });
  }

  /**
   * Everything recorded, and the log that has exactly so much: the worker records by itself too (what it noticed, whom
   * it told), and what comes between the two looks is waited for.
   */
  async settled(): Promise<{ events: readonly StoredEvent[]; log: Verification }> {
    let events: readonly StoredEvent[] = [];
    let log: Verification | null = null;
    await until('the log to have what is recorded', async () => {
      await this.settle();
      events = await this.recorded();
      log = await this.verified();
      return log.size === events.length;
    });
    return { events, log: log ?? (await this.verified()) };
  }

  /** The log, from its files alone. */
  verified(): Promise<Verification> {
    return verifyLog({ directory: this.paths.log, verifierKey: this.installed.verifierKey });
  }

  /** Opens the rooms in this process for one look. */
  async withRooms<T>(look: (rooms: Rooms) => Promise<T>): Promise<T> {
    const rooms = await openRooms(readConfiguration(this.kiroku.environment, 'cli'), 'cli', (error) => {
      throw error;
    });
    try {
      return await look(rooms);
    } finally {
      await rooms.close();
    }
  }

  /**
   * Lets the signs of life of killed processes run out at once instead of in 15 and 30 seconds: what real time would
   * do, and only to processes that are dead.
   */
  forgetTheDead(app: App): void {
    if (this.daemons.some((daemon) => daemon.app === app && daemon.lives)) throw new Error(`an ${app} lives`);
    const change = (file: string, sql: string): void => {
      const database = new Database(file, { timeout: 5_000 });
      database.prepare(sql).run(`${app}%`);
      database.close();
    };
    change(this.paths.operations, 'UPDATE leases SET until = 0 WHERE holder LIKE ?');
    change(`${this.paths.keys}/keys.sqlite`, 'UPDATE readers SET seen_at = 0 WHERE process LIKE ?');
  }

  /** Ends everything that was started, and removes every file. */
  async stop(): Promise<void> {
    for (const daemon of this.daemons) await daemon.kill('SIGKILL');
    await this.kiroku.stop();
    await rm(this.kiroku.directory, { recursive: true, force: true });
  }
}
