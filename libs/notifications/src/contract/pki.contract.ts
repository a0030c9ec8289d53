import 'reflect-metadata'; // @peculiar/x509 finds its parts through it
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;

/** A server's certificate and key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Servers' identities, good and not, and the authority that the channels are told to trust. */
export interface Pki {
  /** PEM. */
  readonly ca: string;
  /** Of 127.0.0.1, localhost and receiver.test. */
  readonly good: Identity;
  /** Vouched for by the authority, for another host. */
  readonly misnamed: Identity;
  /** Was good until yesterday. */
  readonly expired: Identity;
  /** Says the same as the good one, by another authority. */
  readonly foreign: Identity;
}

const OURS = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'dns', value: 'localhost' },
  { type: 'dns', value: 'receiver.test' },
] as const;
const ANOTHER = [{ type: 'dns', value: 'another.example' }] as const;

let made: Promise<Pki> | undefined;

/** One for all tests of a process: keys take their time. */
export const pki = (): Promise<Pki> => (made ??= makePki());

async function makePki(): Promise<Pki> {
  const [ours, foreign] = [await makeAuthority('Tests'), await makeAuthority('Strangers')];
  return {
    ca: ours.certificate.toString('pem'),
    good: await issue(ours, OURS),
    misnamed: await issue(ours, ANOTHER),
    expired: await issue(ours, OURS, -1),
    foreign: await issue(foreign, OURS),
  };
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

async function makeAuthority(name: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: [{ CN: [name] }],
      ...validity(1),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    },
    webcrypto,
  );
  return { certificate, keys };
}

async function issue(
  { certificate, keys: { privateKey } }: Authority,
  names: typeof OURS | typeof ANOTHER,
  endsInDays = 1,
): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issued = await X509CertificateGenerator.create(
    {
      serialNumber: '02',
      subject: [{ CN: ['server'] }],
      issuer: certificate.subject,
      ...validity(endsInDays),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: privateKey,
      extensions: [new SubjectAlternativeNameExtension([...names])],
    },
    webcrypto,
  );
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    cert: issued.toString('pem'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const validity = (endsInDays: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() - 2 * DAY_MS),
  notAfter: new Date(Date.now() + endsInDays * DAY_MS),
});
