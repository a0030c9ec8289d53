import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { printProvisions } from '#documents';

/**
 * A resident's provisions on paper, read by poppler: what a resident's own viewer, search and reading voice find in the
 * file, rather than what we believe to have written.
 */
const hasPoppler = ['pdftotext', 'pdfinfo'].every(
  (tool) => spawnSync(tool, ['-v'], { stdio: 'ignore' }).status === 0,
);
const inCi = process.env['KIROKU_CI'] === '1';
/** A newcomer's machine may lack it; where CI runs a missing tool is a failure. */
const describeWithPoppler = hasPoppler || inCi ? describe : describe.skip;
const TO_INSTALL = hasPoppler || inCi ? '' : ' (skipped: apt-get install poppler-utils)';

const PROVISIONS = 40;

async function* provisions() {
  for (let number = 1; number <= PROVISIONS; number += 1)
    yield {
      at: '2032-04-05T01:23:45.000Z',
      agency: '国土交通省自動車局自動車情報課',
      unit: number === 1 ? '葛\u{E0100}城\u{E000}支局' : '検査登録第一係（髙﨑・德）',
      purpose: 'rtva-59-1:examination',
      purposeName: { ja: '道路運送車両法第59条第1項の新規検査（審査）', en: 'Road Transport Vehicle Act' },
      caseReference: `SK-2032-${number}`,
      usableThrough: '2032-07-04',
      erasedAt: null,
    };
}

describeWithPoppler(`a stranger's reader of PDF${TO_INSTALL}`, () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kiroku-third-party-'));
    file = join(folder, 'provisions.pdf');
    const head = {
      reference: '開示請求第12号',
      receivedOn: '2032-04-05',
      dueOn: '2032-05-04',
      agency: '国土交通省自動車局自動車情報課',
      listing: '0196a0b0-1234-7abc-8def-0123456789ab',
      listedAt: '2032-04-05T02:00:00.000Z',
      position: '4711',
      log: null,
    };
    const parts: Uint8Array[] = [];
    for await (const part of printProvisions(head, provisions())) parts.push(part);
    writeFileSync(file, Buffer.concat(parts));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const told = (tool: string, ...options: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(
      tool,
      [...options, file, ...(tool === 'pdftotext' ? ['-'] : [])],
      {
        encoding: 'utf8',
      },
    );
    // A file that it has to mend is reported as an error.
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };

  it('finds every text in it, as Unicode', () => {
    const text = told('pdftotext', '-raw');
    for (const part of [
      '住民基本台帳法に基づく本人確認情報の提供状況',
      '開示請求第12号',
      '検査登録第一係（髙﨑・德）',
      '〓城〓支局',
      'U+E000、U+845B U+E0100',
      `以上 ${PROVISIONS}件`,
    ])
      expect(text).toContain(part);
    expect(text.match(/SK-2032-\d+/g)).toEqual(
      Array.from({ length: PROVISIONS }, (_, at) => `SK-2032-${at + 1}`),
    );
    expect(text.match(/\d+ \/ 4 ページ/g)).toHaveLength(4);
  });

  it('finds its title, its tags and the size of its paper', () => {
    const facts = told('pdfinfo');
    expect(facts).toMatch(/^Title: +住民基本台帳法に基づく本人確認情報の提供状況$/m);
    expect(facts).toMatch(/^Tagged: +yes$/m);
    expect(facts).toMatch(/^Page size: .*A4/m);
    expect(facts).toMatch(/^Pages: +4$/m);
  });

  it('finds one table whose cells stand under headings, after the title', () => {
    const structure = told('pdfinfo', '-struct-text');
    expect(structure.indexOf('H1')).toBeLessThan(structure.indexOf('Table'));
    expect(structure.match(/\bTHead\b/g)).toHaveLength(1);
    expect(structure.match(/\/Scope \/Column/g)).toHaveLength(7);
    // Three rows of facts and one of headings stand above.
    expect(structure.match(/^ *TR$/gm)).toHaveLength(3 + 1 + PROVISIONS);
  });

  it('finds both weights of the typeface in it, as subsets with their texts', () => {
    const fonts = spawnSync('pdffonts', [file], { encoding: 'utf8' }).stdout;
    expect(fonts.match(/BIZUDGothic-(?:Regular|Bold) .*yes yes yes/g)).toHaveLength(2);
  });
});
