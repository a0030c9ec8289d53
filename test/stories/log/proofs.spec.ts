import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { leafHash, parseTlogProof, parseVerifierKey, verifyTlogProof } from '#ledger';
import { onRecord } from '../access/trail.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';

describe('a proof that an event is in the log', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let receipts: readonly { readonly id: string; readonly leafHash: string }[];

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    receipts = (await ask(people.operator, { residentCode: wellKnown.found }).expect(200)).body.receipts;
    await kiroku.settle();
  });
  afterAll(() => kiroku.stop());

  const proofOf = (id: string, person: Person = people.security) => person.get(`/v1/events/${id}/proof`);

  it('holds for each receipt of an answer, by nothing but the verifier key', async () => {
    const log = [parseVerifierKey(kiroku.installed.verifierKey)];
    for (const { id, leafHash: leaf } of receipts) {
      const answer = await proofOf(id).expect(200);
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(answer.headers['cache-control']).toBe('no-store');
      const proof = parseTlogProof(answer.text);
      expect(verifyTlogProof(proof, Buffer.from(leaf, 'hex'), { log })).toMatchObject({ holds: true });
      expect(leafHash(proof.extra ?? Buffer.alloc(0)).toString('hex')).toBe(leaf);
      expect(JSON.parse(String(proof.extra))).toMatchObject({ id });
    }
  });

  it('holds neither for another event nor under another key', async () => {
    const [one, other] = receipts;
    const proof = parseTlogProof((await proofOf(one?.id ?? '').expect(200)).text);
    const log = [parseVerifierKey(kiroku.installed.verifierKey)];
    const leaf = Buffer.from(other?.leafHash ?? '', 'hex');
    expect(verifyTlogProof(proof, leaf, { log })).toEqual({ holds: false, failure: 'not-included' });
    const cut = { ...proof, path: proof.path.slice(1) };
    expect(verifyTlogProof(cut, Buffer.from(one?.leafHash ?? '', 'hex'), { log }).holds).toBe(false);
  });

  it('is given to the provider too, and on record as a view before it is given', async () => {
    const [{ id } = { id: '' }] = receipts;
    const { operator } = people.provider;
    expect(await onRecord(kiroku, people.security, 'EventViewed', { operator })).toEqual([]);
    await proofOf(id, people.provider).expect(200);
    const viewed = await onRecord(kiroku, people.security, 'EventViewed', { operator });
    expect(viewed.map(({ data }) => [data['operator'], data['event']])).toEqual([[operator, id]]);
  });

  it('is nobody else’s', async () => {
    for (const person of [people.manager, people.operator, people.responder]) {
      expect(codesOf(await proofOf(receipts[0]?.id ?? '', person).expect(403))).toEqual(['role-missing']);
    }
  });

  it('is not there for what is no event', async () => {
    for (const id of [uuidv7(), 'checkpoint', '..%2f..%2fcheckpoint']) {
      expect(codesOf(await proofOf(id).expect(404))).toEqual(['event-not-found']);
    }
  });

  it('comes later for an event that is not in the log yet, and the answer says when to ask again', async () => {
    await kiroku.stopWorker();
    const [last] = (await ask(people.operator, { residentCode: wellKnown.found }).expect(200)).body.receipts;
    const answer = await proofOf(last.id).expect(404);
    expect(codesOf(answer)).toEqual(['event-not-in-log-yet']);
    expect(answer.headers['retry-after']).toBe('1');
    await kiroku.startWorker();
    await kiroku.settle();
    await proofOf(last.id).expect(200);
  });

  it('is refused when the log’s files would not bear it out', async () => {
    await kiroku.settle();
    const { size } = await kiroku.api.rooms.log.state();
    await kiroku.stopWorker();
    writeFileSync(join(kiroku.configuration.paths.log, 'tile/entries/000.p', String(size)), 'damaged');
    const answer = await proofOf(receipts[0]?.id ?? '');
    expect(codesOf(answer)).toEqual(['record-not-trustworthy']);
  });
});
