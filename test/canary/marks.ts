/** How text can look once a program has written it somewhere: every form in which a mark would still be readable. */
export function formsOf(mark: string): readonly Buffer[] {
  const utf8 = Buffer.from(mark, 'utf8');
  const little = Buffer.from(mark, 'utf16le');
  const texts = [
    escaped(mark, false),
    escaped(mark, true),
    // JavaScript's own escape: only what JSON must escape, and the rest as it is.
    JSON.stringify(mark).slice(1, -1),
    encodeURIComponent(mark),
    encodeURIComponent(mark).toLowerCase(),
    utf8.toString('hex'),
    utf8.toString('hex').toUpperCase(),
    ...[utf8, little, swapped(little)].flatMap(base64Forms),
  ];
  const forms = [utf8, little, swapped(little), ...texts.map((text) => Buffer.from(text, 'utf8'))];
  return [...new Map(forms.map((form) => [form.toString('latin1'), form])).values()];
}

/** The marks that occur in these bytes, in any form. */
export const marksIn = (bytes: Buffer, marks: readonly string[]): readonly string[] =>
  marks.filter((mark) => formsOf(mark).some((form) => bytes.includes(form)));

/** Every code unit beyond ASCII as `\uXXXX`. */
const escaped = (text: string, upper: boolean): string =>
  Array.from({ length: text.length }, (_, index) => {
    const unit = text.charCodeAt(index);
    const hex = unit.toString(16).padStart(4, '0');
    return unit < 0x80 ? text.charAt(index) : `\\u${upper ? hex.toUpperCase() : hex}`;
  }).join('');

const swapped = (little: Buffer): Buffer => Buffer.from(little).swap16();

/**
 * Base64 depends on where the mark begins within three bytes. The characters at the ends, which hold bits of what
 * stands beside it, are cut off; both alphabets.
 */
const base64Forms = (bytes: Buffer): readonly string[] =>
  [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = before === 0 ? 0 : before + 1;
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const core = text.slice(first, whole);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
