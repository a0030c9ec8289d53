import type { Tail, TailItem } from '#application';
import type { EdgeRequest } from '../edge/caller.js';
import { detailsOf } from '../problems/problem.filter.js';

/** How long a client is told to wait before it connects again, in milliseconds. */
const RETRY_MS = 2_000;
/** Rows in one piece of the stream: whoever reads slowly has few of them waiting. */
const ROWS_AT_ONCE = 50;

/** One event of the stream (WHATWG HTML, "Server-sent events"): `data` is one line of JSON. */
const frame = (event: string, data: object, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function* piecesOf(item: TailItem): Generator<string> {
  switch (item.kind) {
    case 'rows':
      for (let start = 0; start < item.rows.length; start += ROWS_AT_ONCE)
        yield item.rows
          .slice(start, start + ROWS_AT_ONCE)
          .map((row) => frame('row', row, row.position))
          .join('');
      break;
    case 'position':
      // Its id as well: who comes back need not go through what did not match.
      yield frame('position', { position: item.position }, item.position);
      break;
    default:
      yield ':\n\n';
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
      for (const piece of piecesOf(item)) {
        if (tail.ended) break;
        yield piece;
      }
    }
  } catch (error) {
    tail.end(error);
  }
  if (tail.ended?.error) yield frame('end', detailsOf(request, tail.ended.error));
}
