import { tokyoDay } from '../kernel/tokyo.js';
import type { Detector } from './detector.js';

/** This many inquiries of one operator about one resident within so many days. */
export interface SameResidentSettings {
  readonly count: number;
  readonly days: number;
}

/** Inquiries of one operator about one resident: the newest within the window, as many as make a finding. */
interface Looks {
  readonly looks: readonly { readonly inquiry: string; readonly at: string }[];
  /** Month (`2026-04`) of the last finding: one a month, while it goes on. */
  readonly found: string | null;
}

const DAY_MS = 86_400_000;

/**
 * The same resident again and again. A case is done in three steps at most; who asks more often about one person
 * within a month has another reason. Counted for operator and subject token, an inquiry once. Tokens change with the
 * fiscal year, so the count begins again on 1 April.
 *
 * The cause is made of what lies within the window only: folding from an earlier or a later event gives the same one,
 * as long as it begins `days` and a month before. A resident with two tokens (code; name and birth date) has two keys
 * that count the same inquiries, and both give the same cause.
 */
export function sameResident({ count, days }: SameResidentSettings): Detector<Looks> {
  return {
    keysOf: (seen) =>
      seen.kind === 'received' || seen.kind === 'supplied'
        ? seen.tokens.map((token) => `${seen.operator}/${token}`)
        : [],
    initial: { looks: [], found: null },
    isOver: ({ looks }, at) => Date.parse(looks.at(-1)?.at ?? '') <= Date.parse(at) - days * DAY_MS,
    observe(state, { inquiry, at, operator }, key) {
      const since = Date.parse(at) - days * DAY_MS;
      const recent = state.looks.filter((look) => Date.parse(look.at) > since);
      // The question and each record of the answer say the same of one inquiry.
      const counted = recent.some((look) => look.inquiry === inquiry);
      const looks = counted ? recent : [...recent, { inquiry, at }].slice(-count);
      const month = tokyoDay(at).slice(0, 7);
      const [first] = looks;
      // Commands are not appended quite in the order of their times.
      const times = looks.map((look) => look.at).sort();
      if (!first || looks.length < count || state.found === month)
        return { state: { looks, found: state.found }, finding: null };
      return {
        state: { looks, found: month },
        finding: {
          detector: 'same-resident',
          operator,
          cause: `same-resident/${operator}/${month}/${first.inquiry}`,
          inquiries: looks.map((look) => look.inquiry),
          tokens: [key.slice(operator.length + 1)],
          count: looks.length,
          threshold: count,
          from: times[0] ?? at,
          until: times.at(-1) ?? at,
        },
      };
    },
  };
}
