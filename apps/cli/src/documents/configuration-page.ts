import { code, page, table } from './markdown.js';

/** One setting, as wiring declares it. */
export interface SettingEntry {
  readonly name: string;
  readonly meaning: { readonly ja: string; readonly en: string };
  /** As text; absent when the setting is required, derived or optional. */
  readonly fallback?: string;
  readonly optional?: true;
}

/** Settings by key, and what `readConfiguration` makes of an environment that names only the data directory. */
export interface ConfigurationSource {
  readonly settings: Readonly<Record<string, SettingEntry>>;
  /** Read with `KIROKU_DATA` = `SAMPLE_DATA`: shows which paths follow from the data directory. */
  readonly derived: Readonly<Record<string, unknown>>;
}

/** A data directory that exists nowhere; its name is recognised in derived paths and replaced by the setting's. */
export const SAMPLE_DATA = '/sample-data';
const SAMPLE_SECRETS = `${SAMPLE_DATA}.secrets`;

const introduction = `# Configuration 設定

Source: \`libs/wiring/src/settings.ts\`.

Settings are read from the environment; \`KIROKU_CONFIG\` may name a JSON file with the same names as keys, and the
environment beats the file. A process starts only when everything is right: otherwise it lists every fault at once and
exits with 78 (\`EX_CONFIG\`). A name that begins with \`KIROKU_\` and is not listed here is a fault too. Of the files, each
process needs only its own: the api those of TLS and of the provider, the worker the log's signing key. The registry
simulator has settings of its own (\`apps/registry-simulator/README.md\`).`;

function defaultOf(
  key: string,
  { fallback, optional }: SettingEntry,
  derived: ConfigurationSource['derived'],
): string {
  if (fallback !== undefined) return code(fallback);
  if (optional) return '任意 optional';
  const value = derived[key];
  if (typeof value !== 'string') return 'none: required by the api';
  if (value === SAMPLE_SECRETS) return code('<KIROKU_DATA>.secrets');
  return code(value.replace(SAMPLE_SECRETS, '<KIROKU_SECRETS>'));
}

/** docs/configuration.md: every setting with its meaning and default. */
export const configurationPage = ({ settings, derived }: ConfigurationSource): string =>
  page(
    introduction,
    table(
      ['設定 Setting', '意味 Meaning', '既定値 Default'],
      Object.entries(settings).map(([key, setting]) => [
        code(setting.name),
        `${setting.meaning.ja}<br>${setting.meaning.en}`,
        defaultOf(key, setting, derived),
      ]),
    ),
  );
