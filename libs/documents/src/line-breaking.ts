/** The width of a character in any unit; the same unit as the width of a line. */
export type Measure = (codePoint: number) => number;

/** Must not begin a line (行頭禁則). */
const NEVER_FIRST = new Set(
  '、。，．・：；？！」』】〕）］｝〉》〟’”‥…ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%％',
);
/** Must not end a line (行末禁則). */
const NEVER_LAST = new Set('「『【〔（［｛〈《〝‘“([{¥￥＄$');
/** A word of Latin letters, digits and the signs inside of numbers; broken only where a line cannot hold it. */
const PIECES = /[A-Za-z0-9](?:[A-Za-z0-9._:+/=-]*[A-Za-z0-9=])?|./gsu;

export function widthOf(text: string, measure: Measure): number {
  let sum = 0;
  for (const character of text) sum += measure(character.codePointAt(0) ?? 0);
  return sum;
}

/**
 * Breaks a text into lines that are at most `width` wide. Japanese breaks between any two characters, but a line neither
 * begins with closing marks nor ends with opening ones, as long as it holds one piece more (JIS X 4051, its minimum).
 * Nothing is lost but blanks at a line's end. A character wider than the line has a line of its own.
 */
export function linesOf(text: string, width: number, measure: Measure): readonly string[] {
  const wide = (piece: string): number => widthOf(piece, measure);
  const pieces = (text.match(PIECES) ?? []).flatMap((piece) =>
    wide(piece) > width ? Array.from(piece) : [piece],
  );
  const lines: string[] = [];
  let line: string[] = [];
  let used = 0;
  for (const piece of pieces) {
    const pieceWidth = wide(piece);
    if (line.length > 0 && used + pieceWidth > width && piece !== ' ') {
      const carried = carriedOver(line, piece, (all) => wide(all.join('')) <= width);
      lines.push(
        line
          .slice(0, line.length - carried.length)
          .join('')
          .trimEnd(),
      );
      line = carried;
      used = wide(carried.join(''));
    }
    if (line.length === 0 && piece === ' ') continue;
    line.push(piece);
    used += pieceWidth;
  }
  return [...lines, line.join('').trimEnd()];
}

/**
 * The pieces at a line's end that go to the next line, so that both keep the rules; none where that would take all of the
 * line, or where the next piece would not find room behind them: no text is ever wider than its line.
 */
function carriedOver(
  line: readonly string[],
  next: string,
  fits: (pieces: readonly string[]) => boolean,
): string[] {
  let kept = line.length;
  const isBroken = (): boolean => NEVER_FIRST.has(line[kept] ?? next) || NEVER_LAST.has(line[kept - 1] ?? '');
  while (kept > 0 && isBroken()) kept -= 1;
  while (line[kept] === ' ') kept += 1;
  const carried = line.slice(kept);
  return kept > 0 && fits([...carried, next]) ? carried : [];
}
