import { describe, expect, it } from '@jest/globals';
import { catalogue, upcasters } from './catalogue.js';
import { recordedEvent } from './kernel/entry.js';
import type { Entry } from './kernel/event.js';

describe('the catalogue', () => {
  it('has a step from every schema version that is gone to the next, and none besides', () => {
    const steps = Object.entries(upcasters).map(([type, { length }]) => [type, length] as const);
    const raised = Object.values(catalogue).filter(({ version }) => version > 1);
    expect(Object.fromEntries(steps)).toEqual(
      Object.fromEntries(raised.map(({ type, version }) => [type, version - 1])),
    );
  });

  describe('reads a look at a resident’s provisions of version 1', () => {
    const look = { listing: 'l-1', operator: 'o-1', format: 'pdf' };
    const { sealed, ...old }: Entry = {
      id: '01968f00-0000-7000-8000-000000000001',
      type: 'ResidentProvisionsShown',
      v: 1,
      stream: 'resident-provisions-l-1',
      at: '2026-04-10T01:00:00.000Z',
      agreement: 'agreement-1',
      actor: { operator: 'o-1' },
      correlation: '01968f00-0000-7000-8000-000000000002',
      data: { ...look, receivedOn: '2026-04-01', dueOn: '2026-04-30' },
      sealed: { reference: { key: 'trail/2026', box: 'AAAA' }, subjects: { key: 'trail/2026', box: 'AAAA' } },
    };

    it('as one under no request of the register', () => {
      expect(recordedEvent({ ...old, sealed: sealed ?? {} }, catalogue, upcasters)).toEqual({
        ...old,
        v: 2,
        data: { ...look, disclosureRequest: null },
      });
    });

    it('as one under its request, where it names one as version 2 does', () => {
      const data = { ...look, disclosureRequest: 'd-1' };
      expect(recordedEvent({ ...old, data }, catalogue, upcasters).data).toEqual(data);
    });
  });
});
