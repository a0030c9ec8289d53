/**
 * Link keys: the secrets shared with the provider that seal the payload on top of the channel (annex 2, 2(2)(3)).
 * They rotate by overlap: the new key is appended to both sides' lists, and the old one leaves them later.
 */

/** The length of a link key in bytes: AES-256. */
export const LINK_KEY_BYTES = 32;

export interface LinkKey {
  /** Names the key in the message's header; 1 to 64 letters, digits, `.`, `_` or `-`. */
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Real time, milliseconds since the epoch, after which the key neither seals nor opens. */
  readonly notAfter?: number;
}

/** A list of link keys, oldest first. */
export type LinkKeys = readonly LinkKey[];

const KID = /^[\w.-]{1,64}$/;

const inForce = (key: LinkKey, now: number): boolean => key.notAfter === undefined || now <= key.notAfter;

/** The key to seal with: the newest (last in the list) in force; undefined when every key has run out. */
export const sealingKey = (keys: LinkKeys, now: number): LinkKey | undefined =>
  keys.findLast((key) => inForce(key, now));

/** The key that opens a message naming `kid`: any in force. */
export const openingKey = (keys: LinkKeys, kid: string, now: number): LinkKey | undefined =>
  keys.find((key) => key.kid === kid && inForce(key, now));

/** What is wrong with a list of keys, in words that name keys by `kid` or place, never their bytes. */
export function linkKeyProblems(keys: LinkKeys, now: number): string[] {
  const problems = keys.flatMap((key, index) => [
    ...(KID.test(key.kid) ? [] : [`key ${index + 1} has no usable kid`]),
    ...(key.key.byteLength === LINK_KEY_BYTES
      ? []
      : [`key ${index + 1} is not ${LINK_KEY_BYTES} bytes long`]),
  ]);
  if (new Set(keys.map((key) => key.kid)).size < keys.length) problems.push('two keys have the same kid');
  if (!sealingKey(keys, now)) problems.push('no key is in force');
  return problems;
}

const isEntry = (value: unknown): value is { kid: string; key: string; notAfter?: string } => {
  if (typeof value !== 'object' || value === null) return false;
  const { kid, key, notAfter } = value as { kid?: unknown; key?: unknown; notAfter?: unknown };
  return (
    typeof kid === 'string' &&
    typeof key === 'string' &&
    (notAfter === undefined || (typeof notAfter === 'string' && !Number.isNaN(Date.parse(notAfter))))
  );
};

/** A link key file that is not a JSON list of `{ kid, key, notAfter? }`. Carries no part of the file. */
export class LinkKeyFileInvalid extends Error {
  readonly code = 'link-key-file-invalid';
  constructor() {
    super('the link key file is not a JSON list of { kid, key (base64url), notAfter? (ISO 8601) }');
    this.name = 'LinkKeyFileInvalid';
  }
}

/**
 * Reads a link key file: a JSON list, oldest first, of `{ "kid", "key": base64url, "notAfter"?: ISO 8601 }`.
 * Lengths, duplicates and expiry are checked where the list is used, together with the other settings.
 */
export function parseLinkKeys(text: string): LinkKey[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new LinkKeyFileInvalid(); // without the cause: V8 quotes the text, and the text is a secret
  }
  if (!Array.isArray(list) || !list.every(isEntry)) throw new LinkKeyFileInvalid();
  return list.map(({ kid, key, notAfter }) => ({
    kid,
    key: new Uint8Array(Buffer.from(key, 'base64url')),
    ...(notAfter === undefined ? {} : { notAfter: Date.parse(notAfter) }),
  }));
}
