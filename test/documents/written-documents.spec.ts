import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decideConcludeAgreement, type ConcludeAgreement } from '#domain';
import { eventStreams } from '../../apps/cli/src/documents/event-streams.js';
import { settings } from '../../libs/wiring/src/settings.js';
import { anchorsOf, backticked, fenced, linksIn, prose } from './markdown.js';

/** Every page under version control or about to be: the project's own words, wherever they are. */
const pages: readonly string[] = execFileSync(
  'git',
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'],
  { encoding: 'utf8' },
)
  .split('\0')
  .filter((path) => path !== '' && existsSync(path));

const read = (path: string): string => readFileSync(path, 'utf8');
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string>; version: string })
  .scripts;

/** Pages that people are sent to from the README. */
const front = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'docs/ARCHITECTURE.md',
  'docs/operations.md',
];

const directories = (path: string): string[] =>
  readdirSync(path).filter((name) => statSync(join(path, name)).isDirectory());

describe('every page', () => {
  it('is found, the front pages among them', () => {
    expect(pages).toEqual(expect.arrayContaining(front));
  });

  it.each(pages)('%s links only to files and headings that are there', (page) => {
    const broken = linksIn(read(page)).filter((link) => {
      if (/^(https:|urn:|mailto:)/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names only files that are there', (page) => {
    const paths = backticked(prose(read(page))).filter((text) =>
      /^(apps|libs|test|docs|tools|\.ci)\/[\w./-]+$/.test(text),
    );
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each(pages)('%s tells only npm scripts that exist', (page) => {
    const told = [...read(page).matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(told.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  it.each(pages)('%s names only settings that exist', (page) => {
    const known = [...Object.values(settings).map(({ name }) => name), 'KIROKU_CONFIG', 'KIROKU_CI'];
    const named = read(page).match(/\bKIROKU_(?!SIMULATOR_)\w*[A-Z]\b/g) ?? [];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(pages)('%s holds no path of the machine it was written on', (page) => {
    expect(read(page)).not.toMatch(/(?<![\w.])\/(work|tmp|home|root|Users)\//);
  });
});

describe('the front pages', () => {
  it.each(front)('%s says something in Japanese and something in English', (page) => {
    expect(prose(read(page))).toMatch(/[ぁ-ん].*。/);
    expect(prose(read(page))).toMatch(/[a-z]+ [a-z]+ [a-z]+/);
  });

  it('tell only routes that the api has', () => {
    const routes = routesOfTheApi();
    expect(routes.size).toBeGreaterThan(30);
    const told = front.flatMap((page) =>
      [...read(page).matchAll(/`(GET|POST|PUT|DELETE) (\/[\w/:.-]+)`/g)].map(
        ([, verb = '', path = '']) => `${verb} ${path}`,
      ),
    );
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((route) => !routes.has(route))).toEqual([]);
  });
});

describe('docs/ARCHITECTURE.md', () => {
  const text = read('docs/ARCHITECTURE.md');

  it('has every room, and no other', () => {
    const rooms = ['apps', 'libs'].flatMap((floor) => directories(floor).map((room) => `${floor}/${room}`));
    const told = [...text.matchAll(/^\| `((?:apps|libs)\/[\w-]+)` \|/gm)].map(([, room = '']) => room);
    expect(told.toSorted()).toEqual(rooms.toSorted());
  });

  it('has every kind of stream, and no other', () => {
    const told = [...text.matchAll(/^\| `([\w-]+-<[^`]+>)` \|/gm)].map(([, name = '']) => name);
    expect(told.toSorted()).toEqual(eventStreams.map(({ name }) => name).toSorted());
  });

  it('numbers the decisions as comments cite them: 1 to 24, each once', () => {
    const numbers = [...text.matchAll(/^(\d+)\. \*\*/gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
  });
});

describe('docs/operations.md', () => {
  const text = read('docs/operations.md');
  const examples = fenced(text, 'json').map((json) => JSON.parse(json) as Record<string, unknown>);

  it('shows terms that the decider accepts', () => {
    const terms = examples.find((example) => 'casePatterns' in example) as unknown as ConcludeAgreement;
    expect(decideConcludeAgreement({ state: 'none' }, terms).accepted).toBe(true);
  });

  it('shows settings that can be read, for the agreement of those terms', () => {
    const shown = examples.find((example) => 'KIROKU_DATA' in example) as Record<string, string>;
    const readable = Object.values(settings).map(({ name, read: value }) =>
      shown[name] === undefined ? null : value(shown[name]),
    );
    expect(readable.filter((value) => value !== null && typeof value === 'object')).toEqual([]);
    const terms = examples.find((example) => 'casePatterns' in example);
    expect(shown['KIROKU_AGREEMENT']).toBe(terms?.['agreement']);
  });

  it('starts programs that the build makes', () => {
    const programs = [...text.matchAll(/\bdist\/(\S+)\.js\b/g)].map(([, program = '']) => program);
    expect(programs.length).toBe(2);
    expect(programs.filter((program) => !existsSync(`${program}.ts`))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('has a section for the version of package.json', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const sections = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(([, title = '']) => title);
    expect(sections.filter((title) => title.includes(version))).toHaveLength(1);
  });
});

describe('the licence', () => {
  it('is the whole text of the one that package.json names', () => {
    const { license } = JSON.parse(read('package.json')) as { license: string };
    expect(license).toBe('Apache-2.0');
    const text = read('LICENSE');
    for (const part of ['Version 2.0, January 2004', 'END OF TERMS AND CONDITIONS', 'APPENDIX'])
      expect(text).toContain(part);
    const clauses = [...text.matchAll(/^ {3}(\d)\. [A-Z]/gm)].map(([, number]) => Number(number));
    expect(clauses).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

/** `POST /v1/grants/:grant/approval` and so on, from the decorators of the controllers. */
function routesOfTheApi(): ReadonlySet<string> {
  const found = new Set<string>(['GET /metrics']);
  for (const folder of directories('apps/api/src')) {
    for (const file of readdirSync(join('apps/api/src', folder)).filter((name) =>
      name.endsWith('controller.ts'),
    )) {
      const text = read(join('apps/api/src', folder, file));
      const prefix = /@Controller\((?:'([^']*)')?\)/.exec(text)?.[1] ?? '';
      for (const [, verb = '', path = ''] of text.matchAll(/@(Get|Post|Put|Delete)\((?:'([^']*)')?\)/g)) {
        const whole = ['', prefix, path].filter((part, index) => index === 0 || part !== '').join('/');
        found.add(`${verb.toUpperCase()} ${whole}`);
      }
    }
  }
  return found;
}
