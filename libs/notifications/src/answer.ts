import type { ClientRequest, IncomingMessage } from 'node:http';
import { transportFault } from './transport-fault.js';

/** What of an answer is looked at. */
export interface Answer {
  readonly status: number;
  /** As it was sent, at most 64 characters of it; null where there was none. */
  readonly retryAfter: string | null;
}

/** More of an answer than this is not waited for; nothing of it is looked at. */
const LARGEST_ANSWER = 16 * 1024;
const LONGEST_RETRY_AFTER = 64;

/** For a request: longer headers of its answer end it (`HPE_HEADER_OVERFLOW`). */
export const LARGEST_HEADERS = 8 * 1024;

/**
 * Sends the body and gives the answer, once it is over or long enough. Rejects with the socket's error where there is
 * none.
 */
export const answerTo = (outgoing: ClientRequest, body: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    let answered = false;
    outgoing.once('response', (response) => {
      // The head is the whole answer. The rest is read for the receiver's sake: a connection that is cut may take
      // with it what the receiver has not read yet.
      answered = true;
      const settle = (): void => resolve(headOf(response));
      void drain(response).then(settle, settle);
    });
    // Without this a 101 would end in nothing at all, neither an answer nor an error.
    outgoing.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve(headOf(response));
    });
    outgoing.on('error', (error) => {
      if (!answered) reject(error);
    });
    outgoing.end(body);
  });

const headOf = ({ statusCode, headers }: IncomingMessage): Answer => ({
  status: statusCode ?? 0,
  retryAfter: headers['retry-after']?.slice(0, LONGEST_RETRY_AFTER) ?? null,
});

async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER) return;
  }
}

/** Something that answers, but not in HTTP, is a server in disorder. */
export const faultOfRequest = ({
  code,
}: NodeJS.ErrnoException): 'server-error' | ReturnType<typeof transportFault> =>
  code?.startsWith('HPE_') ? 'server-error' : transportFault(code);
