import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { feedFaults, readFeedToken } from './feed-settings.js';
import { lateFaults } from './log-settings.js';
import { logKeyFaults } from './log-keys.js';
import { LogReaders } from './log-readers.js';
import { readWitnesses } from './log-witnesses.js';
import { type Bilingual, Fault, type Setting } from './setting.js';
import { settings } from './settings.js';

type Values = {
  readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never;
};

/** All settings, read and checked, with the paths that follow from them. */
export interface Configuration extends Values {
  readonly paths: {
    readonly events: string;
    readonly ledgerDatabase: string;
    readonly log: string;
    readonly readModels: string;
    readonly operations: string;
    readonly keys: string;
    readonly credentials: string;
    readonly rootKeys: string;
    readonly clockOffset: string;
    readonly lifeboat: string;
  };
}

/** Which process asks: each reads only the secrets it needs. */
export type ProcessRole = 'api' | 'worker' | 'cli';

/** The configuration is wrong: every fault at once, each with what to do about it (STYLE 25). */
export class ConfigurationFaults extends Error {
  constructor(readonly faults: readonly Bilingual[]) {
    const listed = faults.map(({ ja, en }) => `  - ${ja}\n    ${en}`).join('\n');
    super(
      `設定に誤りが ${faults.length} 件あります。 The configuration has ${faults.length} faults:\n${listed}`,
    );
    this.name = 'ConfigurationFaults';
  }
}

/** Files that must be readable, by role. */
const filesOf: Readonly<Record<ProcessRole, readonly (keyof typeof settings)[]>> = {
  api: [
    'tlsKey',
    'tlsCertificate',
    'tlsClientCa',
    'registryKey',
    'registryCertificate',
    'registryCa',
    'registryLinkKeys',
    'smtpPasswordFile',
    'smtpCa',
    'webhookCa',
    'logReaders',
    'witnesses',
  ],
  worker: [
    'logKey',
    'logNextKey',
    'witnesses',
    'smtpPasswordFile',
    'smtpCa',
    'webhookCa',
    'feedTokenFile',
    'feedCa',
    'feedCertificate',
    'feedKey',
  ],
  cli: [],
};

/** Where the demo and `init` put what the environment does not name: below the secrets directory. */
const secretDefaults: Readonly<Partial<Record<keyof typeof settings, string>>> = {
  tlsKey: 'pki/api.key.pem',
  tlsCertificate: 'pki/api.crt.pem',
  tlsClientCa: 'pki/ca.crt.pem',
  registryKey: 'pki/kiroku.key.pem',
  registryCertificate: 'pki/kiroku.crt.pem',
  registryCa: 'pki/ca.crt.pem',
  registryLinkKeys: 'pki/link-keys.json',
  logKey: 'log.key.pem',
  alertKey: 'alert.key',
};

/** Reads and checks the configuration of one process; throws `ConfigurationFaults` with everything that is wrong. */
export function readConfiguration(environment: NodeJS.ProcessEnv, role: ProcessRole): Configuration {
  const faults: Bilingual[] = [];
  const given = withFile(environment, faults);
  const known = new Set<string>(Object.values(settings).map(({ name }) => name));
  for (const name of Object.keys(given)) {
    if (
      name.startsWith('KIROKU_') &&
      !known.has(name) &&
      !outside.has(name) &&
      !name.startsWith('KIROKU_SIMULATOR_')
    ) {
      faults.push({
        ja: `${name} という設定はありません（docs/configuration.md を参照）`,
        en: `${name} is not a setting; see docs/configuration.md`,
      });
    }
  }
  const data = resolve(given['KIROKU_DATA'] ?? settings.data.fallback ?? './data');
  const secrets = resolve(given['KIROKU_SECRETS'] ?? `${data}.secrets`);
  if (isWithin(secrets, data)) {
    faults.push({
      ja: 'KIROKU_SECRETS は KIROKU_DATA の外に置いてください（同じバックアップに入らないように）',
      en: 'KIROKU_SECRETS must lie outside KIROKU_DATA, so that no backup holds both',
    });
  }
  const values = valuesOf(given, role, secrets, faults);
  faults.push(...mailFaults(values), ...feedFaults(values), ...lateFaults(values));
  if (role === 'api') faults.push(...listFaults(values, 'logReaders', (file) => LogReaders.read(file)));
  if (role !== 'cli') faults.push(...listFaults(values, 'witnesses', readWitnesses));
  if (role === 'worker') {
    faults.push(...listFaults(values, 'feedTokenFile', readFeedToken));
    faults.push(...signingFaults(values, pathsOf(data, secrets).log));
  }
  if (faults.length) throw new ConfigurationFaults(faults);
  return { ...(values as unknown as Values), data, secrets, paths: pathsOf(data, secrets) };
}

/** Every setting, read; what is wrong with one is added to `faults`. */
function valuesOf(
  given: Readonly<Record<string, string | undefined>>,
  role: ProcessRole,
  secrets: string,
  faults: Bilingual[],
): Partial<Record<keyof typeof settings, unknown>> {
  const values: Partial<Record<keyof typeof settings, unknown>> = {};
  for (const [key, setting] of Object.entries(settings) as [keyof typeof settings, Setting<unknown>][]) {
    const derived = key === 'secrets' ? secrets : secretDefaults[key] && join(secrets, secretDefaults[key]);
    const raw = given[setting.name] ?? setting.fallback ?? derived;
    if (raw === undefined) {
      if (setting.optional) values[key] = null;
      else if (role === 'api') {
        const { ja, en } = setting.meaning;
        faults.push({ ja: `${setting.name} がありません：${ja}`, en: `${setting.name} is missing: ${en}` });
      }
      continue;
    }
    const value = setting.read(raw);
    if (value instanceof Fault) {
      faults.push({ ja: `${setting.name} ${value.ja}`, en: `${setting.name} ${value.en}` });
    } else {
      values[key] = value;
    }
    if (filesOf[role].includes(key) && typeof value === 'string')
      readable(setting.name, value, faults, hintOn(key));
  }
  return values;
}

/** What is wrong between the settings of mail, each of which may be right by itself. */
function mailFaults(values: Partial<Record<keyof typeof settings, unknown>>): readonly Bilingual[] {
  const { smtpHost, smtpFrom, smtpUser, smtpPasswordFile, smtpSecurity } = values;
  const faults: Bilingual[] = [];
  if (smtpHost && smtpFrom === null) {
    faults.push({
      ja: `${settings.smtpFrom.name} がありません：${settings.smtpFrom.meaning.ja}`,
      en: `${settings.smtpFrom.name} is missing: ${settings.smtpFrom.meaning.en}`,
    });
  }
  if ((smtpUser === null) !== (smtpPasswordFile === null)) {
    faults.push({
      ja: `${settings.smtpUser.name} と ${settings.smtpPasswordFile.name} は併せて指定してください`,
      en: `${settings.smtpUser.name} and ${settings.smtpPasswordFile.name} go together`,
    });
  }
  if (smtpUser && smtpSecurity === 'none') {
    faults.push({
      ja: `${settings.smtpUser.name}：暗号化しない接続でパスワードは送れません（KIROKU_SMTP_SECURITY）`,
      en: `${settings.smtpUser.name}: no password goes over a connection in clear (KIROKU_SMTP_SECURITY)`,
    });
  }
  return faults;
}

/** What is wrong in a listed file; that it cannot be read at all was said. */
function listFaults(
  values: Partial<Record<keyof typeof settings, unknown>>,
  key: 'logReaders' | 'witnesses' | 'feedTokenFile',
  read: (file: string) => unknown,
): readonly Bilingual[] {
  const file = values[key];
  if (typeof file !== 'string' || !isReadable(file)) return [];
  const listed = read(file);
  const { name } = settings[key];
  return listed instanceof Fault ? [{ ja: `${name} ${listed.ja}`, en: `${name} ${listed.en}` }] : [];
}

/** What is wrong with the keys of the log; that a setting or a file cannot be read was said. */
function signingFaults(
  { logOrigin, logKey, logNextKey }: Partial<Record<keyof typeof settings, unknown>>,
  log: string,
): readonly Bilingual[] {
  if (typeof logOrigin !== 'string' || typeof logKey !== 'string' || !isReadable(logKey)) return [];
  const next = typeof logNextKey === 'string' && isReadable(logNextKey) ? logNextKey : null;
  return logKeyFaults({ logOrigin, logKey, logNextKey: next }, log);
}

/** Names that begin like settings and belong to tools around Kiroku. */
const outside = new Set(['KIROKU_CONFIG', 'KIROKU_CI']);

function withFile(environment: NodeJS.ProcessEnv, faults: Bilingual[]): Record<string, string | undefined> {
  const file = environment['KIROKU_CONFIG'];
  if (!file) return environment;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw new Error('not an object');
    for (const name of Object.keys(parsed)) {
      if (!name.startsWith('KIROKU_')) {
        faults.push({
          ja: `KIROKU_CONFIG の項目名は KIROKU_ で始めてください：${name}`,
          en: `KIROKU_CONFIG: ${name} is not a setting; names begin with KIROKU_`,
        });
      }
    }
    const texts = Object.entries(parsed).map(([name, value]) => [name, String(value)]);
    return { ...(Object.fromEntries(texts) as Record<string, string>), ...environment };
  } catch {
    faults.push({
      ja: `KIROKU_CONFIG のファイルを JSON オブジェクトとして読めません：${file}`,
      en: `KIROKU_CONFIG names a file that cannot be read as a JSON object: ${file}`,
    });
    return environment;
  }
}

/** Who makes a file that is missing; nothing where it is for somebody else to make. */
function hintOn(key: keyof typeof settings): Bilingual {
  if (key === 'logKey')
    return {
      ja: '（最初のものは npm run kiroku -- init が作成。以前からのものは元に戻してください）',
      en: ' (npm run kiroku -- init makes the first one; put back the one that was there before)',
    };
  return secretDefaults[key]?.startsWith('pki/') === true
    ? {
        ja: '（デモ用は npm run kiroku -- init --demo-pki で作成）',
        en: ' (npm run kiroku -- init --demo-pki makes it for a demo)',
      }
    : { ja: '', en: '' };
}

function readable(name: string, file: string, faults: Bilingual[], hint: Bilingual): void {
  if (isReadable(file)) return;
  faults.push({
    ja: `${name}：ファイル ${file} を読めません${hint.ja}`,
    en: `${name}: the file ${file} cannot be read${hint.en}`,
  });
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const pathsOf = (data: string, secrets: string): Configuration['paths'] => ({
  events: join(data, 'events', 'events.sqlite'),
  ledgerDatabase: join(data, 'ledger', 'ledger.sqlite'),
  log: join(data, 'ledger', 'log'),
  readModels: join(data, 'read-models', 'read-models.sqlite'),
  operations: join(data, 'operations', 'operations.sqlite'),
  keys: join(data, 'keys'),
  credentials: join(data, 'keys', 'credentials.sqlite'),
  rootKeys: join(secrets, 'root-keys'),
  clockOffset: join(secrets, 'clock-offset.json'),
  lifeboat: join(data, 'lifeboat'),
});

/** Whether a directory is another one or lies in it, links resolved as far as they exist. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(realPath(outer), realPath(inner));
  return way === '' || (!isAbsolute(way) && way.split(sep)[0] !== '..');
}

/** The real path of what exists of a path. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
