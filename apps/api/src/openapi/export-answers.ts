import type { ProvisionList, ResidentProvision } from '#application';
import { count, day, instant, listOf, orNull, refTo, type Schema, shapeOf, text, uuid } from './schema.js';

/** The list as it is streamed: what it is, the provisions, and how many they were. */
type ListedProvisions = Omit<ProvisionList, 'provisions'> & {
  readonly provisions: readonly ResidentProvision[];
  readonly count: number;
};

const names: Schema = { type: 'object', properties: { ja: text, en: text }, required: ['ja', 'en'] };

/** What is handed over to somebody outside. */
export const exportAnswers: Readonly<Record<string, Schema>> = {
  ResidentProvisionsController_list: {
    ...shapeOf<ListedProvisions>()({
      listing: uuid,
      receivedOn: day,
      dueOn: { ...day, description: 'Last day for the answer: the thirtieth, counting the day of receipt.' },
      readUpTo: orNull(refTo('ReadPosition')),
      provisions: listOf(
        shapeOf<ResidentProvision>()({
          at: instant,
          inquiry: uuid,
          agreement: text,
          agency: orNull(text),
          unit: orNull(text),
          purpose: orNull(text),
          purposeName: orNull(names),
          caseReference: orNull(text),
          usableThrough: orNull(day),
          erasedAt: {
            ...orNull(instant),
            description: 'When the agency erased the data; null while it is kept.',
          },
        }),
      ),
      count: { ...count, description: 'How many provisions there are; an answer without it was cut.' },
    }),
    description:
      'With `format: csv` the same as text/csv in UTF-8 with a byte order mark; its last line tells the count.',
  },
};
