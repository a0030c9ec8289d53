import type { FirstAccount } from '#wiring';

/** What the demo remembers between two starts; in the secrets directory, for this machine's demo only. */
export interface DemoAccounts {
  readonly verifierKey: string;
  readonly accounts: readonly FirstAccount[];
}

/** The PIN that the demo's people choose at their first sign-in: the demo's own, for synthetic data on one machine. */
export const demoPin = (role: string): string => String(270_459 + 1_013 * role.length);
