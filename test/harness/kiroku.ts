import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../apps/api/src/start-api.js';
import { readConfiguration as readSimulatorConfiguration } from '../../apps/registry-simulator/src/configuration.js';
import { type Simulator, startSimulator } from '../../apps/registry-simulator/src/simulator.js';
import { startWorker } from '../../apps/retention-worker/src/start-worker.js';
import type { Worker } from '../../apps/retention-worker/src/worker.js';
import { WORKER } from '../../apps/retention-worker/src/worker.module.js';
import { type BusinessClock, openBusinessClock } from '#operations';
import {
  type Configuration,
  type DemoPki,
  initialise,
  type Initialised,
  makeDemoPki,
  openRooms,
  readConfiguration,
  type Rooms,
  ROOMS,
} from '#wiring';
import { exchangeContacts, type RegisteredContacts } from './contacts.js';
import { Mailbox } from './mailbox.js';
import { WebhookReceiver } from './webhook-receiver.js';

/** Business time at which every story begins: a Monday morning in Tokyo, later than any real test run. */
const STORY_BEGINS = '2032-04-05T01:00:00.000Z';

/** A store that fails in a test must fail the test, not end the process. */
const onFatal = (): void => undefined;

export interface Beginning {
  /** Whether both parties have exchanged contacts, without which nothing is provided. They have, unless told. */
  readonly contacts?: boolean;
}

/**
 * Kiroku as people meet it: the real api over real mutual TLS, the real worker and the real simulator, in this
 * process, on free loopback ports and files of its own; the mail server and the webhook receiver that alerts go to;
 * and a business clock that only moves forward when told.
 */
export class Kiroku {
  private api_: RunningApi | null = null;
  private worker_: Awaited<ReturnType<typeof startWorker>> | null = null;

  private constructor(
    readonly directory: string,
    readonly environment: Readonly<Record<string, string>>,
    readonly pki: DemoPki,
    private readonly around: Surroundings,
    readonly clock: BusinessClock,
    readonly installed: Initialised,
    private readonly exchanged: RegisteredContacts | null,
  ) {}

  /** Makes a fresh installation and starts simulator, api and worker. */
  static async start(
    overrides: Readonly<Record<string, string>> = {},
    { contacts = true }: Beginning = {},
  ): Promise<Kiroku> {
    const directory = await mkdtemp(join(tmpdir(), 'kiroku-story-'));
    const data = join(directory, 'data');
    const names = ['terminal-1', 'terminal-2', 'stranger'];
    const pki = await makeDemoPki(join(`${data}.secrets`, 'pki'), { now: new Date(), names });
    const around = await startSurroundings(pki);
    let kiroku: Kiroku | null = null;
    try {
      const environment = { KIROKU_DATA: data, ...settingsFor(around, pki), ...overrides };
      const configuration = readConfiguration(environment, 'cli');
      const clock = openBusinessClock({ offsetFile: configuration.paths.clockOffset, mayAdvance: true });
      clock.advance(Date.parse(STORY_BEGINS) - Date.parse(clock.now()));
      const rooms = await openRooms(configuration, 'cli', onFatal);
      const installed = await initialise(rooms);
      const exchanged = contacts ? await exchangeContacts(rooms, installed, around.webhooks) : null;
      await rooms.close();
      kiroku = new Kiroku(directory, environment, pki, around, clock, installed, exchanged);
      await kiroku.startApi();
      await kiroku.startWorker();
      return kiroku;
    } catch (error) {
      // Whatever did start would keep Jest alive for ever.
      await (kiroku?.stop() ?? stopSurroundings(around));
      throw error;
    }
  }

  get simulator(): Simulator {
    return this.around.simulator;
  }

  /** Where the alerts by mail arrive. */
  get mailbox(): Mailbox {
    return this.around.mailbox;
  }

  /** Where the alerts by webhook arrive. */
  get webhooks(): WebhookReceiver {
    return this.around.webhooks;
  }

  get api(): RunningApi {
    if (!this.api_) throw new Error('the api is not running');
    return this.api_;
  }

  /** The worker's own ticks, so that stories need not wait for the schedule. */
  get worker(): Worker {
    if (!this.worker_) throw new Error('the worker is not running');
    return this.worker_.get<Worker>(WORKER);
  }

  /** The contacts that the parties exchanged before the story began. */
  get contacts(): RegisteredContacts {
    if (!this.exchanged) throw new Error('the parties have not exchanged contacts');
    return this.exchanged;
  }

  get configuration(): Configuration {
    return readConfiguration(this.environment, 'api');
  }

  async startApi(): Promise<void> {
    this.api_ = await startApi(this.configuration, onFatal);
  }

  async stopApi(): Promise<void> {
    await this.api_?.close();
    this.api_ = null;
  }

  async startWorker(): Promise<void> {
    this.worker_ = await startWorker(readConfiguration(this.environment, 'worker'), onFatal);
  }

  async stopWorker(): Promise<void> {
    await this.worker_?.close();
    this.worker_ = null;
  }

  /** Lets the worker read everything recorded so far: log and read models are up to date afterwards. */
  async settle(): Promise<void> {
    await this.worker.sequence();
    await this.worker.sequence();
  }

  /** Moves business time for every process. */
  advance(ms: number): void {
    this.clock.advance(ms);
    // Clocks believe an offset for 50 ms, in which a story may ask twice: those in this process look at once.
    this.api_?.rooms.clock.advance(0);
    this.worker_?.get<Rooms>(ROOMS).clock.advance(0);
  }

  async stop(): Promise<void> {
    await this.stopApi();
    await this.stopWorker();
    await stopSurroundings(this.around);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** What Kiroku talks to and does not own. */
interface Surroundings {
  readonly simulator: Simulator;
  readonly mailbox: Mailbox;
  readonly webhooks: WebhookReceiver;
}

async function startSurroundings(pki: DemoPki): Promise<Surroundings> {
  const options = await readSimulatorConfiguration({
    KIROKU_SIMULATOR_PKI: pki.directory,
    KIROKU_SIMULATOR_RESIDENTS: '0',
  });
  return {
    simulator: await startSimulator(options),
    mailbox: await Mailbox.start(pki),
    webhooks: await WebhookReceiver.start(pki),
  };
}

async function stopSurroundings({ simulator, mailbox, webhooks }: Surroundings): Promise<void> {
  await simulator.stop();
  await mailbox.stop();
  await webhooks.stop();
}

const settingsFor = (
  { simulator, mailbox }: Surroundings,
  { authority }: DemoPki,
): Readonly<Record<string, string>> => ({
  KIROKU_PORT: '0',
  KIROKU_METRICS_PORT: '0',
  KIROKU_MOVABLE_CLOCK: 'yes',
  KIROKU_LOG_LEVEL: 'silent',
  KIROKU_REGISTRY_URL: simulator.url,
  KIROKU_SMTP_HOST: '127.0.0.1',
  KIROKU_SMTP_PORT: String(mailbox.port),
  KIROKU_SMTP_CA: authority.certificate,
  KIROKU_SMTP_FROM: 'kiroku@kiroku.example',
  KIROKU_WEBHOOK_PRIVATE_TARGETS: 'yes',
  KIROKU_WEBHOOK_CA: authority.certificate,
});
