import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import type { CertificateEvent, RecordedCertificateEvent } from './access.events.js';
import { because } from './refusals.js';
import { terminalFaults, type TerminalState } from './terminal.js';

// ---- commands ----

const SHA256 = /^[0-9a-f]{64}$/;

export interface BindCertificate {
  /** SHA-256 of the certificate's DER bytes, lower-case hex. */
  readonly certificate: string;
  readonly terminal: string;
  /** End of its validity, UTC ISO 8601 with milliseconds; in the future. */
  readonly notAfter: string;
}

// ---- state ----

export type CertificateState =
  | { readonly state: 'none' }
  | {
      readonly state: 'bound' | 'retired';
      readonly certificate: string;
      readonly terminal: string;
      readonly notAfter: string;
    };

export const initialCertificate: CertificateState = { state: 'none' };

/**
 * Why a certificate does not open a session (annex 2, 2(2)(3)); empty while it may. `notAfter` itself is still
 * inside its validity (RFC 5280, 4.1.2.5). Whether its terminal is still in use is the terminal's state.
 */
export function certificateFaults(state: CertificateState, now: string): Refusal[] {
  if (state.state === 'none') return [because('certificate-unknown', 'certificate')];
  return reasons(
    state.state === 'retired' && because('certificate-retired', 'certificate'),
    Date.parse(now) > Date.parse(state.notAfter) && because('certificate-expired', 'certificate'),
  );
}

/** Why a certificate does not speak for this terminal now; empty while it does. */
export const certificateFaultsAt = (state: CertificateState, terminal: string, now: string): Refusal[] => [
  ...certificateFaults(state, now),
  ...reasons(
    state.state !== 'none' &&
      state.terminal !== terminal &&
      because('certificate-of-other-terminal', 'certificate'),
  ),
];

// ---- decide ----

export const isFingerprint = (value: unknown): value is string =>
  typeof value === 'string' && SHA256.test(value);

const isInstant = (value: string): boolean => {
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
};

/** Binds a certificate to one registered terminal, for ever: not even a retired one is bound again. */
export function decideBindCertificate(
  state: CertificateState,
  { certificate, terminal, notAfter }: BindCertificate,
  facts: { readonly terminal: TerminalState },
  now: string,
): Decision<CertificateEvent> {
  if (state.state !== 'none') return refuse(because('certificate-already-bound', 'certificate'));
  const wellFormed = isInstant(notAfter);
  const faults = reasons(
    !isFingerprint(certificate) && because('certificate-malformed', 'certificate'),
    !wellFormed && because('certificate-validity-malformed', 'notAfter'),
    wellFormed && Date.parse(notAfter) <= Date.parse(now) && because('certificate-expired', 'notAfter'),
    ...terminalFaults(facts.terminal),
  );
  if (faults.length) return refuse(...faults);
  return accept<CertificateEvent>({ type: 'CertificateBound', data: { certificate, terminal, notAfter } });
}

/** Withdraws a certificate (lost, stolen, replaced). An expired one may still be withdrawn. */
export function decideRetireCertificate(state: CertificateState): Decision<CertificateEvent> {
  if (state.state === 'none') return refuse(because('certificate-unknown', 'certificate'));
  if (state.state === 'retired') return refuse(because('certificate-retired', 'certificate'));
  const { certificate, terminal } = state;
  return accept<CertificateEvent>({ type: 'CertificateRetired', data: { certificate, terminal } });
}

// ---- evolve ----

export function evolveCertificate(
  state: CertificateState,
  event: RecordedCertificateEvent,
): CertificateState {
  switch (event.type) {
    case 'CertificateBound': {
      const { certificate, terminal, notAfter } = event.data;
      return { state: 'bound', certificate, terminal, notAfter };
    }
    case 'CertificateRetired':
      return state.state === 'none' ? state : { ...state, state: 'retired' };
    default:
      return assertNever(event);
  }
}

export const certificateFolding = { initial: initialCertificate, evolve: evolveCertificate };
