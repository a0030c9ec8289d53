import { describe, expect, it } from '@jest/globals';
import { type PdfRead, readPdf, spokenIn } from '../../../test/harness/pdf-text.js';
import { widthOf } from './line-breaking.js';
import { MOST_PRINTED, printProvisions, TooManyToPrint } from './provisions-document.js';
import type { PrintedProvision, ProvisionsHead } from './provisions-text.js';

const head: ProvisionsHead = {
  reference: '開示請求第12号',
  receivedOn: '2032-04-05',
  dueOn: '2032-05-04',
  agency: '国土交通省自動車局自動車情報課',
  listing: '0196a0b0-1234-7abc-8def-0123456789ab',
  listedAt: '2032-04-05T15:00:00.000Z',
  position: '4711',
  log: { origin: 'kiroku.example/log', size: 4712, root: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=' },
};

const provision = (changes: Partial<PrintedProvision> = {}): PrintedProvision => ({
  at: '2032-04-05T01:23:45.000Z',
  agency: '国土交通省自動車局自動車情報課',
  unit: '検査登録第一係',
  purpose: 'rtva-59-1:examination',
  purposeName: {
    ja: '道路運送車両法第59条第1項の新規検査（審査）',
    en: 'Road Transport Vehicle Act, art. 59(1), new inspection: examination',
  },
  caseReference: 'SK-2032-000002',
  usableThrough: '2032-07-04',
  erasedAt: null,
  ...changes,
});

async function* each(list: readonly PrintedProvision[]): AsyncGenerator<PrintedProvision> {
  yield* list;
}
const many = (count: number): readonly PrintedProvision[] =>
  Array.from({ length: count }, (_, at) => provision({ caseReference: `SK-${at + 1}` }));

async function printed(
  list: readonly PrintedProvision[],
  changes: Partial<ProvisionsHead> = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of printProvisions({ ...head, ...changes }, each(list))) parts.push(part);
  return Buffer.concat(parts);
}

const spoken = (pdf: PdfRead): string =>
  spokenIn(pdf)
    .map(({ text }) => text)
    .join('\n');
const read = async (
  list: readonly PrintedProvision[],
  changes: Partial<ProvisionsHead> = {},
): Promise<PdfRead> => readPdf(await printed(list, changes));

describe('the list of a resident’s provisions on paper', () => {
  it('says under which request it was made, by whom, and until when to be answered', async () => {
    const text = spoken(await read([provision()]));
    expect(text).toMatch(/^住民基本台帳法に基づく本人確認情報の提供状況\n/);
    for (const fact of [
      '請求の番号\nrequest\n開示請求第12号',
      '受付日\nreceived on\n2032年4月5日',
      '回答の期限\nanswer due on\n2032年5月4日',
      '作成機関\nmade by\n国土交通省自動車局自動車情報課',
      // Ten in the evening in London is the next morning in Tokyo.
      '作成日時\nmade at (JST)\n2032年4月6日 00:00:00',
      '一覧の番号\nlist\n0196a0b0-1234-7abc-8def-0123456789ab',
    ])
      expect(text).toContain(fact);
  });

  it('says of each provision when, to whom and for what, in the time of Tokyo', async () => {
    const text = spoken(await read([provision(), provision({ erasedAt: '2033-04-09T15:04:05.000Z' })]));
    const common =
      '2032年4月5日\n10:23:45\n国土交通省自動車局自動車情報課\n検査登録第一係\n道路運送車両法第59条第1項の新規検査（審査）\n' +
      'Road Transport Vehicle Act, art. 59(1), new inspection: examination\nSK-2032-000002\n2032年7月4日';
    expect(text).toContain(`1\n${common}\n保有中\nstill kept`);
    expect(text).toContain(`2\n${common}\n2033年4月10日\n00:04:05`);
  });

  it('ends with the count, and with the place in the log', async () => {
    const text = spoken(await read([provision(), provision()]));
    expect(text).toContain('以上 2件\n');
    expect(text).toContain('記録の位置 4711 までを読み取って作成しました。');
    expect(text).toContain('4712件、ルートハッシュ q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=');
    expect(text.indexOf('以上 2件')).toBeGreaterThan(text.lastIndexOf('保有中'));
  });

  it('is a document where there is nothing: without a table, and it says so', async () => {
    const pdf = await read([], { position: null, log: null, agency: null });
    expect(pdf.pages).toHaveLength(1);
    const text = spoken(pdf);
    expect(text).toContain('提供の記録はありません（0件）。');
    expect(text).toContain('検査点はまだありません');
    expect(text).not.toContain('提供日時');
  });

  it('has a head of the table and a number on each of many pages, and every row once', async () => {
    const pdf = await read(many(300));
    const total = pdf.pages.length;
    expect(total).toBeGreaterThan(15);
    for (const [at, page] of pdf.pages.entries()) {
      const text = page.map((piece) => piece.text).join('\n');
      expect(text).toContain(`${at + 1} / ${total} ページ　page ${at + 1} of ${total}`);
      expect(text).toContain('提供日時');
    }
    const cases = spokenIn(pdf)
      .map(({ text }) => text)
      .filter((text) => text.startsWith('SK-'));
    expect(cases).toEqual(many(300).map(({ caseReference }) => caseReference));
    // Whoever listens hears the head of the table once.
    expect(spokenIn(pdf).filter(({ text }) => text === '提供日時')).toHaveLength(1);
  });

  it.each([
    ['as it is', '開示請求第12号', 1, /　開示請求第12号$/],
    ['as far as there is room', `第1号${'長'.repeat(61)}`, 130, /　第1号長{40,60}…$/],
  ])('tells at the foot of a page to which request it belongs, %s', async (_how, reference, rows, end) => {
    const pdf = await read(many(rows), { reference });
    const total = pdf.pages.length;
    for (const [at, page] of pdf.pages.entries()) {
      const feet = page.filter(({ tag, text }) => tag === 'Artifact' && /^一覧|ページ/.test(text));
      expect(feet.map(({ text }) => text)).toEqual([
        expect.stringMatching(end),
        `${at + 1} / ${total} ページ　page ${at + 1} of ${total}`,
      ]);
      const widths = feet.map(({ text }) => widthOf(text, (codePoint) => (codePoint < 0x80 ? 3.75 : 7.5)));
      expect((widths[0] ?? 0) + (widths[1] ?? 0)).toBeLessThan(750);
    }
  });

  it('is the same bytes for the same list, and others for another', async () => {
    const [one, two, other] = [await printed(many(30)), await printed(many(30)), await printed(many(29))];
    expect(one.equals(two)).toBe(true);
    expect(one.equals(other)).toBe(false);
  });

  it('shows a character that the typeface lacks as a geta mark, and names it in a note', async () => {
    const text = spoken(
      await read([provision({ unit: '葛\u{E0100}城\u{E000}支局' })], { reference: '第\u{E001}1号' }),
    );
    expect(text).toContain('〓城〓支局');
    expect(text).toContain('第〓1号');
    expect(text).toContain('（外字）です：U+E000、U+E001、U+845B U+E0100');
    expect(spoken(await read([provision()]))).not.toContain('〓');
  });

  it('names a hundred missing characters, and counts the rest', async () => {
    const rare = Array.from({ length: 130 }, (_, at) => String.fromCodePoint(0xe000 + at)).join('');
    expect(spoken(await read([provision({ unit: rare })]))).toMatch(/U\+E063、ほか30字/);
  });

  it('says nothing of what is unknown but that it is', async () => {
    const nothing = {
      agency: null,
      unit: null,
      purpose: null,
      purposeName: null,
      caseReference: null,
      usableThrough: null,
    };
    expect(spoken(await read([provision(nothing)]))).toContain('10:23:45\n－\n－\n－\n－\n－\n保有中');
  });

  it('can be listened to: tagged, with a title and languages, its cells under headings', async () => {
    const { objects } = await read([provision()]);
    const all = [...objects.values()];
    const [catalog = ''] = all.filter((dictionary) => dictionary.includes('/Type /Catalog'));
    for (const entry of ['/Lang (ja-JP)', '/MarkInfo', '/StructTreeRoot', '/ViewerPreferences'])
      expect(catalog).toContain(entry);
    expect(all.some((dictionary) => dictionary.includes('/DisplayDocTitle true'))).toBe(true);
    const count = (pattern: RegExp): number => all.filter((dictionary) => pattern.test(dictionary)).length;
    expect(count(/\/S \/TH\b[^]*\/Scope \/Column/)).toBe(7);
    expect(count(/\/S \/TH\b[^]*\/Scope \/Row/)).toBe(6);
    expect(count(/\/S \/TD\b/)).toBe(6 + 7);
    expect(count(/\/S \/H1\b/)).toBe(1);
    expect(count(/\/S \/Span\b[^]*\/Lang \(en\)/)).toBeGreaterThan(10);
  });

  it('is not begun for more than anybody reads, nor where the list breaks off', async () => {
    await expect(printed(many(MOST_PRINTED + 1))).rejects.toThrow(TooManyToPrint);
    async function* broken(): AsyncGenerator<PrintedProvision> {
      yield provision();
      throw new Error('the store is gone');
    }
    await expect(printProvisions(head, broken()).next()).rejects.toThrow('the store is gone');
  });

  it('lets other work have its turn between two pages', async () => {
    let turns = 0;
    let going = true;
    const other = (): void => {
      turns += 1;
      if (going) setImmediate(other);
    };
    setImmediate(other);
    const seen: number[] = [];
    for await (const _part of printProvisions(head, each(many(60)))) seen.push(turns);
    going = false;
    // The last part is what follows the last page.
    const pages = seen.slice(0, -1);
    expect(pages.length).toBeGreaterThan(3);
    expect(new Set(pages).size).toBe(pages.length);
  });
});
