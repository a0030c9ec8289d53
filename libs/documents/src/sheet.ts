import Pdf from 'pdfkit';
import type { Face, Typeface } from './typeface.js';
import type { PlacedLine } from './table-layout.js';

/** What a document says about itself. */
export interface SheetTitle {
  readonly title: string;
  readonly subject: string;
  /** Business time, UTC: the only time in the file, so that the same document is the same bytes. */
  readonly at: string;
}

export type Element = ReturnType<PDFKit.PDFDocument['struct']>;
type ElementOptions = PDFKit.Mixins.StructureElementOptions & { readonly scope?: 'Column' | 'Row' };
export type Weight = keyof Typeface;

/** A4 across, in points. */
export const PAGE = { width: 841.89, height: 595.28, left: 40, right: 40, top: 40, bottom: 44 } as const;
const INK = '#000000';
const GREY = '#555555';
const RULE = '#888888';
const SHADE = '#eeeeee';

/**
 * Tagged pages of PDF 1.7: what is read is in the structure, in reading order and with its language; rules, shades and
 * page numbers are artifacts. Pages leave as they are turned, and `take` gives what is ready; what stays in memory
 * until the end is the structure.
 */
export class Sheet {
  private readonly pdf: PDFKit.PDFDocument;
  private readonly root: Element;

  constructor(typeface: Typeface, { title, subject, at }: SheetTitle) {
    const made = new Date(at);
    this.pdf = new Pdf({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      autoFirstPage: false,
      pdfVersion: '1.7',
      lang: 'ja-JP',
      tagged: true,
      displayTitle: true,
      info: {
        Title: title,
        Subject: subject,
        Creator: 'Kiroku',
        Producer: 'Kiroku',
        CreationDate: made,
        ModDate: made,
      },
    });
    for (const weight of ['regular', 'bold'] as const)
      this.pdf.registerFont(weight, bytesOf(typeface[weight]));
    this.root = this.pdf.struct('Document');
    this.pdf.addStructure(this.root);
  }

  /** Turns to a new page; the one before is finished. */
  turn(): void {
    this.pdf.addPage();
  }

  /** A part of the structure, below another or at the top. It stays open until `close`. */
  open(type: string, within: Element = this.root, options: ElementOptions = {}): Element {
    const element = this.pdf.struct(type, options);
    within.add(element);
    return element;
  }

  close(element: Element): void {
    element.end();
  }

  /** Lines of one part of the structure, placed from (x, y) on, the upper left corner of the page being (0, 0). */
  write(
    element: Element,
    lines: readonly PlacedLine[],
    x: number,
    y: number,
    weight: Weight = 'regular',
  ): void {
    for (const paragraph of paragraphsOf(lines)) {
      const draw = (): void => this.draw(paragraph, x, y, weight);
      element.add(paragraph[0]?.english ? this.pdf.struct('Span', { lang: 'en' }, draw) : draw);
    }
    element.end();
  }

  /** Lines that are no part of what is read, for example the number of the page. */
  mark(lines: readonly PlacedLine[], x: number, y: number, weight: Weight = 'regular'): void {
    this.pdf.markContent('Artifact', { type: 'Pagination' });
    this.draw(lines, x, y, weight);
    this.pdf.endMarkedContent();
  }

  rule(y: number): void {
    this.ornament(() => {
      this.pdf
        .moveTo(PAGE.left, y)
        .lineTo(PAGE.width - PAGE.right, y)
        .lineWidth(0.5)
        .stroke(RULE);
    });
  }

  shade(y: number, height: number): void {
    this.ornament(() => this.pdf.rect(PAGE.left, y, PAGE.width - PAGE.left - PAGE.right, height).fill(SHADE));
  }

  /** The bytes that are ready; null where none are. */
  take(): Uint8Array | null {
    return this.pdf.read() as Uint8Array | null;
  }

  /** Finishes the file; `take` has the rest of it. */
  end(): void {
    this.root.end();
    this.pdf.end();
  }

  private draw(lines: readonly PlacedLine[], x: number, y: number, weight: Weight): void {
    this.pdf.font(weight);
    for (const { text, size, top, english = false } of lines)
      this.pdf
        .fontSize(size)
        .fillColor(english ? GREY : INK)
        .text(text, x, y + top, { lineBreak: false });
  }

  private ornament(draw: () => void): void {
    this.pdf.markContent('Artifact', { type: 'Layout' });
    draw();
    this.pdf.endMarkedContent();
  }
}

/** The lines of each paragraph: each is one piece of the structure, so that two of them are not read as one word. */
function paragraphsOf(lines: readonly PlacedLine[]): readonly (readonly PlacedLine[])[] {
  const paragraphs: PlacedLine[][] = [];
  for (const line of lines) {
    if (paragraphs.at(-1)?.[0]?.paragraph === line.paragraph) paragraphs.at(-1)?.push(line);
    else paragraphs.push([line]);
  }
  return paragraphs;
}

/** A plain view of the font's bytes. */
const bytesOf = ({ bytes }: Face): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
