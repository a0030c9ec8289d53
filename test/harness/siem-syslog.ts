import { createServer, type Server, type TLSSocket } from 'node:tls';
import { Siem, type SiemEvent, type SiemIdentity } from './siem.js';

/** The parts of a syslog message (RFC 5424) as it arrived. */
export interface SyslogMessage {
  readonly priority: number;
  readonly timestamp: string;
  readonly hostname: string;
  readonly appName: string;
  readonly messageId: string;
  readonly text: string;
}

const MESSAGE = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) - (\S+) - (.*)$/s;

/** A SIEM that takes syslog over TLS (RFC 5425), and reads to the end before it closes. */
export class SyslogSiem extends Siem {
  readonly messages: SyslogMessage[] = [];

  static async start(identity: SiemIdentity, ca: string | null = null): Promise<SyslogSiem> {
    const siem = new SyslogSiem('syslog+tls');
    await siem.open(identity, ca);
    return siem;
  }

  protected serve({ cert, key }: SiemIdentity, ca: string | null): Server {
    const mutual = ca === null ? {} : { ca, requestCert: true, rejectUnauthorized: true };
    const server = createServer({ cert, key, ...mutual });
    server.on('secureConnection', (socket: TLSSocket) => this.read(socket));
    return server;
  }

  private read(socket: TLSSocket): void {
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      if (this.behaviour === 'cuts') return this.reset(socket.remotePort);
      if (this.behaviour === 'hangs') return this.stopReading(socket);
      bytes = this.take(Buffer.concat([bytes, chunk]));
      if (this.behaviour === 'forgets') this.reset(socket.remotePort);
    });
    // Node closes this side once everything was read and the client has closed its own.
  }

  /** Neither reads on nor closes. */
  private stopReading(socket: TLSSocket): void {
    socket.allowHalfOpen = true;
    socket.pause();
    this.stuck.add(socket.remotePort ?? 0);
    this.hold();
  }

  /** Takes every whole frame; what is left of the bytes. */
  private take(bytes: Buffer): Buffer {
    let rest = bytes;
    for (;;) {
      const space = rest.indexOf(0x20);
      const length = Number(rest.subarray(0, Math.max(space, 0)).toString());
      if (Number.isNaN(length)) throw new Error('no length before a message');
      if (space < 1 || rest.length < space + 1 + length) return rest;
      const message = rest.subarray(space + 1, space + 1 + length).toString();
      rest = rest.subarray(space + 1 + length);
      this.note(message);
    }
  }

  private note(message: string): void {
    const [, priority, timestamp = '', hostname = '', appName = '', messageId = '', text = ''] =
      MESSAGE.exec(message) ?? [];
    this.messages.push({ priority: Number(priority), timestamp, hostname, appName, messageId, text });
    this.arrived.push(JSON.parse(text) as SiemEvent);
  }
}
