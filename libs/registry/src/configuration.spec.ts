import { describe, expect, it } from '@jest/globals';
import type { RegistryMisconfigured } from './configuration.js';
import { openRegistry } from './online-registry.js';

describe('a misconfigured registry', () => {
  const open = (): unknown =>
    openRegistry({
      url: 'http://user:hidden@provider.example/?x',
      tlsKey: 'hidden-key',
      tlsCertificate: 'hidden-certificate',
      tlsTrustAnchors: '',
      linkKeys: [{ kid: 'a', key: new Uint8Array(31).fill(0x41) }],
      freshnessMs: 0,
      connections: 1.5,
    });
  const thrown = (): RegistryMisconfigured => {
    try {
      open();
    } catch (error) {
      return error as RegistryMisconfigured;
    }
    throw new Error('it opened');
  };

  it('does not open, and names everything at once', () => {
    expect(thrown().code).toBe('registry-misconfigured');
    expect(thrown().faults.map(({ setting, problem }) => `${setting}: ${problem}`)).toEqual([
      'url: it is not https',
      'url: it has more than host, port and path',
      'tlsKey: it is not a private key in PEM',
      'tlsCertificate: it is not a certificate in PEM',
      'tlsTrustAnchors: it holds no readable certificate',
      'linkKeys: key 1 is not 32 bytes long',
      'freshnessMs: it is not a whole number above zero',
      'connections: it is not a whole number above zero',
    ]);
  });

  it('says what to do about each, and quotes none', () => {
    expect(thrown().faults.every(({ remedy }) => remedy.length > 0)).toBe(true);
    expect(thrown().message).not.toContain('hidden');
  });
});
