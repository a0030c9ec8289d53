import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';

/** Boot times are rounded to this, so that processes started apart agree on one although `uptime` drifts. */
const BOOT_ROUNDING_MS = 600_000;

/**
 * The id of this boot of the machine: the kernel's own where there is one (Linux). Elsewhere a hash of the host's
 * name and the rounded time of boot: two processes near a rounding edge may then disagree, which makes
 * their monotonic times incomparable, never wrong.
 */
function findBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    const bootedAt = Math.round((Date.now() - uptime() * 1000) / BOOT_ROUNDING_MS);
    return createHash('sha256').update(`${hostname()}\n${bootedAt}`).digest('hex').slice(0, 32);
  }
}

let known: string | undefined;

/** The id of this boot; found once in the life of a process. */
export const bootId = (): string => (known ??= findBootId());

/** Milliseconds of CLOCK_MONOTONIC, which counts from the boot and is the same in every process of it. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
