import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import {
  type DisclosureRequestEvent,
  disclosureRequestEvents,
  ResidentProvisionsShown,
} from './disclosure-request.events.js';
import { evolveDisclosureRequest, initialDisclosureRequest } from './disclosure-request.js';
import { disclosureRequestRefusals } from './refusals.js';
import {
  decideShowResidentProvisions,
  MOST_FORMER_CODES,
  MOST_LOOKS,
  type ShowResidentProvisions,
} from './resident-provisions.js';

const { given } = specify(disclosureRequestEvents, evolveDisclosureRequest, initialDisclosureRequest);

const received: DisclosureRequestEvent = {
  type: 'DisclosureRequestReceived',
  data: {
    disclosureRequest: 'd-1',
    operator: 'o-officer',
    reference: '開示請求第12号',
    receivedOn: '2026-04-01',
    dueOn: '2026-04-30',
  },
};
const withdrawn: DisclosureRequestEvent = {
  type: 'DisclosureRequestAnswered',
  data: {
    disclosureRequest: 'd-1',
    operator: 'o-officer',
    answer: 'withdrawn',
    answeredOn: '2026-04-02',
    remark: null,
  },
};

const asking: ShowResidentProvisions = {
  listing: 'l-1',
  operator: 'o-officer',
  requesterChecked: true,
  residentCode: '24727059608',
  formerResidentCodes: [],
  format: 'csv',
};

const show = (changes: Partial<ShowResidentProvisions> = {}, ...facts: DisclosureRequestEvent[]) =>
  given(...(facts.length ? facts : [received])).when((state) =>
    decideShowResidentProvisions(state, { ...asking, ...changes }),
  );

describe('the provisions of a resident’s data', () => {
  it('are shown on record: under which request, and by whom', () => {
    const [shown] = show().events;
    expect(shown).toEqual({
      type: 'ResidentProvisionsShown',
      data: {
        disclosureRequest: 'd-1',
        listing: 'l-1',
        operator: 'o-officer',
        format: 'csv',
        subjects: [{ kind: 'resident-code', value: '24727059608' }],
      },
    });
    expect(JSON.stringify(record(ResidentProvisionsShown, shown as never).data)).not.toMatch(/24727059608/);
  });

  it('are shown under one request as often as it takes', () => {
    const [shown] = show().events as readonly [DisclosureRequestEvent];
    expect(show({ listing: 'l-2' }, received, shown).events).toMatchObject([{ data: { listing: 'l-2' } }]);
  });

  it('are shown under one request a hundred times, and then no more', () => {
    const [shown] = show().events as readonly [DisclosureRequestEvent];
    const looks = (count: number) => Array.from({ length: count }, () => shown);
    expect(MOST_LOOKS).toBe(100);
    expect(show({}, received, ...looks(MOST_LOOKS - 1)).events).toHaveLength(1);
    const more = show({}, received, ...looks(MOST_LOOKS));
    expect([more.refusals, more.events]).toEqual([['disclosure-looks-too-many'], []]);
    expect(disclosureRequestRefusals).toContain('disclosure-looks-too-many');
  });

  it('are those under every code that the resident had, each looked for once', () => {
    const formerResidentCodes = ['24846016224', '24727059608', '24846016224', '25208017643'];
    const [shown] = show({ formerResidentCodes }).events;
    const each = ['24727059608', '24846016224', '25208017643'];
    const subjects = each.map((value) => ({ kind: 'resident-code', value }));
    expect(shown?.data).toMatchObject({ subjects });
    expect(JSON.stringify(record(ResidentProvisionsShown, shown as never).data)).not.toMatch(
      /24846016224|25208017643/,
    );
  });

  it('are not shown without a request, nor under one that was answered', () => {
    const without = given().when((state) => decideShowResidentProvisions(state, asking));
    expect([without.refusals, without.events]).toEqual([['disclosure-request-missing'], []]);
    const late = show({}, received, withdrawn);
    expect([late.refusals, late.events]).toEqual([['disclosure-request-answered'], []]);
  });

  it.each<[string, Partial<ShowResidentProvisions>, string]>([
    ['to somebody unchecked', { requesterChecked: false }, 'disclosure-requester-unchecked'],
    ['of a code that nobody has', { residentCode: '24727059609' }, 'check-digit-wrong'],
    [
      'of a former code that nobody had',
      { formerResidentCodes: ['24846016224', '25208017644'] },
      'check-digit-wrong',
    ],
    [
      'of more former codes than anybody had',
      { formerResidentCodes: Array.from({ length: MOST_FORMER_CODES + 1 }, () => '24846016224') },
      'former-codes-too-many',
    ],
  ])('are not shown %s', (_, changes, code) => {
    const { refusals, events } = show(changes);
    expect([refusals, events]).toEqual([[code], []]);
    expect(disclosureRequestRefusals).toContain(code);
  });
});
