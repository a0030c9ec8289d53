import { type ConfigurationSource, configurationPage } from './configuration-page.js';
import { type EventsByCapability, eventsPage } from './events-page.js';
import { type ProblemsBySubject, problemsPage } from './problems-page.js';

/** Everything that the generated documents are made from. */
export interface DocumentSources {
  readonly problems: ProblemsBySubject;
  readonly events: EventsByCapability;
  readonly configuration: ConfigurationSource;
}

/** The generated documents: their paths from the repository's root, and the whole text of each. */
export const documentsOf = ({
  problems,
  events,
  configuration,
}: DocumentSources): Readonly<Record<string, string>> => ({
  'docs/problems.md': problemsPage(problems),
  'docs/events.md': eventsPage(events),
  'docs/configuration.md': configurationPage(configuration),
});

export { anchorsIn } from './problems-page.js';
export { SAMPLE_DATA } from './configuration-page.js';
