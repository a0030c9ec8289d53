import { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/**
 * Files that are being handed over. Whoever reads slowly, or not at all, must not keep the process from stopping: what is
 * under way then breaks off, as a file that is not whole.
 */
@Injectable()
export class FilesUnderWay implements BeforeApplicationShutdown {
  private readonly open = new Set<Readable>();

  /** The stream of a file that is made as it is read. */
  of(parts: AsyncIterable<string | Uint8Array>): Readable {
    const file = Readable.from(parts);
    this.open.add(file);
    file.once('close', () => this.open.delete(file));
    return file;
  }

  beforeApplicationShutdown(): void {
    for (const file of this.open) file.destroy(new Error('the api is stopping'));
  }
}
