/**
 * Finds ids that may have occurred before, in 8 to 16 bytes an id: a table of 64-bit fingerprints. The same id always
 * has the same fingerprint, so no repetition is missed; two ids may share one by chance (or by somebody's effort), so
 * a suspicion must be confirmed by looking at the ids themselves.
 */
export class SeenIds {
  private table = new Uint32Array(2 * 1024);
  private count = 0;

  /** Adds an id; whether its fingerprint was there already. */
  suspect(id: string): boolean {
    // Half full at most: probes stay short.
    if (this.count * 4 >= this.table.length) this.double();
    const [high, low] = fingerprint(id);
    const isNew = this.put(high, low);
    if (isNew) this.count += 1;
    return !isNew;
  }

  private put(high: number, low: number): boolean {
    const slots = this.table.length / 2;
    let slot = (high ^ low) & (slots - 1);
    for (;;) {
      const [foundHigh, foundLow] = [this.table[2 * slot], this.table[2 * slot + 1]];
      if (foundHigh === 0 && foundLow === 0) break;
      if (foundHigh === high && foundLow === low) return false;
      slot = (slot + 1) & (slots - 1);
    }
    this.table[2 * slot] = high;
    this.table[2 * slot + 1] = low;
    return true;
  }

  private double(): void {
    const old = this.table;
    this.table = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2) {
      const [high, low] = [old[at] ?? 0, old[at + 1] ?? 0];
      if (high !== 0 || low !== 0) this.put(high, low);
    }
  }
}

/** Two 32-bit FNV-1a-like hashes, the second finished by an avalanche; never both 0, which marks an empty slot. */
function fingerprint(id: string): [high: number, low: number] {
  let [high, low] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  low = Math.imul(low ^ (low >>> 16), 0xc2b2ae35);
  return [high >>> 0, ((low ^ (low >>> 15)) | 1) >>> 0];
}
