import { describe, expect, it } from '@jest/globals';
import { purposes } from '../kernel/purpose.js';
import { record } from '../kernel/specification.js';
import { nameOfPurpose } from './purpose-names.js';
import { ResidentProvisionsShown } from './resident-provisions.events.js';
import {
  decideShowResidentProvisions,
  disclosureDueOn,
  MOST_FORMER_CODES,
  residentProvisionsRefusals,
  type ShowResidentProvisions,
} from './resident-provisions.js';

const asking = (changes: Partial<ShowResidentProvisions> = {}): ShowResidentProvisions => ({
  listing: 'l-1',
  operator: 'o-officer',
  reference: '開示請求第12号',
  requesterChecked: true,
  receivedOn: '2026-04-01',
  residentCode: '24727059608',
  formerResidentCodes: [],
  format: 'csv',
  now: '2026-04-01T14:59:59.999Z',
  ...changes,
});

const codes = (changes: Partial<ShowResidentProvisions>): readonly string[] => {
  const decision = decideShowResidentProvisions(asking(changes));
  expect(decision.events).toHaveLength(decision.accepted ? 1 : 0);
  return decision.accepted ? [] : decision.refusals.map(({ code }) => code);
};

describe('the provisions of a resident’s data', () => {
  it('are shown on record: under which request, by whom, until when to be answered', () => {
    const [shown] = decideShowResidentProvisions(asking()).events;
    expect(shown).toEqual({
      type: 'ResidentProvisionsShown',
      data: {
        listing: 'l-1',
        operator: 'o-officer',
        reference: '開示請求第12号',
        receivedOn: '2026-04-01',
        dueOn: '2026-04-30',
        format: 'csv',
        subjects: [{ kind: 'resident-code', value: '24727059608' }],
      },
    });
    const clear = JSON.stringify(record(ResidentProvisionsShown, shown as never).data);
    expect(clear).not.toMatch(/24727059608|開示請求/);
  });

  it('are those under every code that the resident had, each looked for once', () => {
    const formerResidentCodes = ['24846016224', '24727059608', '24846016224', '25208017643'];
    const [shown] = decideShowResidentProvisions(asking({ formerResidentCodes })).events;
    expect(shown?.data.subjects.map(({ value }) => value)).toEqual([
      '24727059608',
      '24846016224',
      '25208017643',
    ]);
    expect(JSON.stringify(record(ResidentProvisionsShown, shown as never).data)).not.toMatch(
      /24846016224|25208017643/,
    );
  });

  it.each([
    ['2026-04-01', '2026-04-30'],
    ['2026-01-31', '2026-03-01'],
    ['2028-02-01', '2028-03-01'],
    ['2026-12-15', '2027-01-13'],
  ])('received on %s are due on %s, the day of receipt counted', (received, due) => {
    expect(disclosureDueOn(received)).toBe(due);
  });

  it.each<[string, Partial<ShowResidentProvisions>, string]>([
    ['without a reference', { reference: ' ' }, 'disclosure-reference-malformed'],
    ['under a name instead of a number', { reference: '山田花子' }, 'disclosure-reference-malformed'],
    ['under a resident code', { reference: '第25208017643号' }, 'disclosure-reference-malformed'],
    ['under too long a reference', { reference: '1'.repeat(65) }, 'disclosure-reference-malformed'],
    ['to somebody unchecked', { requesterChecked: false }, 'disclosure-requester-unchecked'],
    ['before the request was received', { receivedOn: '2026-04-02' }, 'disclosure-received-malformed'],
    ['under a day of no calendar', { receivedOn: '2026-02-30' }, 'disclosure-received-malformed'],
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
    expect(codes(changes)).toEqual([code]);
    expect(residentProvisionsRefusals).toContain(code);
  });

  it('are for a purpose that has a name in both languages', () => {
    const names = purposes.map((purpose) => nameOfPurpose(purpose));
    expect(new Set(names.map((name) => name?.ja)).size).toBe(14);
    expect(new Set(names.map((name) => name?.en)).size).toBe(14);
    for (const unlisted of ['rtva-59-1', 'rtva-59-1:', 'toString:acceptance', 'rtva-59-1:constructor', ''])
      expect(nameOfPurpose(unlisted)).toBeNull();
  });
});
