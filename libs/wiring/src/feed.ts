import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { type Condition, FeedBeginnings, SiemFeed, workerContext } from '#application';
import { type FeedTls, type FeedWay, HttpsFeed, SyslogFeed } from '#notifications';
import type { Configuration } from './configuration.js';
import { readFeedToken } from './feed-settings.js';
import type { Rooms } from './rooms.js';
import { Fault } from './setting.js';

/** The feed to the SIEM: the worker's. Null where none is configured. */
export function feedOf({ configuration, journal, store, marks, clock }: Rooms): SiemFeed | null {
  const way = wayOf(configuration);
  if (way === null) return null;
  const { feedFrom: from, feedAlarmMinutes, logOrigin: logName } = configuration;
  const settings = { from, alarmMs: feedAlarmMinutes * 60_000, source: { version: ownVersion(), logName } };
  const beginnings = new FeedBeginnings(journal, () => workerContext(journal, configuration.agreement));
  return new SiemFeed(store, marks, beginnings, way, clock, settings);
}

/** What the worker watches of it. Without a feed nothing is stalled: a fault of one that was ends. */
export const feedConditions = (feed: SiemFeed | null): readonly Condition[] => [
  { kind: 'feed-stalled', holds: async () => (feed === null ? false : feed.stalled()) },
];

/** Of this program, as its package says. */
function ownVersion(): string {
  const file = findPackageJSON(import.meta.url);
  const { version } = (file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'))) as {
    version?: string;
  };
  return version ?? 'unknown';
}

function wayOf(configuration: Configuration): FeedWay | null {
  const { feedUrl, feedTokenFile, publicUrl, feedTimeoutSeconds } = configuration;
  const [tls, timeoutMs] = [tlsOf(configuration), feedTimeoutSeconds * 1_000];
  if (feedUrl === null) return null;
  if (feedUrl.kind === 'https') {
    const token = (): string | null => (feedTokenFile === null ? null : tokenOf(feedTokenFile));
    return new HttpsFeed({ url: feedUrl.url, tls, token, timeoutMs });
  }
  const { host, port } = feedUrl;
  return new SyslogFeed({ host, port, tls, hostname: new URL(publicUrl).hostname, timeoutMs });
}

function tlsOf({ feedCa, feedCertificate, feedKey }: Configuration): FeedTls {
  const files = { ca: feedCa, certificate: feedCertificate, key: feedKey };
  const given = Object.entries(files).filter((pair): pair is [string, string] => pair[1] !== null);
  return Object.fromEntries(given.map(([name, file]) => [name, readFileSync(file, 'utf8')]));
}

function tokenOf(file: string): string {
  const token = readFeedToken(file);
  if (token instanceof Fault) throw new Error(`KIROKU_FEED_TOKEN_FILE ${token.en}`);
  return token;
}
