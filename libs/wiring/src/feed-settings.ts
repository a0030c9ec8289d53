import { readFileSync } from 'node:fs';
import { bearerToken } from '#notifications';
import { type Bilingual, Fault, oneOf, optional, setting, text, wholeNumber } from './setting.js';

/** Where the feed goes. */
export type FeedAddress =
  | { readonly kind: 'https'; readonly url: string }
  | { readonly kind: 'syslog'; readonly host: string; readonly port: number };

/** Port of syslog over TLS (RFC 5425, 4.1). */
const SYSLOG_PORT = 6514;

/** `https://…`, or `syslog+tls://host[:port]`. */
function feedAddress(value: string): FeedAddress | Fault {
  const url = value.length <= 2_000 ? URL.parse(value) : null;
  const plain = url !== null && !url.username && !url.password && !url.hash;
  if (plain && url.protocol === 'https:') return { kind: 'https', url: value };
  const bare = plain && url.hostname !== '' && !url.search && ['', '/'].includes(url.pathname);
  if (bare && url.protocol === 'syslog+tls:') {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return { kind: 'syslog', host, port: url.port === '' ? SYSLOG_PORT : Number(url.port) };
  }
  return new Fault(
    'は https:// で始まる URL か syslog+tls://ホスト:ポート にしてください（利用者名・「#」なし）',
    'must be a URL that begins with https://, or syslog+tls://host:port, without user name and fragment',
  );
}

/** The standing feed of the trail to a SIEM (docs/siem-feed.md). */
export const feedSettings = {
  feedUrl: optional(
    'KIROKU_FEED_URL',
    '証跡を送り続ける先（SIEM）。https://… か syslog+tls://ホスト:ポート。なければ送らない。ワーカーのみ。',
    'Where the trail is fed to, a SIEM: https://… or syslog+tls://host:port. Without it nowhere. Of the worker only.',
    feedAddress,
  ),
  feedTokenFile: optional(
    'KIROKU_FEED_TOKEN_FILE',
    'SIEM に示すトークン（Bearer）だけを書いたファイル。https のみ。送る度に読む。',
    'File that holds the bearer token for the SIEM and nothing else; https only. Read at each batch.',
    text,
  ),
  feedCa: optional(
    'KIROKU_FEED_CA',
    'PEM：SIEM のサーバ証明書の認証局。なければ Node の標準。',
    'PEM file: the CA of the SIEM’s certificate; without it Node’s own list.',
    text,
  ),
  feedCertificate: optional(
    'KIROKU_FEED_CERTIFICATE',
    'PEM：SIEM に示すクライアント証明書。秘密鍵と併せて指定する。',
    'PEM file: client certificate towards the SIEM; goes with its key.',
    text,
  ),
  feedKey: optional(
    'KIROKU_FEED_KEY',
    'PEM：SIEM に対する秘密鍵。',
    'PEM file: private key towards the SIEM.',
    text,
  ),
  feedFrom: setting(
    'KIROKU_FEED_FROM',
    '最初に送るイベント：now（これから）、beginning（最初から）。変更すると、その位置から始め直す。',
    'Where the feed begins: now or beginning. When it is changed the feed begins anew there.',
    oneOf('now', 'beginning'),
    'now',
  ),
  feedTimeoutSeconds: setting(
    'KIROKU_FEED_TIMEOUT_SECONDS',
    'SIEM が一まとまりを受け取るまで待つ秒数。',
    'How long the SIEM may take for a batch, in seconds.',
    wholeNumber(1, 60),
    '20',
  ),
  feedAlarmMinutes: setting(
    'KIROKU_FEED_ALARM_MINUTES',
    'SIEM に送れないイベントがこの分数を超えて残れば通報する。',
    'It is alerted when events cannot be brought to the SIEM for longer, in minutes.',
    wholeNumber(1, 1_440),
    '15',
  ),
} as const;

type FeedValues = Partial<Record<keyof typeof feedSettings, unknown>>;

/** What is wrong between the settings of the feed, each of which may be right by itself. */
export function feedFaults(values: FeedValues): readonly Bilingual[] {
  const { feedUrl, feedTokenFile, feedCa, feedCertificate, feedKey } = values;
  const { feedUrl: url, feedTokenFile: token, feedCertificate: certificate, feedKey: key } = feedSettings;
  const faults: Bilingual[] = [];
  if (feedUrl === null && [feedTokenFile, feedCa, feedCertificate, feedKey].some((file) => file)) {
    faults.push({
      ja: `${url.name} がありません：SIEM のための設定が他にあります`,
      en: `${url.name} is missing: other settings for the SIEM are there`,
    });
  }
  if ((feedCertificate === null) !== (feedKey === null)) {
    faults.push({
      ja: `${certificate.name} と ${key.name} は併せて指定してください`,
      en: `${certificate.name} and ${key.name} go together`,
    });
  }
  if (feedTokenFile && isSyslog(feedUrl)) {
    faults.push({
      ja: `${token.name}：syslog ではトークンを示せません。クライアント証明書を使ってください`,
      en: `${token.name}: syslog has no place for a token; use a client certificate`,
    });
  }
  return faults;
}

const isSyslog = (address: unknown): boolean => (address as FeedAddress | null)?.kind === 'syslog';

/** The token of a file, as it is now. Throws when it cannot be read, or holds something else. */
export function readFeedToken(file: string): string | Fault {
  return (
    bearerToken(readFileSync(file, 'utf8')) ??
    new Fault(
      'のファイルにあるのはトークン（RFC 6750）1 つではありません',
      'names a file that does not hold one bearer token (RFC 6750)',
    )
  );
}
