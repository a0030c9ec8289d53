import type { Tail, TailItem } from '#application';
import type { EdgeRequest } from '../edge/caller.js';
import { detailsOf } from '../problems/problem.filter.js';

/** How long a client is told to wait before it connects again, in milliseconds. */
const RETRY_MS = 2_000;

/** One event of the stream (WHATWG HTML, "Server-sent events"): `data` is one line of JSON. */
const frame = (event: string, data: object, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function textOf(item: TailItem): string {
  switch (item.kind) {
    case 'rows':
      return item.rows.map((row) => frame('row', row, row.position)).join('');
    case 'position':
      // Its id as well: who comes back need not go through what did not match.
      return frame('position', { position: item.position }, item.position);
    default:
      return ':\n\n';
  }
}

/**
 * A tail as the text of an event stream, for whoever asked. Ends with `event: end` and the problem for which it ended;
 * one that ends without was cut.
 */
export async function* framesOf(tail: Tail, request: EdgeRequest): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  try {
    for await (const item of tail.items()) {
      if (tail.ended) break;
      yield textOf(item);
    }
  } catch (error) {
    tail.end(error);
  }
  if (tail.ended?.error) yield frame('end', detailsOf(request, tail.ended.error));
}
