import { Buffer } from 'node:buffer';

/** Where a check reads a log's files: paths below the log's directory or URL prefix. */
export interface LogSource {
  /** The file's bytes; null when there is no such file. */
  read(path: string): Buffer | null | Promise<Buffer | null>;
  /** How many bundles to ask for before they are needed; worth it where an answer takes long. */
  readonly ahead?: number;
  /** Of somebody else, who serves it and could go on without end: where, as far as that may be told. */
  readonly servedAt?: string;
}

const PATIENCE_MS = 60_000;
/** A bundle of 256 entries of the largest size. */
const MOST_BYTES = 256 * (2 + 65_535);
const AHEAD = 8;
/** What `fetch` says of a port that browsers, and it, never ask (WHATWG Fetch, port blocking): 1, 22, 25, 6000, … */
const BAD_PORT = 'bad port';

/** A file that a server gave in a form that no log has. */
class Oversized extends Error {
  readonly code = 'too long';
}

/** A file that a server did not give, although it may be there. */
export class NotServed extends Error {
  constructor(readonly code: string) {
    super(code);
    this.name = 'NotServed';
  }
}

/** The files of C2SP tlog-tiles under a URL prefix, which may hold a reader's token: it is in no error. */
export function servedFiles(prefix: string): LogSource {
  const base = prefix.replace(/\/+$/, '');
  const servedAt = URL.canParse(base) ? `${new URL(base).origin}/…` : '…';
  return { read: (path) => fetchFile(`${base}/${path}`), ahead: AHEAD, servedAt };
}

async function fetchFile(url: string): Promise<Buffer | null> {
  try {
    // A server answers itself; following it elsewhere would let it choose whom this network talks to.
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status === 200) return await bytesOf(response);
    await response.body?.cancel();
    if (response.status === 404) return null;
    throw new NotServed(`HTTP ${response.status}`);
  } catch (error) {
    if (error instanceof NotServed || error instanceof Oversized) throw error;
    throw new NotServed(whyNotAsked(error as Error, url));
  }
}

/** A code of the system or of TLS, or, where `fetch` did not ask at all, the reason; never its own words, which may hold the URL. */
function whyNotAsked({ cause, name }: Error, url: string): string {
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  if (code !== undefined) return code;
  if (message === BAD_PORT) return BAD_PORT;
  const { username = '', password = '' } = URL.canParse(url) ? new URL(url) : {};
  return username + password === '' ? name : 'password in the URL';
}

async function bytesOf(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Oversized();
    parts.push(part);
  }
  return Buffer.concat(parts);
}
