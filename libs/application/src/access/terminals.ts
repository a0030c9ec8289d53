import {
  type BindCertificate,
  certificateFaults,
  certificateFolding,
  certificateStream,
  decideBindCertificate,
  decideRegisterTerminal,
  decideRetireCertificate,
  decideRetireTerminal,
  isFingerprint,
  type Refusal,
  type RegisterTerminal,
  terminalFaults,
  terminalFolding,
  type TerminalState,
  terminalStream,
} from '#domain';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';

export type CertificateOfTerminal = Omit<BindCertificate, 'terminal'>;

/** The terminal that a client certificate speaks for, or why it speaks for none. */
export type TerminalOfCertificate = { readonly terminal: string } | { readonly refusals: readonly Refusal[] };

/** The terminals from which the register may be asked, and the certificates by which they are known. */
export class Terminals {
  constructor(private readonly journal: Journal) {}

  /**
   * Registers a terminal and binds its first certificate. The certificate is judged before anything is written; a
   * crash between the two leaves a terminal without one, which `bind` repairs.
   */
  async register(
    terminal: RegisterTerminal,
    certificate: CertificateOfTerminal,
    context: CommandContext,
  ): Promise<void> {
    await this.judgeFirst(terminal, certificate);
    await this.journal.decide(terminalStream(terminal.terminal), terminalFolding, context, (state) =>
      decideRegisterTerminal(state, terminal),
    );
    await this.bind(terminal.terminal, certificate, context);
  }

  /** Binds a further certificate to a registered terminal; a certificate belongs to one terminal for ever. */
  async bind(terminal: string, certificate: CertificateOfTerminal, context: CommandContext): Promise<void> {
    const command = { ...certificate, terminal };
    const stream = certificateStream(certificate.certificate);
    await this.journal.decide(stream, certificateFolding, context, async (state, now) =>
      decideBindCertificate(state, command, { terminal: await this.find(terminal) }, now),
    );
  }

  /** Withdraws a certificate by its SHA-256. */
  async retireCertificate(sha256: string, context: CommandContext): Promise<void> {
    await this.journal.decide(
      certificateStream(sha256),
      certificateFolding,
      context,
      decideRetireCertificate,
    );
  }

  /** Takes a terminal out of use; its certificates open nothing from here on. */
  async retire(terminal: string, context: CommandContext): Promise<void> {
    await this.journal.decide(terminalStream(terminal), terminalFolding, context, decideRetireTerminal);
  }

  /** `none` for an unknown id. */
  async find(terminal: string): Promise<TerminalState> {
    return foldLoaded(await this.journal.load(terminalStream(terminal)), terminalFolding);
  }

  /** Looks up a client certificate by the SHA-256 of its DER bytes, lower-case hex (annex 2, 2(2)(3)). */
  async terminalOfCertificate(sha256: string): Promise<TerminalOfCertificate> {
    if (!isFingerprint(sha256)) return { refusals: [{ code: 'certificate-malformed' }] };
    const loaded = await this.journal.load(certificateStream(sha256));
    const certificate = foldLoaded(loaded, certificateFolding);
    const faults = certificateFaults(certificate, this.journal.clock.now());
    if (certificate.state === 'none' || faults.length) return { refusals: faults };
    const refusals = terminalFaults(await this.find(certificate.terminal));
    return refusals.length ? { refusals } : { terminal: certificate.terminal };
  }

  /** Both decisions as they would come out now; throws what either refuses. */
  private async judgeFirst(terminal: RegisterTerminal, certificate: CertificateOfTerminal): Promise<void> {
    const loaded = await this.journal.load(certificateStream(certificate.certificate));
    const registering = decideRegisterTerminal(await this.find(terminal.terminal), terminal);
    const binding = decideBindCertificate(
      foldLoaded(loaded, certificateFolding),
      { ...certificate, terminal: terminal.terminal },
      { terminal: { state: 'registered', ...terminal } },
      this.journal.clock.now(),
    );
    const refusals = [registering, binding].flatMap((decision) =>
      decision.accepted ? [] : decision.refusals,
    );
    if (refusals.length) throw new Refused(refusals);
  }
}
