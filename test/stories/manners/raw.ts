import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Kiroku } from '../../harness/kiroku.js';

/** What a server said, to the letter. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Sent as it is: no client tidies it up. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A request such as no well-behaved client sends. */
export function raw(
  kiroku: Kiroku,
  { method = 'GET', path, headers = {}, body }: RawRequest,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(kiroku.api.url);
  const ca = readFileSync(kiroku.pki.authority.certificate);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers, ca, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        resolve({
          status: statusCode,
          headers: response.headers,
          text: Buffer.concat(parts).toString('utf8'),
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
