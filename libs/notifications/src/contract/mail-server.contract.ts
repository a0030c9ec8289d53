import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Behaviour } from './channels.contract.js';
import type { Identity } from './pki.contract.js';
import { listen, settle, Sockets } from './sockets.contract.js';

/** A mail as it arrived. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** What the client called itself in EHLO. */
  readonly client: string;
  readonly encrypted: boolean;
  /** Who signed in, where that is asked. */
  readonly user: unknown;
  /** By name as written, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

type Done = (error?: Error | null) => void;

/** A mail server (smtp-server) on a loopback port that behaves as a test wants it to. */
export class MailServer {
  readonly mails: Mail[] = [];
  readonly sockets = new Sockets();
  port = 0;
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly waiting: (() => void)[] = [];
  private server: SMTPServer | null = null;

  private constructor(
    private readonly identity: Identity,
    private readonly options: SMTPServerOptions,
  ) {}

  static async start(identity: Identity, options: SMTPServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(identity, options);
    await server.open(identity);
    return server;
  }

  /** Towards everybody, or towards one recipient. */
  behave(behaviour: Behaviour, recipient = '*'): void {
    this.behaviours.set(recipient, behaviour);
  }

  /** Once a client waits for an answer that does not come. */
  held(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Comes back as somebody else, or as itself. */
  async restart(identity = this.identity): Promise<void> {
    await this.quiet();
    await this.open(identity);
  }

  /** Takes nobody any more, and waits until every connection is over. */
  async quiet(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server) await settle(server.server);
  }

  private async open({ cert, key }: Identity): Promise<void> {
    const server = new SMTPServer({
      cert,
      key,
      disabledCommands: ['AUTH'],
      disableReverseLookup: true,
      onRcptTo: ({ address }, _session, done) => this.ask(address, done),
      onData: (stream, session, done) => this.take(stream, session, done),
      ...this.options,
    });
    server.on('error', () => undefined);
    this.sockets.watch(server.server);
    this.port = await listen(server.server, this.port);
    this.server = server;
  }

  private towards(recipient: string): Behaviour {
    return this.behaviours.get(recipient) ?? this.behaviours.get('*') ?? 'takes';
  }

  private ask(recipient: string, done: Done): void {
    const behaviour = this.towards(recipient);
    // A server's words quote the address: nothing of them may come back.
    if (behaviour === 'refuses') done(reply(450, `4.2.0 <${recipient}> is greylisted`));
    else if (behaviour === 'never') done(reply(550, `5.1.1 <${recipient}> does not exist`));
    else done();
  }

  private take(stream: Readable, session: SMTPServerSession, done: Done): void {
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const behaviour = this.towards(to[0] ?? '');
    if (behaviour === 'cuts')
      return void stream.once('data', () => this.sockets.cut(session.remotePort)).resume();
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      if (behaviour === 'hangs') {
        for (const resolve of this.waiting.splice(0)) resolve();
        return;
      }
      this.mails.push({ ...factsOf(session), to, ...readMail(Buffer.concat(chunks)) });
      if (behaviour === 'forgets') this.sockets.cut(session.remotePort);
      else done();
    });
  }
}

const reply = (responseCode: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode });

const factsOf = (session: SMTPServerSession): Pick<Mail, 'from' | 'client' | 'encrypted' | 'user'> => ({
  from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
  client: session.hostNameAppearsAs,
  encrypted: session.secure,
  user: session.user,
});

function readMail(bytes: Buffer): Pick<Mail, 'headers' | 'text'> {
  const raw = bytes.toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { headers, text: decoded(raw.slice(end + 4), headers['Content-Transfer-Encoding'] ?? '') };
}

/** RFC 2045, 6. */
function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const octets = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}
