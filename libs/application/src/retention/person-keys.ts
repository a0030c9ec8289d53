import {
  contactsFolding,
  contactStream,
  fiscalYear,
  type Side,
  tokyoDay,
  type TokyoDay,
  watchFolding,
  watchStream,
} from '#domain';
import type { KeyCustody } from '#vault';
import { loadGenuine } from '../incidents/genuine-streams.js';
import { foldLoaded, type Journal, type LoadedStream } from '../journal.js';

/** A key of one person, and the last Tokyo day on which it is needed. */
export interface EndingKey {
  readonly id: string;
  readonly neededThrough: TokyoDay;
}

/** Ids of contacts and of entries of the watch list; those of account holders, whose keys end with nothing yet, are others. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const parties: readonly Side[] = ['recipient', 'provider'];

/**
 * The keys of persons that have an end (annex 2, 2(9)ウ).
 *
 * - An entry of the watch list is a resident's code, needed to look at inquiries and for nothing else: through its last
 *   day, or the day on which somebody took the person off the list.
 * - A removed contact is staff. Who was alerted and who answered has to be told as long as the trail of the fiscal year in
 *   which the contact was removed: through that trail's last day.
 *
 * Asked of the streams, once a day while nothing is due: what ends today is due tomorrow. A stream that somebody changed
 * ends no key.
 */
export class PersonKeys {
  private nothingDueOn: TokyoDay | null = null;

  constructor(
    private readonly journal: Journal,
    private readonly custody: Pick<KeyCustody, 'living'>,
    private readonly settings: { readonly agreement: string; readonly trailYears: number },
  ) {}

  /** The living keys that were needed through a day before `day`, the oldest first. */
  async due(day: TokyoDay): Promise<readonly EndingKey[]> {
    if (day === this.nothingDueOn) return [];
    const living = (await this.custody.living('person')).filter((id) => UUID.test(id));
    const ending = [...(await this.contactsEnding(living)), ...(await this.entriesEnding(living))];
    const due = ending.filter(({ neededThrough }) => neededThrough < day);
    this.nothingDueOn = due.length ? null : day;
    return due.toSorted((one, other) => (one.neededThrough < other.neededThrough ? -1 : 1));
  }

  private async contactsEnding(living: readonly string[]): Promise<readonly EndingKey[]> {
    const { agreement, trailYears } = this.settings;
    const streams = await loadGenuine(
      this.journal,
      parties.map((party) => contactStream(agreement, party)),
    );
    return streams.flatMap((loaded) => {
      const removed = new Set(loaded ? foldLoaded(loaded, contactsFolding).removed : []);
      return living.flatMap((id) => {
        const at = removed.has(id) && loaded ? removedAt(loaded, id) : null;
        if (at === null) return [];
        return [{ id, neededThrough: `${fiscalYear(tokyoDay(at)) + trailYears + 1}-03-31` }];
      });
    });
  }

  private async entriesEnding(living: readonly string[]): Promise<readonly EndingKey[]> {
    const streams = await loadGenuine(this.journal, living.map(watchStream));
    return streams.flatMap((loaded, index) => {
      const id = living[index];
      const last = loaded?.recorded.at(-1);
      if (!loaded || !last || id === undefined) return [];
      const state = foldLoaded(loaded, watchFolding);
      const neededThrough = state.state === 'watched' ? state.until : tokyoDay(last.at);
      return neededThrough === null ? [] : [{ id, neededThrough }];
    });
  }
}

const removedAt = ({ recorded }: LoadedStream, contact: string): string | null =>
  recorded.find(
    ({ type, data }) => type === 'ContactRemoved' && (data as { contact: string }).contact === contact,
  )?.at ?? null;
