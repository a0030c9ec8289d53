import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Signer, generateSigningKey, leafHash, openLog } from '#ledger';
import { fenced, prose, sectionsOf } from './markdown.js';

const readme = readFileSync('README.md', 'utf8');
/** What the demo plays. */
const source = readFileSync('apps/cli/src/demo/story.ts', 'utf8');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
  engines: Record<string, string>;
  devDependencies: Record<string, string>;
};
/** One command each: lines of shell blocks, split at `&&`. Of the operator's manual as well. */
const commands = ['README.md', 'CONTRIBUTING.md', 'docs/operations.md']
  .flatMap((page) => fenced(readFileSync(page, 'utf8'), 'sh'))
  .flatMap((block) => block.trim().split('\n'))
  .flatMap((line) => line.split(' && '))
  .map((command) => command.trim());

const CLI = 'dist/apps/cli/src/main.js';

interface Ended {
  readonly code: number;
  readonly out: string;
}

/** Runs the built `kiroku`, as `npm run kiroku --` does after building. */
const kiroku = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out: stdout + stderr }),
    );
  });

describe('the README', () => {
  it.each(sectionsOf(readme).map(({ title, body }) => [title, body]))(
    'says in Japanese and in English: %s',
    (title, body) => {
      const paragraphs = prose(body).split(/\n{2,}|\n(?=[-|\d])/);
      expect(title).toMatch(/[ぁ-んァ-ヶ一-龠].* [A-Z]/);
      expect(paragraphs.some((text) => /[ぁ-んァ-ヶ]/.test(text))).toBe(true);
      expect(paragraphs.some((text) => /[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(text))).toBe(true);
    },
  );

  it('gives the same number of points in both languages', () => {
    for (const { title, body } of sectionsOf(readme)) {
      const points = body.split('\n').filter((line) => /^(?:- |\d+\. )/.test(line));
      const japanese = points.filter((line) => /[ぁ-ん]/.test(line));
      expect([title, japanese.length * 2]).toEqual([title, points.length]);
    }
  });

  it('begins with the two commands of a newcomer', () => {
    expect(fenced(readme, 'sh')[0]).toBe('npm ci && npm run demo\nnpm test\n');
  });

  it('shows the chapters of the demo as the demo tells them', () => {
    const days = Number(/PERIOD_DAYS = (\d+)/.exec(source)?.[1]);
    const story = source.replaceAll('${PERIOD_DAYS + 1}', String(days + 1));
    const told = [...story.matchAll(/chapter\(\s*(['`])(.+?)\1,\s*(['`])(.+?)\3,?\s*\)/g)];
    const chapters = told.map(([, , ja = '', , en = '']) => `■ ${ja}\n  ${en}\n`);
    expect(chapters.length).toBeGreaterThan(3);
    expect(fenced(readme, 'text')).toEqual([chapters.join('')]);
  });

  it('has a picture with a title and a description in both languages', () => {
    const [, path = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
    const picture = readFileSync(path, 'utf8');
    const labelled = /<svg[^>]*role="img"[^>]*aria-labelledby="([^"]+)"/.exec(picture)?.[1]?.split(' ') ?? [];
    expect(labelled).toHaveLength(2);
    for (const id of labelled) {
      const text = new RegExp(`id="${id}">([^<]+)<`).exec(picture)?.[1];
      expect(text).toMatch(/[ぁ-ん].*/);
      expect(text).toMatch(/[a-z]+ [a-z]+/);
    }
    expect(picture).toContain('prefers-color-scheme: dark');
  });

  it('names the Node that npm ci brings', () => {
    const major = /^(\d+)\./.exec(manifest.devDependencies['node'] ?? '')?.[1];
    expect(readme).toContain(`Node ${major}`);
  });
});

describe('a command in the documents', () => {
  it.each([...new Set(commands)])('can be given: %s', (command) => {
    if (/^npm (ci|test)\b/.test(command)) return expect(manifest.scripts['test']).toBeDefined();
    const [, script = ''] = /^npm run ([\w:]+)/.exec(command) ?? [];
    expect(Object.keys(manifest.scripts)).toContain(script);
  });

  const asked = commands.flatMap((command) => {
    const [, name = '', rest = ''] = /^npm run kiroku -- (\w+)(.*)$/.exec(command) ?? [];
    const [, demo] = /^npm run demo -- (.*)$/.exec(command) ?? [];
    if (demo !== undefined) return [['demo', demo] as const];
    return name ? [[name, rest] as const] : [];
  });

  it.each(asked)('kiroku %s%s: the cli explains the command and each option', async (name, rest) => {
    const { code, out } = await kiroku(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`kiroku ${name}`);
    for (const option of rest.match(/(?<=\s|^)--[\w-]+/g) ?? []) expect(out).toContain(option);
  });
});

describe('verifying a log as a stranger', () => {
  const origin = 'stranger.example/log';
  const { privateKeyPem, verifierKey } = generateSigningKey(origin);
  let folder: string;
  let directory: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kiroku-readme-'));
    directory = join(folder, 'log');
    const log = await openLog({
      directory,
      database: join(folder, 'ledger.sqlite'),
      origin,
      signer: ed25519Signer(origin, privateKeyPem),
      now: '2032-04-05T01:00:00.000Z',
    });
    await log.append([1, 2, 3].map(event), { fence: 1, now: '2032-04-05T01:00:01.000Z' });
    await log.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('answers 0 when everything holds under the key', async () => {
    const { code, out } = await kiroku('verify', directory, '--key', verifierKey);
    expect([code, out]).toEqual([0, expect.stringContaining('verified')]);
  });

  it('says without a key that the log is self-consistent only', async () => {
    const { code, out } = await kiroku('verify', directory);
    expect([code, out]).toEqual([0, expect.stringContaining('self-consistent only')]);
  });

  it('answers 1 under another key of the same name', async () => {
    const other = generateSigningKey(origin).verifierKey;
    expect(await kiroku('verify', directory, '--key', other)).toMatchObject({ code: 1 });
  });

  it('answers 1, with the number of the entry, when a byte of it was changed', async () => {
    const bundle = join(directory, 'tile/entries/000.p/3');
    const whole = readFileSync(bundle);
    writeFileSync(bundle, whole.toString('latin1').replace('"n":2', '"n":7'), 'latin1');
    try {
      const { code, out } = await kiroku('verify', directory, '--key', verifierKey);
      expect([code, out]).toEqual([1, expect.stringContaining('entry 1')]);
    } finally {
      writeFileSync(bundle, whole);
    }
  });
});

/** A log entry as small as one can be. */
function event(n: number) {
  const eventId = `019b0000-0000-7000-8000-00000000000${n}`;
  const entry = JSON.stringify({
    actor: { system: 'init' },
    agreement: 'example',
    at: '2032-04-05T01:00:00.000Z',
    correlation: eventId,
    data: { n },
    id: eventId,
    stream: `counted-${n}`,
    type: 'Counted',
    v: 1,
  });
  return { eventId, position: String(n), entry, leafHash: leafHash(Buffer.from(entry)).toString('hex') };
}
