import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Deployment } from '../harness/deployment.js';
import { Acknowledgements, askAndNote, load } from '../harness/load.js';
import { type FirstPeople, ordinaryDay, type Person } from '../harness/people.js';
import { until } from '../harness/processes.js';
import { expectNothingLost, inquiriesIn, typesOf } from './evidence.js';

const TIMEOUT_MS = 120_000;
const EX_SOFTWARE = 70;
/** How far the write-ahead log of the events may still grow, in KiB: some dozens of inquiries. */
const ROOM_KIB = 512;

/** The tracer stands beside (-D), so that signals reach the api itself. */
const TRACED = ['strace', '-D', '-f', '-y', '--seccomp-bpf', '-e', 'trace=fsync,fdatasync', '-o'];
const hasStrace =
  spawnSync('strace', [...TRACED.slice(1), '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;
const inCi = process.env['KIROKU_CI'] === '1';
/** A newcomer's machine may lack it; where CI runs a missing tool is a failure. */
const itTraced = hasStrace || inCi ? it : it.skip;
const TO_INSTALL = hasStrace || inCi ? '' : ' (skipped: apt-get install strace)';

describe('the disk', () => {
  let deployment: Deployment;
  let people: FirstPeople & { operator: Person; grant: string };
  const list = new Acknowledgements();

  beforeAll(async () => {
    ({ deployment, prepared: people } = await Deployment.make(ordinaryDay));
    await deployment.start('retention-worker');
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'that takes no more ends the api by itself, with an error, and nothing acknowledged is lost',
    async () => {
      // A limit on the size of files stands in for a full disk: only the write-ahead log of the events meets it.
      const wal = statSync(`${deployment.paths.events}-wal`, { throwIfNoEntry: false })?.size ?? 0;
      const kib = Math.ceil(wal / 1_024) + ROOM_KIB;
      const api = await deployment.start('api', {}, ['bash', '-c', `ulimit -f ${kib}; exec "$@"`, 'bash']);
      const caller = deployment.caller(people.operator, 'terminal-1');
      await load([caller], list, { each: 2_000, atOnce: 8 });
      expect(await api.ended).toEqual({ code: EX_SOFTWARE, signal: null });
      expect(api.output).toMatch(/the event store cannot commit any more/i);
      expect(list.answered.size).toBeGreaterThan(10);
      expectNothingLost(list, await deployment.recorded());
      caller.close();
    },
    TIMEOUT_MS,
  );

  it(
    'that takes writes again is all the next start needs',
    async () => {
      await deployment.start('api');
      const caller = deployment.caller(people.operator, 'terminal-1');
      const before = list.answered.size;
      await load([caller], list, { each: 5, atOnce: 2 });
      expect(list.answered.size).toBe(before + 10);
      const { events, log } = await deployment.settled();
      expectNothingLost(list, events);
      expect(log).toMatchObject({ ok: true, size: events.length });
      const cut = [...inquiriesIn(events)].filter(([id]) => !list.answered.has(id));
      expect(cut.filter(([, stream]) => typesOf(stream)[0] !== 'InquiryReceived')).toEqual([]);
      caller.close();
      await deployment.api.kill('SIGTERM');
    },
    TIMEOUT_MS,
  );

  itTraced(
    `is synced at least once for every commit before it is answered${TO_INSTALL}`,
    async () => {
      const trace = join(deployment.kiroku.directory, 'trace');
      const api = await deployment.start('api', {}, [...TRACED, trace]);
      const tracer = tracerOf(api.pid);
      const caller = deployment.caller(people.operator, 'terminal-1');
      const syncs = (): number =>
        readFileSync(trace, 'utf8')
          .split('\n')
          .filter((line) => /(?:fsync|fdatasync)\(\d+<[^>]*events\.sqlite-wal>/.test(line)).length;
      const traced = new Acknowledgements();
      for (let nth = 0; nth < 20; nth += 1) {
        const before = syncs();
        await askAndNote(caller, traced, { nth });
        // Two appends, one after the other: the question before the provider is asked, the answer before it leaves.
        expect(syncs() - before).toBeGreaterThanOrEqual(2);
      }
      expect(traced.answered.size).toBe(20);
      caller.close();
      expect(await api.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      await until('the tracer to be gone', () => !existsSync(`/proc/${tracer}`));
    },
    TIMEOUT_MS,
  );
});

const tracerOf = (pid: number): string =>
  /^TracerPid:\s*([1-9]\d*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 'none';
