import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  catchUp,
  type CommandContext,
  type Follower,
  Journal,
  KeyRecords,
  LogFollower,
  projectionFollower,
  RetentionRun,
} from '#application';
import {
  addPeriod,
  catalogue,
  cohortId,
  erasureStream,
  type IdentityRecord,
  inquiryStream,
  parseEntry,
  recordedEvent,
  subjectsOfRecord,
  tokyoDay,
  upcasters,
} from '#domain';
import { type EventStore, openSqliteEventStore } from '#event-store';
import { ed25519Signer, generateSigningKey, type Log, openLog } from '#ledger';
import { GenuineMarks, type MovableClock, movableClock, openOperations, type Operations } from '#operations';
import { openProjections, openQueries, type Projections, type Queries } from '#read-models';
import { openVault, type Vault } from '#vault';
import { erasureRunOf } from '../../../libs/application/src/retention/erasure-reference.js';

export const AGREEMENT = 'mlit-jlis';
export const EXAMINATION = 'rtva-59-1:examination';
export const ACCEPTANCE = 'rtva-67:acceptance';
const ORIGIN = 'kiroku.example/retention-stories';

export const HANAKO: IdentityRecord = {
  residentCode: '24727059608',
  name: '記録 花子',
  birthDate: '1985-07-23',
  sex: '2',
  address: '東京都千代田区霞が関二丁目1番3号',
  changeReason: null,
  changedOn: null,
};

/** The rooms that a retention run works with; a specification may put a faulty one in the place of any of them. */
export interface Tools {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly projections: Projections;
  readonly marks: GenuineMarks;
}

/**
 * Everything that retention touches, real and on disk, but without api and worker: a clock that moves business, real
 * and monotonic time together or apart, and one `run` at a time, which may be made to die anywhere.
 */
export class House {
  private constructor(
    readonly directory: string,
    readonly clock: MovableClock,
    readonly vault: Vault,
    readonly store: EventStore,
    readonly queries: Queries,
    readonly projections: Projections,
    readonly operations: Operations,
    readonly log: Log,
    readonly verifierKey: string,
    readonly trailYears: number,
  ) {}

  static async open(now: string, { trailYears = 7 } = {}): Promise<House> {
    const directory = await mkdtemp(join(tmpdir(), 'kiroku-retention-'));
    const clock = movableClock(now);
    const realNow = (): number => clock.realNow();
    const vault = await openVault({
      directory: join(directory, 'keys'),
      rootDirectory: join(directory, 'roots'),
      process: 'story',
      catalogue,
      realNow,
    });
    const store = await openSqliteEventStore({
      file: join(directory, 'events.sqlite'),
      macKey: await vault.appendKey(),
      onFatal: () => undefined,
    });
    const signer = ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem);
    return new House(
      directory,
      clock,
      vault,
      store,
      openQueries({ file: join(directory, 'read-models.sqlite'), threads: 1 }),
      await openProjections({ file: join(directory, 'read-models.sqlite') }),
      openOperations({ file: join(directory, 'operations.sqlite'), clock }),
      await openLog({
        directory: join(directory, 'log'),
        database: join(directory, 'ledger.sqlite'),
        origin: ORIGIN,
        signer,
      }),
      signer.verifierKey,
      trailYears,
    );
  }

  get journal(): Journal {
    return new Journal(this.store, this.vault, this.clock);
  }

  get context(): CommandContext {
    return {
      actor: { system: 'retention-worker' },
      agreement: AGREEMENT,
      correlation: this.journal.newId(),
    };
  }

  /** Records an inquiry answered with one record, received now; returns its id. */
  async provided({ purpose = EXAMINATION, period = 'P1D', record = HANAKO } = {}): Promise<string> {
    const { journal } = this;
    const inquiry = journal.newId();
    const about = { inquiry, purpose, operator: 'o-1', terminal: 'terminal-1' };
    const subjects = subjectsOfRecord(record);
    const facts = [
      {
        type: 'InquiryReceived',
        data: {
          ...about,
          caseReference: 'SK-2026-000001',
          form: 'by-code',
          question: { residentCode: record.residentCode },
          subjects: subjects.slice(0, 1),
          grant: 'g-1',
          usableThrough: addPeriod(tokyoDay(this.clock.now()), period),
          deadline: new Date(this.clock.realNow() + 10_000).toISOString(),
          lease: 'api/1',
        },
      },
      {
        type: 'InformationProvided',
        data: { inquiry, purpose, outcome: 'found', records: 1, message: `m-${inquiry}` },
      },
      { type: 'RecordProvided', data: { inquiry, number: 1, record, subjects } },
    ];
    for (const fact of facts) {
      await journal.append(await journal.load(inquiryStream(inquiry)), [fact], this.context);
    }
    return inquiry;
  }

  /** Lets log and read models read everything recorded so far. */
  async settle(): Promise<void> {
    for (const follower of this.followers()) await catchUp(this.store, follower);
  }

  /** A retention run of a worker with this fence, as a process that has just started would make it. */
  async run(fence = 1, tools: Partial<Tools> = {}): ReturnType<RetentionRun['run']> {
    return this.worker(tools).run(fence);
  }

  /** A worker's retention runs; `tools` may replace some of its rooms. */
  worker(tools: Partial<Tools> = {}): RetentionRun {
    const { store, vault, projections, marks } = { ...this.tools, ...tools };
    const journal = new Journal(store, vault, this.clock);
    const records = new KeyRecords(journal, vault);
    const settings = { agreement: AGREEMENT, trailYears: this.trailYears, staleMs: 30_000 };
    return new RetentionRun(journal, store, vault, this.queries, projections, marks, records, settings);
  }

  get marks(): GenuineMarks {
    return new GenuineMarks(this.operations.marks, Buffer.alloc(32, 1));
  }

  get tools(): Tools {
    const { store, vault, projections, marks } = this;
    return { store, vault, projections, marks };
  }

  /** Types of the events of a stream, in order. */
  async types(stream: string): Promise<readonly string[]> {
    return (await this.store.readStream(stream)).map(({ type }) => type);
  }

  /** All events in the order recorded: header and clear fields. */
  async recorded(): Promise<readonly { readonly type: string; readonly stream: string; data: object }[]> {
    const stored = await this.store.readAll(null, 10_000);
    return stored.map(({ entry }) => recordedEvent(parseEntry(entry), catalogue, upcasters));
  }

  /** What an inquiry's record opens to now. */
  async opened(inquiry: string): Promise<IdentityRecord | 'shredded'> {
    const { entries } = await this.journal.load(inquiryStream(inquiry));
    const entry = entries.find(({ type }) => type === 'RecordProvided');
    if (!entry) throw new Error('no record');
    const opened = await this.vault.open<IdentityRecord>(entry, 'record');
    return opened.state === 'open' ? opened.value : 'shredded';
  }

  /** The root key files that are there. */
  async roots(): Promise<readonly string[]> {
    return (await readdir(join(this.directory, 'roots'))).toSorted();
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.queries.close();
    await this.projections.close();
    this.operations.close();
    await this.store.close();
    await this.vault.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  private followers(): readonly Follower[] {
    return [
      new LogFollower(
        this.store,
        this.log,
        () => 1,
        () => this.clock.realNow(),
      ),
      projectionFollower(this.projections, this.vault),
    ];
  }
}

/** The cohort of inquiries received under a purpose and usable through a day. */
export const cohortOf = (usableThrough: string, purpose: string = EXAMINATION): string =>
  cohortId({ agreement: AGREEMENT, purpose, usableThrough });

/** The stream of the erasure of a cohort. */
export const erasureOf = (cohort: string): string => erasureStream(cohort, erasureRunOf(cohort));

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
