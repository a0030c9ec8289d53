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

const text = (value: string): string | Fault =>
  value.trim() ? value : new Fault('は空にできません', 'must not be empty');

const wholeNumber =
  (from: number, to: number) =>
  (value: string): number | Fault =>
    /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to
      ? Number(value)
      : new Fault(
          `は${from}から${to}までの整数にしてください`,
          `must be a whole number from ${from} to ${to}`,
        );

const oneOf =
  <const T extends string>(...listed: readonly T[]) =>
  (value: string): T | Fault =>
    listed.find((each) => each === value) ??
    new Fault(`は次のいずれかにしてください：${listed.join('、')}`, `must be one of: ${listed.join(', ')}`);

function yesNo(value: string): boolean | Fault {
  const read = oneOf('yes', 'no')(value);
  return read instanceof Fault ? read : read === 'yes';
}

const httpsUrl = (value: string): string | Fault =>
  URL.canParse(value) && new URL(value).protocol === 'https:'
    ? value
    : new Fault('は https:// で始まる URL にしてください', 'must be a URL that begins with https://');

/** Where the contacts reach the api: what links in messages begin with; returned without a slash at its end. */
function publicUrl(value: string): string | Fault {
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
const mailAddress = (value: string): string | Fault =>
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,187}[a-z0-9])?$/i.test(value)
    ? value
    : new Fault('はメールアドレス 1 件にしてください', 'must be one mail address');

const identifier = (value: string): string | Fault =>
  /^[a-z0-9][a-z0-9.-]{0,62}$/.test(value)
    ? value
    : new Fault(
        'は英小文字・数字・点・ハイフンにしてください',
        'must be lower-case letters, digits, dots and hyphens',
      );

/** C2SP tlog-checkpoint: the origin is a schema-less URL; names hold neither spaces nor plus signs. */
const origin = (value: string): string | Fault =>
  /^[^\s+:]+(?::\d+)?(?:\/[^\s+]+)*$/.test(value)
    ? value
    : new Fault(
        'はスキーム・空白・「+」を含まない URL にしてください',
        'must be a URL without scheme, spaces and plus signs',
      );

const setting = <T>(
  name: string,
  ja: string,
  en: string,
  read: Setting<T>['read'],
  fallback?: string,
): Setting<T> => ({ name, meaning: { ja, en }, read, ...(fallback === undefined ? {} : { fallback }) });

/** A setting that may be left out. */
const optional = <T>(name: string, ja: string, en: string, read: Setting<T>['read']): Setting<T | null> => ({
  name,
  meaning: { ja, en },
  read,
  optional: true,
});

const port = wholeNumber(0, 65_535);
const realPort = wholeNumber(1, 65_535);

export const settings = {
  data: setting(
    'KIROKU_DATA',
    'イベント、ログ、参照用テーブル、運用情報、包まれた鍵の置き場所。',
    'Directory of events, log, read models, operations and wrapped keys.',
    text,
    './data',
  ),
  secrets: setting(
    'KIROKU_SECRETS',
    'データの隣に置く、ルート鍵・ログ署名鍵・時計のずれの置き場所。データと同じバックアップに入れないこと。',
    'Directory beside the data for root keys, the log’s signing key and the clock offset; never in the same backup.',
    text,
  ),
  agreement: setting(
    'KIROKU_AGREEMENT',
    '要求の根拠となる協定の識別子。',
    'Id of the agreement under which requests are made.',
    identifier,
    'mlit-2019',
  ),
  host: setting(
    'KIROKU_HOST',
    'API が待ち受けるアドレス。',
    'Address on which the api listens.',
    text,
    '127.0.0.1',
  ),
  port: setting(
    'KIROKU_PORT',
    'API のポート（0 は空きポート）。',
    'Port of the api (0 takes a free one).',
    port,
    '8443',
  ),
  metricsPort: setting(
    'KIROKU_METRICS_PORT',
    '/metrics のポート。127.0.0.1 のみ（0 は空きポート）。',
    'Port of /metrics, on 127.0.0.1 only (0 takes a free one).',
    port,
    '9464',
  ),
  tlsKey: setting(
    'KIROKU_TLS_KEY',
    'PEM：API 証明書の秘密鍵。',
    'PEM file: private key of the api’s certificate.',
    text,
  ),
  tlsCertificate: setting(
    'KIROKU_TLS_CERTIFICATE',
    'PEM：API の証明書。',
    'PEM file: the api’s certificate.',
    text,
  ),
  tlsClientCa: setting(
    'KIROKU_TLS_CLIENT_CA',
    'PEM：端末証明書を発行する認証局。',
    'PEM file: the CA that issues terminal certificates.',
    text,
  ),
  registryUrl: setting(
    'KIROKU_REGISTRY_URL',
    '提供者のオンライン検索サーバ。',
    'The provider’s online search server.',
    httpsUrl,
  ),
  registryKey: setting(
    'KIROKU_REGISTRY_KEY',
    'PEM：提供者に対する秘密鍵。',
    'PEM file: private key towards the provider.',
    text,
  ),
  registryCertificate: setting(
    'KIROKU_REGISTRY_CERTIFICATE',
    'PEM：提供者に対するクライアント証明書。',
    'PEM file: client certificate towards the provider.',
    text,
  ),
  registryCa: setting(
    'KIROKU_REGISTRY_CA',
    'PEM：提供者のサーバ証明書の認証局。',
    'PEM file: the CA of the provider’s server.',
    text,
  ),
  registryLinkKeys: setting(
    'KIROKU_REGISTRY_LINK_KEYS',
    'JSON：提供者と取り決めたリンク鍵 [{kid, key}]。',
    'JSON file: link keys agreed with the provider, [{kid, key}].',
    text,
  ),
  logOrigin: setting(
    'KIROKU_LOG_ORIGIN',
    'ログの名前。スキームのない URL。',
    'Name of the log: a URL without scheme.',
    origin,
    'kiroku.example/log',
  ),
  logKey: setting(
    'KIROKU_LOG_KEY',
    'PEM：ログの Ed25519 署名鍵。読むのはワーカーのみ。',
    'PEM file: the log’s Ed25519 signing key; read by the worker only.',
    text,
  ),
  sessionMinutes: setting(
    'KIROKU_SESSION_MINUTES',
    'サインインの有効時間（分）。',
    'How long a session lives, in minutes.',
    wholeNumber(1, 720),
    '30',
  ),
  unsequencedMinutes: setting(
    'KIROKU_UNSEQUENCED_MINUTES',
    'ログに入っていない最古のイベントがこの分数より古いと照会を止める。',
    'Inquiries stop when the oldest event outside the log is older, in minutes (decision 8).',
    wholeNumber(1, 1_440),
    '15',
  ),
  trailYears: setting(
    'KIROKU_TRAIL_YEARS',
    '年度終了後に証跡を保存する年数。',
    'Years the trail is kept after its fiscal year ends.',
    wholeNumber(1, 100),
    '7',
  ),
  backlogDays: setting(
    'KIROKU_BACKLOG_DAYS',
    '2名の確認なしに消去してよい遅れの日数。',
    'Days of erasures that a run may do without two people (decision 13).',
    wholeNumber(1, 30),
    '3',
  ),
  publicUrl: setting(
    'KIROKU_PUBLIC_URL',
    '連絡先から見た API の URL。通報の文中のリンクに使う。',
    'URL under which the contacts reach the api: the links in alerts begin with it.',
    publicUrl,
    'https://127.0.0.1:8443',
  ),
  smtpHost: optional(
    'KIROKU_SMTP_HOST',
    '通報メールを渡す SMTP サーバ。なければメールは送らない。',
    'SMTP server that takes the alerts; without it no mail is sent.',
    text,
  ),
  smtpPort: setting('KIROKU_SMTP_PORT', 'SMTP サーバのポート。', 'Port of the SMTP server.', realPort, '587'),
  smtpSecurity: setting(
    'KIROKU_SMTP_SECURITY',
    'starttls（必須とする）、tls（最初から暗号化）、none（暗号化しない）。',
    'starttls (required of the server), tls (from the first byte) or none (in clear).',
    oneOf('starttls', 'tls', 'none'),
    'starttls',
  ),
  smtpUser: optional(
    'KIROKU_SMTP_USER',
    'SMTP 認証の利用者名。パスワードのファイルと併せて指定する。',
    'User name at the SMTP server; goes with the password’s file.',
    text,
  ),
  smtpPasswordFile: optional(
    'KIROKU_SMTP_PASSWORD_FILE',
    'SMTP 認証のパスワードだけを書いたファイル。',
    'File that holds the password at the SMTP server and nothing else.',
    text,
  ),
  smtpCa: optional(
    'KIROKU_SMTP_CA',
    'PEM：SMTP サーバ証明書の認証局。なければ Node の標準。',
    'PEM file: the CA of the SMTP server; without it Node’s own list.',
    text,
  ),
  smtpFrom: optional(
    'KIROKU_SMTP_FROM',
    '通報メールの差出人。KIROKU_SMTP_HOST があれば必須。',
    'From whom the alerts come; required with KIROKU_SMTP_HOST.',
    mailAddress,
  ),
  webhookPrivateTargets: setting(
    'KIROKU_WEBHOOK_PRIVATE_TARGETS',
    '内部のアドレスへの Webhook を許すか。',
    'Whether webhooks may go to private and loopback addresses.',
    yesNo,
    'no',
  ),
  webhookCa: optional(
    'KIROKU_WEBHOOK_CA',
    'PEM：Webhook の受信サーバ証明書の認証局。なければ Node の標準。',
    'PEM file: the CA of the webhooks’ receivers; without it Node’s own list.',
    text,
  ),
  alertKey: setting(
    'KIROKU_ALERT_KEY',
    '通報の鍵（Webhook の署名、確認リンク、非常用の控え）。なければ作られる。API とワーカーで同じもの。',
    'Key of the alerts: webhook signatures, links, lifeboat. Made where there is none; the same for api and worker.',
    text,
  ),
  alertRepeatMinutes: setting(
    'KIROKU_ALERT_REPEAT_MINUTES',
    '確認されない通報を次の手段で繰り返すまでの分数。',
    'An alert that nobody acknowledges is repeated by the next channel after this many minutes.',
    wholeNumber(1, 1_440),
    '15',
  ),
  alertTimeoutSeconds: setting(
    'KIROKU_ALERT_TIMEOUT_SECONDS',
    'メールサーバや Webhook の応答を待つ秒数。',
    'How long a mail server or a webhook’s receiver is waited for, in seconds.',
    wholeNumber(1, 30),
    '10',
  ),
  silenceSeconds: setting(
    'KIROKU_SILENCE_SECONDS',
    'API かワーカーがこの秒数沈黙すると、相手方が通報する。',
    'The api and the worker alert when the other one is silent for longer, in seconds.',
    wholeNumber(5, 3_600),
    '60',
  ),
  faultSettleSeconds: setting(
    'KIROKU_FAULT_SETTLE_SECONDS',
    '提供者の異常が最後に見られてから、正常な回答で解消とするまでの秒数。',
    'A fault of the provider is over by a good answer this many seconds after it was last seen.',
    wholeNumber(0, 3_600),
    '60',
  ),
  erasureOverdueHours: setting(
    'KIROKU_ERASURE_OVERDUE_HOURS',
    '期限からこの時間を過ぎても消去されなければ通報する。',
    'An erasure that is not done this many hours after it was due is alerted.',
    wholeNumber(1, 720),
    '24',
  ),
  movableClock: setting(
    'KIROKU_MOVABLE_CLOCK',
    '業務時刻を進めてよいか。デモと試験のみ。',
    'Whether business time may be moved forward: demo and tests only.',
    yesNo,
    'no',
  ),
  logLevel: setting(
    'KIROKU_LOG_LEVEL',
    '記録の詳しさ：silent、error、warn、info、debug。',
    'silent, error, warn, info or debug.',
    oneOf('silent', 'error', 'warn', 'info', 'debug'),
    'info',
  ),
} as const;
