export {
  type Configuration,
  ConfigurationFaults,
  type ProcessRole,
  readConfiguration,
} from './configuration.js';
export { settings } from './settings.js';
export { alarmOf, openWaysOut, type WaysOut } from './alarm.js';
export { AlertKeyDamaged, WebhookSecrets } from './alert-key.js';
export {
  HEARTBEAT_MS,
  LEASE_MS,
  type OnFatal,
  openRooms,
  registryOf,
  type Rooms,
  useCasesOf,
  WORKER_LEASE,
} from './rooms.js';
export { type Duties, takeUpDuties } from './duties.js';
export { workerFence } from './fence.js';
export { checkInstallation } from './full-check.js';
export { logProofsOf, PublicLog, publicLogOf } from './log-in-public.js';
export { logLateMs } from './log-settings.js';
export { feedConditions, feedOf } from './feed.js';
export { disclosureRequestsOf } from './disclosure-requests.js';
export { detectionOf, reviewsOf } from './reviews.js';
export { ROOMS, WiringModule } from './wiring.module.js';
export { quietLogger } from './logging.js';
export { AlarmDuty, API_LEASE, WATCH_MS } from './alarm-duty.js';
export { runProcess } from './run-process.js';
export { SingleFlight } from './single-flight.js';
export { type FirstAccount, initialise, type Initialised, logKeyOf, standardTerms } from './initialise.js';
export { certificateFingerprint, type DemoPki, makeDemoPki } from './demo-pki.js';
