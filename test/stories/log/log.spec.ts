import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { inquiryFolding, inquiryStream, recordAnswer } from '#domain';
import { decodeBundle, generateSigningKey, ed25519Signer, verifyLog } from '#ledger';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person, PURPOSE } from '../../harness/people.js';
import { until } from '../retention/until.js';

const FOUND = { residentCode: wellKnown.found };

describe('the log', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    kiroku = await Kiroku.start({ KIROKU_UNSEQUENCED_MINUTES: '1' });
    people = await ordinaryDay(kiroku);
  });
  afterAll(() => kiroku.stop());

  const directory = () => kiroku.configuration.paths.log;
  const rooms = () => kiroku.api.rooms;

  /** The entries of the newest bundle; while the log has fewer than 256 entries it holds them all. */
  async function bundle(): Promise<readonly string[]> {
    const { size } = await rooms().log.state();
    expect(size).toBeLessThan(256);
    const bytes = await readFile(join(directory(), 'tile/entries/000.p', String(size)));
    return decodeBundle(bytes, size).entries.map((entry) => entry.toString());
  }

  it('has what was recorded after one tick of the worker, each event at the place that its number says', async () => {
    const { body } = await ask(people.operator, FOUND).expect(200);
    await kiroku.worker.sequence();
    const entries = await bundle();
    for (const { id } of body.receipts) {
      const viewed = await people.security.get(`/v1/events/${id}`).expect(200);
      const stored = await rooms().store.readEvent(id);
      expect(viewed.body.leafIndex).toEqual(expect.any(Number));
      expect(entries[viewed.body.leafIndex]).toBe(stored?.entry);
    }
  });

  describe('checked from its files alone', () => {
    it('holds under the key that was handed out, and is only self-consistent without one', async () => {
      await kiroku.settle();
      const { verifierKey } = kiroku.installed;
      const pinned = await verifyLog({ directory: directory(), verifierKey });
      expect(pinned).toMatchObject({ ok: true, selfConsistentOnly: false, faults: [] });
      expect(pinned.entries).toBe(pinned.size);
      expect(await verifyLog({ directory: directory() })).toMatchObject({
        ok: true,
        selfConsistentOnly: true,
      });
    });

    it('does not hold under another key of the same name', async () => {
      const { name } = ed25519Signer(
        kiroku.configuration.logOrigin,
        generateSigningKey(kiroku.configuration.logOrigin).privateKeyPem,
      );
      const { verifierKey } = ed25519Signer(name, generateSigningKey(name).privateKeyPem);
      const verified = await verifyLog({ directory: directory(), verifierKey });
      expect(verified.ok).toBe(false);
      expect(verified.faults.map(({ path }) => path)).toContain('checkpoint');
    });

    it('shows one flipped bit, and names the entry', async () => {
      const copy = join(kiroku.directory, 'copied-log');
      await kiroku.settle();
      await cp(directory(), copy, { recursive: true });
      const { size } = await verifyLog({ directory: copy });
      const folder = join(copy, 'tile/entries/000.p');
      const file = join(folder, (await readdir(folder)).find((name) => name === String(size)) ?? 'none');
      const bytes = await readFile(file);
      // The last byte of the fourth entry; entries are framed by two bytes of length.
      const before = decodeBundle(bytes, 4).bytes - 1;
      bytes.writeUInt8(bytes.readUInt8(before) ^ 1, before);
      await writeFile(file, bytes);
      const verified = await verifyLog({ directory: copy, verifierKey: kiroku.installed.verifierKey });
      expect(verified.ok).toBe(false);
      expect(verified.faults.map(({ entry }) => entry)).toContain(3);
    });
  });

  describe('when a process has died between the question and the answer', () => {
    /** Puts an inquiry on record as a process does that asks next: its deadline `late` ms ago, its lease as given. */
    async function asked(late: number, lease: string): Promise<string> {
      const { journal, configuration, clock } = rooms();
      const inquiry = uuidv7();
      const { operator } = people.operator;
      const data = {
        inquiry,
        purpose: PURPOSE,
        caseReference: 'SK-2032-000009',
        form: 'by-code',
        question: FOUND,
        subjects: [],
        operator,
        terminal: 'terminal-1',
        grant: people.grant,
        usableThrough: '2032-07-04',
        deadline: new Date(clock.realNow() - late).toISOString(),
        lease,
      };
      const context = { actor: { operator }, agreement: configuration.agreement, correlation: uuidv7() };
      const stream = await journal.load(inquiryStream(inquiry));
      await journal.append(stream, [{ type: 'InquiryReceived', data }], context);
      return inquiry;
    }
    const types = async (inquiry: string) =>
      (await rooms().store.readStream(inquiryStream(inquiry))).map(({ type }) => type);
    const tick = async (): Promise<void> => {
      await kiroku.settle();
      await kiroku.worker.erase();
    };

    it('the worker closes the inquiry, after deadline and grace, when its lease is over, and only then', async () => {
      const abandoned = await asked(20_000, 'api/that-died');
      const inGrace = await asked(1_000, 'api/that-died');
      const inTime = await asked(-600_000, 'api/that-died');
      const alive = await asked(20_000, rooms().lease);
      await until('the abandoned inquiry to be closed', async () => {
        await tick();
        return (await types(abandoned)).length > 1;
      });
      expect(await types(abandoned)).toEqual(['InquiryReceived', 'InquiryOutcomeUnknown']);
      for (const open of [inGrace, inTime, alive]) expect(await types(open)).toEqual(['InquiryReceived']);
      await tick();
      expect(await types(abandoned)).toHaveLength(2);
      const again = await ask(people.operator, FOUND, { id: abandoned, caseReference: 'SK-2032-000009' });
      expect(codesOf(again)).toEqual(['inquiry-outcome-unknown']);
    });

    it('an answer that comes after all is discarded, and counted', async () => {
      const inquiry = await asked(20_000, 'api/that-died');
      await until('the abandoned inquiry to be closed', async () => {
        await tick();
        return (await types(inquiry)).length > 1;
      });
      const { journal, configuration } = rooms();
      const context = {
        actor: { system: 'api' },
        agreement: configuration.agreement,
        correlation: uuidv7(),
      } as const;
      const record = {
        ...FOUND,
        name: '記録 花子',
        birthDate: '1985-07-23',
        sex: '2',
        address: '東京都',
      } as const;
      const answer = {
        outcome: 'found',
        message: 'm-late',
        records: [{ ...record, changeReason: null, changedOn: null }],
      } as const;
      await expect(
        journal.decide(inquiryStream(inquiry), inquiryFolding, context, (state) =>
          recordAnswer(state, inquiry, answer, []),
        ),
      ).rejects.toMatchObject({ refusals: [{ code: 'inquiry-outcome-unknown' }] });
      expect(await types(inquiry)).toEqual([
        'InquiryReceived',
        'InquiryOutcomeUnknown',
        'LateAnswerDiscarded',
      ]);
      const [, , late] = (await journal.load(inquiryStream(inquiry))).recorded;
      expect(late?.data).toMatchObject({ inquiry, records: 1 });
    });
  });

  it('takes nothing that was not written by Kiroku: it stops there, inquiries too, and all else goes on', async () => {
    await kiroku.settle();
    const { size } = await rooms().log.state();
    const [genuine] = await rooms().store.readAll(null, 1);
    const forged = forge(kiroku.configuration.paths.events, genuine?.entry ?? '');
    await kiroku.settle();
    expect((await rooms().log.state()).size).toBe(size);
    const refused = await until('inquiries to stop', async () => {
      const answer = await ask(people.operator, FOUND);
      return answer.status === 200 ? null : answer;
    });
    expect([refused.status, codesOf(refused)]).toEqual([503, ['log-not-provable']]);
    await people.provider.post('/v1/suspensions', { reason: '調査' }).expect(201);
    await people.manager.post(`/v1/grants/${people.grant}/revocation`, { reason: '異動' }).expect(204);
    const ready = await people.security.get('/readyz');
    expect([ready.status, ready.body.checks.log.ok]).toEqual([503, false]);
    await kiroku.settle();
    expect((await rooms().log.state()).size).toBe(size);
    expect((await bundle()).some((entry) => entry.includes(forged))).toBe(false);
    const verified = await verifyLog({
      directory: directory(),
      verifierKey: kiroku.installed.verifierKey,
    });
    expect(verified.ok).toBe(true);
  });
});

/** Writes a row as somebody could who has the database file but not the append key; returns the id of its event. */
function forge(file: string, entry: string): string {
  const db = new Database(file);
  try {
    const id = uuidv7();
    const triggers = db
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
      )
      .all();
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
    db.prepare(
      `INSERT INTO events (position, stream, revision, id, type, entry, leaf_hash, mac)
       SELECT max(position) + 1, 'grant-forged', 0, ?, 'GrantApproved', ?, ?, ? FROM events`,
    ).run(id, entry.replace(/"id":"[^"]+"/, `"id":"${id}"`), 'ab'.repeat(32), 'cd'.repeat(32));
    for (const { sql } of triggers) db.exec(sql);
    return id;
  } finally {
    db.close();
  }
}
