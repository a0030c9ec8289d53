export type {
  AlertMessage,
  Channels,
  Delivery,
  Lifeboat,
  LifeboatAlarm,
  LifeboatDelivery,
  Provisions,
} from './port.js';
export {
  keptProvisions,
  openLifeboat,
  type LifeboatOptions,
} from './lifeboat/lifeboat.js';
export { withSpare } from './lifeboat/spare.js';
export { LifeboatUnwritable } from './lifeboat/files.js';
export { openChannels } from './channels.js';
export type { SmtpOptions } from './smtp.js';
export type { Lookup } from './target.js';
export type { WebhookOptions } from './webhook.js';
export type { FeedAnswer, FeedItem, FeedTrouble, FeedWay } from './feed/port.js';
export { bearerToken, type FeedTls, HttpsFeed, type HttpsFeedOptions } from './feed/https-feed.js';
export { SyslogFeed } from './feed/syslog-feed.js';
