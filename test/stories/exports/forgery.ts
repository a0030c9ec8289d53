import { createHash } from 'node:crypto';
import { ed25519Signer, generateSigningKey } from '#ledger';
import { cellsOf, csvLine, textOfCell } from '../../../libs/application/src/exports/csv.js';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export type Values = Record<string, unknown>;

/** A file as whoever forges it sees it: lines that can be changed, and a statement that can be made to fit again. */
export class Forgery {
  readonly end: string;
  lines: string[];

  constructor(text: string) {
    this.end = text.startsWith('\uFEFF') ? '\r\n' : '\n';
    this.lines = text.split(this.end).slice(0, -1);
  }

  get isTable(): boolean {
    return this.end === '\r\n';
  }

  /** Indexes of the lines that are rows; of evidence those of a kind. */
  at(kind: string): number[] {
    return this.lines.flatMap((line, index) => (this.kindOf(line, index) === kind ? [index] : []));
  }

  change(kind: string, number: number, change: (line: string) => string): this {
    const index = this.at(kind)[number] ?? raise(`no ${kind} ${number}`);
    this.lines[index] = change(this.lines[index] as string);
    return this;
  }

  drop(kind: string, number: number): this {
    this.lines.splice(this.at(kind)[number] ?? raise(`no ${kind} ${number}`), 1);
    return this;
  }

  repeat(kind: string, number: number): this {
    const index = this.at(kind)[number] ?? raise(`no ${kind} ${number}`);
    this.lines.splice(index, 0, this.lines[index] as string);
    return this;
  }

  swap(kind: string): this {
    const [one = 0, other = 0] = this.at(kind);
    [this.lines[one], this.lines[other]] = [this.lines[other] as string, this.lines[one] as string];
    return this;
  }

  /** A part of an entry as the file has it: in a table quotes are doubled, in JSON Lines it is text within text. */
  inEntry(text: string): string {
    return this.isTable ? text.replaceAll('"', '""') : JSON.stringify(text).slice(1, -1);
  }

  /** The checkpoint, put in another way. */
  withNote(change: (note: string) => string): this {
    return this.change('checkpoint', 0, (line) => {
      if (!this.isTable) {
        const evidence = JSON.parse(line) as { note: string };
        return JSON.stringify({ ...evidence, note: change(evidence.note) });
      }
      const note = JSON.parse(textOfCell((cellsOf(line) ?? [])[1] ?? '')) as string;
      return csvLine(['#checkpoint', JSON.stringify(change(note))]).slice(0, -2);
    });
  }

  /** Writes the statement anew, over the lines as they are now. */
  seal(changes: (said: Values) => Values = () => ({})): string {
    const [statement = 0] = this.at('statement');
    const line = this.lines[statement] as string;
    const said = JSON.parse(this.isTable ? ((cellsOf(line) ?? [])[1] ?? '') : line) as Values;
    const above = this.lines.slice(0, statement).map((each) => each + this.end);
    const fresh = { ...said, sha256: hashOf(above.join('')), ...changes(said) };
    const text = this.isTable ? csvLine(['#statement', JSON.stringify(fresh)]) : `${JSON.stringify(fresh)}\n`;
    return above.join('') + text;
  }

  /** As it is, the statement as it was. */
  text(): string {
    return this.lines.map((line) => line + this.end).join('');
  }

  private kindOf(line: string, index: number): string {
    if (this.isTable) return /^#([a-z]+),/.exec(line)?.[1] ?? (index === 0 ? 'head' : 'row');
    if (line.startsWith('{"statement":')) return 'statement';
    return /^\{"evidence":"([a-z]+)"/.exec(line)?.[1] ?? 'row';
  }
}

const raise = (message: string): never => {
  throw new Error(message);
};

export const swapTerminal = (line: string): string => line.replace(/t-[0-9a-z-]+/, 't-none');
export const swapUnit = (line: string): string => line.replace('inspection-1', 'general-affairs');
export const raised = (line: string): string =>
  line.replace(/(#entry,|"leaf":)(\d+)/, (_, name, leaf) => `${name}${Number(leaf) + 1}`);
export const less = (said: Values): Values => ({ rows: Number(said['rows']) - 1 });
export const more = (said: Values): Values => ({ rows: Number(said['rows']) + 1 });

/** A key of the same name as another's. */
export const other = (name: string) => ed25519Signer(name, generateSigningKey(name).privateKeyPem);
