import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Tail, Tails } from '#application';
import type { EdgeRequest } from '../edge/caller.js';
import { assertRoom, demandsOf, Pace } from '../edge/ongoing.js';
import { Standing } from '../edge/standing.js';
import { codeOf } from '../problems/problem.filter.js';
import { problem } from '../problems/problem.js';
import { framesOf } from './tail-frames.js';

/** Who takes nothing of what is there for so long is cut. */
const MOST_STALLED_MS = 30_000;
/** How long a stop waits for those who follow to take its farewell. */
const FAREWELL_MS = 1_000;
/** Bytes that may wait for a reader, beside those of the connection itself. */
const WAITING_BYTES = 64 * 1_024;

/** A connection over which somebody follows the trail, or is about to. */
interface Place {
  readonly request: EdgeRequest;
  readonly response: ServerResponse;
  tail: Tail | null;
  /** Set when it was cut without a farewell. */
  cut: 'too-slow' | null;
  /** Resolves when the connection has ended and that is on record. */
  over: Promise<void> | null;
}

/**
 * The tails of this process: how many there may be, whether those who follow still may, and their end. The tails
 * themselves are read by their connections (`Tails`).
 */
@Injectable()
export class OpenTails implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('tails');
  private readonly places = new Set<Place>();
  private readonly endings = new Set<Promise<void>>();
  private timers: NodeJS.Timeout[] = [];
  private judging: Promise<void> | null = null;
  private unreadable = false;
  private stopping = false;

  constructor(
    private readonly tails: Tails,
    private readonly standing: Standing,
    private readonly pace: Pace,
  ) {}

  onApplicationBootstrap(): void {
    this.every(this.pace.lookMs, () => this.look());
    this.every(this.pace.judgeMs, () => this.judge());
  }

  /** Answers a request with the tail that `follow` begins: a stream that goes on until either side ends it. */
  async serve(
    request: EdgeRequest,
    reply: FastifyReply,
    follow: () => Promise<Tail>,
  ): Promise<StreamableFile> {
    const place = this.admit(request, reply.raw);
    try {
      place.tail = await follow();
    } catch (error) {
      this.places.delete(place);
      throw error;
    }
    const { tail, response } = place;
    const gone = (): void => void this.leave(place);
    response.once('close', gone);
    // A request that waits behind others on its connection may never be answered, and its answer never close.
    request.raw.socket.once('close', gone);
    if (response.destroyed || request.raw.socket.destroyed) gone();
    if (this.stopping) tail.end(problem('stopping'));
    // The connection is the tail's alone, and no proxy is to collect what comes.
    void reply.header('connection', 'close').header('x-accel-buffering', 'no');
    return new StreamableFile(
      Readable.from(framesOf(tail, request), { objectMode: false, highWaterMark: WAITING_BYTES }),
    );
  }

  /** Tells everybody who follows what is new. */
  async look(): Promise<void> {
    try {
      await this.tails.look();
      this.unreadable = false;
    } catch (error) {
      // Those who follow have heard of nothing new, and wait; once is enough to say so.
      if (!this.unreadable) this.log.warn({ task: 'look', error: (error as Error).name });
      this.unreadable = true;
    }
  }

  /** Ends the tails of those who may not follow any more, and cuts those who take nothing. */
  judge(): Promise<void> {
    this.judging ??= this.judgeAll().finally(() => {
      this.judging = null;
    });
    return this.judging;
  }

  /** Says farewell, waits a moment, and cuts who has not taken it: nobody keeps the process from stopping. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    const open = [...this.places].filter(({ tail }) => tail !== null);
    const over = Promise.all(
      open.map((place) => new Promise((resolve) => place.response.once('close', resolve))),
    );
    for (const { tail } of open) tail?.end(problem('stopping'));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, FAREWELL_MS)));
    if (open.length) await Promise.race([over, late]);
    clearTimeout(timer);
    for (const place of this.places) this.end(place);
    await Promise.all(this.endings);
  }

  private admit(request: EdgeRequest, response: ServerResponse): Place {
    if (this.stopping) throw problem('stopping');
    assertRoom('tails', request, this.places);
    const place: Place = { request, response, tail: null, cut: null, over: null };
    this.places.add(place);
    return place;
  }

  private async judgeAll(): Promise<void> {
    for (const place of this.places) {
      const { tail, request } = place;
      if (!tail) continue;
      if (tail.stalledMs > MOST_STALLED_MS) place.cut ??= 'too-slow';
      // Ended a while ago, and the connection is still there: who reads slowly is not waited for.
      if (place.cut || tail.ended) this.end(place);
      else
        await this.standing
          .assertStill(request, demandsOf(request))
          .catch((error: unknown) => tail.end(error));
    }
  }

  private end(place: Place): void {
    place.response.destroy();
    if (place.tail) void this.leave(place);
  }

  private leave(place: Place): Promise<void> {
    place.over ??= this.putOnRecord(place);
    return place.over;
  }

  private async putOnRecord(place: Place): Promise<void> {
    const { tail, cut } = place;
    if (!tail) return;
    this.places.delete(place);
    const error = tail.ended?.error;
    const why = cut ?? (error ? codeOf(error) : 'left');
    const ending = tail.close(why).catch((failure: unknown) => {
      this.log.error({ task: 'close', error: (failure as Error).name });
    });
    this.endings.add(ending);
    await ending;
    this.endings.delete(ending);
  }

  private every(ms: number, task: () => Promise<void>): void {
    this.timers.push(setInterval(() => void task(), ms).unref());
  }
}
