import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LONGEST_FILE = 400;

/** Every file under version control; in a copy without a repository, every file that is not made by a tool. */
const tracked: readonly string[] = listed();

function listed(): readonly string[] {
  try {
    const options = { cwd: ROOT, encoding: 'utf8' as const };
    return execFileSync('git', ['ls-files', '-z'], options).split('\0').filter(Boolean);
  } catch {
    const made = /^(?:\.git|node_modules|dist|coverage|data[^/]*)$/;
    return readdirSync(ROOT)
      .filter((name) => !made.test(name))
      .flatMap((name) =>
        statSync(join(ROOT, name)).isDirectory()
          ? readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' }).map(
              (below) => `${name}/${below}`,
            )
          : [name],
      )
      .filter((file) => statSync(join(ROOT, file)).isFile());
  }
}

const textOf = (file: string): string => {
  try {
    return readFileSync(join(ROOT, file), 'utf8');
  } catch (error) {
    // Deleted in the working tree and not committed yet.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

/** Comments may speak of what code must not do. Good enough here: no source has `//` inside a text, except in URLs. */
const withoutComments = (source: string): string =>
  source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(?<!:)\/\/.*$/gm, '');

/** Where the domain would find time, chance or the machine by itself. */
const impure =
  /\bnew Date\(\s*\)|\bDate\(\s*\)|\bDate\.now\b|\bMath\.random\b|\bperformance\.|\bprocess\.|\bcrypto\b|\bglobalThis\b|\bset(?:Timeout|Interval|Immediate)\b|\bconsole\./;

const impurities = (source: string): readonly string[] =>
  withoutComments(source)
    .split('\n')
    .filter((line) => impure.test(line))
    .map((line) => line.trim());

describe('the domain', () => {
  const sources = tracked.filter((file) => file.startsWith('libs/domain/src/') && file.endsWith('.ts'));

  it('takes time, chance and the machine from its commands, never by itself', () => {
    expect(sources.length).toBeGreaterThan(40);
    const found = sources.flatMap((file) => impurities(textOf(file)).map((line) => `${file}: ${line}`));
    expect(found).toEqual([]);
  });

  it.each([
    'const now = new Date();',
    'const now = new Date( ).toISOString();',
    'const now = Date.now();',
    'if (Math.random() < 0.5) return;',
    'const id = crypto.randomUUID();',
    'const zone = process.env.TZ;',
  ])('would be caught at: %s', (line) => {
    expect(impurities(line)).toEqual([line]);
  });

  it.each(['const day = new Date(command.now);', '// never new Date() here', '/** not Date.now() */'])(
    'may say: %s',
    (line) => {
      expect(impurities(line)).toEqual([]);
    },
  );
});

describe('a source file', () => {
  it(`has at most ${LONGEST_FILE} lines`, () => {
    const sources = tracked.filter((file) => /\.(?:ts|mjs|cjs|tsx)$/.test(file));
    const lines = sources.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }));
    expect(lines.filter(({ lines }) => lines > LONGEST_FILE)).toEqual([]);
    expect(sources.length).toBeGreaterThan(200);
  });
});

describe('the repository', () => {
  const path = (...parts: string[]): string => ['', ...parts, ''].join('/');
  /** Put together here, so that this file does not name them. */
  const machine = [
    path('work', 'main'),
    path('work', 'shared'),
    path('root'),
    path('tmp', 'bash_jobs'),
    path('home'),
  ];
  const hosts = [
    ['registry', 'npmjs', 'org'],
    ['registry', 'yarnpkg', 'com'],
    ['npm', 'pkg', 'github', 'com'],
  ];
  const needles = [
    ...machine,
    ...hosts.map((labels) => labels.join('.')),
    ['"resolved"', ' "http'].join(':'),
  ];

  it('names no path of the machine it was written on and no package host', () => {
    const found = tracked.flatMap((file) => {
      const text = textOf(file);
      return needles.filter((needle) => text.includes(needle)).map((needle) => `${file}: ${needle}`);
    });
    expect(found).toEqual([]);
  });
});
