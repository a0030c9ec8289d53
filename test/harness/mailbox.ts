import { readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerAddress, type SMTPServerSession } from 'smtp-server';
import type { DemoPki } from '#wiring';
import { until } from './processes.js';

/** A mail as it arrived, whole. */
export interface Mail {
  readonly to: readonly string[];
  readonly from: string;
  /** As on the wire, dots unstuffed: what a test searches that looks for words that must not be there. */
  readonly raw: string;
  /** By lower-case name, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Whether it came over TLS. */
  readonly encrypted: boolean;
}

/**
 * How the server treats who writes to it: it takes the mail, says no for good (550) or for now (451) to the address,
 * holds the mail back without an answer, hangs up in the middle of it, or takes it and hangs up before saying so.
 */
export type Mood = 'takes' | 'rejects' | 'defers' | 'holds' | 'drops' | 'forgets-to-answer';

type Done = (error?: Error | null) => void;

/** The largest mail that is taken, in bytes. */
const LARGEST = 256 * 1024;

/**
 * A mail server on a free loopback port, with STARTTLS under the demo's authority, whose mood a story sets: for
 * everybody, or for one address. It can go away and come back on the same port.
 */
export class Mailbox {
  /** What arrived whole, oldest first, whether or not the client was told. */
  readonly mails: Mail[] = [];
  /** Addresses that somebody wanted to write to, in order, whatever became of it. */
  readonly attempts: string[] = [];
  private readonly moods = new Map<string, Mood>();
  private readonly held: Done[] = [];
  private readonly sockets = new Set<Socket>();
  private server: SMTPServer | null = null;
  private port_ = 0;

  private constructor(private readonly identity: DemoPki['api']) {}

  static async start({ api }: Pick<DemoPki, 'api'>): Promise<Mailbox> {
    const mailbox = new Mailbox(api);
    await mailbox.comeBack();
    return mailbox;
  }

  get port(): number {
    return this.port_;
  }

  /** Sets the mood towards everybody, or towards one address until it is set to something else. */
  be(mood: Mood, address = '*'): void {
    if (address === '*') this.moods.clear();
    this.moods.set(address, mood);
    if (mood !== 'holds') for (const done of this.held.splice(0)) done();
  }

  /** What arrived for an address. */
  to(address: string): readonly Mail[] {
    return this.mails.filter((mail) => mail.to.includes(address));
  }

  /** How many mails it has whole and holds back. */
  get holding(): number {
    return this.held.length;
  }

  /** The `nth` mail for an address, once it is there. */
  async next(address: string, nth = 1): Promise<Mail> {
    await until(`mail ${nth} for ${address}`, () => this.to(address).length >= nth);
    return this.to(address)[nth - 1] as Mail;
  }

  /** The server is gone: connections end, new ones are refused. */
  async goAway(): Promise<void> {
    for (const done of this.held.splice(0)) done(temporary('the server goes away'));
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  /** The server is there again, on the port that it had. */
  async comeBack(): Promise<void> {
    const server = new SMTPServer({
      key: readFileSync(this.identity.key),
      cert: readFileSync(this.identity.certificate),
      disabledCommands: ['AUTH'],
      disableReverseLookup: true,
      size: LARGEST,
      closeTimeout: 100,
      onRcptTo: (address, session, done) => this.ask(address, session, done),
      onData: (stream, session, done) => this.take(stream, session, done),
    });
    // Clients that are cut off in the middle are what the stories are about.
    server.on('error', () => undefined);
    server.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.port_, '127.0.0.1', () => resolve()));
    this.port_ = (server.server.address() as AddressInfo).port;
    this.server = server;
  }

  stop(): Promise<void> {
    return this.goAway();
  }

  private moodTowards(address: string): Mood {
    return this.moods.get(address) ?? this.moods.get('*') ?? 'takes';
  }

  private ask({ address }: SMTPServerAddress, _session: SMTPServerSession, done: Done): void {
    this.attempts.push(address);
    const mood = this.moodTowards(address);
    // The server's own words quote the address: nothing of them may reach an event or a log.
    if (mood === 'rejects') done(answer(550, `no such mailbox: ${address}`));
    else if (mood === 'defers') done(temporary(`try ${address} later`));
    else done();
  }

  private take(stream: Readable, session: SMTPServerSession, done: Done): void {
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const mood = this.moodTowards(to[0] ?? '');
    if (mood === 'drops') {
      stream.once('data', () => this.hangUp(session));
      stream.resume();
      return;
    }
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => {
      if (mood === 'holds') {
        this.held.push((error) => {
          if (!error) this.keep(Buffer.concat(chunks), to, session);
          done(error);
        });
        return;
      }
      this.keep(Buffer.concat(chunks), to, session);
      if (mood === 'forgets-to-answer') this.hangUp(session);
      else done();
    });
  }

  private keep(bytes: Buffer, to: readonly string[], session: SMTPServerSession): void {
    const from = session.envelope.mailFrom;
    this.mails.push({ to, from: from ? from.address : '', encrypted: session.secure, ...readMail(bytes) });
  }

  /** Cuts the connection as a crash of the server would. */
  private hangUp({ remotePort }: SMTPServerSession): void {
    for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.destroy();
  }
}

const answer = (responseCode: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode });
const temporary = (words: string): Error => answer(451, words);

/** Headers and text of a mail of one part; Kiroku sends no other (RFC 5322, RFC 2045). */
function readMail(bytes: Buffer): Pick<Mail, 'raw' | 'headers' | 'text'> {
  const raw = bytes.toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const text = decoded(raw.slice(end + 4), headers['content-transfer-encoding']?.toLowerCase() ?? '');
  return { raw, headers, text };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const octets = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

/** The link by which the reader of a mail acknowledges, as path and with the address that contacts see. */
export function linkIn({ text }: Mail): { readonly url: string; readonly path: string } {
  const url = /https:\/\/\S+\/acknowledge\/\S+/.exec(text)?.[0];
  if (!url) throw new Error('the mail has no link to acknowledge by');
  return { url, path: new URL(url).pathname };
}
