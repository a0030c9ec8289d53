import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { certificateEvents, terminalEvents } from './access.events.js';
import {
  certificateFaults,
  decideBindCertificate,
  decideRetireCertificate,
  evolveCertificate,
  initialCertificate,
} from './certificate.js';
import {
  decideRegisterTerminal,
  decideRetireTerminal,
  evolveTerminal,
  initialTerminal,
  terminalFaults,
} from './terminal.js';

const NOW = '2026-04-06T01:00:00.000Z';
const NOT_AFTER = '2027-04-06T00:00:00.000Z';
const SHA256 = 'ab'.repeat(32);

const terminals = specify(terminalEvents, evolveTerminal, initialTerminal);
const certificates = specify(certificateEvents, evolveCertificate, initialCertificate);

const registered = {
  type: 'TerminalRegistered',
  data: { terminal: 't-counter-3', label: '窓口3' },
} as const;
const retired = { type: 'TerminalRetired', data: { terminal: 't-counter-3' } } as const;
const bound = {
  type: 'CertificateBound',
  data: { certificate: SHA256, terminal: 't-counter-3', notAfter: NOT_AFTER },
} as const;
const withdrawn = {
  type: 'CertificateRetired',
  data: { certificate: SHA256, terminal: 't-counter-3' },
} as const;

const codes = (refusals: readonly { code: string }[]) => refusals.map(({ code }) => code);

describe('a terminal', () => {
  it('is registered under an id of the caller', () => {
    const { events } = terminals.given().when((state) => decideRegisterTerminal(state, registered.data));
    expect(events).toEqual([registered]);
  });

  it.each([
    ['an id in capitals', { terminal: 'T-1' }, 'terminal-id-malformed'],
    ['an id of one character', { terminal: 't' }, 'terminal-id-malformed'],
    ['a resident code as its id', { terminal: 't-24727059608' }, 'terminal-id-malformed'],
    ['an empty label', { label: '' }, 'label-malformed'],
    ['a resident code in its label', { label: '窓口 2472-7059-608' }, 'label-malformed'],
    ['a label that turns round what is read', { label: '窓口\u202E3' }, 'label-malformed'],
    ['a label of two lines', { label: '窓口\n3' }, 'label-malformed'],
  ])('is not registered with %s', (_what, part, code) => {
    const { refusals } = terminals
      .given()
      .when((state) => decideRegisterTerminal(state, { ...registered.data, ...part }));
    expect(refusals).toEqual([code]);
  });

  it('keeps its id for ever, also when retired', () => {
    for (const past of [[registered], [registered, retired]]) {
      const { refusals } = terminals
        .given(...past)
        .when((state) => decideRegisterTerminal(state, registered.data));
      expect(refusals).toEqual(['terminal-exists']);
    }
  });

  it('is retired once, and may not be used from then on', () => {
    expect(terminals.given(registered).when(decideRetireTerminal).events).toEqual([retired]);
    expect(terminals.given(registered, retired).when(decideRetireTerminal).refusals).toEqual([
      'terminal-retired',
    ]);
    expect(terminals.given().when(decideRetireTerminal).refusals).toEqual(['terminal-missing']);
    expect(codes(terminalFaults(terminals.given(registered, retired).state))).toEqual(['terminal-retired']);
  });
});

describe('a certificate', () => {
  const facts = { terminal: terminals.given(registered).state };
  const bind =
    (part: object = {}, at = facts) =>
    (state: typeof initialCertificate) =>
      decideBindCertificate(state, { ...bound.data, ...part }, at, NOW);

  it('is bound to a registered terminal', () => {
    expect(certificates.given().when(bind()).events).toEqual([bound]);
  });

  it.each([
    ['a fingerprint in capitals', { certificate: 'AB'.repeat(32) }, 'certificate-malformed'],
    ['a validity that is no instant', { notAfter: '2027-04-06' }, 'certificate-validity-malformed'],
    ['a validity that is over', { notAfter: NOW }, 'certificate-expired'],
  ])('is not bound with %s', (_what, part, code) => {
    expect(certificates.given().when(bind(part)).refusals).toEqual([code]);
  });

  it('is not bound to a terminal that is unknown or retired', () => {
    const unknown = { terminal: terminals.given().state };
    const gone = { terminal: terminals.given(registered, retired).state };
    expect(certificates.given().when(bind({}, unknown)).refusals).toEqual(['terminal-missing']);
    expect(certificates.given().when(bind({}, gone)).refusals).toEqual(['terminal-retired']);
  });

  it('belongs to one terminal for ever, even when it was withdrawn', () => {
    for (const past of [[bound], [bound, withdrawn]]) {
      expect(certificates.given(...past).when(bind({ terminal: 't-counter-4' })).refusals).toEqual([
        'certificate-already-bound',
      ]);
    }
  });

  it('is withdrawn once', () => {
    expect(certificates.given(bound).when(decideRetireCertificate).events).toEqual([withdrawn]);
    expect(certificates.given(bound, withdrawn).when(decideRetireCertificate).refusals).toEqual([
      'certificate-retired',
    ]);
    expect(certificates.given().when(decideRetireCertificate).refusals).toEqual(['certificate-unknown']);
  });

  it('is valid through its last instant, and not when unknown or withdrawn', () => {
    const { state } = certificates.given(bound);
    expect(certificateFaults(state, NOT_AFTER)).toEqual([]);
    expect(codes(certificateFaults(state, '2027-04-06T00:00:00.001Z'))).toEqual(['certificate-expired']);
    expect(codes(certificateFaults(initialCertificate, NOW))).toEqual(['certificate-unknown']);
    expect(codes(certificateFaults(certificates.given(bound, withdrawn).state, NOW))).toEqual([
      'certificate-retired',
    ]);
  });
});
