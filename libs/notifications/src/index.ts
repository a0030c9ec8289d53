export type {
  AlertMessage,
  Channels,
  Delivery,
  Lifeboat,
  LifeboatAlarm,
  LifeboatDelivery,
  Provisions,
} from './port.js';
export { openLifeboat, type LifeboatOptions } from './lifeboat/lifeboat.js';
export { LifeboatUnwritable } from './lifeboat/files.js';
