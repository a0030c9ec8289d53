import type { Refusal } from '#domain';

/** A request that ends with a problem (RFC 9457). `code` names a row of the catalogue (docs/problems.md). */
export class Problem extends Error {
  constructor(
    readonly refusals: readonly [Refusal, ...Refusal[]],
    /** Extension members; never personal data. */
    readonly extensions: Readonly<Record<string, string | number>> = {},
  ) {
    super(refusals[0].code);
    this.name = 'Problem';
  }
}

export const problem = (code: string, field?: string): Problem =>
  new Problem([field === undefined ? { code } : { code, field }]);
