import type { Refusal } from '#domain';

/** A command was refused by the domain. The edge turns the codes into problem details; nothing here is personal. */
export class Refused extends Error {
  constructor(readonly refusals: readonly Refusal[]) {
    super(`refused: ${refusals.map(({ code }) => code).join(', ')}`);
    this.name = 'Refused';
  }
}

/** What was asked for does not exist (or is not visible to the one who asks). */
export class NotFound extends Error {
  constructor(readonly what: string) {
    super(`${what} not found`);
    this.name = 'NotFound';
  }
}

/** The identity data was erased (消去済み); `erasure` is the id of the erasure on record. */
export class IdentityDataErased extends Refused {
  constructor(readonly erasure: string | null) {
    super([{ code: 'identity-data-erased' }]);
    this.name = 'IdentityDataErased';
  }
}
