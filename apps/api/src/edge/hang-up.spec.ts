import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { hangingUp } from './hang-up.js';

class Connection extends EventEmitter {
  cut = false;
  destroy(): void {
    this.cut = true;
    this.emit('close');
  }
}
/** An answer, and how far it is with what was asked. */
class Answer extends EventEmitter {
  writableEnded = false;
  constructor(readonly req: { socket: Connection; complete: boolean }) {
    super();
  }
}

describe('a stop', () => {
  let server: EventEmitter;
  let stop: () => void;
  beforeEach(() => {
    jest.useFakeTimers();
    server = new EventEmitter();
    const app = {
      getHttpServer: () => server,
      getHttpAdapter: () => ({ getInstance: () => ({ addHook: () => 0 }) }),
    };
    stop = hangingUp(app as never);
  });
  afterEach(() => void jest.useRealTimers());

  const connect = (): Connection => {
    const socket = new Connection();
    server.emit('secureConnection', socket);
    return socket;
  };
  const asked = (complete = true): { readonly socket: Connection; readonly answer: Answer } => {
    const socket = connect();
    const answer = new Answer({ socket, complete });
    server.emit('request', answer.req, answer);
    return { socket, answer };
  };
  /** Which are cut at once, after a second, and after ten. */
  const cutOf = (socket: Connection): readonly boolean[] => {
    stop();
    return [0, 1_000, 9_000].map((ms) => {
      jest.advanceTimersByTime(ms);
      return socket.cut;
    });
  };

  it('cuts a connection over which nothing was asked, or nothing more, after a second', () => {
    expect(cutOf(connect())).toEqual([false, true, true]);
    const { socket, answer } = asked();
    answer.emit('close');
    expect(cutOf(socket)).toEqual([false, true, true]);
  });

  it('cuts one over which half a request came after a second', () => {
    expect(cutOf(asked(false).socket)).toEqual([false, true, true]);
  });

  it('waits for an answer that is not ready', () => {
    expect(cutOf(asked().socket)).toEqual([false, false, false]);
  });

  it('waits ten seconds for one that is ready to be taken', () => {
    const { socket, answer } = asked();
    answer.writableEnded = true;
    expect(cutOf(socket)).toEqual([false, false, true]);
  });

  it('takes the second answer over a connection for under way when the first one is over', () => {
    const { socket, answer } = asked();
    server.emit('request', answer.req, new Answer(answer.req));
    answer.emit('close');
    expect(cutOf(socket)).toEqual([false, false, false]);
  });

  it('cuts nothing before it begins', () => {
    const socket = connect();
    jest.advanceTimersByTime(60_000);
    expect(socket.cut).toBe(false);
  });
});
