import { BlockList, isIPv4 } from 'node:net';

/**
 * IPv4 that is not a host on the public Internet (IANA's special-purpose registry, RFC 6890): this host, private use,
 * shared by carriers, loopback, link-local, protocol assignments, documentation, 6to4 relays, benchmarks, multicast,
 * reserved and broadcast.
 */
const NOT_PUBLIC_4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** The only IPv6 that is given out; loopback, v4-mapped, NAT64, ULA, link-local and multicast lie outside. */
const GLOBAL_6 = ['2000::', 3] as const;

/** And within it: protocol assignments with Teredo and ORCHID, documentation (two), and 6to4, which wraps IPv4. */
const NOT_PUBLIC_6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const notPublic4 = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_4) notPublic4.addSubnet(network, prefix, 'ipv4');
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_6, 'ipv6');
const notPublic6 = new BlockList();
for (const [network, prefix] of NOT_PUBLIC_6) notPublic6.addSubnet(network, prefix, 'ipv6');

/** Whether an address (in the form that the resolver gives) is one of the public Internet. */
export const isPublicAddress = (address: string): boolean =>
  isIPv4(address)
    ? !notPublic4.check(address, 'ipv4')
    : global6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');

/** Whether an address is this machine's own: 127.0.0.0/8, ::1. */
export const isLoopbackAddress = (address: string): boolean =>
  isIPv4(address) ? address.startsWith('127.') : address === '::1';
