import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './addresses.js';
import { unlessAborted } from './attempts.js';

/** The addresses of a host, as the machine resolves names (hosts file and name servers). Rejects where there is none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (host) =>
  (await resolve(host, { all: true })).map(({ address }) => address);

/** Where a webhook goes, and the only addresses that the connection may be made to. */
export interface Target {
  readonly url: URL;
  /** Gives the connection the addresses that were looked at, whatever the name means by now (DNS rebinding). */
  readonly lookup: LookupFunction;
}

const LONGEST_URL = 2_000;

/**
 * The target of an address, or null where nothing may be sent to it: no plain https URL, or a host that is or may be
 * inside (any of its addresses is not public) without `privateTargets`. With them also http, to this machine only.
 *
 * `0x7f.1` and `2130706433` need no care: parsing the URL makes them 127.0.0.1.
 *
 * @throws what `lookup` rejects with, and when the signal is aborted.
 */
export async function targetOf(
  address: string,
  privateTargets: boolean,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<Target | null> {
  const url = plainUrl(address);
  if (!url || (url.protocol === 'http:' && !privateTargets)) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses = isIP(host) ? [host] : await unlessAborted(signal, lookup(host));
  if (!addresses.length || !addresses.every((one) => isIP(one))) return null;
  if (!privateTargets && !addresses.every(isPublicAddress)) return null;
  if (url.protocol === 'http:' && !addresses.every(isLoopbackAddress)) return null;
  return { url, lookup: pinnedTo(addresses) };
}

/** The URL, if it is one that says where to go and nothing else. */
function plainUrl(address: string): URL | null {
  const url = address.length <= LONGEST_URL ? URL.parse(address) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) return null;
  return url.username || url.password || url.hash ? null : url;
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    // Asked without `all` where the connection takes one address only.
    if (options.all) return callback(null, all);
    const [first] = all;
    return callback(null, first?.address ?? '', first?.family);
  };
}
