/** A line of progress for people at a terminal; none where the output is read by a program. */
export function showProgress(): {
  readonly hook: { readonly onProgress?: (entries: number, size: number) => void };
  /** Takes the line away. */
  readonly end: () => void;
} {
  if (!process.stderr.isTTY) return { hook: {}, end: () => undefined };
  return { hook: { onProgress: tell }, end: () => void process.stderr.write('\r\u001B[K') };
}

function tell(entries: number, size: number): void {
  const percent = size === 0 ? 100 : Math.floor((100 * entries) / size);
  process.stderr.write(`\r検証中 verifying: ${entries} / ${size} (${percent}%)`);
}
