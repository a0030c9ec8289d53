import { catalogue } from '../catalogue.js';

/** What people write into events, by the names of the fields; other sealed text is not theirs, or is no text. */
const written: ReadonlySet<string> = new Set(['reason', 'note', 'description', 'finding', 'remark']);

const textFields: ReadonlyMap<string, readonly string[]> = new Map(
  Object.values(catalogue).flatMap(({ type, lifetimes }) => {
    const fields = Object.entries(lifetimes).flatMap(([field, lifetime]) =>
      written.has(field) && lifetime === 'trail' ? [field] : [],
    );
    return fields.length ? [[type, fields] as const] : [];
  }),
);

/** The types of event in which `text:` looks. */
export const typesWithText: readonly string[] = [...textFields.keys()];

/** The sealed fields of a type in which `text:` looks; none for most. */
export const textFieldsOf = (type: string): readonly string[] => textFields.get(type) ?? [];
