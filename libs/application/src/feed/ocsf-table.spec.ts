import { describe, expect, it } from '@jest/globals';
import { catalogue, type EventDefinition } from '#domain';
import { fieldsOf, isLeftOut, ocsfActivities, omissions, type OcsfRow } from './ocsf-row.js';
import { ocsfTable } from './ocsf-table.js';

const types = Object.keys(catalogue);
const rows = Object.entries(ocsfTable).filter((pair): pair is [string, OcsfRow] => !isLeftOut(pair[1]));
const definitionOf = (type: string): EventDefinition => catalogue[type] as EventDefinition;
const fieldsWith = (type: string, clear: boolean): string[] =>
  Object.entries(definitionOf(type).lifetimes as Record<string, unknown>)
    .filter(([, lifetime]) => (lifetime === 'clear') === clear)
    .map(([field]) => field);

describe('the table of the feed', () => {
  it('has a row for every event type there is, and for none that is not', () => {
    expect(Object.keys(ocsfTable).sort()).toEqual([...types].sort());
  });

  it('says in both languages why a type is left out', () => {
    const leftOut = Object.values(ocsfTable).filter(isLeftOut);
    expect(leftOut.map(({ leftOut: { en, ja } }) => [en.length > 20, ja.length > 10])).toEqual(
      leftOut.map(() => [true, true]),
    );
  });

  it.each(rows)('sends or omits each clear field of %s, and names no other', (type, row) => {
    const omitted = Object.keys(row.omits ?? {});
    expect([...fieldsOf(row), ...omitted].sort()).toEqual(fieldsWith(type, true).sort());
  });

  it.each(rows)('names no sealed field of %s', (type, row) => {
    const sealed = fieldsWith(type, false);
    expect(fieldsOf(row).filter((field) => sealed.includes(field))).toEqual([]);
  });

  it.each(rows)(
    'knows the activity and the reasons of %s',
    (_type, { class: class_, activity, omits = {} }) => {
      expect(Object.keys(ocsfActivities[class_])).toContain(activity);
      expect(Object.keys(omissions)).toEqual(expect.arrayContaining(Object.values(omits)));
    },
  );

  // A case reference leads to a person at the agency, whatever its field is called.
  it('lets no case reference out', () => {
    const named = rows.flatMap(([type, row]) => fieldsOf(row).map((field) => `${type}.${field}`));
    expect(named.filter((name) => /case|reference/i.test(name))).toEqual([]);
  });
});
