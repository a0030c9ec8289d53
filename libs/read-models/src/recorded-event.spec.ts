import { describe, expect, it } from '@jest/globals';
import { catalogue } from '#domain';
import type { SharedField } from './recorded-event.js';

describe('a field that events share', () => {
  const shared: readonly SharedField[] = [
    'inquiry',
    'operator',
    'terminal',
    'session',
    'grant',
    'purpose',
    'caseReference',
  ];
  const declared = Object.values(catalogue).flatMap(({ type, lifetimes }) =>
    shared.filter((field) => field in lifetimes).map((field) => ({ type, field, lifetimes })),
  );

  it('is declared in many events', () => {
    expect(new Set(declared.map(({ field }) => field))).toEqual(new Set(shared));
  });

  it.each(declared)('$field of $type is clear, so the trail may show it', ({ field, lifetimes }) => {
    expect((lifetimes as Record<string, unknown>)[field]).toBe('clear');
  });
});
