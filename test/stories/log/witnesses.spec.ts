import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import {
  Cosigning,
  ed25519Signer,
  generateSigningKey,
  leafHash,
  openCheckpoint,
  openLog,
  parseTlogProof,
  parseVerifierKey,
  type RunningWitness,
  startWitness,
  verifyTlogProof,
} from '#ledger';
import { checkInstallation } from '#wiring';
import { ask, codesOf } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { AlarmScene } from '../incidents/alarm-scene.js';

const ORIGIN = 'kiroku.example/log';
const TOKEN = 'of-the-provider-0123456789';
const MINUTE_MS = 60_000;
const found = { residentCode: wellKnown.found };

describe('a log with a witness', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kiroku-witnessed-'));
  const { privateKeyPem } = generateSigningKey(ORIGIN);
  const signer = ed25519Signer(ORIGIN, privateKeyPem);
  const keys = { log: [parseVerifierKey(signer.verifierKey)] };
  let witness: RunningWitness | null = null;
  let scene: AlarmScene;
  /** The incident of the fork. */
  let forked = '';
  let port = 0;
  let witnessKey = '';
  /** What the processes have written to their logs. */
  let said = '';

  const startIt = async (logKeys: readonly string[] = [signer.verifierKey]): Promise<RunningWitness> => {
    const state = join(directory, 'witness');
    witness = await startWitness({ directory: state, name: 'provider.example/witness', logKeys, port });
    return witness;
  };
  const endIt = async (): Promise<void> => {
    await witness?.close();
    witness = null;
  };
  const trusted = () => ({ ...keys, witnesses: [parseVerifierKey(witnessKey)] });
  const servedCheckpoint = async (): Promise<string> =>
    (await scene.people.security.get(`/log/${TOKEN}/checkpoint`).expect(200)).text;

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    const running = await startIt();
    port = Number(new URL(running.url).port);
    witnessKey = running.verifierKey;
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    scene = await AlarmScene.open({
      KIROKU_LOG_KEY: file('log.key.pem', privateKeyPem),
      KIROKU_WITNESSES: file('witnesses', `# the provider’s\n${witnessKey} ${running.url}\n`),
      KIROKU_LOG_READERS: file('readers', `provider ${createHash('sha256').update(TOKEN).digest('hex')}\n`),
      KIROKU_UNCOSIGNED_HOURS: '1',
      KIROKU_FAULT_SETTLE_SECONDS: '0',
      KIROKU_LOG_LEVEL: 'warn',
    });
  });
  afterAll(async () => {
    await scene.close();
    jest.restoreAllMocks();
    await endIt();
    rmSync(directory, { recursive: true, force: true });
  });

  const age = async (): Promise<number> => {
    const { body } = await scene.people.security.get('/readyz');
    return Number(body.checks.witnesses.value);
  };
  const cosigned = (): Promise<void> =>
    until('the witness to have cosigned everything', async () => {
      await scene.kiroku.settle();
      await scene.kiroku.worker.witness();
      return (await age()) === 0;
    });

  it('is served under a checkpoint that the witness has cosigned, and gives proofs under it', async () => {
    const { body } = await ask(scene.people.operator, found).expect(200);
    await cosigned();
    const opened = openCheckpoint(await servedCheckpoint(), trusted());
    expect(opened).toMatchObject({ holds: true, checkpoint: { origin: ORIGIN } });
    for (const { id } of body.receipts) {
      const { text } = await scene.people.provider.get(`/v1/events/${id}/proof`).expect(200);
      const proof = parseTlogProof(text);
      expect(verifyTlogProof(proof, leafHash(proof.extra ?? Buffer.alloc(0)), trusted()).holds).toBe(true);
    }
  });

  describe('that goes away', () => {
    let incident: string;
    let closed: string;

    it('goes on, and so do inquiries', async () => {
      await endIt();
      await ask(scene.people.operator, found).expect(200);
      await scene.kiroku.settle();
      await until('the entries to wait for the witness', async () => (await age()) > 0);
      expect((await scene.people.security.get('/readyz')).body.checks.witnesses.ok).toBe(true);
      const metrics = await (await fetch(scene.kiroku.api.metricsUrl)).text();
      expect(metrics).toMatch(/^kiroku_log_uncosigned_seconds (?!0$)[\d.e-]+$/m);
    });

    it('and comes back without the log’s key refuses, which is said with its reason and stops nothing', async () => {
      await startIt([ed25519Signer(ORIGIN, generateSigningKey(ORIGIN).privateKeyPem).verifierKey]);
      scene.passAtOnce(6_000);
      await until('the witness to have refused', async () => {
        await scene.kiroku.worker.witness();
        return said.includes('"reply":"refused"');
      });
      expect(said).toMatch(/"reply":"refused","why":"403 no key of the log that is trusted here[^"]*"/);
      const { status, body } = await scene.people.security.get('/readyz');
      expect([status, body.checks.witnesses]).toMatchObject([
        200,
        { ok: true, said: { 'provider.example/witness': 'refused' } },
      ]);
      await endIt();
    });

    it('is an incident after a quarter of an hour', async () => {
      await scene.pass(15 * MINUTE_MS + 1);
      incident = await scene.incidentOf('log-uncosigned');
      await scene.mail(incident, 'recipient');
      await scene.webhook(incident, 'provider');
      await ask(scene.people.operator, found).expect(200);
    });

    it('ends inquiries after the configured hours, and nothing else', async () => {
      await scene.pass(45 * MINUTE_MS);
      await until('inquiries to end', async () => {
        await scene.kiroku.settle();
        return (await ask(scene.people.operator, found)).status !== 200;
      });
      const refused = await ask(scene.people.operator, found);
      expect([refused.status, codesOf(refused)]).toEqual([503, ['log-not-provable']]);
      const { status, body } = await scene.people.security.get('/readyz');
      expect([status, body.checks.witnesses.ok]).toEqual([503, false]);
      await scene.people.provider.post('/v1/suspensions', { reason: '調査' }).expect(201);
    });

    it('is another incident when it does, of which both parties hear', async () => {
      await until('the watch to have looked twice', async () => {
        await scene.kiroku.worker.watch();
        return (await scene.listed()).some(({ cause }) => cause === 'counter-closed');
      });
      closed = await scene.incidentOf('counter-closed');
      await scene.mail(closed, 'recipient');
      await scene.webhook(closed, 'provider');
      expect(await scene.report(closed)).toMatchObject({ kind: 'failure', fault: { standing: true } });
    });

    it('does not hold in the full check either, and did until then', async () => {
      const { configuration, api } = scene.kiroku;
      const faultsAt = async (realNow: number) => {
        const options = { realNow: () => realNow, unsequencedMs: Infinity };
        return (await checkInstallation(configuration, options)).faults.map(({ kind, path }) => [kind, path]);
      };
      const now = api.rooms.clock.realNow();
      expect(await faultsAt(now)).toEqual([['witness-missing', 'checkpoint.cosigned']]);
      expect(await faultsAt(now - 30 * MINUTE_MS)).toEqual([]);
    });

    it('is over when the witness is back: it cosigns what it missed', async () => {
      await startIt();
      scene.passAtOnce(6_000);
      await cosigned();
      await until('the fault to be over', async () => {
        await scene.kiroku.worker.watch();
        const reports = await Promise.all([incident, closed].map((each) => scene.report(each)));
        return reports.every(({ fault }) => fault?.standing === false);
      });
      expect(openCheckpoint(await servedCheckpoint(), trusted()).holds).toBe(true);
    });
  });

  it('is told by the witness when it knows another history: a leak is feared, and the log stands still', async () => {
    await cosigned();
    await scene.kiroku.stopWorker();
    await endIt();
    await cosignAnotherHistory();
    await scene.kiroku.startWorker();
    const incident = await scene.incidentOf('log-forked');
    expect(await scene.report(incident)).toMatchObject({ kind: 'leak-feared' });
    await scene.mail(incident, 'recipient');
    await scene.webhook(incident, 'provider');
    const { size } = await scene.kiroku.api.rooms.log.state();
    await scene.people.provider.post('/v1/suspensions', { reason: '調査' }).expect(201);
    await scene.kiroku.settle();
    expect((await scene.kiroku.api.rooms.log.state()).size).toBe(size);
    expect(witness?.refusals().map(({ kind }) => kind)).toContain('inconsistent');
    forked = incident;
  });

  it('is said to be forked by which witness, and why: in the worker’s log, and to whoever asks whether it is ready', async () => {
    expect(said).toMatch(/"witness":"provider\.example\/witness","reply":"forked","why":"\d{3} [^"]+"/);
    const { status, body } = await scene.people.security.get('/readyz');
    expect([status, body.checks.witnesses]).toEqual([
      503,
      { ok: false, value: expect.any(Number), said: { 'provider.example/witness': 'forked' } },
    ]);
  });

  it('is not closed away while the witness says so, nor once nobody can ask it any more', async () => {
    for (const party of ['recipient', 'provider'] as const)
      await scene.alertThat(forked, party, 'delivered', ({ sentAt }) => sentAt !== null);
    const close = async (): Promise<readonly [number, readonly string[]]> => {
      await scene.kiroku.worker.watch();
      const refused = await scene.people.responder.post(`/v1/incidents/${forked}/closure`, {
        finding: '調べた。',
      });
      return [refused.status, refused.status === 204 ? [] : codesOf(refused)];
    };
    expect(await close()).toEqual([409, ['incident-fault-stands']]);
    await scene.kiroku.stopWorker();
    await endIt();
    await scene.kiroku.startWorker();
    const { size } = await scene.kiroku.api.rooms.log.state();
    await until('the worker to have asked in vain', async () => {
      await scene.kiroku.worker.witness();
      return /"reply":"unreachable"/.test(said.slice(said.lastIndexOf('"reply":"forked"')));
    });
    await scene.kiroku.settle();
    expect(await close()).toEqual([409, ['incident-fault-stands']]);
    expect((await scene.kiroku.api.rooms.log.state()).size).toBe(size);
    expect((await scene.people.security.get('/readyz')).status).toBe(503);
  });

  /** What somebody with the log's key can do: have the witness, whose memory was wiped, cosign another log first. */
  async function cosignAnotherHistory(): Promise<void> {
    const state = join(directory, 'witness');
    for (const name of readdirSync(state).filter((each) => each !== 'identity.json'))
      rmSync(join(state, name), { recursive: true });
    const identity = join(state, 'identity.json');
    writeFileSync(identity, JSON.stringify({ ...JSON.parse(readFileSync(identity, 'utf8')), logs: [] }));
    const { url } = await startIt();
    const files = { directory: join(directory, 'other'), database: join(directory, 'other.sqlite') };
    const other = await openLog({ ...files, origin: ORIGIN, signer });
    const entry = '{"id":"01a20a00-0000-7000-8000-000000000001"}';
    const event = {
      eventId: 'e-1',
      position: '1',
      entry,
      leafHash: leafHash(Buffer.from(entry)).toString('hex'),
    };
    await other.append([event], { fence: 1, now: new Date().toISOString() });
    const cosigning = new Cosigning(other, [{ url, verifier: parseVerifierKey(witnessKey) }]);
    // The first request may go out on a connection that the other server has closed.
    await until('the other log to be cosigned', async () => (await cosigning.ask()).published);
    await other.close();
  }
});
