import { randomBytes, type KeyObject } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BOX_OVERHEAD, seal, unseal } from './box.js';
import { contentOf, type Files, LifeboatUnwritable, replaceFile, withFile, writeAt } from './files.js';

/** 64 KiB in all: some 2,000 attempts, which is more than all contacts of both parties for every kind of fault. */
export const SLOT_BYTES = 32 * 1024;
const FILE_BYTES = 2 * SLOT_BYTES;
const LENGTH_BYTES = 4;
const COUNTER_BYTES = 6;
/** The most that a text in a slot can be; it is ours, since it opened, so this is no more than a bound. */
const LARGEST_TEXT = 4 * 1024 * 1024;

/** What a slot holds, and which of the two it is. */
interface Held {
  readonly slot: 0 | 1;
  readonly counter: number;
  readonly text: string;
}

/**
 * A text in a file whose blocks were taken from the disk beforehand, so that it can be replaced when there are no more.
 * Two slots, written in turn: length (uint32) ‖ box of (counter (uint48) ‖ deflated text). The slot with the higher
 * counter counts; one that is torn does not open, and the other still holds what was there before.
 *
 * A file system that copies on write (btrfs, ZFS) needs a free block even so; there the directory wants a place of its
 * own with a reservation.
 */
export class AlarmFile {
  /** The slot that is surely on the disk, and so must not be written next. */
  private durable: Held | null = null;
  /** Counter of the last slot that this process began to write, whether or not it is down. */
  private tried = 0;

  constructor(
    private readonly path: string,
    private readonly binding: string,
    private readonly key: KeyObject,
    private readonly files: Files,
  ) {}

  /** The text that was written last; null where there is none that opens. */
  read(): string | null {
    const bytes = contentOf(this.files, this.path);
    return (bytes && this.newestIn(bytes)?.text) ?? null;
  }

  /** Takes the blocks from the disk; a file that is there keeps what it holds. */
  prepare(): void {
    this.attempt(() => {
      const size = this.files.statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
      if (size >= FILE_BYTES) return;
      const there = size > 0 ? this.files.readFileSync(this.path) : Buffer.alloc(0);
      // Noise rather than zeros: no file system stores it as a hole or squeezes it together.
      replaceFile(this.files, this.path, Buffer.concat([there, randomBytes(FILE_BYTES - there.length)]));
    });
  }

  /** Replaces the text. A crash in the middle leaves the one before. @throws LifeboatUnwritable */
  write(text: string): void {
    this.prepare();
    this.attempt(() =>
      withFile(this.files, this.path, 'r+', (file) => {
        const newest = this.newestIn(this.files.readFileSync(file));
        if (!this.durable || this.isOfAnother(newest)) {
          this.durable = newest;
          // A process that was killed may have left it in memory only: before the other slot goes, it must be down.
          this.files.fsyncSync(file);
        }
        const next: Held = {
          slot: this.durable?.slot === 0 ? 1 : 0,
          counter: (this.durable?.counter ?? 0) + 1,
          text,
        };
        const box = this.slotOf(next);
        this.tried = next.counter;
        writeAt(this.files, file, box, next.slot * SLOT_BYTES);
        // A crash before this line, or an error in it: whether the slot is down is unknown, so it is written again.
        this.files.fsyncSync(file);
        this.durable = next;
      }),
    );
  }

  /** One process writes at a time; but a worker that waits for its turn opened the file before the other one wrote. */
  private isOfAnother(newest: Held | null): boolean {
    return newest !== null && newest.counter !== this.durable?.counter && newest.counter !== this.tried;
  }

  private slotOf({ counter, text }: Held): Buffer {
    const head = Buffer.alloc(COUNTER_BYTES);
    head.writeUIntBE(counter, 0, COUNTER_BYTES);
    const box = seal(this.key, this.binding, Buffer.concat([head, deflateRawSync(text)]));
    if (LENGTH_BYTES + box.length > SLOT_BYTES) throw new LifeboatUnwritable('the lifeboat is full');
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(box.length);
    return Buffer.concat([length, box]);
  }

  private newestIn(bytes: Buffer): Held | null {
    const [first, second] = [this.heldIn(bytes, 0), this.heldIn(bytes, 1)];
    if (!first || !second) return first ?? second;
    return first.counter > second.counter ? first : second;
  }

  private heldIn(bytes: Buffer, slot: 0 | 1): Held | null {
    const part = bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
    if (part.length < LENGTH_BYTES + BOX_OVERHEAD) return null;
    const box = part.subarray(LENGTH_BYTES, LENGTH_BYTES + part.readUInt32BE(0));
    const plain = unseal(this.key, this.binding, box);
    if (!plain) return null;
    try {
      const packed = plain.subarray(COUNTER_BYTES);
      const text = inflateRawSync(packed, { maxOutputLength: LARGEST_TEXT }).toString('utf8');
      return { slot, counter: plain.readUIntBE(0, COUNTER_BYTES), text };
    } catch {
      return null; // ours by its key, and yet not what this version writes
    }
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (cause) {
      if (cause instanceof LifeboatUnwritable) throw cause;
      throw new LifeboatUnwritable('the lifeboat’s alarms cannot be written', { cause });
    }
  }
}
