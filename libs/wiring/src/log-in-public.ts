import { LogProofs } from '#application';
import { PublishedLog } from '#ledger';
import type { Rooms } from './rooms.js';

/** Proofs from the log's published files: the api needs neither its key nor its database for them. */
export const logProofsOf = ({ journal, store, log, configuration }: Rooms): LogProofs =>
  new LogProofs(journal, store, log, () => PublishedLog.open(configuration.paths.log));
