import { describe, expect, it } from '@jest/globals';
import { CsvFile } from '../edge/lists.js';
import type { Problem } from '../problems/problem.js';
import { readCaseFile } from './case-file.js';

const heading = 'affair,caseReference,openedOn,closedOn';
const read = (text: string) => readCaseFile(CsvFile.of(Buffer.from(text)).text);
const one = { affair: 'rtva-67', caseReference: 'KN-1', openedOn: '2026-04-01', closedOn: null };

describe('a file of cases', () => {
  it.each([
    ['with line feeds', `${heading}\nrtva-67,KN-1,2026-04-01,\n`],
    ['with carriage returns', `${heading}\r\nrtva-67,KN-1,2026-04-01,\r\n`],
    ['without an end of its last line', `${heading}\nrtva-67,KN-1,2026-04-01,`],
    ['with empty lines at its end', `${heading}\nrtva-67,KN-1,2026-04-01,\n\r\n\n`],
    ['with a byte order mark', `\uFEFF${heading}\nrtva-67,KN-1,2026-04-01,\n`],
    ['in quotation marks', `"affair","caseReference",openedOn,closedOn\n"rtva-67","KN-1","2026-04-01",""\n`],
    ['headed in Japanese', `事務,案件番号,受付日,終了日\nrtva-67,KN-1,2026-04-01,\n`],
    ['in another order', `closedOn,openedOn,affair,caseReference\n,2026-04-01,rtva-67,KN-1\n`],
  ])('is read %s', (_how, text) => {
    expect(read(text)).toEqual([one]);
  });

  it('has one case in each row, whatever its cells hold', () => {
    expect(
      read(`${heading}\nrtva-67,"申請 ""第１号"", 甲",2026-04-01,2026-04-05\nx,"a\r\nb",,\n,,,\n`),
    ).toEqual([
      { ...one, caseReference: '申請 "第１号", 甲', closedOn: '2026-04-05' },
      { affair: 'x', caseReference: 'a\r\nb', openedOn: '', closedOn: null },
      { affair: '', caseReference: '', openedOn: '', closedOn: null },
    ]);
  });

  const row = 'rtva-67,KN-1,2026-04-01,\n';

  it.each<[string, string, string, number | null]>([
    ['nothing', '', 'case-file-heading-malformed', 1],
    ['line ends alone', '\r\n\n', 'case-file-heading-malformed', 1],
    ['no heading', row, 'case-file-heading-malformed', 1],
    ['a column too few', 'affair,caseReference,openedOn\n', 'case-file-heading-malformed', 1],
    ['a column too many', `${heading},name\n${row}`, 'case-file-heading-malformed', 1],
    ['a column twice', `affair,affair,caseReference,openedOn\n${row}`, 'case-file-heading-malformed', 1],
    ['an open quotation mark in its heading', `"affair\n${row}`, 'case-file-row-malformed', 1],
    ['a heading and nothing else', `${heading}\n`, 'case-file-rows-out-of-range', null],
    ['a cell too few', `${heading}\n${row}rtva-67,KN-2,2026-04-01\n`, 'case-file-row-malformed', 3],
    ['a cell too many', `${heading}\n${row}${row}rtva-67,KN-2,2026-04-01,,\n`, 'case-file-row-malformed', 4],
    ['an empty line in its midst', `${heading}\n${row}\n${row}`, 'case-file-row-malformed', 3],
    [
      'a quotation mark that is not closed',
      `${heading}\n${row}rtva-67,"KN-2,,\n`,
      'case-file-row-malformed',
      3,
    ],
    ['a quotation mark within a cell', `${heading}\nrtva-67,KN-"2",,\n`, 'case-file-row-malformed', 2],
    ['something behind a quotation mark', `${heading}\nrtva-67,"KN"2,,\n`, 'case-file-row-malformed', 2],
    ['a carriage return within a cell', `${heading}\nrtva-67,KN\r2,,\n`, 'case-file-row-malformed', 2],
    ['a thousand and one rows', `${heading}\n${row.repeat(1_001)}`, 'case-file-rows-out-of-range', null],
    ['far more', `${heading}\n${row.repeat(20_000)}`, 'case-file-rows-out-of-range', null],
  ])('is refused with %s', (_what, text, code, number) => {
    let thrown: unknown = null;
    try {
      read(text);
    } catch (error) {
      thrown = error;
    }
    const { refusals, extensions } = thrown as Problem;
    expect([refusals, extensions]).toEqual([[{ code }], number === null ? {} : { row: number }]);
  });

  it('may have a thousand rows', () => {
    expect(read(`${heading}\n${row.repeat(1_000)}`)).toHaveLength(1_000);
  });

  it('is refused where it is not UTF-8', () => {
    const shiftJis = Buffer.from([0x8e, 0x96, 0x96, 0xb1, 0x0a]);
    expect(() => readCaseFile(CsvFile.of(shiftJis).text)).toThrow('case-file-not-unicode');
  });
});
