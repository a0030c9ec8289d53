const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A UUIDv7 in lower case: it becomes part of a stream's name. */
export const isUuid7 = (value: unknown): value is string => typeof value === 'string' && UUID7.test(value);
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

const ID_LENGTH = 36;

/** `<incident>-<contact>`, both UUIDs. */
export const isAlertId = (value: unknown): value is string =>
  typeof value === 'string' &&
  isUuid(value.slice(0, ID_LENGTH)) &&
  value[ID_LENGTH] === '-' &&
  isUuid(value.slice(ID_LENGTH + 1));
