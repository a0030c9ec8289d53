import { type Affair, affairOf, affairs, type Purpose, type Step, steps } from '../kernel/purpose.js';

interface Name {
  readonly ja: string;
  readonly en: string;
}

/** The affairs of schedule 1 as a resident reads them. */
const affairNames: Readonly<Record<Affair, Name>> = {
  'rtva-12-1': {
    ja: '道路運送車両法第12条第1項の変更登録',
    en: 'registration of a change (Road Transport Vehicle Act, art. 12(1))',
  },
  'rtva-59-1': {
    ja: '道路運送車両法第59条第1項の新規検査',
    en: 'new inspection (Road Transport Vehicle Act, art. 59(1))',
  },
  'rtva-67': {
    ja: '道路運送車両法第67条の記入',
    en: 'entry of a change (Road Transport Vehicle Act, art. 67)',
  },
  'rtva-71-4': {
    ja: '道路運送車両法第71条第4項の交付',
    en: 'issue of a certificate (Road Transport Vehicle Act, art. 71(4))',
  },
  'rtva-97-3-1': {
    ja: '道路運送車両法第97条の3第1項の届出',
    en: 'notification (Road Transport Vehicle Act, art. 97-3(1))',
  },
};

const stepNames: Readonly<Record<Step, Name>> = {
  acceptance: { ja: '受理', en: 'acceptance' },
  examination: { ja: '審査', en: 'examination' },
  response: { ja: '応答', en: 'response' },
};

const isIn = <T extends string>(list: readonly T[], value: string): value is T => list.includes(value as T);

/** What a purpose is called in Japanese and in English: affair and step; null for one that schedule 1 does not list. */
export function nameOfPurpose(purpose: Purpose): Name | null {
  const affair = affairOf(purpose);
  const step = purpose.slice(affair.length + 1);
  if (!isIn(affairs, affair) || !isIn(steps, step)) return null;
  return {
    ja: `${affairNames[affair].ja}（${stepNames[step].ja}）`,
    en: `${affairNames[affair].en}: ${stepNames[step].en}`,
  };
}
