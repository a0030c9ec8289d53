import { DisclosureRequests, Trail } from '#application';
import type { Rooms } from './rooms.js';

/** The register of requests for disclosure: the api's, and the worker's, which watches it. */
export function disclosureRequestsOf({
  journal,
  store,
  vault,
  queries,
  log,
  configuration,
}: Rooms): DisclosureRequests {
  const trail = new Trail(journal, store, queries, vault, log);
  return new DisclosureRequests(journal, store, queries, vault, trail, configuration.disclosureWarningDays);
}
