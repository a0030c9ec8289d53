import type { EventHeader, SealedField, WrappedDataKey } from '#domain';
import { canonical } from './canonical.js';

/**
 * The canonical texts of one event: its header, and its entry. Each part is made once and used in both, since this is
 * most of the cost of sealing. RFC 8785 sorts members by name, and these names are known: actor, agreement, at,
 * correlation, data, id, keys, sealed, stream, type, v. The specification holds the outcome against `canonicalize`.
 */
export class EntryText {
  private readonly first: string;
  private readonly id: string;
  private readonly last: string;

  /** Takes exactly the fields of `EventHeader`, whatever else the object carries. Throws `TypeError`. */
  constructor(header: EventHeader) {
    const what = 'the header of an event';
    const member = (name: keyof EventHeader) => `"${name}":${canonical(header[name], what)}`;
    this.first = `${member('actor')},${member('agreement')},${member('at')},${member('correlation')}`;
    this.id = member('id');
    this.last = `${member('stream')},${member('type')},${member('v')}`;
  }

  /** What sealed fields are bound to. */
  get header(): string {
    return `{${this.first},${this.id},${this.last}}`;
  }

  /** The entry. `data` is canonical text; `sealed` and `keys` are left out when empty. */
  entry(
    data: string,
    sealed: Readonly<Record<string, SealedField>>,
    keys: Readonly<Record<string, WrappedDataKey>>,
  ): string {
    // Boxes and wraps are base64, which JSON holds as it is.
    const boxes = members(sealed, ({ box, key }) => `{"box":"${box}","key":${JSON.stringify(key)}}`);
    const wraps = members(
      keys,
      ({ cohort, wrap }) => `{"cohort":${JSON.stringify(cohort)},"wrap":"${wrap}"}`,
    );
    const carried = wraps === '' ? '' : `,"keys":{${wraps}}`;
    const secrets = boxes === '' ? '' : `,"sealed":{${boxes}}`;
    return `{${this.first},"data":${data},${this.id}${carried}${secrets},${this.last}}`;
  }
}

/** Members in RFC 8785 order (UTF-16 code units). Names were checked to be well-formed, where JSON is canonical. */
const members = <T>(values: Readonly<Record<string, T>>, write: (value: T) => string): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`)
    .join(',');
