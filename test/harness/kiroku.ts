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
} from '#wiring';

/** Business time at which every story begins: a Monday morning in Tokyo, later than any real test run. */
export const STORY_BEGINS = '2032-04-05T01:00:00.000Z';

/** A store that fails in a test must fail the test, not end the process. */
const onFatal = (): void => undefined;

/**
 * Kiroku as people meet it: the real api over real mutual TLS, the real worker and the real simulator, in this
 * process, on free loopback ports and files of its own; and a business clock that only moves forward when told.
 */
export class Kiroku {
  private api_: RunningApi | null = null;
  private worker_: Awaited<ReturnType<typeof startWorker>> | null = null;

  private constructor(
    readonly directory: string,
    readonly environment: Readonly<Record<string, string>>,
    readonly pki: DemoPki,
    readonly simulator: Simulator,
    readonly clock: BusinessClock,
    readonly installed: Initialised,
  ) {}

  /** Makes a fresh installation and starts simulator, api and worker. */
  static async start(overrides: Readonly<Record<string, string>> = {}): Promise<Kiroku> {
    const directory = await mkdtemp(join(tmpdir(), 'kiroku-story-'));
    const data = join(directory, 'data');
    const names = ['terminal-1', 'terminal-2', 'stranger'];
    const pki = await makeDemoPki(join(`${data}.secrets`, 'pki'), { now: new Date(), names });
    const simulatorOptions = await readSimulatorConfiguration({
      KIROKU_SIMULATOR_PKI: pki.directory,
      KIROKU_SIMULATOR_RESIDENTS: '0',
    });
    const simulator = await startSimulator(simulatorOptions);
    const environment = {
      KIROKU_DATA: data,
      KIROKU_PORT: '0',
      KIROKU_METRICS_PORT: '0',
      KIROKU_MOVABLE_CLOCK: 'yes',
      KIROKU_LOG_LEVEL: 'silent',
      KIROKU_REGISTRY_URL: simulator.url,
      ...overrides,
    };
    const configuration = readConfiguration(environment, 'cli');
    const clock = openBusinessClock({ offsetFile: configuration.paths.clockOffset, mayAdvance: true });
    clock.advance(Date.parse(STORY_BEGINS) - Date.parse(clock.now()));
    const rooms = await openRooms(configuration, 'cli', onFatal);
    const installed = await initialise(rooms);
    await rooms.close();
    const kiroku = new Kiroku(directory, environment, pki, simulator, clock, installed);
    try {
      await kiroku.startApi();
      await kiroku.startWorker();
    } catch (error) {
      // Whatever did start would keep Jest alive for ever.
      await kiroku.stop();
      throw error;
    }
    return kiroku;
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
    // The processes believe an offset for 50 ms; this one reads it at once.
  }

  async stop(): Promise<void> {
    await this.stopApi();
    await this.stopWorker();
    await this.simulator.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
