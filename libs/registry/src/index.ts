export {
  RegistryClosed,
  type ProviderAnswer,
  type ProviderQuestion,
  type Registry,
} from './port.js';
export { openRegistry } from './online-registry.js';
export { RegistryMisconfigured, type RegistryOptions } from './configuration.js';
export {
  LINK_KEY_BYTES,
  LinkKeyFileInvalid,
  linkKeyProblems,
  openingKey,
  parseLinkKeys,
  sealingKey,
  type LinkKey,
  type LinkKeys,
} from './link-keys.js';
// The message format, for whoever speaks the provider's side of the link (the simulator).
export {
  FRESHNESS_MS,
  INQUIRY_PATH,
  isMessageId,
  issuedAt,
  MAX_MESSAGE_BYTES,
  MAX_RECORDS,
  MESSAGE_MEDIA_TYPE,
  type AnswerBody,
  type AnswerClaims,
  type EmptyWireOutcome,
  type InquiryClaims,
  type MessageClaims,
  type MessageType,
} from './message.js';
export { parseInquiry, parseQuestion, type InquiryEnvelope } from './inquiry.schema.js';
export { ReplayWindow } from './replay-window.js';
export { openMessage, sealMessage } from './sealing.js';
