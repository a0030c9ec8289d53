import {
  decideDeclareHousehold,
  type Entry,
  operatorFolding,
  operatorStream,
  type OwnNames,
  personBehind,
} from '#domain';
import type { Opener } from '#vault';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { recordViewing } from '../reviews/viewing.js';
import { accessRefused, personOf, sideOf } from './acting-person.js';

/** An operator's household as a manager or an officer sees it. */
export interface HouseholdReport {
  /** Business time of the declaration in force, and operator id of who recorded it; null where there is none yet. */
  readonly declaredAt: string | null;
  readonly by: string | null;
  /** Null once the person's key is destroyed; empty for nobody, and before anything was declared. */
  readonly names: readonly string[] | null;
}

/** The households (世帯) of the account holders: whose affairs they do not handle. */
export class Households {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
  ) {}

  /** Puts all names of somebody's household on record; they replace the former ones. */
  async declare(operator: string, names: readonly string[], context: CommandContext): Promise<void> {
    const by = personOf(context);
    const side = await sideOf(this.journal, context);
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state) =>
      decideDeclareHousehold(state, { names, by, side }),
    );
  }

  /** The names that hold now. That somebody looked is on record before they are opened (decision 19). */
  async show(operator: string, context: CommandContext): Promise<HouseholdReport> {
    const loaded = await this.journal.load(operatorStream(operator));
    if (foldLoaded(loaded, operatorFolding).state === 'none') throw accessRefused('operator-missing');
    const declared = declarationIn(loaded.entries);
    if (!declared) return { declaredAt: null, by: null, names: [] };
    await recordViewing(this.journal, declared.id, context);
    const names = await this.opener.open<readonly string[]>(declared, 'names');
    return {
      declaredAt: declared.at,
      by: personBehind(declared),
      names: names.state === 'open' ? names.value : null,
    };
  }
}

const declarationIn = (entries: readonly Entry[]): Entry | undefined =>
  entries.findLast(({ type }) => type === 'HouseholdDeclared');

/**
 * The names of an operator and of the household, opened for the detectors' comparison, who forget them (docs/adr/0002);
 * null once the person's key is destroyed.
 */
export async function ownNamesOf(
  journal: Pick<Journal, 'load'>,
  opener: Opener,
  operator: string,
): Promise<OwnNames | null> {
  const { entries } = await journal.load(operatorStream(operator));
  const [registered] = entries;
  if (!registered) return null;
  const name = await opener.open<string>(registered, 'name');
  if (name.state !== 'open') return null;
  const declared = declarationIn(entries);
  const household = declared && (await opener.open<readonly string[]>(declared, 'names'));
  return { name: name.value, household: household?.state === 'open' ? household.value : [] };
}
