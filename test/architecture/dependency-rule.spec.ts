import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONFIG = '.dependency-cruiser.cjs';
/** What the rule is about; the cruise of the whole repository takes one or two seconds. */
const CRUISED = ['apps', 'libs', 'test'];

/**
 * One violation for each rule, by the rule's name: the file that breaks it, and the import it breaks it with.
 * A circle is reported once, from its first file.
 */
const planted: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['domain-imports-nothing', 'libs/domain/src/inquiries/planted-npm.ts', 'uuid'],
  ['domain-imports-nothing', 'libs/domain/src/inquiries/planted-node.ts', 'node:fs'],
  ['domain-imports-nothing', 'libs/domain/src/inquiries/planted-room.ts', '#operations'],
  ['capability-sees-only-events-of-another', 'libs/domain/src/inquiries/planted.ts', '../access/grant.js'],
  ['kernel-sees-no-capability', 'libs/domain/src/kernel/planted.ts', '../access/access.events.js'],
  ['event-store-sees-only-domain', 'libs/event-store/src/planted.ts', '#vault'],
  ['vault-sees-only-domain', 'libs/vault/src/planted.ts', '#event-store'],
  ['ledger-sees-only-domain', 'libs/ledger/src/planted.ts', '#event-store'],
  ['read-models-sees-only-domain', 'libs/read-models/src/planted.ts', '#vault'],
  ['notifications-sees-only-domain', 'libs/notifications/src/planted.ts', '#application'],
  ['registry-sees-only-domain', 'libs/registry/src/planted.ts', '#wiring'],
  ['operations-sees-only-domain', 'libs/operations/src/planted.ts', '#read-models'],
  ['documents-sees-only-domain', 'libs/documents/src/planted.ts', '#read-models'],
  ['application-sees-no-wiring-or-app', 'libs/application/src/planted-wiring.ts', '#wiring'],
  [
    'application-sees-no-wiring-or-app',
    'libs/application/src/planted-app.ts',
    '../../../apps/api/src/main.js',
  ],
  ['wiring-sees-no-app', 'libs/wiring/src/planted.ts', '../../../apps/api/src/settings.js'],
  ['api-sees-no-other-app', 'apps/api/src/planted.ts', '../../cli/src/demo/client.js'],
  ['retention-worker-sees-no-other-app', 'apps/retention-worker/src/planted.ts', '../../api/src/settings.js'],
  [
    'registry-simulator-sees-no-other-app',
    'apps/registry-simulator/src/planted.ts',
    '../../api/src/settings.js',
  ],
  ['cli-sees-no-other-app', 'apps/cli/src/planted.ts', '../../api/src/settings.js'],
  ['console-sees-no-other-app', 'apps/console/src/planted.ts', '../../api/src/settings.js'],
  ['nest-only-in-apps-and-wiring', 'libs/vault/src/planted-nest.ts', '@nestjs/common'],
  ['use-the-front-door', 'libs/application/src/planted-deep.ts', '../../vault/src/key-ring.js'],
  ['use-the-front-door', 'apps/api/src/planted-deep.ts', '../../../libs/vault/src/key-ring.js'],
  ['no-circular', 'libs/ledger/src/planted-circle-a.ts', './planted-circle-b.js'],
  ['no-unresolvable', 'libs/ledger/src/planted-lost.ts', './nowhere.js'],
];

describe('the dependency rule', () => {
  let found: readonly Violation[];
  let copy: string;

  beforeAll(async () => {
    copy = await copyOfTheTree();
    for (const [, file, imports] of planted) await plant(copy, file, imports);
    await plant(copy, 'libs/ledger/src/planted-circle-b.ts', './planted-circle-a.js');
    found = await violations(copy);
  }, 60_000);
  afterAll(() => rm(copy, { recursive: true, force: true }));

  it('holds in the repository', async () => {
    expect(await violations(ROOT)).toEqual([]);
  });

  it.each(planted)('%s bites when it is broken in %s by importing %s', (rule, file) => {
    expect(found).toContainEqual({ rule, from: file });
  });

  it('says nothing against files that were not planted', () => {
    expect(found.filter(({ from }) => !from.includes('/planted'))).toEqual([]);
  });

  it('has a planted violation here for every rule it consists of', () => {
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, CONFIG)) as {
      forbidden: { name: string }[];
    };
    expect([...new Set(planted.map(([rule]) => rule))].sort()).toEqual(
      forbidden.map(({ name }) => name).sort(),
    );
  });
});

interface Violation {
  readonly rule: string;
  readonly from: string;
}

/** Cruises a tree with its own configuration, in a process of its own; exit code 1 only says that there are errors. */
async function violations(directory: string): Promise<readonly Violation[]> {
  const bin = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [bin, '--config', CONFIG, '--output-type', 'json', ...CRUISED];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => {
    const failed = error as { stdout?: string };
    if (failed.stdout) return { stdout: failed.stdout };
    throw error;
  });
  const { summary, modules } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
    modules: unknown[];
  };
  // A cruise that found no files would find no violations either.
  expect(modules.length).toBeGreaterThan(100);
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, from }));
}

/** The sources in a directory of their own, so that a planted file disturbs nobody who works in the repository. */
async function copyOfTheTree(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'kiroku-architecture-'));
  for (const name of [...CRUISED, 'package.json', 'tsconfig.json', CONFIG]) {
    await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

async function plant(copy: string, file: string, imports: string): Promise<void> {
  await mkdir(dirname(join(copy, file)), { recursive: true });
  await writeFile(join(copy, file), `import '${imports}';\n`);
}
