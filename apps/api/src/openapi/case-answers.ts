import type { CaseReport } from '#application';
import { affairs } from '#domain';
import type { CaseRegisterRow } from '#read-models';
import type {
  CaseError,
  CaseRegistersAnswer,
  CaseResult,
  HandOverAnswer,
} from '../cases/cases.controller.js';
import { count, day, instant, listOf, oneOf, orNull, type Schema, shapeOf, text } from './schema.js';

const affair = oneOf(affairs);

const titles: Schema = { type: 'object', properties: { ja: text, en: text }, required: ['ja', 'en'] };

const result: Schema = {
  type: 'object',
  properties: {
    row: {
      type: 'integer',
      minimum: 1,
      description: 'Its place in the list; in a file the heading is row 1.',
    },
    result: oneOf(['registered', 'changed', 'unchanged', 'refused']),
    errors: {
      ...listOf({
        type: 'object',
        properties: { code: text, field: text, titles } satisfies Record<keyof CaseError, Schema>,
        required: ['code', 'titles'],
      }),
      description: 'Only of one that was refused (docs/problems.md).',
    },
  } satisfies Record<keyof CaseResult, Schema>,
  required: ['row', 'result'],
};

const handedOver = shapeOf<HandOverAnswer>()({
  registered: count,
  changed: count,
  unchanged: { ...count, description: 'The register had them already: no event.' },
  refused: count,
  cases: listOf(result),
});

/** What is told of the register of cases. */
export const caseAnswers: Readonly<Record<string, Schema>> = {
  CasesController_list: shapeOf<CaseRegistersAnswer>()({
    registers: listOf(shapeOf<CaseRegisterRow>()({ affair, cases: count, changedAt: instant })),
  }),
  CasesController_handOver: handedOver,
  CasesController_handOverFile: handedOver,
  CasesController_show: shapeOf<CaseReport>()({
    affair,
    caseReference: text,
    state: oneOf(['open', 'closed']),
    openedOn: day,
    closedOn: orNull(day),
    explainsThrough: {
      ...orNull(day),
      description: 'Last day on which it explains an inquiry; null while open.',
    },
    registeredAt: { ...instant, description: 'When it was first handed over: inquiries before had no case.' },
    registeredBy: orNull(text),
    handedOverBy: listOf(text),
    changedAt: instant,
  }),
};
