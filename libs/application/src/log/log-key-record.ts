import { accept, type Decision, type LogEvent, logEvents, logStream, type RecordsOf } from '#domain';
import type { CommandContext, Journal } from '../journal.js';

type VerifierKeys = readonly string[];

const folding = {
  initial: [] as VerifierKeys,
  evolve: (keys: VerifierKeys, event: RecordsOf<typeof logEvents>): VerifierKeys => [
    ...keys,
    event.data.verifierKey,
  ],
};

/** Puts the log's verifier key on record in the log itself; again is nothing. */
export async function recordLogKey(
  journal: Journal,
  origin: string,
  verifierKey: string,
  context: CommandContext,
): Promise<void> {
  await journal.decide(
    logStream(origin),
    folding,
    context,
    (keys): Decision<LogEvent> =>
      keys.includes(verifierKey)
        ? accept()
        : accept({ type: 'LogKeyRegistered', data: { origin, verifierKey } }),
  );
}
