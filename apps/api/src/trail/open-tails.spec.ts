import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Tail, TailItem, Tails } from '#application';
import type { EdgeRequest } from '../edge/caller.js';
import type { Standing } from '../edge/standing.js';
import { problem } from '../problems/problem.js';
import { OpenTails } from './open-tails.js';

/** A connection: it closes when it is destroyed, a turn later, as real ones do. */
class Connection extends EventEmitter {
  destroyed = false;
  readonly headers: Record<string, string> = {};

  destroy(): void {
    this.destroyed = true;
    queueMicrotask(() => this.emit('close'));
  }
}

/** A tail that tells what it is given. */
class GivenTail {
  ended: { readonly error: unknown } | null = null;
  stalledMs = 0;
  readonly closedWith: string[] = [];

  constructor(private readonly told: readonly TailItem[] = []) {}

  end(error: unknown): void {
    this.ended ??= { error };
  }

  close(why: string): Promise<void> {
    this.closedWith.push(why);
    return Promise.resolve();
  }

  async *items(): AsyncGenerator<TailItem> {
    for (const item of this.told) {
      await Promise.resolve();
      yield item;
    }
  }
}

const row = (position: number) => ({ position: String(position), id: `e-${position}` });

describe('the tails of a process', () => {
  let tails: OpenTails;
  let standing: Error | null;
  let looks: { failing: Error | null; made: number };
  beforeEach(() => {
    standing = null;
    looks = { failing: null, made: 0 };
    const fed = {
      look: () => {
        looks.made += 1;
        return looks.failing ? Promise.reject(looks.failing) : Promise.resolve();
      },
    };
    const judged = { assertStill: () => (standing ? Promise.reject(standing) : Promise.resolve()) };
    tails = new OpenTails(fed as unknown as Tails, judged as unknown as Standing, { lookMs: 1, judgeMs: 1 });
  });

  async function served(tail: GivenTail, person = 'o-1', session = 's-1') {
    const connection = new Connection();
    const socket = new Connection();
    const request = { headers: {}, raw: { socket }, caller: { operator: person, session: { id: session } } };
    const reply = {
      raw: connection,
      header(name: string, value: string) {
        connection.headers[name] = value;
        return reply;
      },
    };
    const file = await tails.serve(request as unknown as EdgeRequest, reply as unknown as FastifyReply, () =>
      Promise.resolve(tail as unknown as Tail),
    );
    return { connection, socket, file, tail };
  }
  const read = async (stream: Readable): Promise<string> => {
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    return text;
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const codeOfRefusal = (person: string, session?: string): Promise<unknown> =>
    served(new GivenTail(), person, session).then(
      () => null,
      (error: Error) => error.message,
    );

  it('are told as an event stream, over a connection of their own', async () => {
    const tail = new GivenTail([
      { kind: 'rows', rows: [row(1), row(2)] as never },
      { kind: 'position', position: '3' },
      { kind: 'pulse' },
    ]);
    const { connection, file } = await served(tail);
    expect(connection.headers).toEqual({ connection: 'close', 'x-accel-buffering': 'no' });
    expect(await read(file.getStream())).toBe(
      'retry: 2000\n\n' +
        'id: 1\nevent: row\ndata: {"position":"1","id":"e-1"}\n\n' +
        'id: 2\nevent: row\ndata: {"position":"2","id":"e-2"}\n\n' +
        'id: 3\nevent: position\ndata: {"position":"3"}\n\n' +
        ':\n\n',
    );
  });

  it('end with the problem for which they end, and tell nothing more', async () => {
    const tail = new GivenTail([{ kind: 'rows', rows: [row(1)] as never }]);
    const { file } = await served(tail);
    tail.end(problem('role-missing'));
    const text = await read(file.getStream());
    expect(text).not.toContain('event: row');
    expect(text).toMatch(/^retry: 2000\n\nevent: end\ndata: \{.*"code":"role-missing".*\}\n\n$/);
  });

  it('end with a problem too when the trail cannot be read', async () => {
    const tail = new GivenTail();
    tail.items = async function* () {
      await Promise.resolve();
      yield { kind: 'pulse' };
      throw new Error('identity data in a message');
    };
    const { file } = await served(tail);
    const text = await read(file.getStream());
    expect(text).toMatch(/"code":"internal"/);
    expect(text).not.toContain('identity data');
  });

  it.each(['response', 'socket'])('are over when the %s closes: once, and on record', async (what) => {
    const { connection, socket, tail } = await served(new GivenTail());
    (what === 'socket' ? socket : connection).emit('close');
    connection.emit('close');
    await turn();
    expect(tail.closedWith).toEqual(['left']);
  });

  it('are over at once for who left before the first byte', async () => {
    const connection = new Connection();
    connection.destroyed = true;
    const tail = new GivenTail();
    const request = { headers: {}, raw: { socket: new Connection() }, caller: { operator: 'o-1' } };
    const reply = { raw: connection, header: () => reply };
    await tails.serve(request as unknown as EdgeRequest, reply as unknown as FastifyReply, () =>
      Promise.resolve(tail as unknown as Tail),
    );
    expect(tail.closedWith).toEqual(['left']);
  });

  describe('when they are judged', () => {
    it('go on for who still may', async () => {
      const { tail, connection } = await served(new GivenTail());
      await tails.judge();
      expect([tail.ended, connection.destroyed]).toEqual([null, false]);
    });

    it('end for who may not any more; who does not take the farewell is cut the next time', async () => {
      const { tail, connection } = await served(new GivenTail());
      standing = problem('session-missing');
      await tails.judge();
      expect([tail.ended, connection.destroyed]).toEqual([{ error: standing }, false]);
      standing = null;
      await tails.judge();
      await turn();
      expect([connection.destroyed, tail.closedWith]).toEqual([true, ['session-missing']]);
    });

    it('end also when nobody can tell whether somebody still may', async () => {
      const { tail } = await served(new GivenTail());
      standing = new Error('the store cannot be read');
      await tails.judge();
      expect(tail.ended).toEqual({ error: standing });
    });

    it('are so by themselves, without anybody asking', async () => {
      const { tail } = await served(new GivenTail());
      const ended = new Promise<unknown>((resolve) => (tail.end = resolve));
      standing = problem('session-missing');
      tails.onApplicationBootstrap();
      expect(await ended).toBe(standing);
      await tails.beforeApplicationShutdown();
    });

    it('are cut for who has taken nothing for thirty seconds, and not before', async () => {
      const { tail, connection } = await served(new GivenTail());
      tail.stalledMs = 30_000;
      await tails.judge();
      expect(connection.destroyed).toBe(false);
      tail.stalledMs = 30_001;
      await tails.judge();
      await turn();
      expect([connection.destroyed, tail.closedWith]).toEqual([true, ['too-slow']]);
    });
  });

  it('are four of a person, in all sessions together, and a hundred of the process, and places are given back', async () => {
    const first = await served(new GivenTail());
    for (let own = 1; own < 4; own += 1) await served(new GivenTail(), 'o-1', `s-${own}`);
    expect(await codeOfRefusal('o-1', 's-4')).toBe('tails-of-person');
    for (let others = 4; others < 100; others += 1) await served(new GivenTail(), `o-${others}`);
    expect(await codeOfRefusal('o-0')).toBe('tails-of-process');
    first.connection.emit('close');
    expect(await codeOfRefusal('o-0')).toBeNull();
  });

  it('keep no place for what is refused', async () => {
    const refused = problem('reason-malformed');
    const request = { headers: {}, raw: { socket: new Connection() }, caller: { operator: 'o-1' } };
    for (let times = 0; times < 10; times += 1)
      await expect(
        tails.serve(
          request as unknown as EdgeRequest,
          { raw: new Connection() } as unknown as FastifyReply,
          () => Promise.reject(refused),
        ),
      ).rejects.toBe(refused);
  });

  it('wait, and are looked for again, while the read models cannot be read', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    looks.failing = new Error('of another version');
    await tails.look();
    await tails.look();
    looks.failing = null;
    await tails.look();
    // Four times a second nobody needs to be told.
    expect([looks.made, warned.mock.calls]).toEqual([3, [[{ task: 'look', error: 'Error' }]]]);
    warned.mockRestore();
  });

  it('end when the process stops, and no other begins', async () => {
    const { tail, connection } = await served(new GivenTail());
    const stopped = tails.beforeApplicationShutdown();
    expect(tail.ended?.error).toMatchObject({ message: 'stopping' });
    connection.emit('close');
    await stopped;
    expect(tail.closedWith).toEqual(['stopping']);
    expect(await codeOfRefusal('o-2')).toBe('stopping');
  });
});
