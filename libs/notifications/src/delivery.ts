import type { DeliveryFault } from '#domain';
import type { Delivery } from './port.js';

/** A message that was not taken; `permanent` only in the receiver's own words. */
export const failed = (message: string, why: DeliveryFault, permanent = false): Delivery => ({
  delivered: false,
  message,
  why,
  permanent,
});
