import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  Agreements,
  type CommandContext,
  type IssuedAccount,
  Operators,
  Refused,
  RunGuard,
} from '#application';
import {
  addMonths,
  type Affair,
  type ConcludeAgreement,
  purposes,
  type Role,
  type Side,
  strictLimits,
  tokyoDay,
} from '#domain';
import { generateSigningKey } from '#ledger';
import { alarmOf } from './alarm.js';
import type { Configuration } from './configuration.js';
import { keepVerifierKey, logSignersOf } from './log-keys.js';
import { detectionOf, reviewsOf } from './reviews.js';
import type { Rooms } from './rooms.js';

/** One of the first accounts, with the PIN that is told once. */
export interface FirstAccount extends IssuedAccount {
  readonly role: Role;
  readonly side: Side;
  readonly name: string;
}

export interface Initialised {
  readonly agreement: string;
  readonly accounts: readonly FirstAccount[];
  /** The log's verifier key, to be handed to everybody who will check it. */
  readonly verifierKey: string;
}

/**
 * The people without whom nobody could approve anybody, or answer an alarm: two terminal managers, two officers, the
 * responder, the provider's account.
 */
const firstPeople: readonly {
  readonly role: Role;
  readonly side: Side;
  readonly name: string;
  readonly unit: string;
}[] = [
  { role: 'terminal-manager', side: 'recipient', name: '端末 管理一', unit: 'terminal-management' },
  { role: 'terminal-manager', side: 'recipient', name: '端末 管理二', unit: 'terminal-management' },
  { role: 'security-officer', side: 'recipient', name: '保安 太郎', unit: 'security' },
  { role: 'retention-officer', side: 'recipient', name: '保存 花子', unit: 'records' },
  { role: 'incident-responder', side: 'recipient', name: '対応 三郎', unit: 'incidents' },
  { role: 'provider', side: 'provider', name: '提供 次郎', unit: 'provider' },
];

/** Patterns of case references (申請の受付番号) by affair: two letters, the year, six digits. */
const casePatterns: Readonly<Record<Affair, string>> = {
  'rtva-12-1': 'HT-\\d{4}-\\d{6}',
  'rtva-59-1': 'SK-\\d{4}-\\d{6}',
  'rtva-67': 'KN-\\d{4}-\\d{6}',
  'rtva-71-4': 'KF-\\d{4}-\\d{6}',
  'rtva-97-3-1': 'TD-\\d{4}-\\d{6}',
};

/** The agreement's terms as schedule 1 has them; another agency gives its own in a file. */
export const standardTerms = (agreement: string): ConcludeAgreement => ({
  agreement,
  recipient: '国土交通省自動車局自動車情報課',
  provider: '地方公共団体情報システム機構',
  purposes,
  casePatterns,
  deadlineMs: 10_000,
});

/** How long the training of the first people counts; they renew it like everybody else. */
const TRAINING_MONTHS = 12;

/**
 * Makes an installation: the log's signing key, the first accounts with one-time PINs, the agreement; all on record.
 * The agreement comes last, so that a second call after a crash goes through and a call after success is refused.
 */
export async function initialise(
  rooms: Rooms,
  terms: ConcludeAgreement = standardTerms(rooms.configuration.agreement),
): Promise<Initialised> {
  const { journal, credentials, operations, marks, clock, configuration } = rooms;
  if (terms.agreement !== configuration.agreement) {
    // The api and the worker act under KIROKU_AGREEMENT; they would never find this one.
    throw new Refused([{ code: 'agreement-id-malformed', field: 'agreement' }]);
  }
  const context: CommandContext = {
    actor: { system: 'init' },
    agreement: terms.agreement,
    correlation: journal.newId(),
  };
  const agreements = new Agreements(journal);
  const operators = new Operators(journal, credentials, operations.sessions);
  if ((await agreements.agreement(terms.agreement)).state !== 'none') {
    throw new Refused([{ code: 'agreement-exists' }]);
  }
  const verifierKey = logKeyOf(configuration);
  const today = tokyoDay(clock.now());
  const accounts: FirstAccount[] = [];
  for (const { role, side, name, unit } of firstPeople) {
    const trainingValidUntil = addMonths(today, TRAINING_MONTHS);
    const issued = await operators.bootstrap(
      { side, name, unit, roles: [role], trainingValidUntil },
      context,
    );
    accounts.push({ ...issued, role, side, name });
  }
  // From here on whatever happens is seen by the alarm and by the detectors, also before the first worker runs.
  await alarmOf(rooms).alarm.begin();
  detectionOf(rooms).detection.begin();
  await reviewsOf(rooms).dailyReviews.begin(context);
  // The clock by which people are about to agree is the first that the erasures are held against (decision 13).
  new RunGuard(journal, marks, strictLimits).remember(clock.now(), null);
  await agreements.conclude(terms, context);
  return { agreement: terms.agreement, accounts, verifierKey };
}

/** Makes the log's signing key where there is none; returns its verifier key, also kept beside the log. */
export function logKeyOf({ logKey, logOrigin, paths }: Configuration): string {
  if (!existsSync(logKey)) {
    mkdirSync(dirname(logKey), { recursive: true, mode: 0o700 });
    // Written aside and renamed: a crash in between must not leave half a key that nothing signs with.
    const aside = `${logKey}.new`;
    writeFileSync(aside, generateSigningKey(logOrigin).privateKeyPem, { mode: 0o600, flush: true });
    renameSync(aside, logKey);
  }
  const [{ verifierKey }] = logSignersOf({ logOrigin, logKey, logNextKey: null });
  mkdirSync(dirname(paths.ledgerDatabase), { recursive: true });
  keepVerifierKey(paths, verifierKey);
  return verifierKey;
}
