/** How the simulator behaves: as it should, or in one of the ways a provider or a network can fail. */

/** The ways in one word; `slow` also says how slow. */
export const modes = [
  /** Answers. */
  'normal',
  /** Answers after `delayMs`. */
  'slow',
  /** Takes the question and never answers. */
  'silent',
  /** HTTP 503, nothing looked at. */
  'refuse',
  /** Seals an answer that does not follow the message format. */
  'wrong',
  /** Streams a body of more than 32 KiB. */
  'oversize',
  /** Gives the first answer of this mode to every later question as well: a replay. */
  'twice',
  /** Seals the answer under a key that is not the link's. */
  'unauthentic',
  /** Adds an individual number to every record. */
  'individual-number',
  /** Provision is suspended (art. 6). */
  'suspended',
  /** Outside the provider's service hours (schedule 2). */
  'out-of-hours',
  /** Closes the connection in the middle of the answer. */
  'drop',
] as const;
export type Mode = (typeof modes)[number];

export type Behaviour =
  | { readonly mode: Exclude<Mode, 'slow'> }
  /** `delayMs`: milliseconds from question to answer. */
  | { readonly mode: 'slow'; readonly delayMs: number };

/** The longest delay, in milliseconds; whoever wants more wants `silent`. */
const MAX_DELAY_MS = 600_000;

/** A second, where `slow` does not say how slow. */
const DEFAULT_DELAY_MS = 1000;

/** Reads `{ "mode": …, "delayMs"?: … }`; null when it is not a behaviour. */
export function parseBehaviour(value: unknown): Behaviour | null {
  if (typeof value !== 'object' || value === null) return null;
  const { mode, delayMs = DEFAULT_DELAY_MS } = value as { mode?: unknown; delayMs?: unknown };
  const known = modes.find((name) => name === mode);
  if (known === undefined || typeof delayMs !== 'number') return null;
  if (!Number.isSafeInteger(delayMs) || delayMs < 0 || delayMs > MAX_DELAY_MS) return null;
  return known === 'slow' ? { mode: known, delayMs } : { mode: known };
}

/** A mode in one word, or the whole behaviour. */
export const toBehaviour = (wanted: Mode | Behaviour): Behaviour => {
  if (typeof wanted !== 'string') return wanted;
  return wanted === 'slow' ? { mode: 'slow', delayMs: DEFAULT_DELAY_MS } : { mode: wanted };
};
