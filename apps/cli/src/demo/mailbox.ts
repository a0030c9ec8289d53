import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type FaultKind, faultTable } from '#domain';
import type { DemoPki } from '#wiring';

/** A mail as it arrived. */
export interface Mail {
  readonly to: readonly string[];
  /** With its angle brackets. */
  readonly messageId: string;
  readonly text: string;
  /** Whether it came over STARTTLS. */
  readonly encrypted: boolean;
  /** When it was here, whole; milliseconds since the epoch. */
  readonly at: number;
}

/** Whether a mail is an alert about something that went wrong by itself. */
export const isAbout = ({ text }: Mail, cause: FaultKind): boolean => text.includes(faultTable[cause].en);

/** The incident that a mail is about: the first id in it. */
export const incidentIn = ({ text }: Mail): string =>
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(text)?.[0] ?? '';

/** The largest mail that is taken, in bytes. */
const LARGEST = 1024 * 1024;

/** A mail server of this machine that keeps what it is given: where the demo's contacts read their mail. */
export class Mailbox {
  readonly mails: Mail[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async start({ api }: Pick<DemoPki, 'api'>): Promise<Mailbox> {
    const mailbox: Mailbox = new Mailbox(
      new SMTPServer({
        key: readFileSync(api.key),
        cert: readFileSync(api.certificate),
        disabledCommands: ['AUTH'],
        size: LARGEST,
        onData: (stream, session, done) => {
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.once('end', () => {
            const to = session.envelope.rcptTo.map(({ address }) => address);
            const mail = readMail(Buffer.concat(chunks).toString('latin1'));
            mailbox.mails.push({ to, ...mail, encrypted: session.secure, at: Date.now() });
            done();
          });
        },
      }),
    );
    await new Promise<void>((resolve, reject) => {
      mailbox.server.once('error', reject);
      mailbox.server.listen(0, '127.0.0.1', () => resolve());
    });
    // A client that is cut off in the middle (the demo kills one) must not end the demo.
    mailbox.server.removeAllListeners('error');
    mailbox.server.on('error', () => undefined);
    return mailbox;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** The Message-ID and the text of a mail of one part; what Kiroku sends has no other (RFC 5322, RFC 2045). */
function readMail(raw: string): Pick<Mail, 'messageId' | 'text'> {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const body = raw.slice(end + 4);
  const encoding = header('content-transfer-encoding').toLowerCase();
  return { messageId: header('message-id'), text: decoded(body, encoding) };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString('utf8');
  const octets = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1').toString('utf8');
}
