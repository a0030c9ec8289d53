import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { catalogue, catalogueByCapability } from '#domain';
import { problemCatalogue, problemRowsBySubject } from '../../apps/api/src/problems/catalogue.js';
import { anchorsIn, documentsOf, SAMPLE_DATA } from '../../apps/cli/src/documents/documents.js';
import { eventStreams, streamsOf } from '../../apps/cli/src/documents/event-streams.js';
import { readConfiguration } from '../../libs/wiring/src/configuration.js';
import { settings } from '../../libs/wiring/src/settings.js';

const documents = documentsOf({
  problems: problemRowsBySubject,
  events: catalogueByCapability,
  configuration: { settings, derived: { ...readConfiguration({ KIROKU_DATA: SAMPLE_DATA }, 'cli') } },
});

describe('the generated documents', () => {
  it.each(Object.keys(documents))('are committed as the code has them: %s', (path) => {
    // Stale? npm run build, then node tools/generate-docs.mjs
    expect(readFileSync(path, 'utf8')).toBe(documents[path]);
  });

  it('are not changed by formatting: no trailing space, one newline at the end', () => {
    for (const text of Object.values(documents)) expect(text).not.toMatch(/[ \t]\n|\n\n\n|[^\n]$/);
  });
});

describe('docs/problems.md', () => {
  const text = readFileSync('docs/problems.md', 'utf8');

  it('has an anchor for every row of the catalogue, and for nothing else', () => {
    expect(anchorsIn(text)).toEqual(problemCatalogue.map(({ code }) => code));
  });

  it('links to its own anchors only', () => {
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links).toEqual(anchorsIn(text));
  });
});

describe('docs/events.md', () => {
  const text = readFileSync('docs/events.md', 'utf8');

  it('has a heading for every event type, and for nothing else', () => {
    const headings = [...text.matchAll(/^### (\S+)$/gm)].map(([, type = '']) => type);
    expect(headings.toSorted()).toEqual(Object.keys(catalogue).toSorted());
  });

  it('puts every event type into one kind of stream', () => {
    for (const type of Object.keys(catalogue)) expect([type, streamsOf(type).length]).toEqual([type, 1]);
    const declared = eventStreams.flatMap(({ events }) => Object.keys(events));
    expect(declared.toSorted()).toEqual(Object.keys(catalogue).toSorted());
  });
});

describe('docs/configuration.md', () => {
  const text = readFileSync('docs/configuration.md', 'utf8');

  it('has a row for every setting, and for nothing else', () => {
    const rows = [...text.matchAll(/^\| `(KIROKU_\w+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.values(settings).map(({ name }) => name));
  });

  it('names no path of the machine on which it was made', () => {
    expect(text).not.toContain(SAMPLE_DATA);
    expect(text).not.toContain(process.cwd());
  });
});
