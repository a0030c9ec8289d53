import type {
  DisclosureRequestReport,
  ListedDisclosureRequest,
  ListedDisclosureRequests,
} from '#application';
import { disclosureAnswers } from '#domain';
import {
  count,
  day,
  flag,
  listOf,
  oneOf,
  orNull,
  refTo,
  type Schema,
  shapeOf,
  text,
  uuid,
} from './schema.js';

const listed = {
  disclosureRequest: uuid,
  state: oneOf(['open', 'answered']),
  receivedOn: day,
  dueOn: { ...day, description: 'Last day for the answer, as it stands.' },
  daysLeft: {
    ...orNull({ type: 'integer' }),
    description: '0 on the last day, negative after it; null once answered.',
  },
  extended: flag,
  looks: { ...count, description: 'How often the provisions were listed under it.' },
  answer: orNull(oneOf(disclosureAnswers)),
  answeredOn: orNull(day),
} satisfies Record<keyof ListedDisclosureRequest, Schema>;

const request = shapeOf<ListedDisclosureRequest>()(listed);

/** What each route of the register of requests for disclosure answers. */
export const disclosureRequestAnswers: Readonly<Record<string, Schema>> = {
  DisclosureRequestsController_receive: request,
  DisclosureRequestsController_list: shapeOf<ListedDisclosureRequests>()({
    disclosureRequests: listOf(request),
    next: { ...orNull(text), description: 'The cursor of the next page; null on the last.' },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  DisclosureRequestsController_show: shapeOf<DisclosureRequestReport>()({
    ...listed,
    reference: { ...orNull(text), description: 'Null once the trail of its year has ended.' },
    receivedBy: text,
    extensionReason: orNull(text),
    remark: orNull(text),
  }),
};
