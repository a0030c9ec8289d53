import { afterEach, beforeEach, describe } from '@jest/globals';
import { appends, concurrency, resends } from './contract/appending.contract.js';
import { entries, schemaVersions } from './contract/entries.contract.js';
import { closing, commits, globalOrder, streams } from './contract/reading.contract.js';
import type { EventStore } from './port.js';

/** Where an adapter keeps the events of one test. */
export interface StorePlace {
  /** Opens the store on this place; called again after a `close` it finds the same events. */
  open(): Promise<EventStore>;
  /** Removes the place; every store opened on it has been closed. */
  remove(): Promise<void>;
}

/** What every engine behind the port must do; `place` makes a fresh, empty place for each test. */
export function eventStoreContract(name: string, place: () => Promise<StorePlace>): void {
  describe(`${name} as an event store`, () => {
    let at: StorePlace;
    let store: EventStore;
    const subject = (): EventStore => store;
    const reopen = async (): Promise<EventStore> => {
      await store.close();
      store = await at.open();
      return store;
    };
    beforeEach(async () => {
      at = await place();
      store = await at.open();
    });
    afterEach(async () => {
      await store.close();
      await at.remove();
    });

    describe('a stream', () => streams(subject));
    describe('an append', () => appends(subject));
    describe('an append sent again', () => resends(subject, reopen));
    describe('the global order', () => globalOrder(subject, reopen));
    describe('many callers at once', () => concurrency(subject));
    describe('a listener for commits', () => commits(subject));
    describe('an entry', () => entries(subject, reopen));
    describe('schema versions', () => schemaVersions(subject));
    describe('a closed store', () => closing(subject));
  });
}
