import { createServer, type Server, type Socket } from 'node:net';
import { listen, settle, Sockets } from './sockets.contract.js';

/** What the server says to each command; `greeting` first, `message` after the dot. */
export type Script = Readonly<Record<string, string>>;

const POLITE: Script = {
  greeting: '220 here',
  EHLO: '250 here',
  STARTTLS: '220 go on',
  'MAIL FROM': '250 yes',
  'RCPT TO': '250 yes',
  DATA: '354 go on',
  message: '250 taken',
};

/** A server that says word for word what a test wants to be said, in clear, and remembers what it was told. */
export class ScriptedServer {
  readonly heard: string[] = [];
  readonly sockets = new Sockets();
  port = 0;
  private readonly server: Server;

  private constructor(private readonly script: Script) {
    this.server = createServer((socket) => this.serve(socket));
    this.sockets.watch(this.server);
  }

  static async start(script: Script): Promise<ScriptedServer> {
    const server = new ScriptedServer({ ...POLITE, ...script });
    server.port = await listen(server.server);
    return server;
  }

  quiet(): Promise<void> {
    return settle(this.server);
  }

  private serve(socket: Socket): void {
    let rest = '';
    let inMessage = false;
    const say = (what: string): void => void socket.write(`${this.script[what] ?? '500 what?'}\r\n`);
    say('greeting');
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (inMessage && line !== '.') continue;
        const command = inMessage ? 'message' : (/^(?:MAIL FROM|RCPT TO|\w+)/.exec(line)?.[0] ?? '');
        if (!inMessage) this.heard.push(line);
        inMessage = command === 'DATA' && (this.script['DATA'] ?? '').startsWith('3');
        say(command);
      }
    });
  }
}
