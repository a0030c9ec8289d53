/** Client and simulator in one process, over real mutual TLS: what each behaviour of the provider becomes. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnswerFault, Question } from '#domain';
import {
  openRegistry,
  parseLinkKeys,
  type ProviderAnswer,
  type Registry,
  type RegistryOptions,
} from '#registry';
import { makeDemoPki } from '../../../libs/wiring/src/demo-pki.js';
import type { Mode } from './behaviour.js';
import { Residents } from './residents.js';
import { startSimulator, type Simulator, type SimulatorEvent } from './simulator.js';
import { wellKnown } from './well-known.js';

const purpose = 'rtva-59-1:examination';
let directory: string;
let settings: Omit<RegistryOptions, 'url'>;
let simulator: Simulator;
let registry: Registry;
const log: SimulatorEvent[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiroku-conversation-'));
  const pki = await makeDemoPki(directory, { now: new Date(), names: [] });
  const read = (path: string): Promise<string> => readFile(path, 'utf8');
  const tlsTrustAnchors = await read(pki.authority.certificate);
  const linkKeys = parseLinkKeys(await read(pki.linkKeys));
  settings = {
    tlsKey: await read(pki.kiroku.key),
    tlsCertificate: await read(pki.kiroku.certificate),
    tlsTrustAnchors,
    linkKeys,
  };
  simulator = await startSimulator({
    port: 0,
    tlsKey: await read(pki.provider.key),
    tlsCertificate: await read(pki.provider.certificate),
    tlsTrustAnchors,
    clients: [pki.kiroku.fingerprint],
    linkKeys,
    residents: new Residents(1, 2000),
    log: (event) => log.push(event),
  });
});
afterAll(async () => {
  await simulator.stop();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  registry = openRegistry({ ...settings, url: simulator.url });
});
afterEach(async () => {
  simulator.behave('normal');
  await registry.close();
});

/** `within`: milliseconds until the deadline. */
const ask = (question: Question, { within = 10_000, inquiry = uuidv7() } = {}): Promise<ProviderAnswer> =>
  registry.ask({ inquiry, agreement: 'mlit-2019', purpose, question, deadline: Date.now() + within });
const byCode = (residentCode: string = wellKnown.found): Question => ({ residentCode });
const unavailable = (...faults: AnswerFault[]): ProviderAnswer => ({
  outcome: 'provider-unavailable',
  count: null,
  message: null,
  faults,
});

describe('a question to the provider', () => {
  it('finds the one who holds the code', async () => {
    const answer = await ask(byCode());
    expect(answer).toMatchObject({ outcome: 'found', faults: [], message: expect.any(String) });
    expect(answer).toHaveProperty('records', [simulator.residents.byCode(wellKnown.found)?.record]);
  });

  it('brings rare characters across unharmed', async () => {
    const answer = await ask(byCode(wellKnown.rareCharacters));
    expect(answer).toHaveProperty('records.0.name', '\u{20BB7}\u{E0101}﨑\u0020葛\u{E0100}\uE001');
    expect(answer).toHaveProperty('records.0.birthDate', '1948-11-??');
  });

  it.each<[string, Question, object]>([
    ['nobody', byCode(wellKnown.nobody), { outcome: 'not-found', count: null }],
    ['a deleted record', byCode(wellKnown.deleted), { outcome: 'deleted-record', count: null }],
    ['namesakes', wellKnown.several, { outcome: 'several', records: { length: 3 } }],
    ['too many', wellKnown.tooMany, { outcome: 'too-many', count: 25 }],
    ['a malformed question', byCode('24727059609'), { outcome: 'malformed' }],
  ])('can end in %s', async (_what, question, outcome) => {
    const answer = await ask(question);
    expect(answer).toMatchObject({ ...outcome, faults: [], message: expect.any(String) });
  });

  it('gets its own answer among many at once', async () => {
    const codes = [...simulator.residents.all()].filter((each) => !each.deleted && !each.individualNumber);
    const asked = codes.slice(0, 40).map(({ record }) => record.residentCode);
    const answers = await Promise.all(asked.map((code) => ask(byCode(code))));
    expect(answers.map((answer) => 'records' in answer && answer.records[0]?.residentCode)).toEqual(asked);
  });

  it('is counted once per inquiry, and answered alike when repeated', async () => {
    const before = simulator.statistics();
    const inquiry = uuidv7();
    const [first, second] = [
      await ask(wellKnown.several, { inquiry }),
      await ask(wellKnown.several, { inquiry }),
    ];
    expect('records' in second && second.records).toEqual('records' in first && first.records);
    expect(second.message).not.toBe(first.message);
    const after = simulator.statistics();
    expect(after.recordsSupplied - before.recordsSupplied).toBe(3);
    expect((after.recordsByPurpose[purpose] ?? 0) - (before.recordsByPurpose[purpose] ?? 0)).toBe(3);
    expect([after.requests - before.requests, after.repeats - before.repeats]).toEqual([2, 1]);
  });

  it('is malformed under the id of another question', async () => {
    const inquiry = uuidv7();
    await ask(byCode(), { inquiry });
    expect(await ask(byCode(wellKnown.rareCharacters), { inquiry })).toMatchObject({ outcome: 'malformed' });
  });
});

describe('a provider that fails', () => {
  it.each<[Mode, ProviderAnswer]>([
    ['refuse', unavailable('unreachable')],
    ['wrong', unavailable('malformed')],
    ['oversize', unavailable('too-large')],
    ['unauthentic', unavailable('not-authentic')],
    ['drop', unavailable('unreachable')],
  ])('and behaves "%s" is unavailable, with its fault by name', async (mode, answer) => {
    simulator.behave(mode);
    expect(await ask(byCode())).toEqual(answer);
    simulator.behave('normal');
    expect(await ask(byCode())).toMatchObject({ outcome: 'found' });
  });

  it.each<Mode>(['suspended', 'out-of-hours'])('to serve because it is %s says so', async (mode) => {
    simulator.behave(mode);
    expect(await ask(byCode())).toMatchObject({ outcome: mode, count: null, faults: [] });
  });

  it('to answer is given up at the deadline', async () => {
    simulator.behave('silent');
    expect(await ask(byCode(), { within: 150 })).toEqual(unavailable('timeout'));
  });

  it('to answer in time is given up at the deadline', async () => {
    simulator.behave({ mode: 'slow', delayMs: 60_000 });
    expect(await ask(byCode(), { within: 150 })).toEqual(unavailable('timeout'));
    simulator.behave({ mode: 'slow', delayMs: 1 });
    expect(await ask(byCode())).toMatchObject({ outcome: 'found' });
  });

  it('to make a new answer each time is caught replaying', async () => {
    simulator.behave('twice');
    const inquiry = uuidv7();
    expect(await ask(byCode(), { inquiry })).toMatchObject({ outcome: 'found' });
    expect(await ask(byCode(), { inquiry })).toEqual(unavailable('replayed'));
    expect(await ask(byCode())).toEqual(unavailable('replayed'));
  });

  it('to leave out individual numbers has them discarded, and reported', async () => {
    simulator.behave('individual-number');
    const answer = await ask(byCode());
    expect(answer).toMatchObject({ outcome: 'found', faults: ['individual-number'] });
    expect(JSON.stringify(answer)).not.toContain('123456789018');
    simulator.behave('normal');
    expect(await ask(byCode(wellKnown.withIndividualNumber))).toMatchObject({
      outcome: 'found',
      faults: ['individual-number'],
    });
  });

  it('by its clock is not believed', async () => {
    await registry.close();
    const now = (): number => Date.now() + 120_000;
    registry = openRegistry({ ...settings, url: simulator.url, now });
    const deadline = now() + 10_000;
    const question = { inquiry: uuidv7(), agreement: 'mlit-2019', purpose, question: byCode(), deadline };
    expect(await registry.ask(question)).toEqual(unavailable('replayed'));
  });
});

describe('an inquirer', () => {
  it('past the deadline asks nothing', async () => {
    const { requests } = simulator.statistics();
    expect(await ask(byCode(), { within: 0 })).toEqual(unavailable('timeout'));
    expect(simulator.statistics().requests).toBe(requests);
  });

  it('may give up', async () => {
    simulator.behave('silent');
    const giveUp = new AbortController();
    const deadline = Date.now() + 10_000;
    const common = { inquiry: uuidv7(), agreement: 'mlit-2019', purpose, question: byCode(), deadline };
    const answer = registry.ask({ ...common, signal: giveUp.signal });
    giveUp.abort();
    expect(await answer).toEqual(unavailable('timeout'));
    expect(await registry.ask({ ...common, signal: giveUp.signal })).toEqual(unavailable('timeout'));
  });

  it('that closes ends what is under way, and asks no more', async () => {
    simulator.behave('silent');
    const answer = ask(byCode());
    await registry.close();
    await registry.close();
    expect(await answer).toEqual(unavailable('timeout'));
    await expect(ask(byCode())).rejects.toMatchObject({ code: 'registry-closed' });
  });
});

describe('the simulator’s log', () => {
  it('holds no personal data', () => {
    const text = JSON.stringify(log);
    expect(log.length).toBeGreaterThan(0);
    for (const secret of [wellKnown.found, wellKnown.several.name, wellKnown.tooMany.address, '記録']) {
      expect(text).not.toContain(secret);
    }
  });
});
