/**
 * Every setting of Kiroku: its name in the environment (or as a key of the JSON file that KIROKU_CONFIG names), what
 * it means, its default, and how it is read. docs/configuration.md is generated from this table.
 */
export interface Setting<T> {
  readonly name: string;
  readonly meaning: string;
  /** As text; absent when the setting is required or derived. */
  readonly fallback?: string;
  /** Returns the value, or says what is wrong with the text (never repeating a secret). */
  readonly read: (text: string) => T | Fault;
}

export class Fault {
  constructor(readonly message: string) {}
}

const text = (value: string): string | Fault => (value.trim() ? value : new Fault('must not be empty'));

const wholeNumber =
  (from: number, to: number) =>
  (value: string): number | Fault =>
    /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to
      ? Number(value)
      : new Fault(`must be a whole number from ${from} to ${to}`);

const yesNo = (value: string): boolean | Fault =>
  value === 'yes' || value === 'no' ? value === 'yes' : new Fault("must be 'yes' or 'no'");

const httpsUrl = (value: string): string | Fault => {
  if (!URL.canParse(value)) return new Fault('must be a URL');
  return new URL(value).protocol === 'https:' ? value : new Fault('must begin with https://');
};

const identifier = (value: string): string | Fault =>
  /^[a-z0-9][a-z0-9.-]{0,62}$/.test(value)
    ? value
    : new Fault('must be lower-case letters, digits, dots and hyphens');

/** C2SP tlog-checkpoint: the origin is a schema-less URL; names hold neither spaces nor plus signs. */
const origin = (value: string): string | Fault =>
  /^[^\s+:]+(?::\d+)?(?:\/[^\s+]+)*$/.test(value)
    ? value
    : new Fault('must be a URL without scheme, spaces and plus signs');

const setting = <T>(
  name: string,
  meaning: string,
  read: Setting<T>['read'],
  fallback?: string,
): Setting<T> => ({
  name,
  meaning,
  read,
  ...(fallback === undefined ? {} : { fallback }),
});

export const settings = {
  data: setting(
    'KIROKU_DATA',
    'Directory of events, log, read models, operations and wrapped keys.',
    text,
    './data',
  ),
  secrets: setting(
    'KIROKU_SECRETS',
    'Directory beside the data for root keys, the log’s signing key and the clock offset; never in the same backup. Default: the data directory’s name with `.secrets`.',
    text,
  ),
  agreement: setting(
    'KIROKU_AGREEMENT',
    'Id of the agreement (協定) under which requests are made.',
    identifier,
    'mlit-2019',
  ),
  host: setting('KIROKU_HOST', 'Address on which the api listens.', text, '127.0.0.1'),
  port: setting('KIROKU_PORT', 'Port of the api (0 takes a free one).', wholeNumber(0, 65_535), '8443'),
  metricsPort: setting(
    'KIROKU_METRICS_PORT',
    'Port of /metrics, on 127.0.0.1 only (0 takes a free one).',
    wholeNumber(0, 65_535),
    '9464',
  ),
  tlsKey: setting('KIROKU_TLS_KEY', 'PEM file: private key of the api’s certificate.', text),
  tlsCertificate: setting('KIROKU_TLS_CERTIFICATE', 'PEM file: the api’s certificate.', text),
  tlsClientCa: setting('KIROKU_TLS_CLIENT_CA', 'PEM file: the CA that issues terminal certificates.', text),
  registryUrl: setting('KIROKU_REGISTRY_URL', 'The provider’s online search server.', httpsUrl),
  registryKey: setting('KIROKU_REGISTRY_KEY', 'PEM file: private key towards the provider.', text),
  registryCertificate: setting(
    'KIROKU_REGISTRY_CERTIFICATE',
    'PEM file: client certificate towards the provider.',
    text,
  ),
  registryCa: setting('KIROKU_REGISTRY_CA', 'PEM file: the CA of the provider’s server.', text),
  registryLinkKeys: setting(
    'KIROKU_REGISTRY_LINK_KEYS',
    'JSON file: link keys agreed with the provider, [{kid, key}].',
    text,
  ),
  logOrigin: setting(
    'KIROKU_LOG_ORIGIN',
    'Name of the log: a URL without scheme.',
    origin,
    'kiroku.example/log',
  ),
  logKey: setting(
    'KIROKU_LOG_KEY',
    'PEM file: the log’s Ed25519 signing key; read by the worker only.',
    text,
  ),
  sessionMinutes: setting('KIROKU_SESSION_MINUTES', 'How long a session lives.', wholeNumber(1, 720), '30'),
  unsequencedMinutes: setting(
    'KIROKU_UNSEQUENCED_MINUTES',
    'Inquiries stop when the oldest event outside the log is older (decision 8).',
    wholeNumber(1, 1_440),
    '15',
  ),
  trailYears: setting(
    'KIROKU_TRAIL_YEARS',
    'Years the trail is kept after its fiscal year ends.',
    wholeNumber(1, 100),
    '7',
  ),
  backlogDays: setting(
    'KIROKU_BACKLOG_DAYS',
    'Days of erasures that a run may do without two people (decision 13).',
    wholeNumber(1, 30),
    '3',
  ),
  movableClock: setting(
    'KIROKU_MOVABLE_CLOCK',
    'Whether business time may be moved forward: demo and tests only.',
    yesNo,
    'no',
  ),
  logLevel: setting(
    'KIROKU_LOG_LEVEL',
    'silent, error, warn, info or debug.',
    (value) =>
      ['silent', 'error', 'warn', 'info', 'debug'].includes(value)
        ? value
        : new Fault('must be silent, error, warn, info or debug'),
    'info',
  ),
} as const;
