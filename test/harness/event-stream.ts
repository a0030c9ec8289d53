import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { DemoPki } from '#wiring';

/** One event of a stream, its data read as JSON. */
export interface StreamedEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StreamRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With it the request is a POST. */
  readonly body?: object;
  /** The certificate that the connection shows. */
  readonly identity?: DemoPki['api'] | undefined;
}

/** A client of server-sent events (WHATWG HTML), one connection each, that reads as they come. */
export class EventStream {
  /** Everything that arrived, as it did. */
  text = '';
  /** Up to where everything was told, when `rows` was asked last. */
  position: string | null = null;
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<void>;
  private taken = 0;
  private over = false;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.text += chunk;
      this.wake();
    });
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      response.once('close', () => {
        this.over = true;
        this.wake();
        resolve();
      }),
    );
  }

  /** Resolves with the head of the answer. */
  static async open(
    api: { readonly url: string },
    { authority }: Pick<DemoPki, 'authority'>,
    { path, headers = {}, body, identity }: StreamRequest,
  ): Promise<EventStream> {
    const given = { headers, ...(body ? { body } : {}), identity };
    const response = await respond(new URL(path, api.url), authority.certificate, given);
    return new EventStream(response);
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** The next event of one of these kinds; those of others before it are passed over. Rejects where the stream ends. */
  async next(...kinds: readonly string[]): Promise<StreamedEvent> {
    for (;;) {
      const events = eventsIn(this.text);
      while (this.taken < events.length) {
        const found = events[this.taken] as StreamedEvent;
        this.taken += 1;
        if (kinds.includes(found.event)) return found;
      }
      if (this.over) throw new Error(`the stream ended without ${kinds.join(' or ')}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** All rows up to the next position that is told. */
  async rows(): Promise<readonly StreamedEvent[]> {
    const rows: StreamedEvent[] = [];
    for (;;) {
      const event = await this.next('row', 'position');
      if (event.event === 'row') rows.push(event);
      else {
        this.position = event.id;
        return rows;
      }
    }
  }

  /** All of the answer, once it has ended. */
  async whole(): Promise<string> {
    await this.closed;
    return this.text;
  }

  hangUp(): void {
    this.response.destroy();
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

/** The answer to a request over a connection of its own; nothing of it is read yet. */
export function respond(
  url: URL,
  authority: string,
  { headers, body, identity }: Omit<StreamRequest, 'path'>,
): Promise<IncomingMessage> {
  const own = identity ? { cert: readFileSync(identity.certificate), key: readFileSync(identity.key) } : {};
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: body ? 'POST' : 'GET',
      agent: false,
      ca: readFileSync(authority),
      ...own,
      headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    });
    call.once('response', resolve).once('error', reject);
    call.end(body ? JSON.stringify(body) : undefined);
  });
}

/** The events that are whole in a text. */
export const eventsIn = (text: string): readonly StreamedEvent[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((block) => {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')] as const;
        }),
      );
      const data = fields.get('data');
      if (data === undefined) return [];
      return [
        {
          event: fields.get('event') ?? 'message',
          id: fields.get('id') ?? null,
          data: JSON.parse(data) as StreamedEvent['data'],
        },
      ];
    });
