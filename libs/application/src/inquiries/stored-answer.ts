import type { Entry, IdentityRecord, Question } from '#domain';
import type { Opener } from '#vault';
import type { LoadedStream } from '../journal.js';

/** The records of an inquiry's answer in the order supplied, or `erased` when their key is destroyed. */
export async function openRecords(
  opener: Opener,
  inquiry: LoadedStream,
): Promise<readonly IdentityRecord[] | 'erased'> {
  const records: IdentityRecord[] = [];
  for (const entry of ofType(inquiry, 'RecordProvided')) {
    const opened = await opener.open<IdentityRecord>(entry, 'record');
    if (opened.state === 'shredded') return 'erased';
    records.push(opened.value);
  }
  return records;
}

/** The question of an inquiry that was accepted, or `erased`. */
export async function openQuestion(opener: Opener, inquiry: LoadedStream): Promise<Question | 'erased'> {
  const received = receivedIn(inquiry);
  if (!received) return 'erased';
  const opened = await opener.open<Question>(received, 'question');
  return opened.state === 'open' ? opened.value : 'erased';
}

/** The entry that accepted the inquiry; none when it was refused. */
export const receivedIn = (inquiry: LoadedStream): Entry | undefined => ofType(inquiry, 'InquiryReceived')[0];

const ofType = (inquiry: LoadedStream, type: string): readonly Entry[] =>
  inquiry.entries.filter((entry) => entry.type === type);
