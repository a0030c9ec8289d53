/** What every way to a SIEM owes the feed, whatever it speaks: both pass it against real receivers. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Siem } from '../../../../../test/harness/siem.js';
import { type Pki, pki } from '../../contract/pki.contract.js';
import type { FeedTls } from '../https-feed.js';
import type { FeedAnswer, FeedItem, FeedTrouble, FeedWay } from '../port.js';

const LONG_MS = 20_000;
/** Short enough not to be waited for; whatever it ends, it ends as a time-out. */
const SHORT_MS = 150;

let serial = 0;

/** An event of its own. */
export function itemOf(changes: Partial<FeedItem> = {}): FeedItem {
  serial += 1;
  const uid = `019d6000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
  const json = JSON.stringify({ metadata: { uid, event_code: 'SignedIn' }, message: 'サインインした。' });
  return { uid, code: 'SignedIn', loggedAt: '2026-04-06T01:00:00.000Z', severity: 1, json, ...changes };
}

export const itemsOf = (count: number): readonly FeedItem[] => Array.from({ length: count }, () => itemOf());

const taken: FeedAnswer = { state: 'taken' };
const later = (why: FeedTrouble): FeedAnswer => ({ state: 'later', why, retryAfterMs: null });

/** A running receiver, and ways that lead to it. */
export interface FeedStand {
  readonly siem: Siem;
  open(tls: FeedTls, timeoutMs: number): FeedWay;
}

export function describeFeedWay(name: string, start: (pki: Pki) => Promise<FeedStand>): void {
  describe(`${name}, as a way to a SIEM,`, () => {
    let certificates: Pki;
    let stand: FeedStand;
    let way: FeedWay;
    const opened: FeedWay[] = [];
    const open = (timeoutMs = LONG_MS, tls: FeedTls = {}): FeedWay => {
      const one = stand.open({ ca: certificates.ca, ...tls }, timeoutMs);
      opened.push(one);
      return one;
    };
    beforeEach(async () => {
      certificates = await pki();
      stand = await start(certificates);
      way = open();
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
      await stand.siem.quiet();
    });
    const uids = (items: readonly FeedItem[]): readonly string[] => items.map(({ uid }) => uid);
    const arrived = (): readonly string[] => stand.siem.arrived.map(({ metadata }) => metadata.uid);

    it('brings a batch once, whole and in order', async () => {
      const items = itemsOf(50);
      expect(await way.send(items)).toEqual(taken);
      expect(arrived()).toEqual(uids(items));
      expect(stand.siem.arrived[0]).toEqual(JSON.parse(items[0]?.json ?? ''));
    });

    it('brings batches one after the other', async () => {
      const batches = [itemsOf(1), itemsOf(3), itemsOf(2)];
      for (const items of batches) expect(await way.send(items)).toEqual(taken);
      expect(arrived()).toEqual(uids(batches.flat()));
    });

    it('brings a batch that is larger than what a socket holds', async () => {
      const filler = 'x'.repeat(60_000);
      const items = itemsOf(10).map((item) => ({
        ...item,
        json: JSON.stringify({ metadata: { uid: item.uid }, filler }),
      }));
      expect(await way.send(items)).toEqual(taken);
      expect(arrived()).toEqual(uids(items));
    });

    it.each([
      ['cuts the connection when something comes', 'cuts'],
      ['reads it, and cuts the connection before it says so', 'forgets'],
    ] as const)('says so when the receiver %s, and brings it later', async (_case, behaviour) => {
      const items = itemsOf(2);
      stand.siem.be(behaviour);
      expect(await way.send(items)).toEqual(later('connection'));
      stand.siem.be('takes');
      stand.siem.arrived.length = 0;
      expect(await way.send(items)).toEqual(taken);
      expect(arrived()).toEqual(uids(items));
    });

    it('says so when nobody is there, and brings it when they are back', async () => {
      const items = itemsOf(2);
      await stand.siem.close();
      expect(await way.send(items)).toEqual(later('connection'));
      await stand.siem.open(certificates.good);
      expect(await way.send(items)).toEqual(taken);
    });

    it.each(['foreign', 'misnamed', 'expired'] as const)(
      'tells nothing to somebody whose certificate is %s',
      async (identity) => {
        await stand.siem.open(certificates[identity]);
        expect(await way.send(itemsOf(1))).toEqual(later('tls'));
        expect(arrived()).toEqual([]);
      },
    );

    it('shows its own certificate where the receiver asks for one', async () => {
      await stand.siem.open(certificates.good, certificates.ca);
      expect(await way.send(itemsOf(1))).toMatchObject({ state: 'later' });
      expect(arrived()).toEqual([]);
      const { cert: certificate, key } = certificates.good;
      const items = itemsOf(1);
      expect(await open(LONG_MS, { certificate, key }).send(items)).toEqual(taken);
      expect(arrived()).toEqual(uids(items));
    });

    it('gives up when there is no answer in time, and leaves no connection', async () => {
      stand.siem.be('hangs');
      expect(await open(SHORT_MS).send(itemsOf(1))).toEqual(later('timeout'));
      await stand.siem.quiet();
      expect(arrived()).toEqual([]);
    });

    it('ends what is under way when it is closed, and brings nothing any more', async () => {
      stand.siem.be('hangs');
      const held = stand.siem.held();
      const sending = way.send(itemsOf(1));
      await held;
      await way.close();
      expect(await sending).toEqual(later('connection'));
      stand.siem.be('takes');
      expect(await way.send(itemsOf(1))).toEqual(later('connection'));
      expect(arrived()).toEqual([]);
    });
  });
}
