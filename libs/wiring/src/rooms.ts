import { hkdfSync, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type AcknowledgementLinks,
  Agreements,
  CaseRegister,
  CosignedAge,
  CountSeen,
  DenialCounter,
  Disclosures,
  ErasureHolds,
  ErasureRecords,
  ExportEvidence,
  Exports,
  FailureCounter,
  Grants,
  Households,
  Inquiries,
  Journal,
  LogHealth,
  Operators,
  ResidentProvisions,
  RetentionPeriods,
  ReviewIds,
  SignIn,
  Standings,
  Terminals,
  Trail,
  WitnessReplies,
} from '#application';
import { catalogue } from '#domain';
import { type EventStore, openSqliteEventStore, type StoreFailed } from '#event-store';
import { type LogReader, PublishedLog } from '#ledger';
import type { Channels, Lifeboat } from '#notifications';
import {
  type BusinessClock,
  type CredentialStore,
  GenuineMarks,
  openBusinessClock,
  openCredentials,
  openOperations,
  type Operations,
} from '#operations';
import { openQueries, type Queries } from '#read-models';
import { openRegistry, parseLinkKeys, type Registry } from '#registry';
import { openVault, type Vault } from '#vault';
import { alarmOf, openWaysOut } from './alarm.js';
import type { WebhookSecrets } from './alert-key.js';
import type { Configuration } from './configuration.js';
import { disclosureRequestsOf } from './disclosure-requests.js';
import { logThatMayCome } from './log-that-may-come.js';
import { witnessesOf } from './log-witnesses.js';
import { reviewsOf } from './reviews.js';

/** How this process ends when it cannot go on (decision 5). */
export type OnFatal = (error: StoreFailed) => void;

/** The rooms that every process opens, introduced to each other here and nowhere else. */
export interface Rooms {
  readonly configuration: Configuration;
  /** Name of this process's lease; an inquiry carries it (decision 18). */
  readonly lease: string;
  readonly clock: BusinessClock;
  readonly vault: Vault;
  readonly store: EventStore;
  readonly journal: Journal;
  readonly queries: Queries;
  readonly operations: Operations;
  /** Those of the operations, each with its MAC: nobody reads them otherwise. */
  readonly marks: GenuineMarks;
  readonly credentials: CredentialStore;
  readonly log: LogReader;
  readonly logHealth: LogHealth;
  /** How long the log has waited for its witnesses. */
  readonly cosignedAge: CosignedAge;
  /** What the log's witnesses said last, where it has any. */
  readonly witnessReplies: WitnessReplies;
  readonly channels: Channels;
  /** What this process and its siblings know when nothing else can be read (decision 21). */
  readonly lifeboat: Lifeboat;
  /** The links in alerts, by which a contact acknowledges without an account. */
  readonly links: AcknowledgementLinks;
  readonly webhookSecrets: WebhookSecrets;
  /** Which review a finding opens. */
  readonly reviewIds: ReviewIds;
  close(): Promise<void>;
}

/** The lease by which the one active worker shows that it lives. */
export const WORKER_LEASE = 'retention-worker';
/** How long a process counts as living after its last sign of life, in milliseconds of real time. */
export const LEASE_MS = 15_000;
/** How often a process says that it lives. */
export const HEARTBEAT_MS = 3_000;

/**
 * Opens the rooms in the order in which they depend on each other: clock, keys, events, what is read from them.
 * Nothing is left open when one of them refuses.
 */
export async function openRooms(
  configuration: Configuration,
  process: string,
  onFatal: OnFatal,
): Promise<Rooms> {
  const { paths } = configuration;
  const opened: (() => unknown)[] = [];
  const keep = <T extends { close(): unknown }>(room: T): T => {
    opened.push(() => room.close());
    return room;
  };
  const closeAll = async (): Promise<void> => {
    const failed: unknown[] = [];
    for (const close of opened.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length) throw failed[0];
  };
  for (const file of [paths.clockOffset, paths.operations, paths.credentials, paths.readModels]) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  }
  try {
    const { channels, lifeboat, links, webhookSecrets } = keep(openWaysOut(configuration, process));
    const clock = openBusinessClock({
      offsetFile: paths.clockOffset,
      mayAdvance: configuration.movableClock,
    });
    const realNow = (): number => clock.realNow();
    const vault = keep(
      await openVault({ directory: paths.keys, rootDirectory: paths.rootKeys, process, catalogue, realNow }),
    );
    const macKey = await vault.appendKey();
    const store = keep(await openSqliteEventStore({ file: paths.events, macKey, onFatal }));
    const queries = keep(openQueries({ file: paths.readModels }));
    const operations = keep(openOperations({ file: paths.operations, clock }));
    const marks = new GenuineMarks(operations.marks, marksKeyFrom(macKey));
    const credentials = keep(openCredentials({ file: paths.credentials, pepper: pepperFrom(macKey) }));
    const log = keep(logThatMayCome({ directory: paths.log, database: paths.ledgerDatabase }));
    const journal = new Journal(store, vault, clock);
    const witnesses = witnessesOf(configuration).map(({ verifier }) => verifier);
    const witnessReplies = new WitnessReplies(
      witnesses.map(({ name }) => name),
      marks,
    );
    const cosignedAge = new CosignedAge(
      witnesses,
      configuration.logOrigin,
      marks,
      () => PublishedLog.open(paths.log),
      clock,
    );
    const logHealth = new LogHealth(
      store,
      log,
      clock,
      {
        unsequencedMs: configuration.unsequencedMinutes * 60_000,
        uncosignedMs: configuration.uncosignedHours * 3_600_000,
      },
      new CountSeen(marks),
      cosignedAge,
    );
    const lease = `${process}/${randomUUID()}`;
    return {
      configuration,
      lease,
      clock,
      vault,
      store,
      journal,
      queries,
      operations,
      marks,
      credentials,
      log,
      logHealth,
      cosignedAge,
      witnessReplies,
      channels,
      lifeboat,
      links,
      webhookSecrets,
      reviewIds: new ReviewIds(reviewKeyFrom(macKey)),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The use cases that people reach through the api and the cli. */
export function useCasesOf(rooms: Rooms, registry: Registry) {
  const { journal, queries, logHealth, vault, store, log, operations, credentials, configuration, lease } =
    rooms;
  const standings = new Standings(journal, queries, logHealth);
  const { agreement, sessionMinutes, exportApprovalRows, caseGraceDays } = configuration;
  const { sessions } = operations;
  const failures = new FailureCounter(journal, { agreement });
  const denials = new DenialCounter(journal);
  const trail = new Trail(journal, store, queries, vault, log);
  const published = (): PublishedLog => PublishedLog.open(configuration.paths.log);
  const evidence = new ExportEvidence(log, published, rooms.clock);
  return {
    ...alarmOf(rooms),
    ...reviewsOf(rooms),
    agreements: new Agreements(journal),
    caseRegister: new CaseRegister(journal, queries, caseGraceDays),
    operators: new Operators(journal, credentials, sessions),
    households: new Households(journal, vault),
    terminals: new Terminals(journal),
    grants: new Grants(journal),
    retentionPeriods: new RetentionPeriods(journal),
    erasureHolds: new ErasureHolds(journal),
    erasureRecords: new ErasureRecords(journal, queries, rooms.marks),
    signIn: new SignIn(
      { journal, credentials, sessions, failures, denials },
      { sessionTtlMs: sessionMinutes * 60_000 },
    ),
    failures,
    denials,
    inquiries: new Inquiries(journal, standings, registry, vault, lease),
    disclosures: new Disclosures(journal, standings, vault),
    trail,
    exports: new Exports(journal, store, queries, vault, trail, evidence, exportApprovalRows),
    disclosureRequests: disclosureRequestsOf(rooms),
    residentProvisions: new ResidentProvisions(journal, store, queries, vault, trail, published),
  };
}

/** The client of the provider as configured. */
export function registryOf(configuration: Configuration): Registry {
  const pem = (file: string): string => readFileSync(file, 'utf8');
  return openRegistry({
    url: configuration.registryUrl,
    tlsKey: pem(configuration.registryKey),
    tlsCertificate: pem(configuration.registryCertificate),
    tlsTrustAnchors: pem(configuration.registryCa),
    linkKeys: parseLinkKeys(pem(configuration.registryLinkKeys)),
  });
}

/** The secret in the PINs: derived from the append key, which lives wrapped in the key store and is never destroyed. */
const pepperFrom = (appendKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', appendKey, '', 'kiroku/pin-pepper', 32));

/** The secret in the ids of reviews, derived like it. */
const reviewKeyFrom = (appendKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', appendKey, '', 'kiroku/reviews', 32));

/** The key of the marks, derived like it. */
const marksKeyFrom = (appendKey: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', appendKey, '', 'kiroku/marks', 32));
