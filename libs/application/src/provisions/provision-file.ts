import { printProvisions } from '#documents';
import { BYTE_ORDER_MARK, csvLine } from '../exports/csv.js';
import type { ProvisionList, ResidentProvision } from './resident-provisions.js';

/** As JSON: one object, whose list is followed by how many it has. One that was cut is no JSON. */
export async function* provisionsAsJson(list: ProvisionList): AsyncGenerator<string> {
  const { provisions, ...head } = list;
  yield `${JSON.stringify(head).slice(0, -1)},"provisions":[`;
  let count = 0;
  for await (const provision of provisions) {
    yield `${count === 0 ? '' : ','}${JSON.stringify(provision)}`;
    count += 1;
  }
  yield `],"count":${count}}`;
}

const columns: readonly (readonly [string, (provision: ResidentProvision) => string | null])[] = [
  ['提供日時 provided at', ({ at }) => inTokyo(at)],
  ['提供を受けた機関 agency', ({ agency }) => agency],
  ['部署 unit', ({ unit }) => unit],
  ['利用した事務 affair', ({ purposeName, purpose }) => purposeName?.ja ?? purpose],
  ['affair (English)', ({ purposeName, purpose }) => purposeName?.en ?? purpose],
  ['案件番号 case', ({ caseReference }) => caseReference],
  ['利用期限 usable through', ({ usableThrough }) => usableThrough],
  ['消去日時 erased at', ({ erasedAt }) => (erasedAt === null ? null : inTokyo(erasedAt))],
  ['照会番号 inquiry', ({ inquiry }) => inquiry],
];

/** An instant in the time of Tokyo, with its offset: `2026-04-01T09:30:00+09:00`. */
const inTokyo = (instant: string): string =>
  `${new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(0, 19)}+09:00`;

/** As CSV: a line of headings, one for each provision, and a last one that says how many there are. */
export async function* provisionsAsCsv(list: ProvisionList): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + csvLine(columns.map(([heading]) => heading));
  let count = 0;
  for await (const provision of list.provisions) {
    yield csvLine(columns.map(([, cell]) => cell(provision)));
    count += 1;
  }
  yield csvLine(['#件数 count', count, '#受付日 received', list.receivedOn, '#期限 due', list.dueOn]);
}

/**
 * As PDF, for the resident's hand: the only form that bears the request's number (`reference`), and all of it is made
 * from provisions that were read to their end. One that was cut has no end by which a reader could open it.
 */
export const provisionsAsPdf = (list: ProvisionList, reference: string): AsyncGenerator<Uint8Array> =>
  printProvisions({ ...list, reference, position: list.readUpTo?.position ?? null }, list.provisions);
