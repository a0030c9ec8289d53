import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import type { GetSocketCallback, SendMailOptions } from 'nodemailer/lib/mailer';
import type { SMTPTransportOptions } from 'nodemailer/lib/smtp-transport';
import type { DeliveryFault } from '#domain';
import { endedBy } from './attempts.js';
import { failed } from './delivery.js';
import type { AlertMessage, Delivery } from './port.js';
import { transportFault } from './transport-fault.js';

/** The mail server that takes the alerts, and who they are from. */
export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  /**
   * `starttls`: nothing but EHLO is said before the connection is encrypted, and a server without STARTTLS is not
   * used. `tls`: encrypted from the first byte. `none`: in clear, for a relay on this machine or a closed network.
   */
  readonly security: 'starttls' | 'tls' | 'none';
  /** Given together with `password`; never sent in clear. */
  readonly user?: string;
  readonly password?: string;
  /** The authorities that may vouch for the server, PEM; without it Node's own list. */
  readonly ca?: string;
  /** The sender's address, of the envelope and of the mail; its domain is that of the Message-IDs. */
  readonly from: string;
  /** Our name in EHLO; Node's own would be the machine's. */
  readonly name: string;
}

/** Printable ASCII with one @ and nothing that could be a second recipient; the domain admits less. */
const ONE_ADDRESS = /^[!#-'*+\--9=?A-Z^-~]{1,64}@[A-Za-z0-9.-]{1,253}$/;

/** Mail by SMTP (RFC 5321), STARTTLS (RFC 3207). One connection, one mail and one recipient an attempt. */
export class SmtpChannel {
  private readonly domain: string;

  constructor(
    private readonly options: SmtpOptions,
    private readonly timeoutMs: number,
  ) {
    this.domain = options.from.slice(options.from.lastIndexOf('@') + 1);
  }

  /** The Message-ID. */
  nameOf({ id }: AlertMessage): string {
    return `<${id}@${this.domain}>`;
  }

  async attempt(address: string, message: AlertMessage, signal: AbortSignal): Promise<Delivery> {
    const id = this.nameOf(message);
    if (!ONE_ADDRESS.test(address)) return failed(id, 'target-forbidden');
    try {
      const mail = { ...this.mail(address, id, message), signal };
      await createTransport(this.transport(signal)).sendMail(mail);
      return { delivered: true, message: id };
    } catch (error) {
      if (signal.aborted) return failed(id, endedBy(signal));
      return failed(id, ...failureOf(error as SmtpError));
    }
  }

  private transport(signal: AbortSignal): SMTPTransportOptions {
    const { host, port, security, user, password, ca, name } = this.options;
    return {
      host,
      port,
      name,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
      ...(user === undefined || password === undefined || security === 'none'
        ? {}
        : { auth: { user, pass: password } }),
      // The whole attempt has one limit, the signal's; these only must not be longer than it.
      connectionTimeout: this.timeoutMs,
      greetingTimeout: this.timeoutMs,
      socketTimeout: this.timeoutMs,
      socketCloseTimeout: 0,
      // By its own resolver it would ask the name servers before /etc/hosts, and give up when they are silent.
      getSocket: (_options, callback) => open(this.options, signal, callback),
      logger: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    };
  }

  private mail(address: string, messageId: string, { subject, text }: AlertMessage): SendMailOptions {
    const { from } = this.options;
    return {
      // As objects: a string would be read as a list of addresses.
      from: { name: '', address: from },
      to: { name: '', address },
      messageId,
      date: new Date(),
      // RFC 3834, 5: vacation notices are not sent in answer to it.
      headers: { 'Auto-Submitted': 'auto-generated' },
      subject,
      text,
      // Neither wrapped nor trimmed on the way: the text ends with a signed note.
      textEncoding: 'base64',
    };
  }
}

/**
 * Opens the connection of one attempt by the system's resolver. Once it is open it is nodemailer's, which ends it with
 * the attempt; it is not ours to destroy any more: TLS lives on top of it then, and Node 24 crashes when the socket below
 * goes during a handshake.
 */
function open({ host, port }: SmtpOptions, signal: AbortSignal, opened: GetSocketCallback): void {
  const socket = connect({ host, port });
  const stop = (): void => void socket.destroy(new Error('the attempt was ended'));
  signal.addEventListener('abort', stop);
  let told = false;
  const tell = (error?: Error): void => {
    if (told) return;
    told = true;
    signal.removeEventListener('abort', stop);
    if (error) opened(error);
    else opened(null, { connection: socket });
  };
  // Stays: an error after the end of the attempt has nobody else to hear it.
  socket.on('error', tell);
  socket.once('connect', () => tell());
}

/** Errors of nodemailer: a code of its own, and the reply of the server if that is what went wrong. */
interface SmtpError extends Error {
  readonly code?: string;
  /** The code of the system or of OpenSSL, where nodemailer put its own in its place. */
  readonly originalCode?: string;
  readonly response?: string;
  readonly responseCode?: number;
  /** What the server replied to. */
  readonly command?: string;
}

/** The replies that are about the mail rather than about us: to the recipient, and to the message. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA'];

function failureOf(error: SmtpError): [why: DeliveryFault, permanent?: boolean] {
  const { code, originalCode, responseCode, command = '' } = error;
  // Also a server that replies to STARTTLS with anything but yes.
  if (code === 'ETLS') return ['tls'];
  if (responseCode !== undefined) {
    if (responseCode < 500 || !ABOUT_THE_MAIL.includes(command)) return ['refused'];
    return ['rejected', isAboutTheAddress(error)];
  }
  return code === 'EAUTH' ? ['refused'] : [transportFault(originalCode ?? code)];
}

/**
 * Whether the address itself is bad, so that no repair on any side makes it good: by the enhanced status code
 * (RFC 3463: 5.1.z except the sender's, 5.2.1), or where there is none by the reply to RCPT (RFC 5321, 4.2.3). A full
 * mailbox, a policy, a relay that does not know us any more: those end.
 */
const isAboutTheAddress = ({ command, response = '' }: SmtpError): boolean =>
  command === 'RCPT TO' &&
  /^5\d\d[ -](?:5\.1\.(?![78]\b)\d{1,3}\b|5\.2\.1\b)|^55[013](?:$|[ -](?!\d\.\d{1,3}\.\d{1,3}\b))/.test(
    response,
  );
