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
import { codeOf } from '../problems/problem.filter.js';
import { problem } from '../problems/problem.js';
import type { EdgeRequest } from './caller.js';
import { assertRoom, demandsOf, Pace } from './ongoing.js';
import { Standing } from './standing.js';

/** Who takes nothing of what is there for so long is cut; milliseconds of real time. */
const MOST_STALLED_MS = 60_000;
/** Bytes that may wait for a reader, beside those of the connection itself. */
const WAITING_BYTES = 64 * 1_024;

/** A file that is made as it is read. */
export interface MadeFile {
  readonly parts: AsyncIterable<string | Uint8Array>;
  /** Content-Type (RFC 9110). */
  readonly type: string;
  /** Content-Disposition (RFC 6266); null where it is shown and not saved. */
  readonly disposition: string | null;
}

/** A connection over which a file is handed over, or is about to be. */
interface Place {
  readonly request: EdgeRequest;
  readonly response: ServerResponse;
  file: Readable | null;
  /** What the connection looked like when something was taken last, and when that was. */
  seen: string;
  takenAt: number;
}

/**
 * Files that are being handed over: how many there may be, whether those who fetch still may, and the end of those that
 * nobody takes. What must not go on breaks off, as a file that is not whole; nobody keeps the process from stopping.
 */
@Injectable()
export class FilesUnderWay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('files');
  private readonly places = new Set<Place>();
  private timer: NodeJS.Timeout | undefined;
  private judging: Promise<void> | null = null;
  private stopping = false;

  constructor(
    private readonly standing: Standing,
    private readonly pace: Pace,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.judge(), this.pace.judgeMs).unref();
  }

  /**
   * Answers a request with the file that `make` begins, which puts on record that it is fetched: what there is no place
   * for is refused before (`files-of-person`, `files-of-process`).
   */
  async handOver(
    request: EdgeRequest,
    reply: FastifyReply,
    make: () => Promise<MadeFile>,
  ): Promise<StreamableFile> {
    const place = this.admit(request, reply.raw);
    const { response } = place;
    const { socket } = request.raw;
    const over = (): void => {
      this.places.delete(place);
      response.off('close', over);
      socket.off('close', over);
      place.file?.destroy();
    };
    response.once('close', over);
    // A request that waits behind others on its connection may never be answered, and its answer never close.
    socket.once('close', over);
    try {
      const { parts, type, disposition } = await make();
      place.file = Readable.from(parts, { objectMode: false, highWaterMark: WAITING_BYTES });
      place.takenAt = performance.now();
      if (this.stopping) this.cut(place, problem('stopping'));
      else if (response.destroyed || socket.destroyed) over();
      return new StreamableFile(place.file, disposition === null ? { type } : { type, disposition });
    } catch (error) {
      over();
      throw error;
    }
  }

  /** Breaks off the files of those who may not fetch them any more, and those that nobody takes. */
  judge(): Promise<void> {
    this.judging ??= this.judgeAll().finally(() => {
      this.judging = null;
    });
    return this.judging;
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
    clearInterval(this.timer);
    for (const place of this.places) this.cut(place, problem('stopping'));
  }

  private admit(request: EdgeRequest, response: ServerResponse): Place {
    if (this.stopping) throw problem('stopping');
    assertRoom('files', request, this.places);
    const place: Place = { request, response, file: null, seen: '', takenAt: performance.now() };
    this.places.add(place);
    return place;
  }

  private async judgeAll(): Promise<void> {
    for (const place of this.places) {
      const { file, request } = place;
      if (!file) continue;
      if (stalledMs(place, file) > MOST_STALLED_MS) this.cut(place, new Error('nobody takes the file'));
      else
        await this.standing
          .assertStill(request, demandsOf(request))
          .catch((error: unknown) => this.cut(place, error as Error));
    }
  }

  /** A file of which nothing has left yet is answered by the problem; of any other the connection breaks. */
  private cut(place: Place, error: Error): void {
    const { file, response } = place;
    if (!file || !this.places.delete(place)) return;
    if (!this.stopping) this.log.warn({ task: 'cut', error: error.name, code: codeOf(error) });
    file.destroy(error);
    if (response.headersSent) response.destroy();
  }
}

/** For how long nothing has been taken of what there is to take. Who waits for more of the file is not slow. */
function stalledMs(place: Place, file: Readable): number {
  const { response, request } = place;
  const waiting = file.readableLength + response.writableLength;
  const seen = `${request.raw.socket.bytesWritten} ${waiting}`;
  if (waiting === 0 || seen !== place.seen) place.takenAt = performance.now();
  place.seen = seen;
  return performance.now() - place.takenAt;
}
