import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { DemoPki } from '#wiring';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Empty when the text is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A client with kept-alive connections and somebody's session, for load and for whatever is not a polite request. */
export class Caller {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    { authority }: Pick<DemoPki, 'authority'>,
    identity: DemoPki['api'] | undefined,
    private readonly token: string | null,
  ) {
    const own = identity ? { cert: readFileSync(identity.certificate), key: readFileSync(identity.key) } : {};
    this.agent = new Agent({ keepAlive: true, ca: readFileSync(authority.certificate), ...own });
  }

  /** Rejects when the connection breaks: then nothing is known about the answer. */
  post(path: string, body: object | string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send('POST', path, typeof body === 'string' ? body : JSON.stringify(body), headers);
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    text?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const call = request(new URL(path, this.url), {
        method,
        agent: this.agent,
        headers: {
          ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
          ...headers,
        },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const answered = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, text: answered, body: parsed(answered) });
        });
      });
      call.end(text);
    });
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
