import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Marks } from './port.js';

/** A mark as it is kept. */
interface Sealed {
  readonly value: unknown;
  /** HMAC-SHA256 of name and value, lower-case hex; anything, where another hand wrote it. */
  readonly mac: unknown;
}

/**
 * Marks with the MAC of their installation. Whoever can write the operations database could else have keys destroyed, and
 * events passed over. One that no process of this installation wrote counts as none: so no reader may take a mark that is
 * missing for a good sign. An older genuine one that was put back is believed.
 */
export class GenuineMarks implements Marks {
  private readonly forged_ = new Set<string>();

  constructor(
    private readonly marks: Marks,
    /** Known to the processes of this installation alone; 32 bytes. */
    private readonly key: Buffer,
  ) {}

  /** The value last written; null where there is none, or a forged one. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as its port
  read<T>(name: string): T | null {
    const found = this.genuine<T>(name);
    return found === null || found === 'forged' ? null : found.value;
  }

  /** What lies under a name, and whether this installation wrote it. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as its port
  genuine<T>(name: string): { readonly value: T } | 'forged' | null {
    const sealed = this.stored(name);
    if (sealed === null || sealed === 'forged' || !this.fits(name, sealed)) {
      if (sealed === null) this.forged_.delete(name);
      else this.forged_.add(name);
      return sealed === null ? null : 'forged';
    }
    this.forged_.delete(name);
    return { value: sealed.value as T };
  }

  write(name: string, value: unknown): void {
    // As it will be read: the MAC is over what JSON leaves of a value.
    const kept = JSON.parse(JSON.stringify(value)) as unknown;
    this.marks.write(name, { value: kept, mac: this.macOf(name, kept) });
  }

  /** Names of the marks that were last found forged by this process. */
  get forged(): readonly string[] {
    return [...this.forged_];
  }

  private stored(name: string): Sealed | 'forged' | null {
    try {
      const stored = this.marks.read<Partial<Sealed>>(name);
      if (stored === null) return null;
      const { value, mac } = stored;
      return value === undefined ? 'forged' : { value, mac };
    } catch (error) {
      if (error instanceof SyntaxError) return 'forged';
      throw error;
    }
  }

  private fits(name: string, { value, mac }: Sealed): boolean {
    const [said, due] = [Buffer.from(String(mac)), Buffer.from(this.macOf(name, value))];
    return said.length === due.length && timingSafeEqual(said, due);
  }

  private macOf(name: string, value: unknown): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([name, value]))
      .digest('hex');
  }
}
