import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { problem } from '../problems/problem.js';
import type { EdgeRequest } from './caller.js';
import { FilesUnderWay } from './files-under-way.js';
import type { Demands, Standing } from './standing.js';

/** An answer, or what carries it: it closes when it is destroyed, a turn later, as real ones do. */
class Connection extends EventEmitter {
  destroyed = false;
  headersSent = true;
  writableLength = 0;
  bytesWritten = 0;

  destroy(): void {
    this.destroyed = true;
    queueMicrotask(() => this.emit('close'));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the files of a process', () => {
  let files: FilesUnderWay;
  let standing: Error | null;
  let asked: Demands[];
  let now: number;
  let whenJudged: () => void;
  beforeEach(() => {
    standing = null;
    asked = [];
    now = 0;
    whenJudged = () => undefined;
    const judged = {
      assertStill: async (_request: EdgeRequest, demands: Demands): Promise<void> => {
        asked.push(demands);
        whenJudged();
        if (standing) throw standing;
      },
    };
    files = new FilesUnderWay(judged as unknown as Standing, { lookMs: 1, judgeMs: 1 });
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(() => {
    files.beforeApplicationShutdown();
    jest.restoreAllMocks();
  });

  /** A file that is longer than what may wait for its reader. */
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      await Promise.resolve();
      yield 'x'.repeat(32 * 1_024);
    }
  }
  async function handed(person = 'o-1', parts: AsyncIterable<string> = endless()) {
    const response = new Connection();
    const socket = new Connection();
    const caller = { operator: person, session: { id: `of-${person}` }, action: 'export-trail' };
    const request = { headers: {}, raw: { socket }, caller } as unknown as EdgeRequest;
    let made = 0;
    const answer = await files.handOver(request, { raw: response } as unknown as FastifyReply, async () => {
      made += 1;
      return { parts, type: 'text/csv', disposition: null };
    });
    const stream = answer.getStream();
    const broken: Error[] = [];
    stream.on('error', (error) => broken.push(error));
    return { response, socket, stream, broken, made };
  }
  const refusal = (person: string): Promise<unknown> =>
    handed(person).then(
      () => null,
      (error: Error) => error.message,
    );

  it('go on for who still may, by what their route asks', async () => {
    const { response, broken } = await handed();
    await files.judge();
    expect(asked).toEqual([{ action: 'export-trail', atTerminal: false, withInitialPin: false }]);
    expect([response.destroyed, broken]).toEqual([false, []]);
  });

  it('break off for who may not any more', async () => {
    const { response, stream, broken } = await handed();
    standing = problem('session-missing');
    await files.judge();
    await turn();
    expect([response.destroyed, stream.destroyed, broken]).toEqual([true, true, [standing]]);
  });

  it('break off too when all of them waits in the connection', async () => {
    const { response, stream } = await handed(
      'o-1',
      (async function* () {
        yield 'the end';
      })(),
    );
    stream.resume();
    await turn();
    standing = problem('role-missing');
    await files.judge();
    expect(response.destroyed).toBe(true);
  });

  it('are answered by the problem where nothing has left yet', async () => {
    const { response, broken } = await handed();
    response.headersSent = false;
    standing = problem('session-missing');
    await files.judge();
    await turn();
    expect([response.destroyed, broken]).toEqual([false, [standing]]);
  });

  it('are judged by themselves, without anybody asking', async () => {
    const judged = new Promise<void>((resolve) => (whenJudged = resolve));
    await handed();
    files.onApplicationBootstrap();
    await judged;
  });

  describe('of which nothing is taken', () => {
    const judgedAt = async (ms: number): Promise<void> => {
      now = ms;
      await files.judge();
      await turn();
    };

    it('break off after a minute, and not before', async () => {
      const { response } = await handed();
      response.writableLength = 10;
      await judgedAt(5_000);
      await judgedAt(65_000);
      expect(response.destroyed).toBe(false);
      await judgedAt(65_001);
      expect(response.destroyed).toBe(true);
    });

    it('go on as long as something is, however slowly', async () => {
      const { response, socket } = await handed();
      response.writableLength = 10;
      for (let minutes = 1; minutes < 10; minutes += 1) {
        socket.bytesWritten += 1;
        await judgedAt(minutes * 60_000);
      }
      expect(response.destroyed).toBe(false);
    });

    it('go on as long as there is nothing to take: the file is being made', async () => {
      const { response } = await handed(
        'o-1',
        (async function* (): AsyncGenerator<string> {
          await new Promise(() => undefined);
          yield '';
        })(),
      );
      await judgedAt(5_000);
      await judgedAt(600_000);
      expect(response.destroyed).toBe(false);
    });
  });

  it('are four of a person and sixteen of the process, nothing is begun beyond, and places are given back', async () => {
    const first = await handed('o-1');
    for (let own = 1; own < 4; own += 1) await handed('o-1');
    expect(await refusal('o-1')).toBe('files-of-person');
    for (let others = 4; others < 16; others += 1) await handed(`o-${others}`);
    expect(await refusal('o-0')).toBe('files-of-process');
    first.response.emit('close');
    expect(first.stream.destroyed).toBe(true);
    expect([first.socket.listenerCount('close'), await refusal('o-0')]).toEqual([0, null]);
  });

  it('keep no place for what is refused', async () => {
    const refused = problem('export-missing');
    const request = { headers: {}, raw: { socket: new Connection() } } as unknown as EdgeRequest;
    const reply = { raw: new Connection() } as unknown as FastifyReply;
    for (let times = 0; times < 10; times += 1)
      await expect(files.handOver(request, reply, () => Promise.reject(refused))).rejects.toBe(refused);
  });

  it('break off when the process stops, and no other begins', async () => {
    const { response, stream } = await handed();
    files.beforeApplicationShutdown();
    expect([response.destroyed, stream.destroyed, await refusal('o-2')]).toEqual([true, true, 'stopping']);
  });
});
