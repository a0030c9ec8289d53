import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { isLoopbackAddress, isPublicAddress } from './addresses.js';
import { type Lookup, systemLookup, type Target, targetOf } from './target.js';

const never = new AbortController().signal;
const at =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(addresses);
const noLookup: Lookup = (host) => Promise.reject(new Error(`${host} was looked up`));

const targetIn = (url: string, lookup: Lookup = noLookup): Promise<Target | null> =>
  targetOf(url, false, lookup, never);
const targetInside = (url: string, lookup: Lookup = noLookup): Promise<Target | null> =>
  targetOf(url, true, lookup, never);

/** What a connection to the target is given, however it asks. */
async function addressesOf(target: Target | null): Promise<readonly string[]> {
  if (!target) throw new Error('there is no target');
  const [all, one] = await Promise.all(
    [true, false].map(
      (asked) =>
        new Promise<string[]>((resolve) => {
          target.lookup('whatever.example', { all: asked }, (_error, found) =>
            resolve(
              [found]
                .flat()
                .map((each: string | LookupAddress) => (typeof each === 'string' ? each : each.address)),
            ),
          );
        }),
    ),
  );
  expect(one).toEqual(all?.slice(0, 1));
  return all ?? [];
}

/** The first and the last of every range that is not public, with a neighbour on each side that is. */
const RANGES: readonly (readonly [
  before: string | null,
  first: string,
  last: string,
  after: string | null,
])[] = [
  [null, '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['192.88.98.255', '192.88.99.0', '192.88.99.255', '192.88.100.0'],
  ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['223.255.255.255', '224.0.0.0', '255.255.255.255', null],
  [null, '::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2000::'],
  [
    '2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001::',
    '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:200::',
  ],
  ['2001:db7:ffff::', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::'],
  ['2001:ffff::', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2003::'],
  ['3ffe:ffff::', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', '3fff:1000::'],
  ['3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', null],
];

/** Hosts that are inside, as they can be written in a URL. */
const INSIDE: readonly string[] = [
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '0x7f.0.0.1',
  '0x7f000001',
  '0177.0.0.1',
  '2130706433',
  '017700000001',
  '１２７.0.0.1',
  '127。0。0。1',
  '127.0.0.1.',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '172.16.0.1',
  '192.168.0.1',
  '192.168.257',
  '3232235521',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:93.184.215.14]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::93.184.215.14]',
  '[64:ff9b:1::10.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[100::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[ff02::1]',
];

describe('an address of the public Internet', () => {
  it.each(RANGES)('lies beside, but not in: %s | %s … %s | %s', (before, first, last, after) => {
    expect([first, last].filter(isPublicAddress)).toEqual([]);
    const neighbours = [before, after].filter((each) => each !== null);
    expect(neighbours.filter((each) => !isPublicAddress(each))).toEqual([]);
  });

  it('is not one of these', () => {
    const addresses = ['::ffff:8.8.8.8', '::ffff:808:808', '::1', '64:ff9b::808:808', 'fe80::1', 'ff0e::1'];
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  it('is none of this machine', () => {
    expect(['127.0.0.1', '127.8.9.10', '::1'].every(isLoopbackAddress)).toBe(true);
    expect(['128.0.0.1', '0.0.0.0', '::', '::2', '::ffff:127.0.0.1'].some(isLoopbackAddress)).toBe(false);
  });
});

describe('a webhook’s target', () => {
  it.each(INSIDE)('is not %s', async (host) => {
    expect(await targetIn(`https://${host}/hook`)).toBeNull();
  });

  it.each(INSIDE.filter((host) => !host.startsWith('127.0.0.1.')))(
    'is %s where targets inside are allowed',
    async (host) => {
      expect(await targetInside(`https://${host}/hook`)).not.toBeNull();
    },
  );

  it.each(['93.184.215.14', '[2606:2800:21f:cb07:6820:80da:af6b:8b2c]'])('may be %s', async (host) => {
    expect((await targetIn(`https://${host}/hook`))?.url.hostname).toBe(host);
  });

  it.each([
    ['one address inside', ['192.168.1.10']],
    ['this machine', ['127.0.0.1']],
    ['this machine, IPv6', ['::1']],
    ['IPv4 inside IPv6', ['::ffff:10.0.0.1']],
    ['a public one and one inside', ['93.184.215.14', '10.0.0.1']],
    ['one inside and a public one', ['fd00::1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c']],
    ['nothing', []],
    ['something that is no address', ['receiver.example']],
  ])('is no name that means %s', async (_case, addresses) => {
    expect(await targetIn('https://receiver.example/hook', at(...addresses))).toBeNull();
  });

  it('is a name’s public addresses, all of them, and stays there when the name means something else later', async () => {
    const meanings = [['93.184.215.14', '2606:2800::1'], ['127.0.0.1']];
    const target = await targetIn('https://receiver.example/hook', () =>
      Promise.resolve(meanings.shift() ?? []),
    );
    expect(await addressesOf(target)).toEqual(['93.184.215.14', '2606:2800::1']);
    expect(await addressesOf(target)).toEqual(['93.184.215.14', '2606:2800::1']);
    expect(meanings).toEqual([['127.0.0.1']]);
  });

  it.each([
    'http://93.184.215.14/hook',
    'http://127.0.0.1/hook',
    'ftp://93.184.215.14/hook',
    'file:///etc/passwd',
    'data:text/plain,x',
    '//93.184.215.14/hook',
    '/hook',
    'https://',
    'https://me@93.184.215.14/hook',
    'https://me:secret@93.184.215.14/hook',
    'https://:secret@93.184.215.14/hook',
    'https://93.184.215.14/hook#part',
    'https://93.184.215.256/hook',
    'https://[fe80::1%25eth0]/hook',
    `https://93.184.215.14/${'x'.repeat(2_000)}`,
    '',
  ])('is not %j', async (url) => {
    expect(await targetIn(url)).toBeNull();
  });

  it('is http only on this machine, and only where targets inside are allowed', async () => {
    expect(await targetInside('http://127.0.0.1:8080/hook')).not.toBeNull();
    expect(await targetInside('http://[::1]:8080/hook')).not.toBeNull();
    expect(await targetInside('http://localhost/hook', at('::1', '127.0.0.1'))).not.toBeNull();
    expect(await targetInside('http://localhost/hook', at('127.0.0.1', '10.0.0.1'))).toBeNull();
    expect(await targetInside('http://10.0.0.1/hook')).toBeNull();
    expect(await targetInside('http://receiver.example/hook', at('10.0.0.1'))).toBeNull();
  });

  it('is not known where the name cannot be resolved, or not in time', async () => {
    const failure = new Error('no such name');
    await expect(targetIn('https://receiver.example', () => Promise.reject(failure))).rejects.toBe(failure);
    const ending = new AbortController();
    const waiting = targetOf(
      'https://receiver.example',
      false,
      () => new Promise(() => undefined),
      ending.signal,
    );
    ending.abort();
    await expect(waiting).rejects.toThrow('ended');
  });

  it('is resolved as the machine does', async () => {
    const addresses = await systemLookup('localhost');
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.every(isLoopbackAddress)).toBe(true);
  });
});
