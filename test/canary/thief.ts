import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { catalogue, type Entry } from '#domain';
import { openVault } from '#vault';

/** Opens the vault of a copy with some roots, as a thief would, and tries to read the marked record. */
export async function attempt(data: string, roots: string, entry: Entry): Promise<string> {
  const mine = `${data}.${uuidv7()}`;
  await cp(data, mine, { recursive: true });
  const rootDirectory = `${mine}.roots`;
  await cp(roots, rootDirectory, { recursive: true });
  try {
    const vault = await openVault({
      directory: join(mine, 'keys'),
      rootDirectory,
      process: 'thief',
      catalogue,
      realNow: Date.now,
    });
    try {
      const opened = await vault.open<{ name: string }>(entry, 'record');
      return opened.state === 'open' ? opened.value.name : opened.state;
    } finally {
      await vault.close();
    }
  } catch (error) {
    return (error as Error).name;
  }
}

/** The roots there are now, put under the names of those that are gone: the vault's look at names is no obstacle. */
export async function underEveryName(now: string, then: string): Promise<string> {
  const disguised = `${now}.disguised`;
  await mkdir(disguised, { recursive: true });
  const [current] = await readdir(now);
  if (!current) throw new Error('no root key is left');
  for (const name of await readdir(then))
    await writeFile(join(disguised, name), await readFile(join(now, current)));
  return disguised;
}

/** One copy over another. */
export async function merged(first: string, second: string, to: string): Promise<string> {
  for (const from of [first, second]) await cp(from, to, { recursive: true });
  return to;
}
