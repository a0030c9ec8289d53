import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpsSiem } from '../../../../test/harness/siem-https.js';
import { pki } from '../contract/pki.contract.js';
import { describeFeedWay, itemsOf } from './contract/feed-ways.contract.js';
import { bearerToken, HttpsFeed, type HttpsFeedOptions } from './https-feed.js';

const LONG_MS = 20_000;

describeFeedWay('HTTPS', async ({ good }) => {
  const siem = await HttpsSiem.start(good);
  return {
    siem,
    open: (tls, timeoutMs) => new HttpsFeed({ url: siem.url, tls, token: () => null, timeoutMs }),
  };
});

describe('the feed over HTTPS', () => {
  let siem: HttpsSiem;
  let way: HttpsFeed;
  const open = async (changes: Partial<HttpsFeedOptions> = {}): Promise<HttpsFeed> => {
    const { ca } = await pki();
    return new HttpsFeed({ url: siem.url, tls: { ca }, token: () => null, timeoutMs: LONG_MS, ...changes });
  };
  beforeEach(async () => {
    siem = await HttpsSiem.start((await pki()).good);
    way = await open();
  });
  afterEach(async () => {
    await way.close();
    await siem.close();
  });

  it('says who it is by a bearer token, asked for before each batch', async () => {
    const tokens = ['first', 'second'];
    way = await open({ token: () => tokens.shift() ?? null });
    for (const _batch of [1, 2, 3]) await way.send(itemsOf(1));
    const said = siem.headers.map(({ authorization }) => authorization);
    expect(said).toEqual(['Bearer first', 'Bearer second', undefined]);
    expect(siem.headers[0]).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Kiroku' });
  });

  it('sends nothing without the token that it ought to have', async () => {
    const token = (): string => {
      throw new Error('no such file');
    };
    way = await open({ token });
    expect(await way.send(itemsOf(1))).toEqual({ state: 'refused', why: 'token-unreadable' });
    expect(siem.headers).toEqual([]);
  });

  it.each([
    [202, { state: 'taken' }],
    [204, { state: 'taken' }],
    [302, { state: 'refused', why: 'redirect' }],
    [400, { state: 'refused', why: 'refused' }],
    [401, { state: 'refused', why: 'refused' }],
    [404, { state: 'refused', why: 'refused' }],
    [413, { state: 'too-large' }],
    [408, { state: 'later', why: 'busy', retryAfterMs: null }],
    [429, { state: 'later', why: 'busy', retryAfterMs: null }],
    [500, { state: 'later', why: 'server-error', retryAfterMs: null }],
    [503, { state: 'later', why: 'server-error', retryAfterMs: null }],
  ])('takes the status %d for what it is', async (status, answer) => {
    siem.answerStatus(status, { location: '/elsewhere' });
    expect(await way.send(itemsOf(1))).toEqual(answer);
    expect(siem.headers).toHaveLength(1);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ['-5', null],
    ['9'.repeat(40), null],
  ])('hears when it may come again: %s', async (retryAfter, retryAfterMs) => {
    siem.answerStatus(503, { 'retry-after': retryAfter });
    expect(await way.send(itemsOf(1))).toMatchObject({ state: 'later', retryAfterMs });
  });

  it('looks at the status alone, however long the answer is', async () => {
    siem.answerWith((response) => {
      response.writeHead(200);
      response.on('error', () => undefined);
      const flood = (): boolean => !response.destroyed && response.write('x'.repeat(65_536), flood);
      flood();
    });
    expect(await way.send(itemsOf(1))).toEqual({ state: 'taken' });
  });

  it('takes an answer that is not HTTP, or has no end of headers, for disorder', async () => {
    siem.answerWith((response) => response.writeHead(200, { filler: 'x'.repeat(20_000) }).end());
    expect(await way.send(itemsOf(1))).toEqual({ state: 'later', why: 'server-error', retryAfterMs: null });
  });

  it('takes a receiver that wants another protocol for one that refuses', async () => {
    siem.answerWith((response) => response.writeHead(101, { connection: 'upgrade', upgrade: 'x' }).end());
    expect(await way.send(itemsOf(1))).toMatchObject({ state: 'refused' });
  });

  it.each(['http://127.0.0.1:1/', 'https://user:secret@127.0.0.1/', 'https://127.0.0.1/#part'])(
    'goes nowhere but to a plain https address: %s',
    async (url) => {
      way = await open({ url });
      expect(await way.send(itemsOf(1))).toEqual({ state: 'refused', why: 'target-forbidden' });
    },
  );
});

describe('a bearer token', () => {
  it.each([
    ['abc.DEF-123_~+/==\n', 'abc.DEF-123_~+/=='],
    ['', null],
    ['two words', null],
    ['two\nlines', null],
    ['x\r\nhost: elsewhere', null],
    ['秘密', null],
    ['x'.repeat(4_097), null],
  ])('is read from a file: %j', (text, token) => {
    expect(bearerToken(text)).toBe(token);
  });
});
