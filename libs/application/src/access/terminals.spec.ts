import { beforeEach, describe, expect, it } from '@jest/globals';
import { terminalStream } from '#domain';
import { by, InMemory } from '../testing/in-memory.js';
import { Terminals } from './terminals.js';

const SHA256 = 'ab'.repeat(32);
const OTHER = 'cd'.repeat(32);
const terminal = { terminal: 't-counter-3', label: '窓口3' };
const certificate = { certificate: SHA256, notAfter: '2027-04-06T00:00:00.000Z' };
const refusal = (...codes: string[]) => ({
  refusals: codes.map((code) => expect.objectContaining({ code })),
});
const manager = by('o-mori');

describe('terminals', () => {
  let memory: InMemory;
  let terminals: Terminals;
  beforeEach(() => {
    memory = new InMemory();
    terminals = new Terminals(memory.journal);
  });

  it('are known by their certificate', async () => {
    await terminals.register(terminal, certificate, manager);
    expect(await terminals.terminalOfCertificate(SHA256)).toEqual({ terminal: 't-counter-3' });
  });

  it('may have several certificates, each its own', async () => {
    await terminals.register(terminal, certificate, manager);
    await terminals.bind('t-counter-3', { ...certificate, certificate: OTHER }, manager);
    expect(await terminals.terminalOfCertificate(OTHER)).toEqual({ terminal: 't-counter-3' });
    await terminals.register(
      { ...terminal, terminal: 't-2' },
      { ...certificate, certificate: 'ef'.repeat(32) },
      manager,
    );
    await expect(terminals.bind('t-2', certificate, manager)).rejects.toMatchObject(
      refusal('certificate-already-bound'),
    );
  });

  it('are not registered with a certificate that cannot be bound; nothing is written', async () => {
    const expired = { ...certificate, notAfter: '2026-04-01T00:00:00.000Z' };
    await expect(terminals.register({ ...terminal, label: '' }, expired, manager)).rejects.toMatchObject(
      refusal('label-malformed', 'certificate-expired'),
    );
    expect(await memory.entries()).toEqual([]);
  });

  it('left without a certificate by a crash are repaired by binding one', async () => {
    memory.store.beforeNextAppend(() => {
      memory.store.failNextAppend('before');
      return Promise.resolve();
    });
    await expect(terminals.register(terminal, certificate, manager)).rejects.toMatchObject({
      code: 'store-failed',
    });
    await terminals.register(terminal, certificate, manager);
    expect(await memory.types(terminalStream('t-counter-3'))).toEqual(['TerminalRegistered']);
  });

  describe('of a certificate', () => {
    beforeEach(() => terminals.register(terminal, certificate, manager));

    it('that is unknown or malformed are none', async () => {
      expect(await terminals.terminalOfCertificate(OTHER)).toMatchObject(refusal('certificate-unknown'));
      expect(await terminals.terminalOfCertificate('../x')).toMatchObject(refusal('certificate-malformed'));
    });

    it('that has expired are none', async () => {
      memory.clock.moveTo('2027-04-06T00:00:00.001Z');
      expect(await terminals.terminalOfCertificate(SHA256)).toMatchObject(refusal('certificate-expired'));
    });

    it('that was withdrawn are none', async () => {
      await terminals.retireCertificate(SHA256, manager);
      expect(await terminals.terminalOfCertificate(SHA256)).toMatchObject(refusal('certificate-retired'));
    });

    it('are none once retired themselves', async () => {
      await terminals.retire('t-counter-3', manager);
      expect(await terminals.terminalOfCertificate(SHA256)).toMatchObject(refusal('terminal-retired'));
    });
  });
});
