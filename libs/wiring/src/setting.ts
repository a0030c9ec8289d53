/** A text that people read, in Japanese and English. */
export interface Bilingual {
  readonly ja: string;
  readonly en: string;
}

/**
 * Every setting of Kiroku: its name in the environment (or as a key of the JSON file that KIROKU_CONFIG names), what
 * it means, its default, and how it is read. docs/configuration.md is generated from this table.
 */
export interface Setting<T> {
  readonly name: string;
  readonly meaning: Bilingual;
  /** As text; absent when the setting is required, derived or optional. */
  readonly fallback?: string;
  /** Without it the value is null, and what it would be for is not there. */
  readonly optional?: true;
  /** Returns the value, or says what is wrong with the text (never repeating a secret). */
  readonly read: (text: string) => T | Fault;
}

/** What is wrong with a setting's text, to be read after its name. */
export class Fault {
  constructor(
    readonly ja: string,
    readonly en: string,
  ) {}
}

export const text = (value: string): string | Fault =>
  value.trim() ? value : new Fault('は空にできません', 'must not be empty');

export const wholeNumber =
  (from: number, to: number) =>
  (value: string): number | Fault =>
    /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to
      ? Number(value)
      : new Fault(
          `は${from}から${to}までの整数にしてください`,
          `must be a whole number from ${from} to ${to}`,
        );

export const oneOf =
  <const T extends string>(...listed: readonly T[]) =>
  (value: string): T | Fault =>
    listed.find((each) => each === value) ??
    new Fault(`は次のいずれかにしてください：${listed.join('、')}`, `must be one of: ${listed.join(', ')}`);

export function yesNo(value: string): boolean | Fault {
  const read = oneOf('yes', 'no')(value);
  return read instanceof Fault ? read : read === 'yes';
}

export const httpsUrl = (value: string): string | Fault =>
  URL.canParse(value) && new URL(value).protocol === 'https:'
    ? value
    : new Fault('は https:// で始まる URL にしてください', 'must be a URL that begins with https://');

/** Where the contacts reach the api: what links in messages begin with; returned without a slash at its end. */
export function publicUrl(value: string): string | Fault {
  const url = URL.canParse(value) ? new URL(value) : null;
  const plain = url?.protocol === 'https:' && !url.username && !url.password && !url.search && !url.hash;
  return plain
    ? `${url.origin}${url.pathname}`.replace(/\/+$/, '')
    : new Fault(
        'は https:// で始まり、利用者名・「?」・「#」を含まない URL にしてください',
        'must be a URL that begins with https://, without user name, query and fragment',
      );
}

/** An address as RFC 5321 has it without quotes, or nothing could be put around it safely. */
export const mailAddress = (value: string): string | Fault =>
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,187}[a-z0-9])?$/i.test(value)
    ? value
    : new Fault('はメールアドレス 1 件にしてください', 'must be one mail address');

export const identifier = (value: string): string | Fault =>
  /^[a-z0-9][a-z0-9.-]{0,62}$/.test(value)
    ? value
    : new Fault(
        'は英小文字・数字・点・ハイフンにしてください',
        'must be lower-case letters, digits, dots and hyphens',
      );

/** C2SP tlog-checkpoint: the origin is a schema-less URL; names hold neither spaces nor plus signs. */
export const origin = (value: string): string | Fault =>
  /^[^\s+:]+(?::\d+)?(?:\/[^\s+]+)*$/.test(value)
    ? value
    : new Fault(
        'はスキーム・空白・「+」を含まない URL にしてください',
        'must be a URL without scheme, spaces and plus signs',
      );

export const setting = <T>(
  name: string,
  ja: string,
  en: string,
  read: Setting<T>['read'],
  fallback?: string,
): Setting<T> => ({ name, meaning: { ja, en }, read, ...(fallback === undefined ? {} : { fallback }) });

/** A setting that may be left out. */
export const optional = <T>(
  name: string,
  ja: string,
  en: string,
  read: Setting<T>['read'],
): Setting<T | null> => ({
  name,
  meaning: { ja, en },
  read,
  optional: true,
});
