import { tokyoDay } from '#domain';
import type { Cell } from './table-layout.js';

/** One provision as it is printed. Instants are business time in UTC, days are Tokyo's. */
export interface PrintedProvision {
  readonly at: string;
  readonly agency: string | null;
  readonly unit: string | null;
  readonly purpose: string | null;
  readonly purposeName: { readonly ja: string; readonly en: string } | null;
  readonly caseReference: string | null;
  readonly usableThrough: string | null;
  /** Null while the data is kept. */
  readonly erasedAt: string | null;
}

/** What the list says of itself. */
export interface ProvisionsHead {
  /** The agency's number of the request. */
  readonly reference: string;
  readonly receivedOn: string;
  readonly dueOn: string;
  /** The agency that hands the list over. */
  readonly agency: string | null;
  /** Under which the look is on record. */
  readonly listing: string;
  readonly listedAt: string;
  /** Position in the record up to which the list is complete; null where nothing is on record. */
  readonly position: string | null;
  /** The log's checkpoint when the list was made; null where there was none. `root` is base64. */
  readonly log: { readonly origin: string; readonly size: number; readonly root: string } | null;
}

export const TITLE = '住民基本台帳法に基づく本人確認情報の提供状況';
export const TITLE_IN_ENGLISH =
  'Provisions of identity information under the Basic Resident Registration Act (art. 30-9)';
export const SUBTITLE =
  '住民基本台帳法（昭和42年法律第81号）第30条の9の規定により提供を受けた本人確認情報について、開示請求に基づき、その提供の状況を示します。';

const BODY = 9;
const SMALL = 6.5;
const NONE = '－';

const plain = (text: string): Cell => [{ text, size: BODY }];
const english = (text: string) => ({ text, size: SMALL, english: true });
const inBoth = (ja: string, en: string): Cell => [{ text: ja, size: BODY }, english(en)];

/** A Tokyo day as it is written: 2032年4月5日. */
function dayInJapanese(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${year}年${month}月${date}日`;
}

/** The time of day in Tokyo, to the second: 10:23:45. */
const timeInTokyo = (instant: string): string =>
  new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().slice(11, 19);

const momentInJapanese = (instant: string): string =>
  `${dayInJapanese(tokyoDay(instant))} ${timeInTokyo(instant)}`;

const moment = (instant: string): Cell => [
  { text: dayInJapanese(tokyoDay(instant)), size: BODY },
  { text: timeInTokyo(instant), size: BODY },
];

interface PrintedColumn {
  readonly ja: string;
  readonly en: string;
  /** In points; together they are as wide as the page's text. */
  readonly width: number;
  readonly cell: (provision: PrintedProvision, number: number) => Cell;
}

const columns: readonly PrintedColumn[] = [
  { ja: '番号', en: 'No.', width: 36, cell: (_, number) => plain(String(number)) },
  { ja: '提供日時', en: 'provided at (JST)', width: 83, cell: ({ at }) => moment(at) },
  {
    ja: '提供先の機関・部署',
    en: 'agency and unit',
    width: 166,
    cell: ({ agency, unit }) => [...plain(agency ?? NONE), { text: unit ?? NONE, size: BODY }],
  },
  {
    ja: '利用した事務',
    en: 'affair',
    width: 232,
    cell: ({ purposeName, purpose }) =>
      purposeName ? inBoth(purposeName.ja, purposeName.en) : plain(purpose ?? NONE),
  },
  { ja: '案件番号', en: 'case', width: 88, cell: ({ caseReference }) => plain(caseReference ?? NONE) },
  {
    ja: '利用期限',
    en: 'usable through',
    width: 74,
    cell: ({ usableThrough }) => plain(usableThrough === null ? NONE : dayInJapanese(usableThrough)),
  },
  {
    ja: '消去日時',
    en: 'erased at (JST)',
    width: 82.5,
    cell: ({ erasedAt }) => (erasedAt === null ? inBoth('保有中', 'still kept') : moment(erasedAt)),
  },
];

export const COLUMN_WIDTHS: readonly number[] = columns.map(({ width }) => width);
export const HEADINGS: readonly Cell[] = columns.map(({ ja, en }) => inBoth(ja, en));

/** The cells of a provision, the `number`th of its list. */
export const cellsOf = (provision: PrintedProvision, number: number): readonly Cell[] =>
  columns.map(({ cell }) => cell(provision, number));

export const FACT_WIDTHS: readonly number[] = [110, 270, 110, 271.5];

/** Rows of label, value, label, value. */
export function factsOf(head: ProvisionsHead): readonly (readonly Cell[])[] {
  return [
    [
      inBoth('請求の番号', 'request'),
      plain(head.reference),
      inBoth('作成機関', 'made by'),
      plain(head.agency ?? NONE),
    ],
    [
      inBoth('受付日', 'received on'),
      plain(dayInJapanese(head.receivedOn)),
      inBoth('作成日時', 'made at (JST)'),
      plain(momentInJapanese(head.listedAt)),
    ],
    [
      inBoth('回答の期限', 'answer due on'),
      plain(dayInJapanese(head.dueOn)),
      inBoth('一覧の番号', 'list'),
      plain(head.listing),
    ],
  ];
}

/** So many missing characters are named one by one; of the rest is told how many they are. */
const NAMED = 100;

/** What stands behind the table: how many there are first, for without it the list is not whole. */
export function closingOf(head: ProvisionsHead, count: number, missing: readonly string[]): readonly Cell[] {
  return [
    countOf(count),
    ...(missing.length === 0 ? [] : [missingNote(missing)]),
    contentNote,
    proofOf(head),
  ];
}

const countOf = (count: number): Cell =>
  count === 0
    ? inBoth('提供の記録はありません（0件）。', 'No provision is on record (0).')
    : inBoth(`以上 ${count}件`, `${count} in all; without this line the list is not whole`);

const contentNote = inBoth(
  '提供された本人確認情報そのものは、この一覧に含まれません。消去された情報の提供も一覧に含まれます。',
  'What was provided is not shown. Provisions of data that was erased since are listed, too.',
);

function missingNote(missing: readonly string[]): Cell {
  const named = missing.slice(0, NAMED).join('、');
  const more = missing.length - NAMED;
  return inBoth(
    `「〓」は、この文書の書体にない文字（外字）です：${named}${more > 0 ? `、ほか${more}字` : ''}`,
    'The geta mark stands for characters that the typeface of this document lacks; their code points are given.',
  );
}

function proofOf({ position, log }: ProvisionsHead): Cell {
  const read = `記録の位置 ${position ?? NONE} までを読み取って作成しました。`;
  const root =
    log === null
      ? 'ログの検査点はまだありません。'
      : `ログ ${log.origin} の検査点：${log.size}件、ルートハッシュ ${log.root}`;
  return inBoth(
    `${read}${root}`,
    'Complete up to this position of the record; the checkpoint (size and root hash) is that of the log when the list was made.',
  );
}

/** At the foot of every page, as far as it has room: to which list a page belongs that has lost the others. */
export const footOf = ({ reference, listing }: ProvisionsHead): string => `一覧 ${listing}　${reference}`;
export const pageOf = (number: number, of: number): string =>
  `${number} / ${of} ページ　page ${number} of ${of}`;
export const SIZES = { title: 16, body: BODY, small: SMALL, foot: 7.5 } as const;
