/**
 * Certificates and link keys for the demo, the stories and the simulator: one small authority, made once in a
 * directory. Never for production: there the agency's and the provider's authorities issue them, and keys are
 * generated on record (annex 2, 2(5)).
 */
import 'reflect-metadata'; // @peculiar/x509 finds its parts through it
import { createHash, createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as PeculiarCertificate,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 397;
/** A certificate that ends within this time is made anew, so that a demo does not stop in the middle. */
const MARGIN_DAYS = 7;
const NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;

/** The servers and the client that are always made. */
const SERVERS = ['api', 'provider'] as const;
const KIROKU = 'kiroku';

export interface DemoPkiOptions {
  /**
   * From when the certificates count (a day before) and whether existing ones are still valid. Pass real time:
   * TLS checks certificates against the machine's clock, whatever business time says (decision 22).
   */
  readonly now: Date;
  /**
   * Client certificates to make: `terminal-1`, `terminal-2`, or any workstation's name
   * (lower-case letters, digits, `.`, `-`). It becomes the file's name and the certificate's common name.
   */
  readonly names: readonly string[];
}

/** One key pair on disk. */
export interface DemoIdentity {
  /** Path of the certificate, PEM. */
  readonly certificate: string;
  /** Path of the private key, PKCS#8 PEM. */
  readonly key: string;
  /** Lower-case hex SHA-256 of the certificate's DER. */
  readonly fingerprint: string;
}

/** Where everything is. Every file has mode 0600. */
export interface DemoPki {
  readonly directory: string;
  /** `ca.crt.pem`: the authority that vouches for all the others. */
  readonly authority: DemoIdentity;
  /** `api.crt.pem`, `api.key.pem`: server of the api, for localhost and 127.0.0.1. */
  readonly api: DemoIdentity;
  /** `provider.crt.pem`, `provider.key.pem`: server of the registry simulator, for localhost and 127.0.0.1. */
  readonly provider: DemoIdentity;
  /** `kiroku.crt.pem`, `kiroku.key.pem`: Kiroku as a client of the provider. */
  readonly kiroku: DemoIdentity;
  /** `<name>.crt.pem`, `<name>.key.pem`: the clients asked for, by name. */
  readonly clients: Readonly<Record<string, DemoIdentity>>;
  /** `link-keys.json`: a list with one `{ kid, key: base64url of 32 bytes }`. */
  readonly linkKeys: string;
}

/** Lower-case hex SHA-256 of the certificate's DER: how a terminal's certificate is named in events. */
export const certificateFingerprint = (pem: string): string =>
  createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');

/**
 * Makes what is missing in `directory` and keeps what is there and still valid. Calling it again with more names
 * adds their certificates. A crash leaves whole files only (written aside, then renamed), and a key without its
 * certificate is made anew; two processes must not call it on the same directory at once.
 */
export async function makeDemoPki(directory: string, options: DemoPkiOptions): Promise<DemoPki> {
  const bad = options.names.filter((name) => !NAME.test(name) || ['ca', KIROKU, ...SERVERS].includes(name));
  if (bad.length > 0) throw new RangeError(`not usable as names of client certificates: ${bad.join(', ')}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const authority = await openAuthority(directory, options.now);
  const issue = (name: string, role: Role): Promise<DemoIdentity> =>
    issued(directory, name, role, authority, options.now);
  const [api, provider] = [await issue('api', 'server'), await issue('provider', 'server')];
  const kiroku = await issue(KIROKU, 'client');
  const clients: Record<string, DemoIdentity> = {};
  for (const name of options.names) clients[name] = await issue(name, 'client');
  const linkKeys = await makeLinkKeys(directory);
  return { directory, authority: authority.identity, api, provider, kiroku, clients, linkKeys };
}

type Role = 'server' | 'client';

interface Authority {
  readonly identity: DemoIdentity;
  readonly certificate: PeculiarCertificate;
  readonly key: webcrypto.CryptoKey;
}

const paths = (directory: string, name: string): { certificate: string; key: string } => ({
  certificate: join(directory, `${name}.crt.pem`),
  key: join(directory, `${name}.key.pem`),
});

async function openAuthority(directory: string, now: Date): Promise<Authority> {
  const existing = await kept(directory, 'ca', now, null);
  const identity = existing ?? (await makeAuthority(directory, now));
  const [certificate, key] = [
    await readFile(identity.certificate, 'utf8'),
    await readFile(identity.key, 'utf8'),
  ];
  return { identity, certificate: new PeculiarCertificate(certificate), key: await importKey(key) };
}

async function makeAuthority(directory: string, now: Date): Promise<DemoIdentity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ O: ['Kiroku demo'] }, { CN: ['Kiroku demo authority'] }],
      ...validity(now, AUTHORITY_DAYS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return store(directory, 'ca', certificate, keys.privateKey);
}

async function issued(
  directory: string,
  name: string,
  role: Role,
  authority: Authority,
  now: Date,
): Promise<DemoIdentity> {
  const existing = await kept(directory, name, now, authority.identity);
  if (existing) return existing;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ O: ['Kiroku demo'] }, { CN: [name] }],
      issuer: authority.certificate.subject,
      ...validity(now, LEAF_DAYS),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: authority.key,
      extensions: await leafExtensions(role, keys.publicKey, authority),
    },
    webcrypto,
  );
  return store(directory, name, certificate, keys.privateKey);
}

const leafExtensions = async (
  role: Role,
  publicKey: webcrypto.CryptoKey,
  authority: Authority,
): Promise<Extension[]> => [
  new BasicConstraintsExtension(false, undefined, true),
  new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new ExtendedKeyUsageExtension([
    role === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
  ]),
  await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
  await AuthorityKeyIdentifierExtension.create(authority.certificate, false, webcrypto),
  ...(role === 'server'
    ? [
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ]
    : []),
];

const validity = (now: Date, days: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(now.getTime() - DAY_MS),
  notAfter: new Date(now.getTime() + days * DAY_MS),
});

/** 16 random bytes; the first bit cleared, since serial numbers are positive. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

const importKey = (pem: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }),
    ALGORITHM,
    true,
    ['sign'],
  );

/** The pair on disk, if both files are there, belong together, come from `authority` and are still valid. */
async function kept(
  directory: string,
  name: string,
  now: Date,
  authority: DemoIdentity | null,
): Promise<DemoIdentity | null> {
  const { certificate, key } = paths(directory, name);
  try {
    const pem = await readFile(certificate, 'utf8');
    const parsed = new X509Certificate(pem);
    const issuer = authority ? new X509Certificate(await readFile(authority.certificate, 'utf8')) : parsed;
    const fits =
      parsed.checkPrivateKey(createPrivateKey(await readFile(key, 'utf8'))) &&
      parsed.verify(issuer.publicKey) &&
      parsed.validFromDate.getTime() <= now.getTime() &&
      parsed.validToDate.getTime() >= now.getTime() + MARGIN_DAYS * DAY_MS;
    return fits ? { certificate, key, fingerprint: certificateFingerprint(pem) } : null;
  } catch {
    return null; // not there, or not readable as what it should be: made anew
  }
}

async function store(
  directory: string,
  name: string,
  certificate: PeculiarCertificate,
  privateKey: webcrypto.CryptoKey,
): Promise<DemoIdentity> {
  const at = paths(directory, name);
  const pem = `${certificate.toString('pem')}\n`;
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  });
  // A crash between the two leaves a key that does not fit the certificate; the next call makes both anew.
  await writePrivately(at.key, key.toString());
  await writePrivately(at.certificate, pem);
  return { ...at, fingerprint: certificateFingerprint(pem) };
}

async function makeLinkKeys(directory: string): Promise<string> {
  const path = join(directory, 'link-keys.json');
  const there = await readFile(path, 'utf8').then(
    (text) => text.trim() !== '',
    () => false,
  );
  if (!there) {
    const keys = [{ kid: 'demo-1', key: randomBytes(32).toString('base64url') }];
    await writePrivately(path, `${JSON.stringify(keys, null, 2)}\n`);
  }
  return path;
}

/** Whole or not at all, and readable by its owner only. */
async function writePrivately(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
