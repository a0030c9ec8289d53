import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { DemoPki } from '#wiring';

export interface Answer {
  readonly status: number;
  /** As JSON; empty where the answer is none. */
  readonly body: Record<string, unknown>;
  readonly bytes: Buffer;
}

/** A key pair on disk, as the demo PKI made it. */
interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** One person at one place (a terminal with its certificate, or a desk without one), talking to a server over HTTPS. */
export class Client {
  private readonly agent: Agent;
  private token: string | null = null;

  constructor(
    private readonly base: string,
    pki: Pick<DemoPki, 'authority'>,
    identity?: Identity,
  ) {
    const own = identity ? { cert: readFileSync(identity.certificate), key: readFileSync(identity.key) } : {};
    this.agent = new Agent({ keepAlive: true, ca: readFileSync(pki.authority.certificate), ...own });
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  put(path: string, body: object): Promise<Answer> {
    return this.send('PUT', path, body);
  }

  /** Signs in: with the chosen PIN where it was chosen in an earlier run, else with the initial one, changing it. */
  async signIn(operator: string, initialPin: string, chosenPin: string): Promise<void> {
    const known = await this.post('/v1/sessions', { operator, pin: chosenPin });
    if (known.status === 201) {
      this.token = String(known.body['token']);
      return;
    }
    const first = await this.post('/v1/sessions', { operator, pin: initialPin });
    if (first.status !== 201)
      throw new Error(
        `${operator} がサインインできません（${first.status}）。デモの外で暗証番号を変えた場合は、データと鍵を消してやり直してください。\n` +
          `${operator} cannot sign in (${first.status}): where its PIN was changed outside the demo, delete data and keys and begin anew`,
      );
    this.token = String(first.body['token']);
    if (first.body['pinChangeOnly'] !== true) return;
    const changed = await this.put('/v1/sessions/current/pin', { pin: initialPin, newPin: chosenPin });
    if (changed.status !== 204)
      throw new Error(`the PIN of ${operator} could not be changed: ${changed.status}`);
    const again = await this.post('/v1/sessions', { operator, pin: chosenPin });
    this.token = String(again.body['token']);
  }

  close(): void {
    this.agent.destroy();
  }

  private send(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(new URL(path, this.base), {
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
          const bytes = Buffer.concat(chunks);
          resolve({ status: response.statusCode ?? 0, body: parsed(bytes.toString()), bytes });
        });
      });
      call.end(text);
    });
  }
}

/** A page as a browser without a session gets it; a POST is that of an empty form. */
export function fetchPage(
  method: 'GET' | 'POST',
  url: string,
  authority: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const call = request(url, { method, headers, ca: readFileSync(authority), agent: false });
    call.once('error', reject);
    call.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.end();
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** An id that no earlier run of the demo has used; the demo's PINs need no more. */
export const anyDigits = (count: number): string =>
  BigInt(`0x${randomUUID().replaceAll('-', '')}`)
    .toString()
    .slice(-count);
