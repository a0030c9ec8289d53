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
  /** As they were last found. */
  private readonly forged_ = new Set<string>();
  private readonly untold_ = new Set<string>();

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
    if (sealed === 'forged' || (sealed !== null && !this.fits(name, sealed))) {
      if (!this.forged_.has(name)) this.untold_.add(name);
      this.forged_.add(name);
      return 'forged';
    }
    this.forged_.delete(name);
    return sealed && { value: sealed.value as T };
  }

  write(name: string, value: unknown): void {
    // As it will be read: the MAC is over what JSON leaves of a value.
    const kept = JSON.parse(JSON.stringify(value)) as unknown;
    this.marks.write(name, { value: kept, mac: this.macOf(name, kept) });
  }

  /** Names of the marks that this process last found forged, and of those that it found so and has not told yet. */
  get forged(): readonly string[] {
    return [...new Set([...this.forged_, ...this.untold_])];
  }

  /** Those that were found forged, or forged again, since they were told: also what was written anew since. */
  get untold(): readonly string[] {
    return [...this.untold_];
  }

  /** People have been told, or will be, that these were forged. */
  told(names: readonly string[]): void {
    for (const name of names) this.untold_.delete(name);
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
    const expected = this.dueMacOf(name, value);
    if (expected === null || typeof mac !== 'string') return false;
    const [said, due] = [Buffer.from(mac), Buffer.from(expected)];
    return said.length === due.length && timingSafeEqual(said, due);
  }

  /** Null for what is nested more deeply than JSON can be written: no process of this installation did. */
  private dueMacOf(name: string, value: unknown): string | null {
    try {
      return this.macOf(name, value);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  private macOf(name: string, value: unknown): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([name, value]))
      .digest('hex');
  }
}
