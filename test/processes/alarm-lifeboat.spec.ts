import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '#domain';
import { Deployment } from '../harness/deployment.js';
import { Acknowledgements, load } from '../harness/load.js';
import { ordinaryDay } from '../harness/people.js';
import { type App, until } from '../harness/processes.js';
import { incidentToldOf, messagesAbout, ofType, recordedOf } from './alarms.js';

const TIMEOUT_MS = 180_000;
const EX_SOFTWARE = 70;
/** How far the write-ahead log of the events may still grow, in KiB. */
const ROOM_KIB = 512;
/** What cannot be reached must not hold a process that ends: here two seconds, in earnest twenty. */
const SETTINGS = {
  KIROKU_ALERT_TIMEOUT_SECONDS: '1',
  KIROKU_SILENCE_SECONDS: '3600',
  KIROKU_FAULT_SETTLE_SECONDS: '0',
};
const nothing = async (): Promise<void> => undefined;

/** An app that cannot start ends as it always did, and says how many contacts know why. */
async function cannotStart(
  deployment: Deployment,
  app: App,
  says: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const failing = deployment.start(app, settings);
  await expect(failing).rejects.toThrow(`ended with ${EX_SOFTWARE} before`);
  await expect(failing).rejects.toThrow(says);
}

/** Starts the worker on what was mended: what was told is on record then, as it was told, and the fault is over. */
async function expectOnRecord(deployment: Deployment, cause: FaultKind, incident: string): Promise<void> {
  const worker = await deployment.start('retention-worker');
  let sent = await recordedOf(deployment, 'AlertSent', incident);
  await until('both alerts to be on record', async () => {
    sent = await recordedOf(deployment, 'AlertSent', incident);
    return sent.length >= 2;
  });
  expect(messagesAbout(deployment, cause)).toEqual(
    expect.arrayContaining(sent.map(({ data }) => data.message)),
  );
  expect(new Set(sent.map(({ data }) => data.contact)).size).toBe(2);
  for (const { data } of sent) expect(Date.parse(data.lifeboat ?? 'never')).not.toBeNaN();
  const declared = await recordedOf(deployment, 'IncidentDeclared', incident);
  expect(declared.map(({ data }) => data.cause)).toEqual([cause]);
  await recordedOf(deployment, 'FaultCleared', incident);
  await worker.kill('SIGKILL');
  deployment.forgetTheDead('retention-worker');
}

describe('with a disk that takes no more', () => {
  let deployment: Deployment;
  let prepared: Awaited<ReturnType<typeof ordinaryDay>>;
  let incident: string;

  beforeAll(async () => {
    ({ deployment, prepared } = await Deployment.make(ordinaryDay, SETTINGS));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'the api tells both contacts, records nothing, and ends as it always did',
    async () => {
      const wal = statSync(`${deployment.paths.events}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      const kib = Math.ceil(wal / 1_024) + ROOM_KIB;
      const api = await deployment.start('api', {}, ['bash', '-c', `ulimit -f ${kib}; exec "$@"`, 'bash']);
      const caller = deployment.caller(prepared.operator, 'terminal-1');
      await load([caller], new Acknowledgements(), { each: 2_000, atOnce: 8 });
      caller.close();
      expect(await api.ended).toEqual({ code: EX_SOFTWARE, signal: null });
      expect(api.output).toContain('2 of 2 contacts know (store-failed)');
      incident = await incidentToldOf(deployment, 'store-failed');
      expect(messagesAbout(deployment, 'store-failed')).toHaveLength(2);
      expect(ofType(await deployment.recorded(), 'FaultOpened')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'and what it told is on record once the disk takes writes again',
    () => expectOnRecord(deployment, 'store-failed', incident),
    TIMEOUT_MS,
  );
});

describe('with the root key out of reach', () => {
  let deployment: Deployment;
  let incident: string;
  const takeAway = (): void => renameSync(deployment.paths.rootKeys, `${deployment.paths.rootKeys}.away`);
  const putBack = (): void => {
    // Whoever tried to start has made an empty one.
    rmSync(deployment.paths.rootKeys, { recursive: true, force: true });
    renameSync(`${deployment.paths.rootKeys}.away`, deployment.paths.rootKeys);
  };

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(nothing, SETTINGS));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'api and worker cannot start, come to an end although nobody can be reached, and say so',
    async () => {
      const { mailbox, webhooks } = deployment.kiroku;
      takeAway();
      await mailbox.goAway();
      webhooks.be('hangs');
      await cannotStart(deployment, 'api', '0 of 2 contacts know (key-trouble)');
      await mailbox.comeBack();
      webhooks.be('takes');
    },
    TIMEOUT_MS,
  );

  it(
    'they tell both contacts of one incident, and once, however often they are started',
    async () => {
      const before = deployment.kiroku.webhooks.received.length;
      for (const app of ['retention-worker', 'api', 'retention-worker', 'api'] as const) {
        await cannotStart(deployment, app, '2 of 2 contacts know (key-trouble)');
      }
      incident = await incidentToldOf(deployment, 'key-trouble');
      const { mails } = deployment.kiroku.mailbox;
      const { received } = deployment.kiroku.webhooks;
      expect([mails.length, received.length - before]).toEqual([1, 1]);
      const about = new Set(messagesAbout(deployment, 'key-trouble').map((message) => message.slice(0, 36)));
      expect(about).toEqual(new Set([incident]));
    },
    TIMEOUT_MS,
  );

  it(
    'and what they told is on record once it is back',
    async () => {
      putBack();
      await expectOnRecord(deployment, 'key-trouble', incident);
    },
    TIMEOUT_MS,
  );
});

describe('with the root key gone under a worker that runs', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(nothing, SETTINGS));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'the worker finds out before a key is needed, tells the contacts, and sees that it is back',
    async () => {
      const { rootKeys } = deployment.paths;
      const worker = await deployment.start('retention-worker');
      renameSync(rootKeys, `${rootKeys}.away`);
      const incident = await incidentToldOf(deployment, 'key-trouble');
      expect(worker.lives).toBe(true);
      renameSync(`${rootKeys}.away`, rootKeys);
      const sent = await recordedOf(deployment, 'AlertSent', incident);
      expect(sent.map(({ data }) => data.lifeboat)).toEqual(sent.map(() => null));
      await recordedOf(deployment, 'FaultCleared', incident);
    },
    TIMEOUT_MS,
  );
});

describe('with a disk that can only be read', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(nothing, SETTINGS));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'a process that is started again and again still remembers whom it told',
    async () => {
      const { paths, kiroku } = deployment;
      const settings = { TMPDIR: join(kiroku.directory, 'tmp') };
      mkdirSync(settings.TMPDIR);
      rmSync(paths.rootKeys, { recursive: true });
      // A directory in the place of the notes: nobody can write them, root included.
      rmSync(join(paths.lifeboat, 'api-0.alarms'), { force: true });
      mkdirSync(join(paths.lifeboat, 'api-0.alarms'));
      for (let restarts = 0; restarts < 3; restarts += 1)
        await cannotStart(deployment, 'api', '2 of 2 contacts know (key-trouble)', settings);
      expect([kiroku.mailbox.mails.length, kiroku.webhooks.received.length]).toEqual([1, 1]);
    },
    TIMEOUT_MS,
  );
});

describe('with the events out of reach', () => {
  let deployment: Deployment;
  const files = (): readonly string[] =>
    ['', '-wal', '-shm']
      .map((suffix) => `${deployment.paths.events}${suffix}`)
      .filter((file) => existsSync(file));
  /** Keeps the events, and gives back what puts them where they were. */
  const keep = (): (() => void) => {
    const kept = files().map((file) => [file, readFileSync(file)] as const);
    return () => {
      for (const file of files()) rmSync(file);
      for (const [file, bytes] of kept) writeFileSync(file, bytes);
    };
  };

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(nothing, SETTINGS));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'because their file is damaged: api and worker cannot start and tell the contacts, on record after the repair',
    async () => {
      const putBack = keep();
      writeFileSync(deployment.paths.events, Buffer.alloc(8_192, 0x5a));
      for (const app of ['api', 'retention-worker'] as const)
        await cannotStart(deployment, app, '2 of 2 contacts know (store-failed)');
      const incident = await incidentToldOf(deployment, 'store-failed');
      expect(messagesAbout(deployment, 'store-failed')).toHaveLength(2);
      putBack();
      await expectOnRecord(deployment, 'store-failed', incident);
    },
    TIMEOUT_MS,
  );

  it(
    'because their file is gone: a worker that finds an empty store in its place says so, and keeps its note',
    async () => {
      const putBack = keep();
      for (const file of files()) rmSync(file);
      const worker = await deployment.start('retention-worker');
      const incident = await incidentToldOf(deployment, 'follower-diverged');
      expect(messagesAbout(deployment, 'follower-diverged')).toHaveLength(2);
      // Not SIGKILL: between the receiver's yes and the note of it the next one would tell them again, as it must.
      await worker.kill('SIGTERM');
      deployment.forgetTheDead('retention-worker');
      putBack();
      await expectOnRecord(deployment, 'follower-diverged', incident);
    },
    TIMEOUT_MS,
  );
});
