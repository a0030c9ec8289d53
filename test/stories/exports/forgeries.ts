import { Buffer } from 'node:buffer';
import { parseNote, signNote } from '#ledger';
import { Forgery, hashOf, less, more, other, raised, swapTerminal, swapUnit } from './forgery.js';

/** How many rows the export has. */
export const ASKED = 30;

/** What a forger makes of an export. */
export type Forge = (forgery: Forgery) => string | Buffer;
/** Name, forgery, and the kinds of the faults that the file shows alone and, where it is asked, beside its log. Of an export of `ASKED` rows. */
export const forgeries: readonly (readonly [string, Forge, readonly string[], (readonly string[])?])[] = [
  ['nothing is forged', (f) => f.seal(), [], []],
  [
    'a row is changed',
    (f) => f.change('row', 2, swapTerminal).text(),
    ['sha256', 'row-differs'],
    ['sha256', 'row-differs'],
  ],
  [
    'a row is changed, and the statement with it',
    (f) => f.change('row', 2, swapTerminal).seal(),
    ['row-differs'],
    ['row-differs'],
  ],
  [
    'a column that other events tell is changed',
    (f) => f.change('row', 2, swapUnit).seal(),
    [],
    ['not-on-record', 'row-differs'],
  ],
  [
    'a row is dropped',
    (f) => f.drop('row', 3).seal(),
    ['rows', 'entries', ...Array<string>(ASKED - 4).fill('row-differs')],
  ],
  [
    'a row is dropped, its entry and its number with it',
    (f) => f.drop('row', 3).drop('entry', 3).seal(less),
    ['statement', 'proof'],
    ['statement', 'proof'],
  ],
  [
    'the last row is dropped, its entry too',
    (f) =>
      f
        .drop('row', ASKED - 1)
        .drop('entry', ASKED - 1)
        .seal(),
    ['rows', 'proof'],
  ],
  ['a row is there twice', (f) => f.repeat('row', 1).repeat('entry', 1).seal(more), ['statement', 'order']],
  ['rows are swapped', (f) => f.swap('row').seal(), ['row-differs', 'row-differs']],
  ['rows are swapped, their entries with them', (f) => f.swap('row').swap('entry').seal(), ['order']],
  [
    'an entry is changed',
    (f) =>
      f
        .change('entry', 4, (line) =>
          line.replace(f.inEntry('"correlation":"0'), f.inEntry('"correlation":"1')),
        )
        .seal(),
    ['proof'],
  ],
  [
    'the record of who asked is changed',
    (f) =>
      f
        .change('record', 0, (line) =>
          line.replace(f.inEntry('"correlation":"0'), f.inEntry('"correlation":"1')),
        )
        .seal(),
    ['proof'],
  ],
  [
    'an entry is no event',
    (f) => f.change('entry', 4, (line) => line.replace(f.inEntry('"type":'), f.inEntry('"kind":'))).seal(),
    ['entry-malformed', 'proof'],
  ],
  ['an entry has another place', (f) => f.change('entry', 0, raised).seal(), ['row-differs', 'proof']],
  [
    'a hash is changed',
    (f) => f.change('hash', 0, (line) => line.replace(/[0-9a-f]{8}("?\}?)$/, '00000000$1')).seal(),
    ['proof'],
  ],
  ['a hash is dropped', (f) => f.drop('hash', 0).seal(), ['proof']],
  ['a hash is added', (f) => f.repeat('hash', 0).seal(), ['proof']],
  [
    'the checkpoint is signed by somebody else',
    (f) =>
      f
        .withNote((note) =>
          signNote(parseNote(note).text, [other(parseNote(note).text.split('\n')[0] ?? '')]),
        )
        .seal(),
    ['checkpoint-signature'],
  ],
  [
    'the checkpoint is changed',
    (f) => f.withNote((note) => note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`)).seal(),
    ['checkpoint-signature', 'proof'],
  ],
  [
    'the checkpoint is of another log',
    (f) =>
      f
        .withNote(() =>
          signNote(`other.example/log\n7\n${Buffer.alloc(32).toString('base64')}\n`, [
            other('other.example/log'),
          ]),
        )
        .seal(),
    ['checkpoint-origin', 'order', 'statement'],
  ],
  ['the checkpoint is none', (f) => f.withNote(() => 'nothing').seal(), ['checkpoint-malformed']],
  [
    'somebody else is said to have asked',
    (f) => f.seal(() => ({ requestedBy: 'o-somebody' })),
    ['statement'],
  ],
  ['somebody is said to have approved', (f) => f.seal(() => ({ approvedBy: 'o-somebody' })), ['statement']],
  [
    'another position is stated',
    (f) => f.seal(() => ({ position: '9' })),
    ['statement', ...Array<string>(ASKED).fill('row-beyond')],
  ],
  [
    'a position beyond the log is stated',
    (f) => f.seal(() => ({ position: '9000000000000' })),
    ['statement'],
    ['statement'],
  ],
  ['no position is stated, but a word', (f) => f.seal(() => ({ position: 'x' })), ['line']],
  [
    'another query is stated',
    (f) => f.seal(() => ({ query: 'outcome:several' })),
    Array<string>(ASKED).fill('row-not-meant'),
  ],
  [
    'a wider query is stated',
    (f) => f.seal(() => ({ query: 'outcome:found' })),
    [],
    ['not-on-record', ...Array<string>(ASKED).fill('row-left-out')],
  ],
  [
    'a query that nobody can tell from it is stated',
    (f) => f.seal(() => ({ query: 'at:2032-04 -text:"x"' })),
    [],
    ['not-on-record'],
  ],
  ['another salt is stated', (f) => f.seal(() => ({ salt: '0'.repeat(32) })), [], ['not-on-record']],
  ['no salt is stated', (f) => f.seal(() => ({ salt: undefined })), ['line']],
  ['a query is stated in no canonical form', (f) => f.seal(() => ({ query: '結果:found' })), ['statement']],
  ['another hash is stated', (f) => f.seal(() => ({ sha256: hashOf('') })), ['sha256']],
  [
    'another export is stated',
    (f) => f.seal(() => ({ export: '00000000-0000-7000-8000-000000000000' })),
    ['statement'],
  ],
  ['the statement says more than it may', (f) => f.seal(() => ({ note: 'x' })), ['line']],
  ['the statement is of an older form', (f) => f.seal(() => ({ statement: 'kiroku-export/2' })), ['line']],
  ['the statement is cut off', (f) => f.drop('statement', 0).text(), ['truncated']],
  ['the file breaks off in a line', (f) => f.text().slice(0, -9), ['truncated']],
  ['the file breaks off among the rows', (f) => f.text().slice(0, 2_000), ['truncated']],
  ['there is no file', () => '', ['truncated']],
  ['something follows the statement', (f) => f.text() + f.lines[1] + f.end, ['line']],
  [
    'the evidence stands before the rows',
    (f) => {
      f.lines.splice(f.isTable ? 1 : 0, 0, f.lines[f.at('hash')[0] ?? 0] as string);
      return f.seal();
    },
    ['line'],
  ],
  [
    'there is a line of two megabytes',
    (f) => f.change('row', 5, (line) => line + ' '.repeat(2_000_000)).text(),
    ['line-too-long'],
  ],
  [
    'a row is not UTF-8',
    (f) => {
      const bytes = Buffer.from(f.text());
      bytes[900] = 0xff;
      return bytes;
    },
    ['not-utf8'],
  ],
  [
    'an entry is larger than any',
    (f) =>
      f
        .change('entry', 0, (line) =>
          line.replace(f.inEntry('"correlation":"'), f.inEntry(`"correlation":"${'x'.repeat(70_000)}`)),
        )
        .seal(),
    ['entry-malformed'],
  ],
];
