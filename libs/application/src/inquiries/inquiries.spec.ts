import { beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { abandonInquiry, type IdentityRecord, inquiryFolding, inquiryStream, type Standing } from '#domain';
import type { ProviderAnswer, ProviderQuestion, Registry } from '#registry';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { Inquiries, type InquiryCommand } from './inquiries.js';
import type { Standings } from './standing.js';

const HANAKO: IdentityRecord = {
  residentCode: '24727059608',
  name: '記録 花子',
  birthDate: '1985-07-23',
  sex: '2',
  address: '東京都千代田区霞が関二丁目1番3号',
  changeReason: null,
  changedOn: null,
};
const FOUND: ProviderAnswer = { outcome: 'found', records: [HANAKO], message: 'm-1', faults: [] };
const PURPOSE = 'rtva-59-1:examination';

const allowed: Standing = {
  agreement: 'in-force',
  contactsMissing: [],
  purposes: [PURPOSE],
  casePatterns: { 'rtva-59-1': 'SK-\\d{4}-\\d{6}' },
  deadlineMs: 10_000,
  suspended: false,
  withinHours: true,
  period: 'P90D',
  grant: { id: 'g-1' },
  provable: true,
};

describe('an inquiry', () => {
  let memory: InMemory;
  let asked: ProviderQuestion[];
  let answer: (question: ProviderQuestion) => Promise<ProviderAnswer>;
  let command: InquiryCommand;

  beforeEach(() => {
    memory = new InMemory();
    asked = [];
    answer = () => Promise.resolve(FOUND);
    command = {
      inquiry: uuidv7(),
      purpose: PURPOSE,
      caseReference: 'SK-2026-000001',
      question: { residentCode: HANAKO.residentCode },
      operator: 'o-1',
      terminal: 't-1',
      certificate: 'ab'.repeat(32),
      grant: null,
    };
  });

  const standings = (standing: Standing): Standings =>
    ({
      judge: () => Promise.resolve({ standing, streams: [] }),
      access: () => Promise.resolve({ grant: standing.grant, streams: [] }),
    }) as unknown as Standings;
  const registry: Registry = {
    ask: (question) => {
      asked.push(question);
      return answer(question);
    },
    close: () => Promise.resolve(),
  };
  const make = (standing = allowed) =>
    new Inquiries(memory.journal, standings(standing), registry, memory.vault, 'api/1').make(
      command,
      by('o-1'),
    );
  const types = () => memory.types(inquiryStream(command.inquiry));

  it('is refused on record while nobody of a party could be called, and the provider is not asked', async () => {
    await expect(make({ ...allowed, contactsMissing: ['provider'] })).rejects.toMatchObject({
      refusals: [{ code: 'contact-missing', field: 'provider' }],
    });
    expect(await types()).toEqual(['InquiryRefused']);
    expect(asked).toEqual([]);
  });

  it('is put to the provider only once it is on record', async () => {
    answer = async () => {
      expect(await types()).toEqual(['InquiryReceived']);
      return FOUND;
    };
    expect(await make()).toMatchObject({ outcome: 'found', records: [HANAKO], redelivered: false });
    expect(await types()).toEqual(['InquiryReceived', 'InformationProvided', 'RecordProvided']);
    expect(asked).toEqual([
      expect.objectContaining({
        inquiry: command.inquiry,
        agreement: AGREEMENT,
        deadline: memory.clock.realNow() + 10_000,
      }),
    ]);
  });

  it('does not reach the provider when it cannot be recorded', async () => {
    memory.store.failNextAppend('before');
    await expect(make()).rejects.toMatchObject({ code: 'store-failed' });
    expect(asked).toEqual([]);
  });

  it.each(['before', 'after'] as const)(
    'gives nothing out when recording the answer fails (%s it was written)',
    async (when) => {
      answer = () => {
        memory.store.failNextAppend(when);
        return Promise.resolve(FOUND);
      };
      const failed = await make().then(
        () => null,
        (error: unknown) => error,
      );
      expect(failed).toMatchObject({ code: 'store-failed' });
      expect(JSON.stringify(failed, Object.getOwnPropertyNames(failed))).not.toContain(HANAKO.name);
    },
  );

  it('can be asked for again after such a failure: the stored answer if it was written, else none', async () => {
    answer = () => {
      memory.store.failNextAppend('after');
      return Promise.resolve(FOUND);
    };
    await expect(make()).rejects.toMatchObject({ code: 'store-failed' });
    expect(await make()).toMatchObject({ records: [HANAKO], redelivered: true });
    expect(asked).toHaveLength(1);
    command = { ...command, inquiry: uuidv7() };
    answer = () => {
      memory.store.failNextAppend('before');
      return Promise.resolve(FOUND);
    };
    await expect(make()).rejects.toMatchObject({ code: 'store-failed' });
    await expect(make()).rejects.toMatchObject({
      refusals: [expect.objectContaining({ code: 'inquiry-open' })],
    });
    expect(asked).toHaveLength(2);
  });

  it('is refused on record, and never asked, when something stands against it', async () => {
    await expect(make({ ...allowed, provable: false })).rejects.toMatchObject({
      refusals: [{ code: 'log-not-provable' }],
    });
    expect(await types()).toEqual(['InquiryRefused']);
    expect(asked).toEqual([]);
    expect((await memory.entries()).join('\n')).not.toContain(HANAKO.residentCode);
  });

  it('whose answer comes after the worker closed it is discarded on record, and shown to nobody', async () => {
    const { inquiry } = command;
    answer = async () => {
      memory.clock.advance(60_000);
      const realNow = memory.clock.realNow();
      await memory.journal.decide(inquiryStream(inquiry), inquiryFolding, by('o-1'), (state) =>
        abandonInquiry(state, { inquiry, realNow, leaseDead: true }),
      );
      return FOUND;
    };
    await expect(make()).rejects.toMatchObject({ refusals: [{ code: 'inquiry-outcome-unknown' }] });
    expect(await types()).toEqual(['InquiryReceived', 'InquiryOutcomeUnknown', 'LateAnswerDiscarded']);
  });

  it('sent twice at the same moment is one inquiry', async () => {
    const results = await Promise.allSettled([make(), make()]);
    expect(asked).toHaveLength(1);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    expect((await types()).filter((type) => type === 'InquiryReceived')).toHaveLength(1);
  });

  it('is not repeated for another question, another person, or after its cohort is gone', async () => {
    const { usableThrough } = await make();
    const original = command;
    command = { ...original, question: { residentCode: '25208017643' } };
    await expect(make()).rejects.toMatchObject({ refusals: [{ code: 'inquiry-question-differs' }] });
    command = { ...original, operator: 'o-2' };
    await expect(make()).rejects.toMatchObject({
      refusals: [expect.objectContaining({ code: 'inquiry-id-taken' })],
    });
    command = original;
    memory.vault.destroyKey(`cohort/${AGREEMENT}/${PURPOSE}/${usableThrough}`);
    await expect(make()).rejects.toMatchObject({
      name: 'IdentityDataErased',
      erasure: expect.any(String),
    });
    expect(asked).toHaveLength(1);
  });
});
