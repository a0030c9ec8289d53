/** What the client needs, and the check of all of it before anything is opened (STYLE 25). */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { linkKeyProblems, type LinkKeys } from './link-keys.js';

export interface RegistryOptions {
  /** The provider's address, `https://host[:port][/path]`. */
  readonly url: string;
  /** Private key of the client certificate, PEM (PKCS#8). */
  readonly tlsKey: string;
  /** Client certificate, PEM; intermediates may follow. */
  readonly tlsCertificate: string;
  /** The authorities that may vouch for the provider's server, PEM, one after another. No others are trusted. */
  readonly tlsTrustAnchors: string;
  /** The name the server's certificate must carry, where it is not the host of `url`. */
  readonly serverName?: string;
  /** Oldest first: the newest in force seals, all in force open. */
  readonly linkKeys: LinkKeys;
  /** How far the provider's clock may be from ours, in milliseconds; 60,000 by default. */
  readonly freshnessMs?: number;
  /** Connections at once, 64 by default; further questions wait inside their deadlines. */
  readonly connections?: number;
  /** Real time in milliseconds since the epoch (decision 22); `Date.now` by default. */
  readonly now?: () => number;
}

/** One setting that stands in the way, and what to do about it. Never quotes the setting's value. */
export interface ConfigurationFault {
  readonly setting: keyof RegistryOptions;
  readonly problem: string;
  readonly remedy: string;
}

/** The registry cannot be opened as configured; `faults` has every reason at once. */
export class RegistryMisconfigured extends Error {
  readonly code = 'registry-misconfigured';
  constructor(readonly faults: readonly ConfigurationFault[]) {
    super(
      `the registry is misconfigured:\n${faults.map((fault) => `- ${fault.setting}: ${fault.problem}; ${fault.remedy}`).join('\n')}`,
    );
    this.name = 'RegistryMisconfigured';
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const fault = (
  setting: ConfigurationFault['setting'],
  problem: string,
  remedy: string,
): ConfigurationFault => ({ setting, problem, remedy });

/** Everything that is wrong with the options at real time `now`; empty when the registry may be opened. */
export const configurationFaults = (options: RegistryOptions, now: number): ConfigurationFault[] => [
  ...urlFaults(options.url),
  ...clientFaults(options, now),
  ...anchorFaults(options.tlsTrustAnchors, now),
  ...linkKeyProblems(options.linkKeys, now).map((problem) =>
    fault('linkKeys', problem, 'ask the provider for the current link key and append it to the list'),
  ),
  ...positiveFaults('freshnessMs', options.freshnessMs),
  ...positiveFaults('connections', options.connections),
];

function urlFaults(text: string): ConfigurationFault[] {
  const remedy = 'give https://host[:port][/path] of the online search server';
  if (!URL.canParse(text)) return [fault('url', 'it is not a URL', remedy)];
  const url = new URL(text);
  return [
    ...(url.protocol === 'https:' ? [] : [fault('url', 'it is not https', remedy)]),
    ...(url.username || url.password || url.search || url.hash
      ? [fault('url', 'it has more than host, port and path', remedy)]
      : []),
  ];
}

function clientFaults(options: RegistryOptions, now: number): ConfigurationFault[] {
  const key = readKey(options.tlsKey);
  const certificates = readCertificates(options.tlsCertificate);
  const faults: ConfigurationFault[] = [];
  if (!key)
    faults.push(fault('tlsKey', 'it is not a private key in PEM', 'give the key of the client certificate'));
  const certificate = certificates?.[0];
  if (!certificate) {
    return [
      ...faults,
      fault('tlsCertificate', 'it is not a certificate in PEM', 'give the client certificate'),
    ];
  }
  if (!isValidAt(certificate, now)) {
    faults.push(fault('tlsCertificate', 'it is not valid today', 'renew the client certificate'));
  }
  if (key && !certificate.checkPrivateKey(key)) {
    faults.push(
      fault('tlsKey', 'it does not belong to tlsCertificate', 'give the key of the client certificate'),
    );
  }
  return faults;
}

function anchorFaults(pem: string, now: number): ConfigurationFault[] {
  const remedy = "give the certificate of the provider's authority";
  const anchors = readCertificates(pem);
  if (!anchors?.length) return [fault('tlsTrustAnchors', 'it holds no readable certificate', remedy)];
  return anchors.flatMap((anchor, index) => [
    ...(anchor.ca ? [] : [fault('tlsTrustAnchors', `certificate ${index + 1} is not an authority`, remedy)]),
    ...(isValidAt(anchor, now)
      ? []
      : [fault('tlsTrustAnchors', `certificate ${index + 1} is not valid today`, remedy)]),
  ]);
}

const positiveFaults = (
  setting: 'freshnessMs' | 'connections',
  value: number | undefined,
): ConfigurationFault[] =>
  value === undefined || (Number.isSafeInteger(value) && value > 0)
    ? []
    : [fault(setting, 'it is not a whole number above zero', 'leave it out for the default')];

const isValidAt = (certificate: X509Certificate, now: number): boolean =>
  certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime();

/** Null instead of an error: OpenSSL's message may quote what it could not read. */
function readKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function readCertificates(pem: string): X509Certificate[] | null {
  try {
    return (pem.match(PEM_CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
  } catch {
    return null;
  }
}
