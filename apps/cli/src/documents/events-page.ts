import type { EventDefinition, Lifetime } from '#domain';
import { streamsOf } from './event-streams.js';
import { code, page, table } from './markdown.js';

/** Event definitions by capability, as the domain exports them. */
export type EventsByCapability = Readonly<Record<string, Readonly<Record<string, EventDefinition>>>>;

const introduction = `# Events イベントの一覧

Source: \`libs/domain/src/**/*.events.ts\`.

Each event is a past fact in a stream of its own kind. Every field declares how long it may be read (decision 9):

| lifetime | readable |
| --- | --- |
| \`clear\` | as long as the log exists; never personal data |
| \`identity\` | until the retention cohort of its inquiry is destroyed (annex 2, 2(9)ウ) |
| \`trail\` | until the trail of its fiscal year ends |
| \`subjects\` | sealed like \`trail\`, as keyed tokens; the identifiers themselves are never stored (decision 14) |
| \`person: <field>\` | until the key of the person named by that field dies |

What is destroyed is the key: the event's bytes, its place in the log and every proof stay as they are. Beside its own
fields each event carries a clear header: \`id\` (UUIDv7), \`type\`, \`v\` (schema version), \`stream\`, \`at\` (business time,
UTC), \`agreement\`, \`actor\` and \`correlation\`.`;

const lifetimeText = (lifetime: Lifetime): string =>
  code(typeof lifetime === 'string' ? lifetime : `person: ${lifetime.person}`);

const entry = ({ type, version, summary, lifetimes }: EventDefinition): string =>
  [
    `### ${type}`,
    `${summary.ja} ${summary.en}`,
    `Version ${version} · stream ${streamsOf(type).map(code).join(', ')}`,
    table(
      ['Field', 'Lifetime'],
      Object.entries(lifetimes as Readonly<Record<string, Lifetime>>).map(([field, lifetime]) => [
        code(field),
        lifetimeText(lifetime),
      ]),
    ),
  ].join('\n\n');

/** docs/events.md: every event type by capability, with its stream and the lifetime of each field. */
export const eventsPage = (capabilities: EventsByCapability): string =>
  page(
    introduction,
    ...Object.entries(capabilities).flatMap(([capability, definitions]) => [
      `## ${capability}`,
      ...Object.values(definitions).map(entry),
    ]),
  );
